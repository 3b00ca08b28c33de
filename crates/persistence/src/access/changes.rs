//! What closes a door, seen by every process as soon as it is written: callers that a process remembers may be others by
//! now.

use std::{convert::Infallible, time::Duration};

use bson::{Document, doc};
use futures::StreamExt as _;
use mongodb::{
    Database,
    change_stream::{ChangeStream, event::ChangeStreamEvent},
};
use tokio_util::task::AbortOnDropHandle;

use crate::{
    error::{Result, StoreError},
    store::Store,
};

/// The pause after a loss, which doubles up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// Following what changes callers. It ends when this is dropped.
#[derive(Debug)]
pub struct Following {
    _task: AbortOnDropHandle<Infallible>,
}

/// Calls `changed`, in the background, whenever a user, a company or an API key was changed, or a sign-in has
/// ended or got its next token, by whichever process;
/// and each time the stream has been opened, since something may have been missed.
#[must_use]
pub fn follow(store: &Store, changed: impl Fn() + Send + Sync + 'static) -> Following {
    Following {
        _task: AbortOnDropHandle::new(tokio::spawn(keep_open(store.clone(), changed))),
    }
}

async fn keep_open(store: Store, changed: impl Fn() + Send + Sync) -> Infallible {
    let mut pause = FIRST_PAUSE;
    loop {
        match open(store.database()).await {
            Ok(stream) => {
                pause = FIRST_PAUSE;
                changed();
                let Err(error) = hand_on(stream, &changed).await;
                tracing::warn!(%error, "the stream of changed callers broke off");
            }
            Err(error) => tracing::warn!(%error, "the stream of changed callers could not be opened"),
        }
        tokio::time::sleep(pause.mul_f64(rand::random_range(0.75..1.25))).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

async fn open(database: &Database) -> Result<ChangeStream<ChangeStreamEvent<Document>>> {
    Ok(database.watch().pipeline(changes()).await?)
}

/// Last uses, which are written every minute, change no caller; neither does what is new.
fn changes() -> Vec<Document> {
    let changed = doc! { "$or": [
        { "ns.coll": { "$in": ["users", "companies"] }, "operationType": { "$in": ["update", "replace", "delete"] } },
        { "ns.coll": "sign_ins", "operationType": "delete" },
        { "ns.coll": "sign_ins", "updateDescription.updatedFields.acting_in": { "$exists": true } },
        { "ns.coll": "sign_ins", "updateDescription.updatedFields.impersonating": { "$exists": true } },
        { "ns.coll": "sign_ins", "updateDescription.updatedFields.hash": { "$exists": true } },
        { "ns.coll": "api_keys", "operationType": "delete" },
        { "ns.coll": "api_keys", "updateDescription.updatedFields.revoked_at": { "$exists": true } },
        { "ns.coll": "api_keys", "updateDescription.updatedFields.replaced_by": { "$exists": true } },
    ] };
    vec![
        doc! { "$match": changed },
        // That it happened is enough: nobody's data leaves the store for it.
        doc! { "$project": { "_id": 1, "operationType": 1, "ns": 1 } },
    ]
}

/// Ends only by an error.
async fn hand_on(
    mut stream: ChangeStream<ChangeStreamEvent<Document>>,
    changed: &(impl Fn() + Send + Sync),
) -> Result<Infallible> {
    while let Some(event) = stream.next().await {
        drop(event?);
        changed();
    }
    Err(StoreError::corrupt("stream of changed callers", "it ended"))
}
