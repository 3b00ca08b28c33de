//! Use of the company's product (`usage_daily`, key `company ‖ customer ‖ day ‖ name`): how often a customer did something
//! on a day, and when last. Counted from events, each once: who counts some takes their mark away in the same
//! transaction, and of two who count the same one starts again.
//!
//! The day is the one that the company's zone made of the event when it came.

use std::collections::{BTreeMap, BTreeSet};

use bson::{Binary, Bson, DateTime, Document, doc};
use jiff::{Timestamp, civil::Date};
use kale_domain::id::{CompanyId, CustomerId};
use mongodb::options::FindOptions;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::{
    error::{Result, StoreError},
    scoped::Scoped,
    sessions,
    store::{Store, check_bulk},
    tenant::{Installation, Tenant},
    tx::Tx,
    value,
};

const EVENTS: &str = "user_events";

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Record {
    #[serde(rename = "_id")]
    id: Bson,
    company_id: bson::Uuid,
    customer_id: bson::Uuid,
    day: DateTime,
    name: String,
    count: i64,
    last_at: DateTime,
}

/// Events of a customer, a day and a name that are not counted yet.
#[derive(Debug, Deserialize)]
struct Uncounted {
    #[serde(rename = "_id")]
    of: Of,
    count: i64,
    last_at: DateTime,
    /// The greatest of their keys.
    to: Binary,
}

#[derive(Debug, Deserialize)]
struct Of {
    customer_id: bson::Uuid,
    day: DateTime,
    name: String,
}

fn records(store: &Store) -> Scoped<Record> {
    Scoped::new(store.database(), "usage_daily")
}

fn events(store: &Store) -> Scoped<Document> {
    Scoped::new(store.database(), EVENTS)
}

/// What a customer did on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Used {
    /// On which day.
    pub day: Date,
    /// What.
    pub name: String,
    /// How often.
    pub count: u64,
    /// When last.
    pub last_at: Timestamp,
}

/// The companies that have events to be counted. A seek in the index `{company_id, dirty, _id}` per
/// company.
pub async fn dirty_companies(store: &Store, _: Installation) -> Result<Vec<CompanyId>> {
    sessions::companies(events(store).raw()).await
}

fn tail(customer: bson::Uuid, day: DateTime, name: &str) -> Vec<u8> {
    let days = u32::try_from(day.timestamp_millis().div_euclid(86_400_000)).unwrap_or(0);
    let mut tail = customer.bytes().to_vec();
    tail.extend_from_slice(&days.to_be_bytes());
    let hash: [u8; 32] = Sha256::digest(name.as_bytes()).into();
    tail.extend(hash.iter().take(16));
    tail
}

/// Counts up to `limit` events of a company; answers how many. [`StoreError::Stale`] where another counts the same.
///
/// The database groups them and takes their marks away up to the last of their keys: both see the transaction's one
/// snapshot, so that an event that comes meanwhile is in neither.
pub async fn count(store: &Store, tenant: Tenant, limit: u32) -> Result<u64> {
    store
        .transaction::<_, StoreError>(tenant, async |tx| count_in(store, tx, limit).await)
        .await
}

async fn count_in(store: &Store, tx: &mut Tx, limit: u32) -> Result<u64> {
    let company = tx.tenant().company().uuid();
    let stages = vec![
        doc! { "$sort": { "company_id": 1, "dirty": 1, "_id": 1 } },
        doc! { "$limit": i64::from(limit) },
        doc! { "$group": {
            "_id": { "customer_id": "$customer_id", "day": "$day", "name": "$name" },
            "count": { "$sum": 1 }, "last_at": { "$max": "$at" }, "to": { "$max": "$_id" },
        } },
    ];
    let found: Vec<Uncounted> = events(store)
        .aggregate_in(tx, doc! { "dirty": true }, stages)
        .await?;
    let Some(to) = found.iter().map(|group| &group.to).max_by_key(|to| &to.bytes) else {
        return Ok(0);
    };
    let counted: i64 = found.iter().map(|group| group.count).sum();
    let take = doc! { "update": EVENTS, "updates": [{
        "q": { "company_id": value::uuid(company), "dirty": true, "_id": { "$lte": to.clone() } },
        "u": { "$unset": { "dirty": "" } },
        "multi": true,
        "hint": { "company_id": 1, "dirty": 1, "_id": 1 },
    }] };
    let reply = store.database().run_command(take).session(tx.session()).await;
    let reply = tx.note(reply)?;
    check_bulk(&reply)?;
    if reply.get_i32("n").ok().map(i64::from) != Some(counted) {
        return Err(StoreError::Stale);
    }
    let adds: Vec<Document> = found
        .iter()
        .map(|group| {
            let Of {
                customer_id,
                day,
                name,
            } = &group.of;
            let new = doc! {
                "company_id": value::uuid(company), "customer_id": *customer_id, "day": *day, "name": name,
            };
            doc! {
                "q": { "_id": value::key(company, &tail(*customer_id, *day, name)) },
                "u": { "$inc": { "count": group.count }, "$max": { "last_at": group.last_at }, "$setOnInsert": new },
                "upsert": true,
            }
        })
        .collect();
    let add = doc! { "update": records(store).name(), "updates": adds };
    let reply = store.database().run_command(add).session(tx.session()).await;
    check_bulk(&tx.note(reply)?)?;
    value::unsigned(counted, "usage")
}

/// What customers did from one day to another, by customer. Reads along the key of each.
pub async fn of_customers(
    store: &Store,
    tenant: Tenant,
    customers: &BTreeSet<CustomerId>,
    (from, to): (Date, Date),
) -> Result<BTreeMap<CustomerId, Vec<Used>>> {
    let mut all = BTreeMap::new();
    for customer in customers {
        let bound = |day: Date, last: u8| {
            let mut tail = tail(value::uuid(customer.uuid()), value::day(day), "");
            tail.truncate(20);
            tail.extend([last; 16]);
            value::key(tenant.company().uuid(), &tail)
        };
        let filter = doc! { "_id": { "$gte": bound(from, 0), "$lte": bound(to, 0xff) } };
        let options = FindOptions::builder().sort(doc! { "_id": 1 }).build();
        let found = records(store).find(tenant, filter, options).await?;
        let used: Vec<Used> = found.into_iter().map(Used::try_from).collect::<Result<_>>()?;
        all.insert(*customer, used);
    }
    Ok(all)
}

impl TryFrom<Record> for Used {
    type Error = StoreError;

    fn try_from(record: Record) -> Result<Self> {
        Ok(Self {
            day: value::from_day(record.day),
            name: record.name,
            count: value::unsigned(record.count, "usage")?,
            last_at: value::timestamp(record.last_at),
        })
    }
}
