//! The database dies under a worker and comes back.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use kale_devdb::Mongod;
use kale_domain::{id::JobId, job::JobState};
use kale_jobs::{Handle, Lease, Registry};
use kale_persistence::Tenant;
use tempfile::TempDir;

use crate::world::{LEASE, PATIENCE, Word, Work, World, server, stop};

struct Outage {
    world: World,
    tenant: Tenant,
    mongod: Arc<Mongod>,
    /// Said when the database has been killed.
    gone: Word,
    _folder: TempDir,
}

impl Outage {
    async fn prepare() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mongod = Arc::new(server(folder.path()).await);
        let world = World::on(&mongod.uri()).await;
        let tenant = world.tenant(1).await;
        Self {
            world,
            tenant,
            mongod,
            gone: Word::new(),
            _folder: folder,
        }
    }

    /// Kills the server as soon as the job runs, and starts it again after that time.
    async fn strike(&self, job: JobId, lasts: Duration) {
        self.world.until(self.tenant, job, JobState::Leased).await;
        let (mongod, gone) = (Arc::clone(&self.mongod), self.gone.clone());
        let struck = tokio::task::spawn_blocking(move || {
            mongod.kill9().unwrap();
            gone.say();
            std::thread::sleep(lasts);
            mongod.restart().unwrap();
        });
        struck.await.unwrap();
    }

    async fn next_job_runs(&self, worker: Handle) {
        let next = self.world.work(1, 2).await;
        self.world.until(self.tenant, next, JobState::Succeeded).await;
        stop(worker).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_ends_while_the_database_is_away_has_run_once() {
    let outage = Outage::prepare().await;
    let gone = outage.gone.clone();
    let registry = Registry::new().on(async move |work: Work, _| {
        if work.n == 1 {
            gone.heard().await;
        }
        Ok(())
    });
    let worker = outage
        .world
        .worker_with(registry, |config| config.lease = PATIENCE * 3);
    let id = outage.world.work(1, 1).await;
    outage.strike(id, Duration::from_millis(1500)).await;

    let done = outage.world.until(outage.tenant, id, JobState::Succeeded).await;

    assert_eq!(done.attempts, 1);
    outage.next_job_runs(worker).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_can_not_keep_its_lease_ends_the_handler() {
    let outage = Outage::prepare().await;
    let survived = Arc::new(AtomicBool::new(false));
    let (flag, gone) = (Arc::clone(&survived), outage.gone.clone());
    let registry = Registry::new().on(async move |work: Work, lease: Lease| {
        if work.n == 1 && lease.attempt() == 1 {
            gone.heard().await;
            tokio::time::sleep(LEASE * 3).await;
            flag.store(true, Ordering::Relaxed);
        }
        Ok(())
    });
    let worker = outage.world.worker(registry);
    let id = outage.world.work(1, 1).await;
    outage.strike(id, LEASE * 4).await;

    let done = outage.world.until(outage.tenant, id, JobState::Succeeded).await;

    assert_eq!(done.attempts, 2);
    assert!(!survived.load(Ordering::Relaxed), "it went on without a lease");
    outage.next_job_runs(worker).await;
}
