//! Which batch readers take.

use bson::doc;
use kale_domain::{id::UploadId, upload::UploadKind};
use mongodb::options::ReturnDocument;
use serde::{Deserialize, Serialize};

use crate::{
    error::{Result, StoreError},
    scoped::{COMPANY, Scoped},
    store::Store,
    tenant::Tenant,
    tx::Tx,
    value,
};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Record {
    #[serde(rename = "_id")]
    id: bson::Bson,
    company_id: bson::Uuid,
    live: i64,
    next: i64,
    #[serde(default)]
    live_upload: Option<bson::Uuid>,
    #[serde(default)]
    previous: Option<i64>,
}

/// Which batch readers take, and what undoing it would give.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LiveBatch {
    /// Rows of this batch and older ones are seen.
    pub live: u64,
    /// The upload that made it live; `None` after an undo.
    pub upload: Option<UploadId>,
    /// The batch that undo goes back to; `None` where there is nothing to undo.
    pub previous: Option<u64>,
}

fn records(store: &Store) -> Scoped<Record> {
    Scoped::new(store.database(), "live_batches")
}

fn key(tenant: Tenant, kind: UploadKind) -> bson::Bson {
    value::key(tenant.company().uuid(), kind.slug().as_bytes())
}

/// The live batch of that kind; 0 before the first import.
pub async fn live(store: &Store, tenant: Tenant, kind: UploadKind) -> Result<LiveBatch> {
    let found = records(store).find_one(tenant, doc! { "_id": key(tenant, kind) }).await?;
    found.map_or_else(|| Ok(LiveBatch::default()), LiveBatch::try_from)
}

/// Takes the next batch number. Numbers are never used twice, also after an undo.
pub async fn allocate(store: &Store, tx: &mut Tx, kind: UploadKind) -> Result<u64> {
    let tenant = tx.tenant();
    let filter = doc! { "_id": key(tenant, kind), COMPANY: value::uuid(tenant.company().uuid()) };
    let change = doc! { "$inc": { "next": 1_i64 }, "$setOnInsert": { "live": 0_i64 } };
    let updated = records(store)
        .raw()
        .find_one_and_update(filter, change)
        .upsert(true)
        .return_document(ReturnDocument::After)
        .session(tx.session())
        .await;
    let record = tx.note(updated)?.ok_or_else(|| StoreError::corrupt("live batch", "missing"))?;
    value::unsigned(record.next, "live batch")
}

/// Makes a batch live in one majority write. Doing it again changes nothing.
pub async fn publish(store: &Store, tx: &mut Tx, kind: UploadKind, batch: u64, upload: UploadId) -> Result<()> {
    let batch = value::signed(batch);
    let tenant = tx.tenant();
    let filter = doc! { "_id": key(tenant, kind), "live": { "$lt": batch } };
    let change = vec![doc! { "$set": {
        "previous": "$live",
        "live": batch,
        "live_upload": value::uuid(upload.uuid()),
    } }];
    let filter = crate::scoped::within(tenant, filter);
    let updated = records(store).raw().update_one(filter, change).session(tx.session()).await;
    let updated = tx.note(updated)?;
    if updated.matched_count == 0 {
        let found = records(store).find_one_in(tx, doc! { "_id": key(tenant, kind) }).await?;
        return found.filter(|record| record.live == batch).map(drop).ok_or(StoreError::Stale);
    }
    Ok(())
}

/// Takes the live batch back; [`StoreError::Stale`] where another one is live by now.
pub async fn unpublish(store: &Store, tx: &mut Tx, kind: UploadKind, batch: u64) -> Result<LiveBatch> {
    let tenant = tx.tenant();
    let filter = doc! { "_id": key(tenant, kind), "live": value::signed(batch), "previous": { "$type": "number" } };
    let change = vec![
        doc! { "$set": { "live": "$previous" } },
        doc! { "$unset": ["previous", "live_upload"] },
    ];
    let filter = crate::scoped::within(tenant, filter);
    let updated = records(store)
        .raw()
        .find_one_and_update(filter, change)
        .return_document(ReturnDocument::After)
        .session(tx.session())
        .await;
    tx.note(updated)?.ok_or(StoreError::Stale).and_then(LiveBatch::try_from)
}

impl TryFrom<Record> for LiveBatch {
    type Error = StoreError;

    fn try_from(record: Record) -> Result<Self> {
        Ok(Self {
            live: value::unsigned(record.live, "live batch")?,
            upload: record.live_upload.map(|id| UploadId::from_uuid(value::from_uuid(id))),
            previous: record.previous.map(|batch| value::unsigned(batch, "live batch")).transpose()?,
        })
    }
}
