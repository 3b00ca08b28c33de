use std::pin::pin;

use kale_domain::{
    id::CompanyId,
    job::{JobState, Progress},
};
use tokio::time::timeout;
use uuid::Uuid;

use super::*;
use crate::jobs::{NewJob, Outcome, tests::store};

const SOON: Duration = Duration::from_mins(1);
const LEASE: Duration = Duration::from_secs(30);

fn tenant(n: u128) -> Tenant {
    Tenant::new(CompanyId::from_uuid(Uuid::from_u128(n)))
}

fn work(n: u128) -> NewJob {
    NewJob::new("work", &"secret payload")
        .unwrap()
        .of(tenant(n).company())
}

async fn next(events: &mut (impl Stream<Item = LiveEvent> + Unpin)) -> LiveEvent {
    timeout(SOON, events.next())
        .await
        .expect("an event comes")
        .expect("the stream goes on")
}

async fn next_job(events: &mut (impl Stream<Item = LiveEvent> + Unpin)) -> JobStatus {
    match next(events).await {
        LiveEvent::Job(job) => Arc::unwrap_or_clone(job),
        LiveEvent::Reset => panic!("nothing was lost"),
    }
}

#[tokio::test]
async fn a_company_sees_what_its_jobs_do_and_no_other() {
    let store = store().await;
    let live = Live::start(&store);
    let mut events = pin!(live.subscribe(tenant(1)));
    assert_eq!(next(&mut events).await, LiveEvent::Reset);
    let jobs = store.jobs();

    let id = jobs.enqueue(None, work(1)).await.unwrap().id();
    // Events of others are not delivered in between.
    jobs.enqueue(None, work(2)).await.unwrap();
    let created = next_job(&mut events).await;
    assert_eq!((created.id, created.kind.as_str()), (id, "work"));

    let fence = jobs
        .claim("default", Some(tenant(1).company()), "w", LEASE)
        .await
        .unwrap()
        .unwrap()
        .fence();
    let claimed = next_job(&mut events).await;
    assert_eq!(claimed.state, JobState::Leased);
    // A heart-beat is nothing to see; progress is.
    jobs.beat(fence, LEASE, None).await.unwrap();
    let progress = Progress {
        done: 4,
        total: Some(8),
        note: "rows".to_owned(),
    };
    jobs.beat(fence, LEASE, Some(&progress)).await.unwrap();
    assert_eq!(next_job(&mut events).await.progress, progress);
    jobs.finish(
        fence,
        &Outcome::Dead {
            error: "no columns".to_owned(),
        },
        None,
    )
    .await
    .unwrap();
    let dead = next_job(&mut events).await;
    assert_eq!(
        (dead.state, dead.last_error.as_deref()),
        (JobState::Dead, Some("no columns"))
    );
}

#[tokio::test]
async fn a_lost_stream_is_opened_again_and_everybody_is_told() {
    let store = store().await;
    let live = Live::start(&store);
    let mut one = pin!(live.subscribe(tenant(1)));
    let mut two = pin!(live.subscribe(tenant(2)));
    assert_eq!(
        (next(&mut one).await, next(&mut two).await),
        (LiveEvent::Reset, LiveEvent::Reset)
    );

    // The server ends the change stream of a collection that goes away.
    store
        .database()
        .collection::<Document>(jobs::COLLECTION)
        .drop()
        .await
        .unwrap();

    assert_eq!(
        (next(&mut one).await, next(&mut two).await),
        (LiveEvent::Reset, LiveEvent::Reset)
    );
    let id = store.jobs().enqueue(None, work(2)).await.unwrap().id();
    assert_eq!(next_job(&mut two).await.id, id);
}

#[tokio::test]
async fn a_listener_that_lies_behind_is_told_to_read_again() {
    let store = store().await;
    let live = Live::start(&store);
    let mut events = pin!(live.subscribe(tenant(1)));
    assert_eq!(next(&mut events).await, LiveEvent::Reset);
    store.jobs().enqueue(None, work(1)).await.unwrap();
    let job = Arc::new(next_job(&mut events).await);

    for _ in 0..=BACKLOG {
        live.events.send(LiveEvent::Job(Arc::clone(&job))).unwrap();
    }

    assert_eq!(next(&mut events).await, LiveEvent::Reset);
    assert!(matches!(next(&mut events).await, LiveEvent::Job(_)));
}

#[tokio::test]
async fn the_stream_ends_when_nobody_keeps_it() {
    let store = store().await;
    let live = Live::start(&store);
    let mut events = pin!(live.subscribe(tenant(1)));
    assert_eq!(next(&mut events).await, LiveEvent::Reset);

    drop(live);

    assert_eq!(timeout(SOON, events.next()).await.unwrap(), None);
}
