//! How a row is stored, and which of its versions a reader takes.

use std::collections::BTreeMap;

use bson::{Binary, Bson, Document, doc};
use futures::TryStreamExt as _;
use kale_domain::{
    attribute::{AttributeKey, AttributeType, AttributeValue},
    money::{Currency, Money},
    upload::UploadKind,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::pointer;
use crate::{
    attributes,
    error::{Result, StoreError},
    scoped::{Scoped, within},
    store::Store,
    tenant::Tenant,
    value,
};

/// One version of a row.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Version {
    /// The batch that wrote it.
    pub(super) b: i64,
    /// A hash that tells the values: the same hash, the same values.
    pub(super) h: Binary,
    /// The values; `None` where this batch took the row out.
    pub(super) v: Option<Document>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Record {
    #[serde(rename = "_id")]
    pub(super) id: Binary,
    pub(super) company_id: bson::Uuid,
    pub(super) ext: String,
    pub(super) cur: Version,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) prev: Option<Version>,
}

/// What a row of a customer-data file says about a customer.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RowValues {
    /// The customer's name.
    pub name: Option<String>,
    /// Their e-mail address, validated.
    pub email: Option<String>,
    /// Their domain.
    pub domain: Option<String>,
    /// Their id in billing.
    pub billing_id: Option<String>,
    /// Their id in the help desk.
    pub ticketing_id: Option<String>,
    /// The plan they are on.
    pub plan: Option<String>,
    /// What they pay per month.
    pub amount: Option<Money>,
    /// Their product tier.
    pub tier: Option<String>,
    /// The company's own attributes.
    pub attributes: BTreeMap<AttributeKey, AttributeValue>,
}

/// A row that a batch touched, as a reader of the live batch sees it.
#[derive(Debug, Clone)]
pub struct TouchedRow {
    /// Its key in the file.
    pub external_id: String,
    /// Its values; `None` where a reader sees no such row.
    pub values: Option<RowValues>,
    /// The hash of the values, to skip what is applied already.
    pub hash: Option<[u8; 16]>,
    raw_id: Binary,
}

pub(super) fn records(store: &Store) -> Scoped<Record> {
    Scoped::new(store.database(), "file_rows")
}

/// How many bytes of a key stand behind the company.
const KEY_TAIL: usize = 16;

/// The natural key of a row.
pub(super) fn key(tenant: Tenant, kind: UploadKind, external_id: &str) -> Binary {
    let mut hasher = Sha256::new();
    hasher.update(kind.slug().as_bytes());
    hasher.update([0]);
    hasher.update(external_id.as_bytes());
    let digest = hasher.finalize();
    match value::key(tenant.company().uuid(), digest.get(..KEY_TAIL).unwrap_or(&digest)) {
        Bson::Binary(binary) => binary,
        _ => Binary {
            subtype: bson::spec::BinarySubtype::Generic,
            bytes: Vec::new(),
        },
    }
}

/// What a reader of `live` takes of a row.
pub(super) fn visible(record: &Record, live: i64) -> Option<&Version> {
    let version = if record.cur.b <= live {
        Some(&record.cur)
    } else {
        record.prev.as_ref()
    };
    version.filter(|version| version.v.is_some())
}

impl RowValues {
    pub(crate) fn to_document(&self) -> Document {
        let mut document = Document::new();
        let texts = [
            ("name", &self.name),
            ("email", &self.email),
            ("domain", &self.domain),
            ("billing_id", &self.billing_id),
            ("ticketing_id", &self.ticketing_id),
            ("plan", &self.plan),
            ("tier", &self.tier),
        ];
        for (name, text) in texts {
            if let Some(text) = text {
                document.insert(name, text);
            }
        }
        if let Some(money) = self.amount {
            document.insert(
                "amount",
                doc! { "c": money.currency.code(), "n": money.amount_minor },
            );
        }
        let (facts, shown) = attributes::split(&self.attributes);
        document.insert("a", facts);
        if !shown.is_empty() {
            document.insert("s", shown);
        }
        document
    }

