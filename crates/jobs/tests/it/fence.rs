use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use kale_domain::job::JobState;
use kale_jobs::{Job as _, JobError, Lease, Registry, Worker};
use kale_persistence::StoreError;

use crate::world::{LEASE, PATIENCE, Word, Work, World, config, stop};

/// A whole process stands still, heart-beats and all, and then goes on as if nothing had happened.
#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_slept_past_its_lease_changes_nothing() {
    let world = World::new().await;
    let tenant = world.tenant(1).await;
    let id = world.work(1, 1).await;
    let late: Arc<Mutex<Option<Result<(), StoreError>>>> = Arc::default();
    let (answer, connecting) = (Arc::clone(&late), world.another());
    let sleeper = thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let other = runtime.block_on(connecting);
        let (store, beats) = (other.clone(), runtime.handle().clone());
        let registry = Registry::new().on(async move |_: Work, lease: Lease| {
            lease.progress(1, Some(2), "before the sleep")?;
            tokio::time::sleep(LEASE / 2).await;
            beats.spawn(async { thread::sleep(LEASE * 4) });
            thread::sleep(LEASE * 4);
            let written = store
                .transaction(lease.tenant()?, async |tx| lease.hold(tx).await)
                .await;
            *answer.lock().unwrap() = Some(written);
            Ok(())
        });
        let _context = runtime.enter();
        let worker = Worker::spawn(other, registry, config("sleeper")).unwrap();
        thread::sleep(LEASE * 7);
        runtime.block_on(worker.shutdown(LEASE)).unwrap();
    });
    world.until(tenant, id, JobState::Leased).await;
    let worker = world.worker(Registry::new().on(async |_: Work, lease: Lease| {
        lease.progress(1, None, "taken over")?;
        // Still ours when the sleeper wakes up.
        tokio::time::sleep(LEASE * 4).await;
        Ok(())
    }));

    tokio::task::spawn_blocking(|| sleeper.join().unwrap())
        .await
        .unwrap();
    let done = world.until(tenant, id, JobState::Succeeded).await;

    assert_eq!((done.attempts, done.progress.note.as_str()), (2, "taken over"));
    // Either its write was refused, or the keeper woke first and ended the handler.
    let late = late.lock().unwrap().take();
    assert!(
        matches!(late, None | Some(Err(StoreError::LeaseLost))),
        "{late:?}"
    );
    stop(worker).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handler_that_blocks_its_thread_keeps_its_lease() {
    let world = World::new().await;
    let tenant = world.tenant(1).await;
    let id = world.work(1, 1).await;
    let seen = Word::new();
    let registry = || {
        let seen = seen.clone();
        Registry::new().on(async move |_: Work, lease: Lease| {
            thread::sleep(LEASE * 3);
            // Progress of a handler that never awaits is seen too.
            lease.progress(7, None, "computed")?;
            seen.heard_blocking();
            Ok(())
        })
    };
    let one = world.worker(registry());
    let two = world.worker(registry());

    let from = Instant::now();
    let running = loop {
        let status = world.status(tenant, id).await;
        if status.progress.done == 7 {
            break status;
        }
        assert!(from.elapsed() < PATIENCE, "{status:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    assert_eq!((running.state, running.attempts), (JobState::Leased, 1));
    seen.say();
    let done = world.until(tenant, id, JobState::Succeeded).await;
    assert_eq!((done.attempts, done.last_error), (1, None));
    stop(one).await;
    stop(two).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_is_taken_over_soon_after_its_worker_has_gone() {
    let world = World::new().await;
    let tenant = world.tenant(1).await;
    let id = world.work(1, 1).await;
    // A claim without a worker: the process died right after it.
    world
        .store
        .jobs()
        .claim("default", Some(crate::world::company(1)), "gone", LEASE)
        .await
        .unwrap()
        .unwrap();
    let worker = world.worker(Registry::new().on(async |_: Work, _| Ok(())));

    let done = world.until(tenant, id, JobState::Succeeded).await;

    assert_eq!(done.attempts, 2);
    stop(worker).await;
    // How soon: nobody waits longer than for the end of the lease and the next sweep.
    let sweep = kale_jobs::Config::new("any", tokio::runtime::Handle::current()).sweep;
    assert!(sweep <= Duration::from_secs(1), "{sweep:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_ends_with_what_it_writes_or_not_at_all() {
    let world = World::new().await;
    let tenant = world.tenant(1).await;
    let runs = Arc::new(AtomicUsize::new(0));
    let (store, counter) = (world.store.clone(), Arc::clone(&runs));
    let worker = world.worker(Registry::new().on(async move |work: Work, lease: Lease| {
        counter.fetch_add(1, Ordering::Relaxed);
        let tenant = lease.tenant()?;
        store
            .transaction(tenant, async |tx| {
                lease.hold(tx).await?;
                if work.n == 0 {
                    tx.enqueue(Work { n: 1 }.of(tenant.company())?).await?;
                }
                lease.complete_in(tx).await?;
                // Once all of it fails: neither the successor nor the end may stay.
                if lease.attempt() == 1 && work.n == 0 {
                    Err(JobError::retry("not yet"))
                } else {
                    Ok(())
                }
            })
            .await?;
        // Longer than a lease: what has ended has nothing to keep, and does not run again.
        tokio::time::sleep(LEASE * 2).await;
        Ok(())
    }));
    let id = world.work(1, 0).await;
    let done = world.until(tenant, id, JobState::Succeeded).await;
    assert_eq!(done.attempts, 2);

    tokio::time::sleep(LEASE * 3).await;
    stop(worker).await;

    assert_eq!(world.count(tenant, JobState::Succeeded).await, 2);
    assert_eq!(runs.load(Ordering::Relaxed), 3);
}
