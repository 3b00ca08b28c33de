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
    /// The batch whose rows are being written.
    #[serde(default)]
    writing: Option<i64>,
    /// Batches that went live or were taken back, and whose customers may not have followed yet.
    #[serde(default)]
    unsettled: Vec<i64>,
}

/// Which batch readers take, and what undoing it would give.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LiveBatch {
    /// Rows of this batch and older ones are seen.
    pub live: u64,
    /// The upload that made it live; `None` after an undo.
    pub upload: Option<UploadId>,
    /// The batch that undo goes back to; `None` where there is nothing to undo, also once the next import has begun.
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
    let found = records(store)
        .find_one(tenant, doc! { "_id": key(tenant, kind) })
        .await?;
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
    let record = tx
        .note(updated)?
        .ok_or_else(|| StoreError::corrupt("live batch", "missing"))?;
    value::unsigned(record.next, "live batch")
}

/// Takes the right to write `batch`, and with it the way back behind `live`: from here on undo is refused, because
/// folding forgets what undo would show. [`StoreError::Stale`] where `live` is not the live batch any more, or where
/// it is as new as `batch`: rows of that number would be seen at once, so the import needs a newer one.
pub(super) async fn begin(
    store: &Store,
    tenant: Tenant,
    kind: UploadKind,
    live: i64,
    batch: i64,
) -> Result<()> {
    if batch <= live {
        return Err(StoreError::Stale);
    }
    let filter = doc! { "_id": key(tenant, kind), "live": live };
    let change = doc! { "$set": { "writing": batch }, "$unset": { "previous": "" } };
    records(store)
        .update(tenant, filter, change)
        .await?
        .map(drop)
        .ok_or(StoreError::Stale)
}

/// What may be done under a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Right {
    /// Its rows may be written.
    Writing,
    /// It is live: its rows stay as they are.
    Live,
    /// Another import took over: its rows have to go.
    Lost,
}

pub(super) async fn right(store: &Store, tenant: Tenant, kind: UploadKind, batch: i64) -> Result<Right> {
    let found = records(store)
        .find_one(tenant, doc! { "_id": key(tenant, kind) })
        .await?;
    Ok(match found {
        Some(record) if record.writing == Some(batch) => Right::Writing,
        Some(record) if record.live == batch => Right::Live,
        _ => Right::Lost,
    })
}

/// Makes a batch live in one majority write. Doing it again changes nothing; [`StoreError::Stale`] where another import
/// took the right to write in between.
pub async fn publish(
    store: &Store,
    tx: &mut Tx,
    kind: UploadKind,
    batch: u64,
    upload: UploadId,
) -> Result<()> {
    let batch = value::signed(batch);
    let tenant = tx.tenant();
    let filter = doc! { "_id": key(tenant, kind), "live": { "$lt": batch }, "writing": batch };
    let set = doc! {
        "previous": "$live",
        "live": batch,
        "live_upload": value::uuid(upload.uuid()),
        "unsettled": with(batch),
    };
    let change = vec![doc! { "$set": set }, doc! { "$unset": "writing" }];
    let filter = crate::scoped::within(tenant, filter);
    let updated = records(store)
        .raw()
        .update_one(filter, change)
        .session(tx.session())
        .await;
    let updated = tx.note(updated)?;
    if updated.matched_count == 0 {
        let found = records(store)
            .find_one_in(tx, doc! { "_id": key(tenant, kind) })
            .await?;
        return found
            .filter(|record| record.live == batch)
            .map(drop)
            .ok_or(StoreError::Stale);
    }
    Ok(())
}

/// Takes the live batch back; [`StoreError::Stale`] where another one is live by now, or is being written.
pub async fn unpublish(store: &Store, tx: &mut Tx, kind: UploadKind, batch: u64) -> Result<LiveBatch> {
    let tenant = tx.tenant();
    let filter =
        doc! { "_id": key(tenant, kind), "live": value::signed(batch), "previous": { "$type": "number" } };
    let change = vec![
        doc! { "$set": { "live": "$previous", "unsettled": with(value::signed(batch)) } },
        doc! { "$unset": ["previous", "live_upload"] },
    ];
    let filter = crate::scoped::within(tenant, filter);
    let updated = records(store)
        .raw()
        .find_one_and_update(filter, change)
        .return_document(ReturnDocument::After)
        .session(tx.session())
        .await;
    tx.note(updated)?
        .ok_or(StoreError::Stale)
        .and_then(LiveBatch::try_from)
}

/// The list of unsettled batches, and that one.
fn with(batch: i64) -> bson::Document {
    doc! { "$setUnion": [{ "$ifNull": ["$unsettled", []] }, [batch]] }
}

/// The batches that went live or were taken back and whose customers may not have followed yet. An import brings them
/// up to date before [`fold`](super::fold) forgets which rows they wrote.
pub async fn unsettled(store: &Store, tenant: Tenant, kind: UploadKind) -> Result<Vec<u64>> {
    let found = records(store)
        .find_one(tenant, doc! { "_id": key(tenant, kind) })
        .await?;
    let batches = found.map(|record| record.unsettled).unwrap_or_default();
    batches
        .into_iter()
        .map(|batch| value::unsigned(batch, "live batch"))
        .collect()
}

/// Says that the customers of a batch have followed, as readers of `live` see its rows. Where another batch is live by
/// now, they have to follow again, and nothing changes.
pub async fn settled(store: &Store, tenant: Tenant, kind: UploadKind, batch: u64, live: u64) -> Result<()> {
    let filter = doc! { "_id": key(tenant, kind), "live": value::signed(live) };
    let change = doc! { "$pull": { "unsettled": value::signed(batch) } };
    records(store).update(tenant, filter, change).await.map(drop)
}

impl TryFrom<Record> for LiveBatch {
    type Error = StoreError;

    fn try_from(record: Record) -> Result<Self> {
        Ok(Self {
            live: value::unsigned(record.live, "live batch")?,
            upload: record
                .live_upload
                .map(|id| UploadId::from_uuid(value::from_uuid(id))),
            previous: record
                .previous
                .map(|batch| value::unsigned(batch, "live batch"))
                .transpose()?,
        })
    }
}
