use std::{
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use futures::StreamExt as _;
use kale_domain::job::JobState;
use kale_jobs::{JobError, Lease, Registry};
use kale_persistence::live::{Live, LiveEvent};

use crate::world::{PATIENCE, Word, Work, World, stop};

#[tokio::test(flavor = "multi_thread")]
async fn progress_is_written_twice_a_second_and_its_last_word_always() {
    let world = World::new().await;
    let tenant = world.tenant(1).await;
    let live = Live::start(&world.store);
    let mut events = pin!(live.subscribe(tenant));
    assert_eq!(events.next().await, Some(LiveEvent::Reset));
    let (enough, rows) = (Word::new(), Arc::new(AtomicU64::new(0)));
    let (heard, counted) = (enough.clone(), Arc::clone(&rows));
    let registry = Registry::new().on(async move |_: Work, lease: Lease| {
        while !heard.was_said() {
            let row = counted.fetch_add(1, Ordering::Relaxed) + 1;
            lease.progress(row, None, &format!("row {row}"))?;
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        Ok(())
    });
    // A heart-beat carries what is there to say; here it comes after the end of the job.
    let worker = world.worker_with(registry, |config| config.lease = PATIENCE * 4);
    let from = Instant::now();
    let id = world.work(1, 1).await;

    let mut shown = Vec::new();
    let last = loop {
        match tokio::time::timeout(PATIENCE, events.next())
            .await
            .unwrap()
            .unwrap()
        {
            LiveEvent::Job(job) if job.id == id => {
                shown.push(job.progress.done);
                // Enqueued, claimed, and two that say how far it is.
                if shown.len() == 4 {
                    enough.say();
                }
                if job.state == JobState::Succeeded {
                    break job;
                }
            }
            _ => {}
        }
    };

    // Beside the writes of the progress: enqueued, claimed, ended.
    let writes = u64::try_from(shown.len()).unwrap() - 3;
    let allowed = u64::try_from(from.elapsed().as_millis()).unwrap() / 500 + 1;
    assert!(
        writes >= 2 && writes <= allowed,
        "{writes} writes of at most {allowed}: {shown:?}"
    );
    let rows = rows.load(Ordering::Relaxed);
    assert_eq!(
        (last.progress.done, last.progress.note.clone()),
        (rows, format!("row {rows}"))
    );
    stop(worker).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handler_that_listens_stops_by_itself() {
    let world = World::new().await;
    let (tenant, other) = (world.tenant(1).await, world.tenant(2).await);
    let told = Arc::new(AtomicBool::new(false));
    let heard = Arc::clone(&told);
    let worker = world.worker_with(
        Registry::new().on(async move |_: Work, lease: Lease| {
            for row in 0_u64.. {
                if let Err(error @ JobError::Cancelled) = lease.progress(row, None, "rows") {
                    heard.store(true, Ordering::Relaxed);
                    return Err(error);
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            Ok(())
        }),
        |config| config.cancel_grace = PATIENCE,
    );
    let id = world.work(1, 1).await;
    world.until(tenant, id, JobState::Leased).await;
    let jobs = world.store.jobs();

    let refused = world
        .store
        .transaction(other, async |tx| jobs.cancel(tx, id).await)
        .await
        .unwrap();
    assert!(refused.is_none());
    let asked = world
        .store
        .transaction(tenant, async |tx| jobs.cancel(tx, id).await)
        .await
        .unwrap();
    assert_eq!(asked.unwrap().state, JobState::Leased);

    world.until(tenant, id, JobState::Cancelled).await;
    assert!(told.load(Ordering::Relaxed));
    stop(worker).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handler_that_does_not_listen_is_ended() {
    let world = World::new().await;
    let tenant = world.tenant(1).await;
    let worker = world.worker(Registry::new().on(async |_: Work, _| {
        tokio::time::sleep(PATIENCE * 3).await;
        Ok(())
    }));
    let id = world.work(1, 1).await;
    world.until(tenant, id, JobState::Leased).await;

    let jobs = world.store.jobs();
    world
        .store
        .transaction(tenant, async |tx| jobs.cancel(tx, id).await)
        .await
        .unwrap()
        .unwrap();

    world.until(tenant, id, JobState::Cancelled).await;
    stop(worker).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handler_reaches_what_its_job_belongs_to_and_nothing_else() {
    let world = World::new().await;
    let (tenant, installation) = (world.tenant(1).await, world.installation().await);
    let worker = world.worker(Registry::new().on(async |work: Work, lease: Lease| {
        if work.n == 0 {
            lease.installation()?;
            lease.tenant()?;
        } else {
            assert_eq!(lease.tenant()?, lease.reach()?.tenant());
            lease.installation()?;
        }
        Ok(())
    }));
    let of_company = world.work(1, 1).await;
    let own = world
        .add(kale_jobs::Job::of_installation(&Work { n: 0 }).unwrap())
        .await;

    let refused = world.until(tenant, of_company, JobState::Dead).await;
    assert!(refused.last_error.unwrap().contains("belongs to a company"));
    let from = Instant::now();
    let refused = loop {
        let job = world.store.jobs().get(installation, own).await.unwrap().unwrap();
        if job.state == JobState::Dead {
            break job;
        }
        assert!(from.elapsed() < PATIENCE, "{job:?}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    };
    assert!(refused.last_error.unwrap().contains("belongs to no company"));
    stop(worker).await;
}
