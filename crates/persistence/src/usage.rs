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

/// An event that no day counts yet.
#[derive(Debug, Serialize, Deserialize)]
struct Dirty {
    #[serde(rename = "_id")]
    id: Binary,
    customer_id: bson::Uuid,
    day: DateTime,
    name: String,
    at: DateTime,
}

fn records(store: &Store) -> Scoped<Record> {
    Scoped::new(store.database(), "usage_daily")
}

fn events(store: &Store) -> Scoped<Dirty> {
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
pub async fn count(store: &Store, tenant: Tenant, limit: u32) -> Result<u64> {
    let options = FindOptions::builder()
        .sort(doc! { "company_id": 1, "dirty": 1, "_id": 1 })
        .limit(i64::from(limit))
        .projection(doc! { "customer_id": 1, "day": 1, "name": 1, "at": 1 })
        .build();
    let found = events(store)
        .find(tenant, doc! { "dirty": true }, options)
        .await?;
    if found.is_empty() {
        return Ok(0);
    }
    let mut days: BTreeMap<Vec<u8>, (&Dirty, i64, DateTime)> = BTreeMap::new();
    for event in &found {
        let key = tail(event.customer_id, event.day, &event.name);
        let (_, count, last) = days.entry(key).or_insert((event, 0, event.at));
        *count += 1;
        *last = (*last).max(event.at);
    }
    let company = tenant.company().uuid();
    let adds: Vec<Document> = days
        .into_iter()
        .map(|(key, (event, count, last))| {
            let new = doc! {
                "company_id": value::uuid(company), "customer_id": event.customer_id, "day": event.day,
                "name": &event.name,
            };
            doc! {
                "q": { "_id": value::key(company, &key) },
                "u": { "$inc": { "count": count }, "$max": { "last_at": last }, "$setOnInsert": new },
                "upsert": true,
            }
        })
        .collect();
    let ids: Vec<Bson> = found.iter().map(|event| Bson::Binary(event.id.clone())).collect();
    let taken = doc! {
        "q": { "_id": { "$in": ids }, "company_id": value::uuid(company), "dirty": true },
        "u": { "$unset": { "dirty": "" } },
        "multi": true,
    };
    let sent = u64::try_from(found.len()).unwrap_or(u64::MAX);
    store
        .transaction::<_, StoreError>(tenant, async |tx| {
            let take = doc! { "update": EVENTS, "updates": [taken.clone()] };
            let reply = store.database().run_command(take).session(tx.session()).await;
            let reply = tx.note(reply)?;
            check_bulk(&reply)?;
            if reply.get_i32("n").ok().and_then(|n| u64::try_from(n).ok()) != Some(sent) {
                return Err(StoreError::Stale);
            }
            let add = doc! { "update": records(store).name(), "updates": adds.clone() };
            let reply = store.database().run_command(add).session(tx.session()).await;
            check_bulk(&tx.note(reply)?)
        })
        .await?;
    Ok(sent)
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
