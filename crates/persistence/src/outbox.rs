//! What waits to be mailed (`outbox`): sealed, since it holds links that open something; removed when it is sent, and by
//! a TTL index when its links have ended.
//!
//! A document has the id of the job that sends it. It belongs to no company: who holds the job reads it.

use bson::{DateTime, doc};
use jiff::Timestamp;
use kale_domain::id::JobId;
use mongodb::Collection;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::{
    error::{Result, StoreError},
    jobs::Fence,
    seal::{Field, KeyRing, Place, SealError, Sealed},
    store::Store,
    tx::Tx,
    value,
};

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Record {
    #[serde(rename = "_id")]
    job: bson::Uuid,
    content: Sealed,
    expires_at: DateTime,
}

fn records(store: &Store) -> Collection<Record> {
    store.database().collection("outbox")
}

/// Where the content of that job's document is sealed.
fn place(job: &Uuid) -> Place<'_> {
    Field::OutboxMail.of_installation(job.as_bytes())
}

fn one(job: JobId) -> bson::Document {
    doc! { "_id": value::uuid(job.uuid()) }
}

fn sealed(ring: &KeyRing, job: JobId, content: &impl Serialize) -> Result<Sealed, SealError> {
    let written = serde_json::to_vec(content).map(Zeroizing::new);
    let written = written.map_err(|error| StoreError::corrupt("mail in the outbox", error))?;
    ring.seal(place(&job.uuid()), &written)
}

/// Puts down what that job is to send; the transaction that enqueued it is the one.
pub async fn put(
    store: &Store,
    tx: &mut Tx,
    ring: &KeyRing,
    job: JobId,
    content: &impl Serialize,
    expires_at: Timestamp,
) -> Result<(), SealError> {
    let record = Record {
        job: value::uuid(job.uuid()),
        content: sealed(ring, job, content)?,
        expires_at: value::date(expires_at),
    };
    let records = records(store);
    let inserted = records.insert_one(record).session(tx.session()).await;
    tx.note(inserted)?;
    Ok(())
}

/// What the holder of a job is to send; `None` where it was sent, or waited for too long.
pub async fn read<T: DeserializeOwned>(
    store: &Store,
    ring: &KeyRing,
    held: Fence,
) -> Result<Option<T>, SealError> {
    let found = records(store).find_one(one(held.job)).await;
    let found = found.map_err(StoreError::from)?;
    let waits = found.filter(|record| value::timestamp(record.expires_at) > store.now());
    let Some(record) = waits else { return Ok(None) };
    let content = ring.open(place(&held.job.uuid()), &record.content)?;
    let read = serde_json::from_slice(&content);
    Ok(Some(read.map_err(|error| {
        StoreError::corrupt("mail in the outbox", error)
    })?))
}

/// Puts something else in its place. The transaction holds the job.
pub async fn replace(
    store: &Store,
    tx: &mut Tx,
    ring: &KeyRing,
    held: Fence,
    content: &impl Serialize,
) -> Result<(), SealError> {
    let sealed = sealed(ring, held.job, content)?;
    let change = doc! { "$set": { Field::OutboxMail.name(): String::from(sealed) } };
    let records = records(store);
    let changed = records
        .update_one(one(held.job), change)
        .session(tx.session())
        .await;
    match tx.note(changed)?.matched_count {
        0 => Err(SealError::Store(StoreError::Stale)),
        _ => Ok(()),
    }
}

/// Erases it, because it was sent. The transaction holds the job.
pub async fn erase(store: &Store, tx: &mut Tx, held: Fence) -> Result<()> {
    let records = records(store);
    let erased = records.delete_one(one(held.job)).session(tx.session()).await;
    tx.note(erased).map(drop)
}
