//! A store and a worker for a test.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use jiff::Timestamp;
use kale_devdb::{Lookup, Mongod, StartOptions};
use kale_domain::{
    clock::{Clock, Ids},
    id::{CompanyId, JobId},
    job::{JobState, JobStatus},
};
use kale_jobs::{Backoff, Config, Handle, Job, Registry, Worker};
use kale_persistence::{
    Connection, Installation, Sources, Store, Tenant,
    jobs::{JobFilter, NewJob, Outcome},
    migrations::Migrations,
};
use serde::{Deserialize, Serialize};
use tokio::sync::OnceCell;
use uuid::Uuid;

/// The lease of the tests' workers: long enough for a busy machine.
pub(crate) const LEASE: Duration = Duration::from_millis(2400);
/// How long a test waits for what has to happen: only a broken program needs as long.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

/// What the tests' jobs are given.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Work {
    pub(crate) n: i64,
}

impl Job for Work {
    const KIND: &'static str = "work";
    const MAX_ATTEMPTS: u32 = 3;
}

#[derive(Debug)]
struct Frozen;

impl Clock for Frozen {
    fn now(&self) -> Timestamp {
        "2100-01-01T00:00:00Z".parse().unwrap()
    }
}

#[derive(Debug, Default)]
struct Counter(AtomicU64);

impl Ids for Counter {
    fn next(&self, at: Timestamp) -> Uuid {
        let mut tail = [0; 10];
        tail[2..].copy_from_slice(&self.0.fetch_add(1, Ordering::Relaxed).to_be_bytes());
        let millis = u64::try_from(at.as_millisecond()).unwrap();
        uuid::Builder::from_unix_timestamp_millis(millis, &tail).into_uuid()
    }
}