    pub(crate) fn from_document(
        document: &Document,
        kinds: &BTreeMap<AttributeKey, AttributeType>,
    ) -> Result<Self> {
        let text = |name: &str| document.get_str(name).ok().map(str::to_owned);
        let amount = document
            .get_document("amount")
            .ok()
            .map(|amount| {
                let currency: Currency = amount
                    .get_str("c")
                    .unwrap_or_default()
                    .parse()
                    .map_err(|error| StoreError::corrupt("file row", error))?;
                let amount_minor = amount
                    .get_i64("n")
                    .map_err(|error| StoreError::corrupt("file row", error))?;
                Ok::<_, StoreError>(Money {
                    amount_minor,
                    currency,
                })
            })
            .transpose()?;
        let empty = Document::new();
        let facts = document.get_document("a").unwrap_or(&empty);
        let shown = document.get_document("s").unwrap_or(&empty);
        Ok(Self {
            name: text("name"),
            email: text("email"),
            domain: text("domain"),
            billing_id: text("billing_id"),
            ticketing_id: text("ticketing_id"),
            plan: text("plan"),
            amount,
            tier: text("tier"),
            attributes: attributes::join(facts, shown, kinds)?,
        })
    }
}

/// Which rows to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// Those that this batch wrote: what has to be derived anew when it goes live or is taken back.
    /// Index `{company_id, cur.b, _id}`.
    Batch(u64),
    /// All of the company.
    All,
}

/// Rows in the order of their keys, from behind `after` on.
pub async fn touched(
    store: &Store,
    tenant: Tenant,
    kind: UploadKind,
    which: Which,
    kinds: &BTreeMap<AttributeKey, AttributeType>,
    after: Option<&TouchedRow>,
    limit: u32,
) -> Result<Vec<TouchedRow>> {
    let live = value::signed(pointer::live(store, tenant, kind).await?.live);
    // The bounds keep a read of all rows inside the company's part of the key.
    let (first, last) = value::keys(tenant.company().uuid(), KEY_TAIL);
    let mut range = after.map_or_else(
        || doc! { "$gte": first },
        |row| doc! { "$gt": row.raw_id.clone() },
    );
    range.insert("$lte", last);
    let mut filter = doc! { "_id": range };
    let mut order = doc! { "_id": 1 };
    if let Which::Batch(batch) = which {
        filter.insert("cur.b", value::signed(batch));
        // The whole key of the index, so that no other one gives the order.
        order = doc! { "company_id": 1, "cur.b": 1, "_id": 1 };
    }
    let found: Vec<Record> = records(store)
        .raw()
        .find(within(tenant, filter))
        .sort(order)
        .limit(i64::from(limit))
        .await?
        .try_collect()
        .await?;
    found
        .into_iter()
        .map(|record| touched_row(record, live, kinds))
        .collect()
}

fn touched_row(
    record: Record,
    live: i64,
    kinds: &BTreeMap<AttributeKey, AttributeType>,
) -> Result<TouchedRow> {
    let version = visible(&record, live);
    let values = version
        .and_then(|version| version.v.as_ref())
        .map(|document| RowValues::from_document(document, kinds))
        .transpose()?;
    let hash = version.and_then(|version| version.h.bytes.as_slice().try_into().ok());
    Ok(TouchedRow {
        external_id: record.ext,
        values,
        hash,
        raw_id: record.id,
    })
}

/// What a reader sees under these external ids, in no order.
pub async fn effective(
    store: &Store,
    tenant: Tenant,
    kind: UploadKind,
    external_ids: &[String],
    kinds: &BTreeMap<AttributeKey, AttributeType>,
) -> Result<Vec<TouchedRow>> {
    let live = value::signed(pointer::live(store, tenant, kind).await?.live);
    let keys: Vec<Bson> = external_ids
        .iter()
        .map(|id| Bson::Binary(key(tenant, kind, id)))
        .collect();
    let found: Vec<Record> = records(store)
        .raw()
        .find(within(tenant, doc! { "_id": { "$in": keys } }))
        .await?
        .try_collect()
        .await?;
    found
        .into_iter()
        .map(|record| touched_row(record, live, kinds))
        .collect()
}
