use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use jiff::Timestamp;
use kale_domain::job::JobState;
use kale_jobs::{Job, Registry, Timetable};
use kale_persistence::jobs::JobFilter;
use serde::{Deserialize, Serialize};

use crate::world::{PATIENCE, World, stop};

#[derive(Debug, Serialize, Deserialize)]
struct Snapshot {
    slot: Timestamp,
}

impl Job for Snapshot {
    const KIND: &'static str = "snapshot";
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn timetable(expression: &'static str) -> Timetable {
    Timetable::default()
        .every("snapshot", expression, "Europe/Berlin", |slot| {
            Snapshot { slot }.of_installation()
        })
        .unwrap()
}

async fn jobs(world: &World) -> Vec<JobState> {
    let filter = JobFilter {
        kind: Some(Snapshot::KIND.to_owned()),
        ..JobFilter::default()
    };
    let jobs = world
        .store
        .jobs()
        .list(world.installation().await, &filter, 100, None)
        .await
        .unwrap();
    jobs.into_iter().map(|job| job.state).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_slot_runs_once_however_many_workers_tick() {
    let world = World::new().await;
    let table = timetable("0 3 * * *");
    let stores = [world.store.clone(), world.another().await, world.another().await];
    futures::future::join_all(
        stores
            .iter()
            .map(|store| table.register(store, at("2026-01-01T00:00:00Z"))),
    )
    .await;

    for (day, expected) in [
        ("2026-01-01T01:59:59Z", 0),
        ("2026-01-01T02:00:00Z", 1),
        ("2026-01-02T02:00:01Z", 1),
    ] {
        let ticks = stores.iter().map(|store| table.tick(store, at(day)));
        let ticked: Vec<usize> = futures::future::join_all(ticks)
            .await
            .into_iter()
            .map(Result::unwrap)
            .collect();
        assert_eq!(ticked.iter().sum::<usize>(), expected, "{day}");
    }
    assert_eq!(jobs(&world).await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn slots_that_were_missed_run_once_with_the_last_of_them() {
    let world = World::new().await;
    let table = timetable("0 3 * * *");
    table
        .register(&world.store, at("2026-01-01T00:00:00Z"))
        .await
        .unwrap();

    assert_eq!(
        table
            .tick(&world.store, at("2026-02-10T12:00:00Z"))
            .await
            .unwrap(),
        1
    );
    assert_eq!(
        table
            .tick(&world.store, at("2026-02-10T12:00:00Z"))
            .await
            .unwrap(),
        0
    );

    let job = world
        .store
        .jobs()
        .claim("default", None, "test", PATIENCE)
        .await
        .unwrap()
        .unwrap();
    let snapshot: Snapshot = serde_json::from_value(job.payload().clone()).unwrap();
    assert_eq!(snapshot.slot, at("2026-02-10T02:00:00Z"));
    assert_eq!(
        table
            .tick(&world.store, at("2026-02-11T02:00:00Z"))
            .await
            .unwrap(),
        1
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schedule_of_another_release_is_left_alone() {
    let world = World::new().await;
    timetable("0 3 * * *")
        .register(&world.store, at("2026-01-01T00:00:00Z"))
        .await
        .unwrap();

    let ticked = timetable("0 4 * * *")
        .tick(&world.store, at("2026-01-05T00:00:00Z"))
        .await
        .unwrap();

    assert_eq!((ticked, jobs(&world).await.len()), (0, 0));
}

/// A clock that is years ahead, as the tests' one, starts nothing: workers go by the store's time.
#[tokio::test(flavor = "multi_thread")]
async fn a_worker_runs_its_timetable_in_the_time_of_the_store() {
    let world = World::new().await;
    let table = timetable("* * * * *");
    // As if the last worker had stopped two minutes ago.
    let before = world.store.schedules().now().await.unwrap() - jiff::SignedDuration::from_secs(120);
    table.register(&world.store, before).await.unwrap();
    let registry = Registry::new().on(async |snapshot: Snapshot, lease: kale_jobs::Lease| {
        lease.installation()?;
        assert!(snapshot.slot < at("2099-01-01T00:00:00Z"));
        Ok(())
    });
    let workers =
        [1, 2].map(|_| world.worker_with(registry.clone(), |config| config.timetable = table.clone()));

    let from = Instant::now();
    while !jobs(&world).await.contains(&JobState::Succeeded) {
        assert!(from.elapsed() < PATIENCE);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    // The next minute may begin while the test runs.
    assert!(jobs(&world).await.len() <= 2);
    for worker in workers {
        stop(worker).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slot_at_which_nothing_is_to_be_done_passes_without_a_job() {
    let world = World::new().await;
    let needed = Arc::new(AtomicBool::new(false));
    let asked = Arc::clone(&needed);
    let table = Timetable::default()
        .every_if(
            "snapshot",
            "*/5 * * * * *",
            "UTC",
            move || std::future::ready(Ok(asked.load(Ordering::Relaxed))),
            |slot| Snapshot { slot }.of_installation(),
        )
        .unwrap();
    table
        .register(&world.store, at("2026-01-01T00:00:01Z"))
        .await
        .unwrap();

    let tick = async |time: &str| table.tick(&world.store, at(time)).await.unwrap();
    assert_eq!(tick("2026-01-01T00:00:04Z").await, 0);
    assert_eq!(tick("2026-01-01T00:00:05Z").await, 0);
    assert_eq!(jobs(&world).await, []);

    needed.store(true, Ordering::Relaxed);
    // The slot that passed does not come again.
    assert_eq!(tick("2026-01-01T00:00:09Z").await, 0);
    assert_eq!(tick("2026-01-01T00:00:10Z").await, 1);
    assert_eq!(jobs(&world).await.len(), 1);
}
