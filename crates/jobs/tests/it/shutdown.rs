use std::time::{Duration, Instant};

use kale_domain::job::JobState;
use kale_jobs::{JobError, Lease, Registry};

use crate::world::{PATIENCE, Word, Work, World, stop};

const GRACE: Duration = Duration::from_secs(4);

#[tokio::test(flavor = "multi_thread")]
async fn a_stopping_worker_lets_handlers_finish_and_gives_the_rest_back() {
    let world = World::new().await;
    let tenant = world.tenant(1).await;
    let worker = world.worker(Registry::new().on(async |work: Work, lease: Lease| match work.n {
        0 => {
            lease.stopping().cancelled().await;
            tokio::time::sleep(GRACE / 8).await;
            Ok(())
        }
        1 => {
            lease.stopping().cancelled().await;
            Err(JobError::Yield)
        }
        _ => {
            tokio::time::sleep(PATIENCE * 3).await;
            Ok(())
        }
    }));
    let mut ids = Vec::new();
    for n in 0..3 {
        ids.push(world.work(1, n).await);
    }
    for id in &ids {
        world.until(tenant, *id, JobState::Leased).await;
    }

    let from = Instant::now();
    worker.shutdown(GRACE).await.unwrap();
    let took = from.elapsed();

    assert!(took >= GRACE && took < PATIENCE, "{took:?}");
    let mut ends = Vec::new();
    for id in ids {
        let job = world.status(tenant, id).await;
        ends.push((job.state, job.attempts));
    }
    assert_eq!(
        ends,
        [
            (JobState::Succeeded, 1),
            (JobState::Queued, 0),
            (JobState::Queued, 0)
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idle_worker_stops_at_once() {
    let world = World::new().await;
    let worker = world.worker_with(Registry::new(), |config| config.poll = PATIENCE);
    tokio::time::sleep(Duration::from_millis(300)).await;

    let from = Instant::now();
    worker.shutdown(PATIENCE * 2).await.unwrap();

    // It waits for nothing: neither for its grace nor for its next look.
    assert!(from.elapsed() < PATIENCE / 2, "{:?}", from.elapsed());
}

/// A claim that is on its way when the worker stops has to come back, or its job waits for the end of the lease.
#[tokio::test(flavor = "multi_thread")]
async fn a_worker_stopped_at_any_moment_leaves_no_lease_behind() {
    let world = World::new().await;
    let tenant = world.tenant(1).await;

    for round in 0..10 {
        let missing = 500_usize.saturating_sub(world.count(tenant, JobState::Queued).await);
        world.flood(1, i64::try_from(missing).unwrap()).await;
        let worker = world.worker(Registry::new().on(async |_: Work, _| {
            tokio::time::sleep(Duration::from_millis(3)).await;
            Ok(())
        }));
        tokio::time::sleep(Duration::from_millis(20 + round * 9)).await;
        worker
            .shutdown(if round % 2 == 0 { PATIENCE } else { Duration::ZERO })
            .await
            .unwrap();
        assert_eq!(world.count(tenant, JobState::Leased).await, 0, "round {round}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handler_that_can_not_be_ended_is_reported() {
    let world = World::new().await;
    let tenant = world.tenant(1).await;
    let reported = Word::new();
    let told = reported.clone();
    let worker = world.worker(Registry::new().on(async move |_: Work, _| {
        told.heard_blocking();
        Ok(())
    }));
    let id = world.work(1, 1).await;
    world.until(tenant, id, JobState::Leased).await;

    assert!(worker.shutdown(Duration::from_millis(200)).await.is_err());
    reported.say();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_worker_ends() {
    let world = World::new().await;
    let tenant = world.tenant(1).await;
    let registry = Registry::new().on(async |_: Work, _| {
        tokio::time::sleep(PATIENCE * 3).await;
        Ok(())
    });
    let worker = world.worker(registry);
    let id = world.work(1, 1).await;
    world.until(tenant, id, JobState::Leased).await;

    drop(worker);

    world.until(tenant, id, JobState::Queued).await;
    stop(world.worker(Registry::new())).await;
}
