//! What programs told us about customers (`api_records`, key `company ‖ hash(external id)`): the source records of the
//! built-in connection *api*.

use std::collections::BTreeMap;

use bson::{Binary, Bson, DateTime, Document, doc};
use futures::TryStreamExt as _;
use jiff::Timestamp;
use kale_domain::attribute::{AttributeKey, AttributeType};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::{
    error::Result,
    file_rows::RowValues,
    scoped::{Scoped, within},
    store::{Store, check_bulk},
    tenant::Tenant,
    tx::Tx,
    value,
};

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Record {
    #[serde(rename = "_id")]
    id: Binary,
    company_id: bson::Uuid,
    ext: String,
    v: Document,
    created_at: DateTime,
    updated_at: DateTime,
}

/// What a program told us about one customer.
#[derive(Debug, Clone)]
pub struct ApiRecord {
    /// The customer's key at the program's side.
    pub external_id: String,
    /// Its values.
    pub values: RowValues,
    /// Since when we have it.
    pub created_at: Timestamp,
}

/// How many bytes of a key stand behind the company.
const KEY_TAIL: usize = 16;

fn records(store: &Store) -> Scoped<Record> {
    Scoped::new(store.database(), "api_records")
}

fn key(tenant: Tenant, external_id: &str) -> Bson {
    let digest = Sha256::digest(external_id.as_bytes());
    value::key(tenant.company().uuid(), digest.get(..KEY_TAIL).unwrap_or(&digest))
}

/// What programs told us about these customers.
pub async fn find(
    store: &Store,
    tenant: Tenant,
    external_ids: &[String],
    kinds: &BTreeMap<AttributeKey, AttributeType>,
) -> Result<Vec<ApiRecord>> {
    let keys: Vec<Bson> = external_ids.iter().map(|id| key(tenant, id)).collect();
    let found: Vec<Record> = records(store)
        .raw()
        .find(within(tenant, doc! { "_id": { "$in": keys } }))
        .await?
        .try_collect()
        .await?;
    found
        .into_iter()
        .map(|record| api_record(record, kinds))
        .collect()
}

/// What programs told us about all customers, in the order of the keys, from behind `after` on.
pub async fn page(
    store: &Store,
    tenant: Tenant,
    kinds: &BTreeMap<AttributeKey, AttributeType>,
    after: Option<&str>,
    limit: u32,
) -> Result<Vec<ApiRecord>> {
    let (first, last) = value::keys(tenant.company().uuid(), KEY_TAIL);
    let mut range = after.map_or_else(
        || doc! { "$gte": first },
        |external_id| doc! { "$gt": key(tenant, external_id) },
    );
    range.insert("$lte", last);
    let range = doc! { "_id": range };
    let found: Vec<Record> = records(store)
        .raw()
        .find(within(tenant, range))
        .sort(doc! { "_id": 1 })
        .limit(i64::from(limit))
        .await?
        .try_collect()
        .await?;
    found
        .into_iter()
        .map(|record| api_record(record, kinds))
        .collect()
}

fn api_record(record: Record, kinds: &BTreeMap<AttributeKey, AttributeType>) -> Result<ApiRecord> {
    Ok(ApiRecord {
        external_id: record.ext,
        values: RowValues::from_document(&record.v, kinds)?,
        created_at: value::timestamp(record.created_at),
    })
}

/// Stores what a program told us about a customer it tells of for the first time; [`StoreError::Duplicate`](crate::StoreError::Duplicate) where one
/// was told of already. Of several at once one succeeds.
pub async fn create(store: &Store, tx: &mut Tx, new: &ApiRecord) -> Result<()> {
    let (tenant, now) = (tx.tenant(), value::date(tx.now()));
    let document = doc! {
        "_id": key(tenant, &new.external_id), "company_id": value::uuid(tenant.company().uuid()),
        "ext": &new.external_id, "v": new.values.to_document(), "created_at": now, "updated_at": now,
    };
    let inserted = records(store)
        .typed::<Document>()
        .raw()
        .insert_one(document)
        .session(tx.session())
        .await;
    tx.note(inserted).map(drop)
}

/// Stores what programs told us, acknowledged by a majority.
pub async fn upsert(store: &Store, tenant: Tenant, new: &[ApiRecord]) -> Result<()> {
    let now = value::date(store.now());
    let updates: Vec<Document> = new
        .iter()
        .map(|record| {
            doc! {
                "q": { "_id": key(tenant, &record.external_id), "company_id": value::uuid(tenant.company().uuid()) },
                "u": {
                    "$set": { "ext": &record.external_id, "v": record.values.to_document(), "updated_at": now },
                    "$setOnInsert": { "created_at": now },
                },
                "upsert": true,
            }
        })
        .collect();
    if updates.is_empty() {
        return Ok(());
    }
    let command = doc! {
        "update": records(store).name(), "updates": updates, "ordered": false,
        "writeConcern": { "w": "majority", "j": true },
    };
    check_bulk(&store.database().run_command(command).await?)
}
