//! Short exclusive rights among all processes: a token is refreshed once, a connection is synchronised once at a time.
//!
//! A lock runs out by itself in the store's time. Its token grows by one with each holder and for ever, so that a
//! holder that slept can be told from the present one: what is written under a lock goes through
//! [`LockGuard::hold`] in the writer's transaction.

use std::time::Duration;

use bson::{Bson, DateTime, Document, doc};
use jiff::Timestamp;
use mongodb::{Collection, options::ReturnDocument};
use serde::Deserialize;

use crate::{
    error::{Result, StoreError},
    store::Store,
    tenant::{Installation, Tenant},
    tx::Tx,
    value,
};

/// The name of the collection.
const COLLECTION: &str = "locks";
/// How often two first holders may get into each other's way.
const TRIES: u32 = 4;

/// What is locked.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct LockKey(String);

impl LockKey {
    /// Something of a company: `token:con_…`.
    #[must_use]
    pub fn of(tenant: Tenant, name: &str) -> Self {
        Self(format!("{}:{name}", tenant.company()))
    }

    /// Something that belongs to no company.
    #[must_use]
    pub fn of_installation(_: Installation, name: &str) -> Self {
        Self(format!("installation:{name}"))
    }
}

/// A lock as it was when it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestLock {
    /// Who has it, in words for people and logs.
    pub owner: String,
    /// The how-many-th holder.
    pub fencing_token: i64,
    /// Until when, in the store's time.
    pub until: Timestamp,
}

#[derive(Debug, Deserialize)]
struct Record {
    /// Differs for each acquisition, also of one owner.
    holder: bson::Uuid,
    owner: String,
    fencing_token: i64,
    until: DateTime,
}

impl From<&Record> for RequestLock {
    fn from(record: &Record) -> Self {
        Self {
            owner: record.owner.clone(),
            fencing_token: record.fencing_token,
            until: value::timestamp(record.until),
        }
    }
}

/// The locks of an installation.
#[derive(Debug, Clone)]
pub struct Locks {
    records: Collection<Record>,
    store: Store,
}

impl Store {
    /// Short exclusive rights.
    #[must_use]
    pub fn locks(&self) -> Locks {
        Locks {
            records: self.database().collection(COLLECTION),
            store: self.clone(),
        }
    }
}

impl Locks {
    /// Takes the lock if nobody has it; `None` if somebody has.
    pub async fn acquire(&self, key: &LockKey, owner: &str, lasts: Duration) -> Result<Option<LockGuard>> {
        self.take(key, owner, lasts, Free::RunOut).await
    }

    /// The same, and from a former holder of the same name too: for a job that was interrupted and goes on. Its lease
    /// says that the former holder is gone, and one that only slept learns it at its next [`LockGuard::extend`].
    pub async fn take_over(&self, key: &LockKey, owner: &str, lasts: Duration) -> Result<Option<LockGuard>> {
        self.take(key, owner, lasts, Free::RunOutOrOwn).await
    }

    async fn take(
        &self,
        key: &LockKey,
        owner: &str,
        lasts: Duration,
        free: Free,
    ) -> Result<Option<LockGuard>> {
        let holder = value::uuid(self.store.fresh_id());
        let record = self.ask(key, taking(holder, owner, lasts, free)).await?;
        if record.holder != holder {
            return Ok(None);
        }
        let lock = RequestLock::from(&record);
        Ok(Some(LockGuard {
            locks: self.clone(),
            key: key.clone(),
            holder,
            lock,
            released: false,
        }))
    }

    /// The lock as it is; `None` if nobody has it.
    pub async fn read(&self, key: &LockKey) -> Result<Option<RequestLock>> {
        let filter = doc! { "_id": &key.0, "$expr": { "$gt": ["$until", "$$NOW"] } };
        Ok(self
            .records
            .find_one(filter)
            .await?
            .as_ref()
            .map(RequestLock::from))
    }

    async fn ask(&self, key: &LockKey, update: Vec<Document>) -> Result<Record> {
        let mut tries = 0;
        loop {
            tries += 1;
            let taken = self
                .records
                .find_one_and_update(doc! { "_id": &key.0 }, update.clone())
                .upsert(true)
                .return_document(ReturnDocument::After)
                .await
                .map_err(StoreError::from);
            match taken {
                // Two first holders at the same moment: now it is there.
                Err(StoreError::Duplicate) if tries < TRIES => {}
                Err(error) => return Err(error),
                Ok(record) => {
                    return record.ok_or_else(|| StoreError::corrupt("lock", "an upsert answered nothing"));
                }
            }
        }
    }
}