/// One fresh database, and clients for it.
pub(crate) struct World {
    pub(crate) store: Store,
    connection: Connection,
    sources: Sources,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::on(address().await).await
    }

    /// On a server of the test's own.
    pub(crate) async fn on(uri: &str) -> Self {
        static DATABASES: AtomicU64 = AtomicU64::new(0);
        let connection = Connection {
            uri: uri.to_owned(),
            database: format!("test_{}", DATABASES.fetch_add(1, Ordering::Relaxed)),
            pool: 32,
        };
        let sources = Sources {
            clock: Arc::new(Frozen),
            ids: Arc::new(Counter::default()),
        };
        let store = Store::connect(&connection, sources.clone()).await.unwrap();
        store.drop_database().await.unwrap();
        Migrations::embedded().unwrap().apply(&store).await.unwrap();
        Self {
            store,
            connection,
            sources,
        }
    }

    /// Another client of the same database, on the current runtime: another process, as it were.
    pub(crate) fn another(&self) -> impl Future<Output = Store> + Send + use<> {
        let (connection, sources) = (self.connection.clone(), self.sources.clone());
        async move { Store::connect(&connection, sources).await.unwrap() }
    }

    /// A worker of this process.
    pub(crate) fn worker(&self, registry: Registry) -> Handle {
        self.worker_with(registry, |_| {})
    }

    pub(crate) fn worker_with(&self, registry: Registry, change: impl FnOnce(&mut Config)) -> Handle {
        let mut config = config("worker");
        change(&mut config);
        Worker::spawn(self.store.clone(), registry, config).unwrap()
    }

    /// The only way to a tenant from outside: a job of that company.
    pub(crate) async fn tenant(&self, n: u128) -> Tenant {
        self.credential(Some(company(n))).await.0.unwrap()
    }

    pub(crate) async fn installation(&self) -> Installation {
        self.credential(None).await.1.unwrap()
    }

    async fn credential(&self, company: Option<CompanyId>) -> (Option<Tenant>, Option<Installation>) {
        let mut job = NewJob::new("credential", &()).unwrap();
        (job.pool, job.company) = ("credentials", company);
        let jobs = self.store.jobs();
        jobs.enqueue(None, job).await.unwrap();
        let claimed = jobs
            .claim("credentials", company, "test", PATIENCE)
            .await
            .unwrap()
            .unwrap();
        jobs.finish(claimed.fence(), &Outcome::Succeeded, None)
            .await
            .unwrap();
        (claimed.tenant(), claimed.installation())
    }

    /// Enqueues work of company `n`.
    pub(crate) async fn work(&self, company_number: u128, n: i64) -> JobId {
        self.add(Work { n }.of(company(company_number)).unwrap()).await
    }

    pub(crate) async fn add(&self, job: NewJob) -> JobId {
        self.store.jobs().enqueue(None, job).await.unwrap().id()
    }

    /// Enqueues much work of company `n`, quickly.
    pub(crate) async fn flood(&self, n: u128, jobs: i64) {
        futures::future::join_all((0..jobs).map(|i| self.work(n, i))).await;
    }

    pub(crate) async fn status(&self, tenant: Tenant, id: JobId) -> JobStatus {
        self.store.jobs().get(tenant, id).await.unwrap().unwrap()
    }

    /// Waits until a job is in that state.
    pub(crate) async fn until(&self, tenant: Tenant, id: JobId, wanted: JobState) -> JobStatus {
        let from = Instant::now();
        loop {
            let status = self.status(tenant, id).await;
            if status.state == wanted {
                return status;
            }
            assert!(from.elapsed() < PATIENCE, "wanted {wanted:?}, found {status:?}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Waits until that many of a company's jobs are in that state.
    pub(crate) async fn until_count(&self, tenant: Tenant, wanted: usize, state: JobState) {
        let from = Instant::now();
        loop {
            let found = self.count(tenant, state).await;
            if found == wanted {
                return;
            }
            assert!(
                from.elapsed() < PATIENCE,
                "{found} jobs are {state:?}, not {wanted}"
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// How many of a company's jobs are in that state.
    pub(crate) async fn count(&self, tenant: Tenant, state: JobState) -> usize {
        let filter = JobFilter {
            state: Some(state),
            kind: Some(Work::KIND.to_owned()),
            subject: None,
            housekeeping: false,
        };
        self.store
            .jobs()
            .list(tenant, &filter, 10_000, None)
            .await
            .unwrap()
            .len()
    }
}

/// Something that a test tells a handler, or a handler a test. Clones are the same one.
#[derive(Debug, Clone)]
pub(crate) struct Word(Arc<tokio::sync::watch::Sender<bool>>);

impl Word {
    pub(crate) fn new() -> Self {
        Self(Arc::new(tokio::sync::watch::Sender::new(false)))
    }

    pub(crate) fn say(&self) {
        self.0.send_replace(true);
    }

    pub(crate) fn was_said(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits until it is said.
    pub(crate) async fn heard(&self) {
        let mut said = self.0.subscribe();
        tokio::time::timeout(PATIENCE, said.wait_for(|said| *said))
            .await
            .unwrap()
            .unwrap();
    }

    /// The same on a blocked thread.
    pub(crate) fn heard_blocking(&self) {
        let from = Instant::now();
        while !self.was_said() {
            assert!(from.elapsed() < PATIENCE);
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

pub(crate) fn company(n: u128) -> CompanyId {
    CompanyId::from_uuid(Uuid::from_u128(n))
}

/// A worker's settings, quick enough for a test.
pub(crate) fn config(name: &str) -> Config {
    Config {
        lease: LEASE,
        poll: Duration::from_millis(100),
        sweep: Duration::from_millis(100),
        cancel_grace: Duration::from_millis(500),
        backoff: Backoff {
            first: Duration::from_millis(100),
            longest: Duration::from_millis(200),
        },
        ..Config::new(name, tokio::runtime::Handle::current())
    }
}

/// Ends a worker and everything it runs.
pub(crate) async fn stop(worker: Handle) {
    worker.shutdown(Duration::ZERO).await.unwrap();
}

async fn address() -> &'static str {
    static SERVER: OnceCell<(Mongod, String)> = OnceCell::const_new();
    let (_, uri) = SERVER
        .get_or_init(async || {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/test-mongod/jobs");
            let server = server(&folder).await;
            let uri = server.uri();
            (server, uri)
        })
        .await;
    uri
}

/// A server on that folder; it dies with this process.
pub(crate) async fn server(folder: &Path) -> Mongod {
    let options = StartOptions {
        cache_gb: 0.25,
        oplog_mb: 256,
        ..StartOptions::new(folder)
    };
    let starting = tokio::task::spawn_blocking(move || {
        let binary = kale_devdb::find(&Lookup::for_workspace(None)).unwrap();
        Mongod::start(&binary, options).unwrap()
    });
    starting.await.unwrap()
}
