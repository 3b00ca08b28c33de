//! A real database for the tests of this crate: one server per test process, one fresh database per test.

pub(crate) mod flows;
pub(crate) mod full;
pub(crate) mod people;
pub(crate) mod walks;

use std::{
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

use jiff::{SignedDuration, Timestamp};
use kale_devdb::{Lookup, Mongod, StartOptions};
use kale_domain::clock::{Clock, Ids};
use tokio::sync::OnceCell;
use uuid::Uuid;

use crate::{Connection, Sources, Store, migrations::Migrations};

/// What the names of the tests' databases begin with.
const PREFIX: &str = "test_";

/// A clock that moves only when told.
#[derive(Debug)]
pub(crate) struct TestClock(Mutex<Timestamp>);

impl TestClock {
    /// Far in the future, so that the server, which removes expired documents in real time, leaves a test's alone.
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self(Mutex::new("2100-01-01T00:00:00Z".parse().unwrap())))
    }

    pub(crate) fn advance(&self, seconds: i64) {
        *self.0.lock().unwrap() += SignedDuration::from_secs(seconds);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

/// A counter dressed as UUIDs: the same in every run.
#[derive(Debug, Default)]
struct TestIds(AtomicU64);

impl Ids for TestIds {
    fn next(&self, at: Timestamp) -> Uuid {
        let number = self.0.fetch_add(1, Ordering::Relaxed);
        let millis = u64::try_from(at.as_millisecond()).unwrap();
        uuid::Builder::from_unix_timestamp_millis(millis, &{
            let mut tail = [0; 10];
            tail[2..].copy_from_slice(&number.to_be_bytes());
            tail
        })
        .into_uuid()
    }
}

/// A store on a fresh database, at a fixed time.
pub(crate) async fn store() -> Store {
    store_at(&TestClock::new()).await
}

/// The same with a clock that the test moves.
///
/// Every call makes a client of its own: a client belongs to the runtime of the test that made it.
pub(crate) async fn store_at(clock: &Arc<TestClock>) -> Store {
    static DATABASES: AtomicU64 = AtomicU64::new(0);
    let connection = Connection {
        uri: address().await.to_owned(),
        database: format!("{PREFIX}{}", DATABASES.fetch_add(1, Ordering::Relaxed)),
        pool: 32,
    };
    let sources = Sources {
        clock: Arc::<TestClock>::clone(clock),
        ids: Arc::new(TestIds::default()),
    };
    Store::connect(&connection, sources).await.unwrap()
}

/// A store with the indexes of this release, on a fresh database.
pub(crate) async fn migrated() -> Store {
    migrated_at(&TestClock::new()).await
}

/// The same with a clock that the test moves.
pub(crate) async fn migrated_at(clock: &Arc<TestClock>) -> Store {
    let store = store_at(clock).await;
    Migrations::embedded().unwrap().apply(&store).await.unwrap();
    store
}

/// Where the server of this test process listens. It dies with the process; its folder is used again by the next.
async fn address() -> &'static str {
    static SERVER: OnceCell<(Mongod, String)> = OnceCell::const_new();
    let (_, uri) = SERVER
        .get_or_init(async || {
            let server = tokio::task::spawn_blocking(start).await.unwrap();
            let uri = server.uri();
            forget_former_runs(&uri).await;
            (server, uri)
        })
        .await;
    uri
}

fn start() -> Mongod {
    let binary = kale_devdb::find(&Lookup::for_workspace(None)).unwrap();
    let folders = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/test-mongod");
    // Whoever runs these tests at the same time, perhaps started in the same moment, gets another folder.
    let mut refusals = Vec::new();
    for number in 0..8 {
        let options = StartOptions {
            cache_gb: 0.25,
            oplog_mb: 256,
            ..StartOptions::of_many_databases(folders.join(format!("persistence-{number}")))
        };
        match Mongod::start(&binary, options) {
            Ok(server) => return server,
            Err(refusal) => refusals.push(refusal.to_string()),
        }
    }
    panic!("no server starts: {refusals:#?}");
}

async fn forget_former_runs(uri: &str) {
    let client = mongodb::Client::with_uri_str(uri).await.unwrap();
    for name in client.list_database_names().await.unwrap() {
        if name.starts_with(PREFIX) {
            client.database(&name).drop().await.unwrap();
        }
    }
}
