//! A company's persona configuration, every version of it (`persona_versions`, key `company ‖ version`).

use std::sync::Arc;

use bson::{DateTime, doc};
use jiff::Timestamp;
use kale_domain::id::UserId;
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
    id: bson::Bson,
    company_id: bson::Uuid,
    version: i64,
    // As text: a rule's numbers are exact decimals, which BSON's are only sometimes.
    configuration: String,
    by: Option<bson::Uuid>,
    note: Option<String>,
    at: DateTime,
}

/// One version of the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonaVersion {
    /// Counted from 1.
    pub version: u64,
    /// The configuration as JSON.
    pub configuration: String,
    /// Who made it; `None` for Kale itself.
    pub by: Option<UserId>,
    /// Why, in their words.
    pub note: Option<String>,
    /// When.
    pub at: Timestamp,
}

fn records(store: &Store) -> Scoped<Record> {
    Scoped::new(store.database(), "persona_versions")
}

/// The versions of a company, newest first.
pub async fn versions(store: &Store, tenant: Tenant, limit: u32) -> Result<Vec<PersonaVersion>> {
    // The bounds keep the read inside the company's part of the key.
    let (first, last) = value::keys(tenant.company().uuid(), size_of::<u64>());
    let options = FindOptions::builder()
        .sort(doc! { "_id": -1 })
        .limit(i64::from(limit))
        .build();
    let found = records(store)
        .find(tenant, doc! { "_id": { "$gte": first, "$lte": last } }, options)
        .await?;
    found.into_iter().map(PersonaVersion::try_from).collect()
}

/// The newest version; `None` while a company has no personas.
pub async fn latest(store: &Store, tenant: Tenant) -> Result<Option<PersonaVersion>> {
    Ok(versions(store, tenant, 1).await?.pop())
}

/// What `read` makes of the newest version, as this process knows it: at most two seconds behind another process. For
/// reading; what is written is checked against [`latest`].
pub async fn known<T, E>(
    store: &Store,
    tenant: Tenant,
    read: impl FnOnce(Option<PersonaVersion>) -> std::result::Result<T, E>,
) -> std::result::Result<Arc<T>, E>
where
    T: Send + Sync + 'static,
    E: From<StoreError>,
{
    let read = async || read(latest(store, tenant).await?);
    store
        .memories()
        .definitions
        .recall(tenant, b"", read, |_| true)
        .await
}

/// Adds a version; [`StoreError::Stale`] where somebody added that number in between.
pub async fn add(store: &Store, tx: &mut Tx, version: &PersonaVersion) -> Result<()> {
    tx.defines();
    let tenant = tx.tenant();
    let record = Record {
        id: value::key(tenant.company().uuid(), &version.version.to_be_bytes()),
        company_id: value::uuid(tenant.company().uuid()),
        version: value::signed(version.version),
        configuration: version.configuration.clone(),
        by: version.by.map(|user| value::uuid(user.uuid())),
        note: version.note.clone(),
        at: value::date(version.at),
    };
    records(store)
        .insert(tx, &record)
        .await
        .map_err(|error| match error {
            StoreError::Duplicate => StoreError::Stale,
            other => other,
        })
}

impl TryFrom<Record> for PersonaVersion {
    type Error = StoreError;

    fn try_from(record: Record) -> Result<Self> {
        Ok(Self {
            version: value::unsigned(record.version, "persona version")?,
            configuration: record.configuration,
            by: record.by.map(|user| UserId::from_uuid(value::from_uuid(user))),
            note: record.note,
            at: value::timestamp(record.at),
        })
    }
}
