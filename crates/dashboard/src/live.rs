//! `GET /live`: one event stream per tab, with the jobs of the company as they change.

use actix_web::{HttpResponse, web::Data};
use futures::{Stream, StreamExt as _, future::ready, stream};
use kale_application::{
    access::Caller,
    live::{JobFilter, Live, LiveEvent},
    work::Work,
};
use kale_domain::job::{JobState, JobStatus};
use kale_web::{
    Authenticated, Drain, NoQuery, Problem,
    sse::{self, Event},
};

use crate::{
    jobs::{self, JobEvent},
    routes::{Needs, Routes},
};

/// The most jobs of one state that a stream begins with.
const MOST: u32 = 50;

pub(crate) fn routes(routes: &mut Routes<'_>) {
    let _all = routes.get("/live", Needs::Company, handle);
}

#[tracing::instrument(name = "dashboard.live", skip_all)]
async fn handle(
    Authenticated(caller): Authenticated,
    work: Data<Work>,
    live: Data<Live>,
    drain: Data<Drain>,
    _: NoQuery,
) -> Result<HttpResponse, Problem> {
    let tenant = jobs::tenant(&caller)?;
    // Before anything is read, so that nothing falls between.
    let changes = live.subscribe(tenant);
    let mut now = Vec::new();
    for state in JobState::ALL.into_iter().filter(|state| !state.is_final()) {
        let filter = JobFilter {
            state: Some(state),
            ..JobFilter::default()
        };
        now.extend(work.list(tenant, &filter, MOST, None).await?);
    }
    let events = stream::iter(snapshot(&caller, &now)).chain(later(caller, changes));
    Ok(sse::respond(events, drain.get_ref().clone()))
}

/// What a stream begins with: the jobs that run, then a `reset`, so that the page asks after those it shows which have
/// ended since.
fn snapshot(caller: &Caller, now: &[JobStatus]) -> Vec<Event> {
    let shown = now.iter().filter(|job| jobs::follows(caller, job));
    shown.map(of).chain([reset()]).collect()
}

/// Then whatever changes.
fn later(caller: Caller, changes: impl Stream<Item = LiveEvent>) -> impl Stream<Item = Event> {
    changes.filter_map(move |change| {
        ready(match change {
            LiveEvent::Reset => Some(reset()),
            LiveEvent::Job(job) => jobs::follows(&caller, &job).then(|| of(&job)),
        })
    })
}

fn of(job: &JobStatus) -> Event {
    Event::new("job", &JobEvent::from(job))
}

fn reset() -> Event {
    Event::new("reset", &serde_json::json!({}))
}
