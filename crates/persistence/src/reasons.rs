//! The catalogue of reasons (`reasons`, key `company ‖ key`, index `{company_id, order, _id}`).

use std::collections::BTreeMap;

use bson::doc;
use kale_domain::reason::ReasonKey;
use kale_flow::{
    reason::{BillingProvider, Reason, ReasonCategory},
    text::Text,
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

/// How many are read at most; fewer may be made.
const MOST: i64 = 500;

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Record {
    #[serde(rename = "_id")]
    id: bson::Bson,
    company_id: bson::Uuid,
    key: ReasonKey,
    category: ReasonCategory,
    title: String,
    text: Text,
    follow_up: Text,
    provider_codes: BTreeMap<BillingProvider, Vec<String>>,
    order: i64,
    archived: bool,
    version: i64,
}

fn records(store: &Store) -> Scoped<Record> {
    Scoped::new(store.database(), "reasons")
}

fn id(tenant: Tenant, key: &ReasonKey) -> bson::Bson {
    value::key(tenant.company().uuid(), key.as_str().as_bytes())
}

/// All of a company, archived ones too, in their order.
pub async fn list(store: &Store, tenant: Tenant) -> Result<Vec<Reason>> {
    let found = records(store).find(tenant, doc! {}, all()).await?;
    found.into_iter().map(Reason::try_from).collect()
}

/// The same as a transaction sees it.
pub async fn list_in(store: &Store, tx: &mut Tx) -> Result<Vec<Reason>> {
    let found = records(store).find_in(tx, doc! {}, all()).await?;
    found.into_iter().map(Reason::try_from).collect()
}

fn all() -> FindOptions {
    FindOptions::builder()
        .sort(doc! { "company_id": 1, "order": 1, "_id": 1 })
        .limit(MOST)
        .build()
}

/// One reason.
pub async fn get(store: &Store, tenant: Tenant, key: &ReasonKey) -> Result<Option<Reason>> {
    let found = records(store)
        .find_one(tenant, doc! { "_id": id(tenant, key) })
        .await?;
    found.map(Reason::try_from).transpose()
}

/// A new reason; [`StoreError::Duplicate`] where the company has one of that key.
pub async fn insert(store: &Store, tx: &mut Tx, reason: &Reason) -> Result<()> {
    let tenant = tx.tenant();
    let record = Record {
        id: id(tenant, &reason.key),
        company_id: value::uuid(tenant.company().uuid()),
        key: reason.key.clone(),
        category: reason.category,
        title: reason.title.clone(),
        text: reason.text.clone(),
        follow_up: reason.follow_up.clone(),
        provider_codes: reason.provider_codes.clone(),
        order: reason.order.into(),
        archived: reason.archived,
        version: value::signed(reason.version),
    };
    records(store).insert(tx, &record).await
}

/// Writes a reason as it is now; [`StoreError::Stale`] where it is no longer at `reason.version`.
pub async fn update(store: &Store, tx: &mut Tx, reason: &Reason) -> Result<Reason> {
    let filter = doc! { "_id": id(tx.tenant(), &reason.key), "version": value::signed(reason.version) };
    let change = doc! {
        "$set": {
            "category": reason.category.name(),
            "title": &reason.title,
            "text": bson::serialize_to_bson(&reason.text)?,
            "follow_up": bson::serialize_to_bson(&reason.follow_up)?,
            "provider_codes": bson::serialize_to_bson(&reason.provider_codes)?,
            "order": i64::from(reason.order),
            "archived": reason.archived,
        },
        "$inc": { "version": 1_i64 },
    };
    let updated = records(store).update_in(tx, filter, change).await?;
    updated.ok_or(StoreError::Stale).and_then(Reason::try_from)
}

impl TryFrom<Record> for Reason {
    type Error = StoreError;

    fn try_from(record: Record) -> Result<Self> {
        Ok(Self {
            key: record.key,
            category: record.category,
            title: record.title,
            text: record.text,
            follow_up: record.follow_up,
            provider_codes: record.provider_codes,
            order: u32::try_from(record.order).map_err(|error| StoreError::corrupt("reason", error))?,
            archived: record.archived,
            version: value::unsigned(record.version, "reason")?,
        })
    }
}
