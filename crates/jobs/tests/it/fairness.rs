use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use kale_domain::{id::JobId, job::JobState};
use kale_jobs::{Job, Lease, Registry, Worker};

use crate::world::{PATIENCE, Work, World, company, config, stop};

#[tokio::test(flavor = "multi_thread")]
async fn a_company_with_many_jobs_does_not_hold_up_the_others() {
    let world = World::new().await;
    let big = world.tenant(1).await;
    world.flood(1, 1500).await;
    let worker = world.worker_with(
        Registry::new().on(async |_: Work, _| {
            tokio::time::sleep(Duration::from_millis(20)).await;
            Ok(())
        }),
        |config| config.slots = 4,
    );
    tokio::time::sleep(Duration::from_millis(300)).await;

    let mut small = Vec::new();
    for n in 2..=6 {
        small.push((world.tenant(n).await, world.work(n, 0).await));
    }
    for (tenant, id) in small {
        world.until(tenant, id, JobState::Succeeded).await;
    }

    let left = world.count(big, JobState::Queued).await;
    assert!(left > 750, "only {left} jobs of the big company wait");
    stop(worker).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn long_jobs_of_one_company_leave_slots_to_others() {
    let world = World::new().await;
    let (big, small) = (world.tenant(1).await, world.tenant(2).await);
    world.flood(1, 20).await;
    let worker = world.worker_with(
        Registry::new().on(async |work: Work, _| {
            tokio::time::sleep(if work.n < 0 { Duration::ZERO } else { PATIENCE * 3 }).await;
            Ok(())
        }),
        |config| (config.slots, config.company_cap) = (8, Some(4)),
    );
    tokio::time::sleep(Duration::from_millis(1500)).await;

    assert_eq!(world.count(big, JobState::Leased).await, 4);
    let id = world.work(2, -1).await;
    world.until(small, id, JobState::Succeeded).await;
    stop(worker).await;
    assert_eq!(world.count(big, JobState::Queued).await, 20);
}

/// The cap bounds how many run at a time, not how many run a second.
#[tokio::test(flavor = "multi_thread")]
async fn a_cap_does_not_slow_short_jobs_down() {
    let world = World::new().await;
    let tenant = world.tenant(1).await;
    world.flood(1, 200).await;
    let worker = world.worker_with(Registry::new().on(async |_: Work, _| Ok(())), |config| {
        (config.company_cap, config.poll) = (Some(4), Duration::from_secs(2));
    });
    let from = Instant::now();
    while world.count(tenant, JobState::Succeeded).await < 200 {
        assert!(from.elapsed() < PATIENCE);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    // By reloads alone it would be four jobs in two seconds.
    stop(worker).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_workers_share_the_jobs_and_run_each_once() {
    let world = World::new().await;
    let mut tenants = Vec::new();
    for n in 1..=5 {
        tenants.push(world.tenant(n).await);
        world.flood(n, 60).await;
    }
    let runs: Arc<Mutex<BTreeMap<JobId, Vec<&'static str>>>> = Arc::default();
    let mut workers = Vec::new();
    for name in ["a", "b"] {
        let runs = Arc::clone(&runs);
        let registry = Registry::new().on(async move |_: Work, lease: Lease| {
            runs.lock().unwrap().entry(lease.id()).or_default().push(name);
            tokio::time::sleep(Duration::from_millis(5)).await;
            Ok(())
        });
        workers.push(Worker::spawn(world.another().await, registry, config(name)).unwrap());
    }
    let from = Instant::now();
    for tenant in tenants {
        while world.count(tenant, JobState::Succeeded).await < 60 {
            assert!(from.elapsed() < PATIENCE);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
    for worker in workers {
        stop(worker).await;
    }

    let runs = runs.lock().unwrap();
    assert_eq!(runs.len(), 300);
    assert!(runs.values().all(|by| by.len() == 1));
    let by_a = runs.values().filter(|by| by[0] == "a").count();
    assert!((30..270).contains(&by_a), "a ran {by_a} of 300");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_enqueue_in_this_process_starts_its_job_at_once() {
    let world = World::new().await;
    let tenant = world.tenant(1).await;
    let worker = world.worker_with(Registry::new().on(async |_: Work, _| Ok(())), |config| {
        (config.poll, config.sweep) = (PATIENCE * 2, PATIENCE * 2);
    });
    tokio::time::sleep(Duration::from_millis(500)).await;

    let id = world.add(Work { n: 1 }.of(company(1)).unwrap()).await;
    world.until(tenant, id, JobState::Succeeded).await;
    stop(worker).await;
}
