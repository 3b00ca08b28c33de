//! Uploads (`uploads`, index `{company_id, _id: -1}`). The state moves by compare-and-set on `version`.

use bson::{Bson, DateTime, doc};
use kale_domain::{
    id::{UploadId, UserId},
    upload::{Mapping, Profile, Upload, UploadKind, UploadState, UploadedFile},
};
use mongodb::options::FindOptions;
use serde::{Deserialize, Serialize};

use crate::{
    error::{Result, StoreError},
    scoped::Scoped,
    store::Store,
    tenant::Tenant,
    tx::Tx,
    value,
};

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Record {
    #[serde(rename = "_id")]
    id: bson::Uuid,
    company_id: bson::Uuid,
    kind: UploadKind,
    file: UploadedFile,
    state: UploadState,
    profile: Option<Profile>,
    // Headers may hold dots and dollars, which are no field names: kept as text.
    suggestion: Option<String>,
    mapping: Option<String>,
    by: Option<bson::Uuid>,
    created_at: DateTime,
    updated_at: DateTime,
    version: i64,
}

fn records(store: &Store) -> Scoped<Record> {
    Scoped::new(store.database(), "uploads")
}

/// A new upload of the transaction's company.
pub async fn insert(store: &Store, tx: &mut Tx, upload: &Upload) -> Result<()> {
    let record = record(tx.tenant(), upload)?;
    records(store).insert(tx, &record).await
}

/// One upload.
pub async fn get(store: &Store, tenant: Tenant, id: UploadId) -> Result<Option<Upload>> {
    let found = records(store)
        .find_one(tenant, doc! { "_id": value::uuid(id.uuid()) })
        .await?;
    found.map(Upload::try_from).transpose()
}

/// The latest uploads, newest first; `before` continues after the last one of a page.
pub async fn list(
    store: &Store,
    tenant: Tenant,
    limit: u32,
    before: Option<UploadId>,
) -> Result<Vec<Upload>> {
    let filter = before.map_or_else(
        bson::Document::new,
        |id| doc! { "_id": { "$lt": value::uuid(id.uuid()) } },
    );
    let options = FindOptions::builder()
        .sort(doc! { "company_id": 1, "_id": -1 })
        .limit(i64::from(limit))
        .build();
    let found = records(store).find(tenant, filter, options).await?;
    found.into_iter().map(Upload::try_from).collect()
}

/// Writes an upload as it is now; [`StoreError::Stale`] where it is no longer at `upload.version`.
pub async fn update(store: &Store, tx: &mut Tx, upload: &Upload) -> Result<Upload> {
    let record = record(tx.tenant(), upload)?;
    let filter = doc! { "_id": record.id, "version": record.version };
    let change = doc! {
        "$set": {
            "state": bson::serialize_to_bson(&record.state)?,
            "profile": bson::serialize_to_bson(&record.profile)?,
            "suggestion": text(record.suggestion),
            "mapping": text(record.mapping),
            "updated_at": value::date(tx.now()),
        },
        "$inc": { "version": 1_i64 },
    };
    records(store)
        .update_in(tx, filter, change)
        .await?
        .ok_or(StoreError::Stale)
        .and_then(Upload::try_from)
}

fn text(value: Option<String>) -> Bson {
    value.map_or(Bson::Null, Bson::String)
}

fn json(mapping: Option<&Mapping>) -> Result<Option<String>> {
    mapping
        .map(serde_json::to_string)
        .transpose()
        .map_err(|error| StoreError::corrupt("mapping", error))
}

fn parse(text: Option<String>) -> Result<Option<Mapping>> {
    text.map(|text| serde_json::from_str(&text))
        .transpose()
        .map_err(|error| StoreError::corrupt("mapping", error))
}

fn record(tenant: Tenant, upload: &Upload) -> Result<Record> {
    Ok(Record {
        id: value::uuid(upload.id.uuid()),
        company_id: value::uuid(tenant.company().uuid()),
        kind: upload.kind,
        file: upload.file.clone(),
        state: upload.state.clone(),
        profile: upload.profile.clone(),
        suggestion: json(upload.suggestion.as_ref())?,
        mapping: json(upload.mapping.as_ref())?,
        by: upload.by.map(|user| value::uuid(user.uuid())),
        created_at: value::date(upload.created_at),
        updated_at: value::date(upload.updated_at),
        version: value::signed(upload.version),
    })
}

impl TryFrom<Record> for Upload {
    type Error = StoreError;

    fn try_from(record: Record) -> Result<Self> {
        Ok(Self {
            id: UploadId::from_uuid(value::from_uuid(record.id)),
            kind: record.kind,
            file: record.file,
            state: record.state,
            profile: record.profile,
            suggestion: parse(record.suggestion)?,
            mapping: parse(record.mapping)?,
            by: record.by.map(|user| UserId::from_uuid(value::from_uuid(user))),
            created_at: value::timestamp(record.created_at),
            updated_at: value::timestamp(record.updated_at),
            version: value::unsigned(record.version, "upload")?,
        })
    }
}
