//! The connection to the database, and the way to each repository.

use std::{sync::Arc, time::Duration};

use bson::doc;
use jiff::Timestamp;
use kale_domain::clock::Clock;
use mongodb::{
    Client, Database,
    options::{Acknowledgment, ClientOptions, ReadConcern, WriteConcern},
};
use uuid::Uuid;

use crate::{
    error::{Result, StoreError},
    jobs::JobStore,
    remembered::Memories,
    tx::Sources,
};

/// How long an interactive query may take.
pub const INTERACTIVE: Duration = Duration::from_millis(800);

/// The database of one installation. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    client: Client,
    database: Database,
    sources: Sources,
    jobs: JobStore,
    memories: Arc<Memories>,
}

/// A server that takes writes, since one election.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Primary(bson::oid::ObjectId);

/// How to reach the database.
#[derive(Clone)]
pub struct Connection {
    /// The address as the driver reads it; may hold a password, so it is never printed.
    pub uri: String,
    /// The name of the database.
    pub database: String,
    /// How many connections one process may hold.
    pub pool: u32,
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connection")
            .field("database", &self.database)
            .field("pool", &self.pool)
            .finish_non_exhaustive()
    }
}

impl Store {
    /// Prepares a client. The first query connects.
    ///
    /// Reads see only what a majority has; a write is acknowledged when a majority has it in its journal.
    pub async fn connect(connection: &Connection, sources: Sources) -> Result<Self> {
        let mut options = ClientOptions::parse(&connection.uri).await?;
        options.app_name = Some("kale".to_owned());
        options.max_pool_size = Some(connection.pool);
        options.server_selection_timeout = Some(Duration::from_secs(4));
        options.connect_timeout = Some(Duration::from_secs(3));
        options.write_concern = Some(
            WriteConcern::builder()
                .w(Acknowledgment::Majority)
                .journal(true)
                .w_timeout(Duration::from_secs(8))
                .build(),
        );
        options.read_concern = Some(ReadConcern::majority());
        let client = Client::with_options(options)?;
        let database = client.database(&connection.database);
        let jobs = JobStore::new(&database, sources.clone());
        Ok(Self {
            client,
            database,
            sources,
            jobs,
            memories: Arc::new(Memories::new()),
        })
    }

    /// Asks the database whether it is there.
    pub async fn ping(&self) -> Result<()> {
        self.database.run_command(doc! { "ping": 1 }).await?;
        Ok(())
    }

    /// A small write that a majority has to acknowledge, and with it everything this process wrote before: what ends a
    /// row of `w: 1` batches.
    pub async fn settle(&self) -> Result<()> {
        let marks = self.database.collection::<bson::Document>("installation");
        let change = doc! { "$inc": { "settled": 1_i64 } };
        let settled = marks
            .update_one(doc! { "_id": "settled" }, change)
            .upsert(true)
            .await;
        // Customers were written, of whichever company.
        self.memories.tallies.forget_all();
        settled?;
        Ok(())
    }

    /// Which server takes writes just now, and since which election. Where that is the same before and after, and
    /// [`Store::settle`] came in between, nothing was lost that was written `w: 1` meanwhile: a server that was
    /// restarted forgets what was in no journal yet, and the driver asks its next question there without a word.
    pub async fn primary(&self) -> Result<Primary> {
        let hello = self.database.run_command(doc! { "hello": 1 }).await?;
        hello.get_object_id("electionId").map(Primary).map_err(|_absent| {
            let error = mongodb::error::Error::custom("the server that answered is no primary");
            StoreError::Unavailable(Box::new(error))
        })
    }

    /// Removes everything: for tests.
    pub async fn drop_database(&self) -> Result<()> {
        Ok(self.database.drop().await?)
    }

    /// Where the time and new identifiers come from.
    #[must_use]
    pub fn sources(&self) -> Sources {
        self.sources.clone()
    }

    /// The clock every repository reads.
    #[must_use]
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.sources.clock
    }

    /// The current instant.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.sources.clock.now()
    }

    /// A fresh identifier.
    #[must_use]
    pub fn fresh_id(&self) -> Uuid {
        self.sources.ids.next(self.now())
    }

    /// Background work.
    #[must_use]
    pub const fn jobs(&self) -> &JobStore {
        &self.jobs
    }

    pub(crate) fn memories(&self) -> &Memories {
        &self.memories
    }

    pub(crate) const fn client(&self) -> &Client {
        &self.client
    }

    pub(crate) const fn database(&self) -> &Database {
        &self.database
    }
}

/// MongoDB's code for a key that exists.
const DUPLICATE_KEY: i32 = 11000;

/// Runs a raw command that writes in bulk and says what came of it.
///
/// The driver adds no write concern to a raw command and reads `ok: 1` as success, so both are done here.
pub(crate) fn check_bulk(reply: &bson::Document) -> Result<(), StoreError> {
    if let Ok(errors) = reply.get_array("writeErrors")
        && let Some(first) = errors.first().and_then(bson::Bson::as_document)
    {
        return Err(if first.get_i32("code").is_ok_and(|code| code == DUPLICATE_KEY) {
            StoreError::Duplicate
        } else {
            StoreError::corrupt(
                "bulk write",
                first.get_str("errmsg").unwrap_or("unknown").to_owned(),
            )
        });
    }
    if reply.contains_key("writeConcernError") {
        return Err(StoreError::Unavailable(Box::new(mongodb::error::Error::custom(
            "write concern not met",
        ))));
    }
    Ok(())
}

/// Inserts documents of which some may be there already, `w: 1`; those stay as they are.
pub(crate) async fn insert_absent(
    store: &Store,
    collection: &str,
    documents: bson::RawArrayBuf,
) -> Result<(), StoreError> {
    let command = bson::rawdoc! {
        "insert": collection, "documents": documents, "ordered": false, "writeConcern": { "w": 1 },
    };
    let mut reply = store.database().run_raw_command(command).await?;
    without_duplicates(&mut reply);
    check_bulk(&reply)
}

/// Takes out of a reply what was there already; answers how many.
pub(crate) fn without_duplicates(reply: &mut bson::Document) -> u64 {
    let Ok(errors) = reply.get_array_mut("writeErrors") else {
        return 0;
    };
    let all = errors.len();
    errors.retain(|error| {
        let code = error.as_document().and_then(|error| error.get_i32("code").ok());
        code != Some(DUPLICATE_KEY)
    });
    u64::try_from(all.saturating_sub(errors.len())).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod query_shapes;
