use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use kale_domain::{id::JobId, job::JobState};
use kale_jobs::{Job, Lease, Registry, Worker};

use crate::world::{PATIENCE, Word, Work, World, company, config, stop};

/// Told by the order in which jobs run, which no slow machine changes.
#[tokio::test(flavor = "multi_thread")]
async fn a_company_with_many_jobs_does_not_hold_up_the_others() {
    let world = World::new().await;
    let _big = world.tenant(1).await;
    world.flood(1, 1500).await;
    let runs: Arc<Mutex<Vec<i64>>> = Arc::default();
    let (log, begun) = (Arc::clone(&runs), Word::new());
    let begins = begun.clone();
    let worker = world.worker_with(
        Registry::new().on(async move |work: Work, _| {
            log.lock().unwrap().push(work.n);
            begins.say();
            tokio::time::sleep(Duration::from_millis(20)).await;
            Ok(())
        }),
        |config| config.slots = 4,
    );
    begun.heard().await;

    let mut small = Vec::new();
    for n in 2..=6 {
        small.push((world.tenant(n).await, world.work(n, -1).await));
    }
    for (tenant, id) in small {
        world.until(tenant, id, JobState::Succeeded).await;
    }

    let runs = runs.lock().unwrap().clone();
    let last = runs.iter().rposition(|n| *n == -1).unwrap();
    assert!(
        last < 750,
        "{last} jobs of the big company ran before the last of a small one"
    );
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
    world.until_count(big, 4, JobState::Leased).await;

    let id = world.work(2, -1).await;
    world.until(small, id, JobState::Succeeded).await;
    // The worker has looked for more meanwhile.
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(world.count(big, JobState::Leased).await, 4);
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
    // By reloads alone it would be four jobs in two seconds, and longer than the patience.
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
    let words = [Word::new(), Word::new()];
    for (own, name) in ["a", "b"].into_iter().enumerate() {
        let (runs, words) = (Arc::clone(&runs), words.clone());
        let registry = Registry::new().on(async move |_: Work, lease: Lease| {
            runs.lock().unwrap().entry(lease.id()).or_default().push(name);
            // Neither is done with all of them before the other has begun.
            words[own].say();
            words[1 - own].heard().await;
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
    for name in ["a", "b"] {
        assert!(runs.values().any(|by| by[0] == name), "{name} ran none");
    }
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
