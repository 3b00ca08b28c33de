use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use kale_domain::job::JobState;
use kale_jobs::{Job, JobError, Lease, Registry};
use kale_persistence::jobs::NewJob;
use serde_json::json;

use crate::world::{Work, World, company, stop};

type Runs = Arc<Mutex<BTreeMap<i64, Vec<Instant>>>>;

#[tokio::test(flavor = "multi_thread")]
async fn each_cause_has_its_consequence() {
    let world = World::new().await;
    let tenant = world.tenant(1).await;
    let runs = Runs::default();
    let log = Arc::clone(&runs);
    let worker = world.worker(Registry::new().on(async move |work: Work, lease: Lease| {
        log.lock()
            .unwrap()
            .entry(work.n)
            .or_default()
            .push(Instant::now());
        match (work.n, lease.attempt()) {
            (1, 1) => Err(JobError::retry_after(
                Duration::from_millis(900),
                "the provider asks for a pause",
            )),
            (2, 1) => Err(JobError::retry("it does not answer")),
            (3, _) => Err(JobError::fail("the file has no columns")),
            (4, _) => Err(JobError::retry("it never answers")),
            _ => Ok(()),
        }
    }));
    let mut ids = Vec::new();
    for n in 1..=4 {
        ids.push(world.work(1, n).await);
    }

    let after = world.until(tenant, ids[0], JobState::Succeeded).await;
    let flaky = world.until(tenant, ids[1], JobState::Succeeded).await;
    let failed = world.until(tenant, ids[2], JobState::Dead).await;
    let spent = world.until(tenant, ids[3], JobState::Dead).await;

    assert_eq!((after.attempts, after.last_error), (2, None));
    assert_eq!(flaky.attempts, 2);
    assert_eq!(
        (failed.attempts, failed.last_error.as_deref()),
        (1, Some("the file has no columns"))
    );
    assert_eq!(
        (spent.attempts, spent.last_error.as_deref()),
        (3, Some("it never answers"))
    );
    let runs = runs.lock().unwrap().clone();
    assert!(runs[&1][1] - runs[&1][0] >= Duration::from_millis(900));
    assert_eq!(runs[&4].len(), 3);
    stop(worker).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_job_that_is_retried_by_hand_runs_again() {
    let world = World::new().await;
    let tenant = world.tenant(1).await;
    let mended = Arc::new(Mutex::new(false));
    let works = Arc::clone(&mended);
    let worker = world.worker(Registry::new().on(async move |_: Work, _| {
        if *works.lock().unwrap() {
            Ok(())
        } else {
            Err(JobError::fail("broken"))
        }
    }));
    let id = world.work(1, 1).await;
    world.until(tenant, id, JobState::Dead).await;

    *mended.lock().unwrap() = true;
    let jobs = world.store.jobs();
    let again = world
        .store
        .transaction(tenant, async |tx| jobs.retry(tx, id).await)
        .await
        .unwrap();
    assert_eq!(again.unwrap().state, JobState::Queued);

    let done = world.until(tenant, id, JobState::Succeeded).await;
    assert_eq!((done.attempts, done.last_error), (1, None));
    stop(worker).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_and_an_unreadable_payload_harm_no_other_job() {
    let world = World::new().await;
    let tenant = world.tenant(1).await;
    let worker = world.worker_with(
        Registry::new().on(async |work: Work, _| {
            assert!(work.n != 1, "secret detail");
            tokio::time::sleep(Duration::from_millis(300)).await;
            Ok(())
        }),
        |config| config.slots = 4,
    );
    let good = world.work(1, 2).await;
    let panics = world.work(1, 1).await;
    let mut poison = NewJob::new(Work::KIND, &json!({ "m": "not a number" }))
        .unwrap()
        .of(company(1));
    poison.max_attempts = 3;
    let poison = world.add(poison).await;

    let panicked = world.until(tenant, panics, JobState::Dead).await;
    let unread = world.until(tenant, poison, JobState::Dead).await;
    let fine = world.until(tenant, good, JobState::Succeeded).await;

    let shown = panicked.last_error.unwrap();
    assert!(
        panicked.attempts == 3 && shown.contains("fault of the program"),
        "{shown}"
    );
    assert!(!shown.contains("secret"));
    assert_eq!(
        (unread.attempts, unread.last_error.unwrap().contains("payload")),
        (1, true)
    );
    assert_eq!(fine.attempts, 1);
    // The worker still works.
    let next = world.work(1, 3).await;
    world.until(tenant, next, JobState::Succeeded).await;
    stop(worker).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_of_an_unknown_kind_waits_for_a_newer_worker() {
    let world = World::new().await;
    let tenant = world.tenant(1).await;
    let worker = world.worker(Registry::new());
    let id = world.work(1, 1).await;

    let waits = world.until(tenant, id, JobState::Scheduled).await;

    assert_eq!((waits.attempts, waits.last_error), (0, None));
    assert!(waits.run_at > world.store.schedules().now().await.unwrap());
    stop(worker).await;
}