/// When a lock may be taken.
#[derive(Debug, Clone, Copy)]
enum Free {
    /// Nobody has it.
    RunOut,
    /// Nobody else has it.
    RunOutOrOwn,
}

/// Takes the lock where it is free and leaves it as it is where it is not.
fn taking(holder: bson::Uuid, owner: &str, lasts: Duration, free: Free) -> Vec<Document> {
    // A missing end sorts before every date.
    let run_out = doc! { "$lte": ["$until", "$$NOW"] };
    let free = match free {
        Free::RunOut => run_out,
        Free::RunOutOrOwn => doc! { "$or": [run_out, { "$eq": ["$owner", { "$literal": owner }] }] },
    };
    let taken = |new: Bson, field: &str| doc! { "$cond": [free.clone(), new, format!("${field}")] };
    vec![doc! { "$set": {
        "holder": taken(holder.into(), "holder"),
        "owner": taken(doc! { "$literal": owner }.into(), "owner"),
        "fencing_token": taken(
            doc! { "$add": [{ "$ifNull": ["$fencing_token", 0_i64] }, 1_i64] }.into(),
            "fencing_token",
        ),
        "until": taken(end(lasts).into(), "until"),
    } }]
}

fn end(lasts: Duration) -> Document {
    doc! { "$add": ["$$NOW", i64::try_from(lasts.as_millis()).unwrap_or(i64::MAX / 4)] }
}

/// A lock that is held. Dropping it gives it back soon, [`release`](Self::release) at once.
#[derive(Debug)]
pub struct LockGuard {
    locks: Locks,
    key: LockKey,
    holder: bson::Uuid,
    lock: RequestLock,
    released: bool,
}

impl LockGuard {
    /// The lock as it was taken or last prolonged.
    #[must_use]
    pub const fn lock(&self) -> &RequestLock {
        &self.lock
    }

    /// The how-many-th holder this is.
    #[must_use]
    pub const fn token(&self) -> i64 {
        self.lock.fencing_token
    }

    /// Holds it that much longer from now; [`StoreError::LeaseLost`] where it has run out, also if nobody took it.
    pub async fn extend(&mut self, lasts: Duration) -> Result<()> {
        let mut filter = self.mine();
        filter.insert("$expr", doc! { "$gt": ["$until", "$$NOW"] });
        let record = self
            .locks
            .records
            .find_one_and_update(filter, vec![doc! { "$set": { "until": end(lasts) } }])
            .return_document(ReturnDocument::After)
            .await?
            .ok_or(StoreError::LeaseLost)?;
        self.lock = RequestLock::from(&record);
        Ok(())
    }

    /// Makes a transaction depend on the lock: it commits only if nobody else has taken the lock by then.
    pub async fn hold(&self, tx: &mut Tx) -> Result<()> {
        let touched = self
            .locks
            .records
            .update_one(self.mine(), doc! { "$inc": { "held": 1_i64 } })
            .session(tx.session())
            .await;
        if tx.note(touched)?.matched_count == 1 {
            Ok(())
        } else {
            Err(StoreError::LeaseLost)
        }
    }

    /// Gives it back. A lock that ran out meanwhile is no error: it is not ours any more.
    pub async fn release(mut self) -> Result<()> {
        self.released = true;
        give_back(&self.locks, self.mine()).await
    }

    fn mine(&self) -> Document {
        doc! { "_id": &self.key.0, "holder": self.holder, "fencing_token": self.lock.fencing_token }
    }
}

impl Drop for LockGuard {
    fn drop(&mut self) {
        if self.released {
            return;
        }
        // Outside a runtime it runs out by itself.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            let (locks, mine) = (self.locks.clone(), self.mine());
            runtime.spawn(async move {
                if let Err(error) = give_back(&locks, mine).await {
                    tracing::debug!(%error, "a lock was not given back; it runs out by itself");
                }
            });
        }
    }
}

/// The document stays, for the token must never begin again.
async fn give_back(locks: &Locks, mine: Document) -> Result<()> {
    locks
        .records
        .update_one(mine, vec![doc! { "$set": { "until": "$$NOW" } }])
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests;
