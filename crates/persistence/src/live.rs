//! What changes, as it changes: one change stream per process, handed on in memory to whoever listens.
//!
//! A listener may miss something only where it is told so by [`LiveEvent::Reset`]; then it reads again.

use std::{convert::Infallible, sync::Arc, time::Duration};

use bson::{Document, doc};
use futures::{Stream, StreamExt as _, stream};
use kale_domain::job::JobStatus;
use mongodb::{
    Collection, Database,
    change_stream::{ChangeStream, event::ChangeStreamEvent},
    options::FullDocumentType,
};
use tokio::sync::broadcast;
use tokio_util::task::AbortOnDropHandle;

use crate::{
    error::{Result, StoreError},
    jobs::{self, Shown},
    store::Store,
    tenant::Tenant,
};

/// How many events a slow listener may lie behind before it has to read again.
const BACKLOG: usize = 1024;
/// The pause after a loss, which doubles up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// Something changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LiveEvent {
    /// Events may have been missed: read again what is shown.
    Reset,
    /// A job is now like this.
    Job(Arc<JobStatus>),
}

/// The live stream of one process. It ends when the last clone is dropped.
#[derive(Debug, Clone)]
pub struct Live {
    events: broadcast::Sender<LiveEvent>,
    _task: Arc<AbortOnDropHandle<()>>,
}

impl Live {
    /// Opens the change stream in the background, on the current tokio runtime.
    ///
    /// When it is open, and each time it has been opened again after a loss, every listener gets a
    /// [`LiveEvent::Reset`].
    #[must_use]
    pub fn start(store: &Store) -> Self {
        let (events, _) = broadcast::channel(BACKLOG);
        let task = tokio::spawn(keep_open(store.database().clone(), events.clone()));
        Self {
            events,
            _task: Arc::new(AbortOnDropHandle::new(task)),
        }
    }

    /// What happens to this company's jobs from now on. Subscribe first and read then, so that nothing falls between.
    pub fn subscribe(&self, tenant: Tenant) -> impl Stream<Item = LiveEvent> + Send + use<> {
        let company = tenant.company();
        stream::unfold(self.events.subscribe(), move |mut events| async move {
            loop {
                match events.recv().await {
                    Ok(LiveEvent::Job(job)) if job.company != Some(company) => {}
                    Ok(event) => return Some((event, events)),
                    Err(broadcast::error::RecvError::Lagged(_)) => return Some((LiveEvent::Reset, events)),
                    Err(broadcast::error::RecvError::Closed) => return None,
                }
            }
        })
    }
}

async fn keep_open(database: Database, events: broadcast::Sender<LiveEvent>) {
    let mut pause = FIRST_PAUSE;
    loop {
        match open(&database).await {
            Ok(stream) => {
                pause = FIRST_PAUSE;
                send(&events, LiveEvent::Reset);
                let Err(error) = hand_on(stream, &events).await;
                tracing::warn!(%error, "the live stream broke off");
            }
            Err(error) => tracing::warn!(%error, "the live stream could not be opened"),
        }
        tokio::time::sleep(pause.mul_f64(rand::random_range(0.75..1.25))).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

async fn open(database: &Database) -> Result<ChangeStream<ChangeStreamEvent<Shown>>> {
    let jobs: Collection<Shown> = database.collection(jobs::COLLECTION);
    let stream = jobs
        .watch()
        .pipeline(shown_changes())
        .full_document(FullDocumentType::UpdateLookup)
        .await?;
    Ok(stream)
}

/// Only what people may want to see: heart-beats don't change the version, payloads stay in the store.
fn shown_changes() -> Vec<Document> {
    let seen = doc! { "$or": [
        { "operationType": { "$ne": "update" } },
        { "updateDescription.updatedFields.version": { "$exists": true } },
    ] };
    vec![
        doc! { "$match": seen },
        doc! { "$unset": ["updateDescription", "fullDocument.payload"] },
    ]
}

/// Ends only by an error.
async fn hand_on(
    mut stream: ChangeStream<ChangeStreamEvent<Shown>>,
    events: &broadcast::Sender<LiveEvent>,
) -> Result<Infallible> {
    while let Some(event) = stream.next().await {
        // An update of what has been removed since has no document.
        let Some(job) = event?.full_document else { continue };
        match JobStatus::try_from(job) {
            Ok(job) => send(events, LiveEvent::Job(Arc::new(job))),
            Err(error) => tracing::error!(%error, "a changed job can't be shown"),
        }
    }
    Err(StoreError::corrupt("live stream", "it ended"))
}

fn send(events: &broadcast::Sender<LiveEvent>, event: LiveEvent) {
    // Without listeners there is nobody to tell.
    if events.receiver_count() > 0
        && let Err(error) = events.send(event)
    {
        tracing::debug!(%error, "the last listener left");
    }
}

#[cfg(test)]
mod tests;
