//! Counting customers: for the list, for the band, by the values of an attribute.
//!
//! What is not filtered is counted in an index alone: all customers in `{company_id, _id}`, by persona in
//! `{company_id, persona.id, _id, facts.m.mrr}`. A filter has to look at documents. In a company of at most [`WHOLE`]
//! customers that is cheap, so that every count is exact and fresh; in a larger one it stops at [`CAP`], and tallies are
//! remembered for some seconds.

use std::{collections::HashMap, time::Duration};

use bson::{Bson, Document, doc};
use futures::TryStreamExt as _;
use kale_domain::{
    attribute::{AttributeKey, AttributeType},
    id::PersonaId,
};
use kale_rules::expression::Subject;
use mongodb::options::Hint;
use rust_decimal::Decimal;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use super::{list::ListQuery, record::records};
use crate::{
    error::Result,
    scoped::within,
    store::{INTERACTIVE, Store},
    tenant::{Reach, Tenant},
    value,
};

/// Up to how many customers of a company every count of them is exact.
pub const WHOLE: u64 = 10_000;
/// How far a filter is counted in a larger company.
pub const CAP: u64 = 1_000;

/// The index of all customers of a company.
const COMPANY: &str = "company";
/// The index that has all that a tally by persona needs.
const PERSONA: &str = "company_persona_mrr";
/// How long a tally of all customers may take.
const PATIENT: Duration = Duration::from_secs(10);

/// A count that may stop at a cap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    /// How many, at most the cap.
    pub value: u64,
    /// Whether there are more.
    pub capped: bool,
}

/// How many customers match: exact without a filter, and in a company of at most [`WHOLE`] customers; else no further
/// than [`CAP`].
pub async fn count(store: &Store, reach: Reach, query: &ListQuery) -> Result<Tally> {
    let filter = query.filter(reach)?;
    let everybody = filter == within(reach.tenant(), Document::new());
    let size = size(store, reach.tenant()).await?;
    if everybody && size <= WHOLE {
        return Ok(Tally {
            value: size,
            capped: false,
        });
    }
    let cap = match (everybody, reach.expert()) {
        (true, _) => None,
        // The customers of one expert are few.
        (false, None) if size > WHOLE => Some(CAP),
        (false, _) => Some(WHOLE),
    };
    let hint = everybody.then_some(COMPANY);
    let read = async || {
        let counted = number(store, filter.clone(), cap, hint).await?;
        Ok(cap.filter(|cap| counted > *cap).map_or(
            Tally {
                value: counted,
                capped: false,
            },
            |cap| Tally {
                value: cap,
                capped: true,
            },
        ))
    };
    tallied(store, reach.tenant(), size, &about(&filter, "")?, read).await
}

/// How many customers match a filter, counting to the first one above `cap`.
async fn number(store: &Store, filter: Document, cap: Option<u64>, hint: Option<&str>) -> Result<u64> {
    #[derive(Deserialize)]
    struct Row {
        n: i64,
    }
    let mut stages = vec![doc! { "$match": filter }];
    if let Some(cap) = cap {
        stages.push(doc! { "$limit": value::signed(cap + 1) });
    }
    stages.push(doc! { "$group": { "_id": Bson::Null, "n": { "$sum": 1_i64 } } });
    let records = records(store);
    let mut counting = records
        .raw()
        .aggregate(stages)
        .max_time(INTERACTIVE)
        .allow_disk_use(false);
    if let Some(name) = hint {
        counting = counting.hint(Hint::Name(name.to_owned()));
    }
    let mut rows = counting.with_type::<Row>().await?;
    let row = rows.try_next().await?;
    row.map_or(Ok(0), |row| value::unsigned(row.n, "count"))
}

/// Whether a company has more than [`WHOLE`] customers.
#[derive(Debug, Clone, Copy)]
struct Size(u64);

/// How many customers a company has, counting to the first one above [`WHOLE`].
async fn size(store: &Store, tenant: Tenant) -> Result<u64> {
    let read = async || {
        let all = within(tenant, Document::new());
        number(store, all, Some(WHOLE), Some(COMPANY)).await.map(Size)
    };
    let tallies = &store.memories().tallies;
    let size = tallies.recall(tenant, b"", read, |size| size.0 > WHOLE).await?;
    Ok(size.0)
}

/// What `read` gives; for a company of that size remembered if it is a large one.
async fn tallied<T: Clone + Send + Sync + 'static>(
    store: &Store,
    tenant: Tenant,
    size: u64,
    about: &[u8],
    read: impl AsyncFnOnce() -> Result<T>,
) -> Result<T> {
    if size <= WHOLE {
        return read().await;
    }
    let tallies = &store.memories().tallies;
    let known = tallies.recall(tenant, about, read, |_| true).await?;
    Ok(T::clone(&known))
}

/// What a tally is remembered by: its filter, which names the company and the expert, and by what it is divided.
fn about(filter: &Document, by: &str) -> Result<Vec<u8>> {
    let mut hasher = Sha256::new();
    hasher.update(bson::serialize_to_vec(filter)?);
    hasher.update(by);
    Ok(hasher.finalize().to_vec())
}

/// One persona's share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PersonaShare {
    /// Which; `None` is *unassigned*.
    pub persona: Option<PersonaId>,
    /// How many customers.
    pub customers: u64,
    /// Their MRR together, minor units; of the customers where it is known.
    pub mrr_minor: i64,
    /// Of how many it is known.
    pub mrr_known: u64,
}

/// The customers of a query by persona. Without a filter it reads the index alone.
pub async fn by_persona(store: &Store, reach: Reach, query: &ListQuery) -> Result<Vec<PersonaShare>> {
    let filter = query.filter(reach)?;
    let size = size(store, reach.tenant()).await?;
    let about = about(&filter, "persona")?;
    let read = async || shares(store, reach.tenant(), filter).await;
    tallied(store, reach.tenant(), size, &about, read).await
}

async fn shares(store: &Store, tenant: Tenant, filter: Document) -> Result<Vec<PersonaShare>> {
    #[derive(Deserialize)]
    struct Row {
        #[serde(rename = "_id")]
        persona: Option<bson::Uuid>,
        customers: i64,
        mrr: i64,
        known: i64,
    }
    let everybody = filter == within(tenant, Document::new());
    let group = doc! { "$group": {
        "_id": "$persona.id",
        "customers": { "$sum": 1_i64 },
        // What is no number counts as none.
        "mrr": { "$sum": "$facts.m.mrr" },
        "known": { "$sum": { "$cond": [{ "$isNumber": "$facts.m.mrr" }, 1_i64, 0_i64] } },
    } };
    let records = records(store);
    let mut grouping = records
        .raw()
        .aggregate([doc! { "$match": filter }, group])
        .max_time(PATIENT)
        .allow_disk_use(false);
    if everybody {
        grouping = grouping.hint(Hint::Name(PERSONA.to_owned()));
    }
    let rows: Vec<Row> = grouping.with_type::<Row>().await?.try_collect().await?;
    rows.into_iter()
        .map(|row| {
            Ok(PersonaShare {
                persona: row.persona.map(|id| PersonaId::from_uuid(value::from_uuid(id))),
                customers: value::unsigned(row.customers, "count")?,
                mrr_minor: row.mrr,
                mrr_known: value::unsigned(row.known, "count")?,
            })
        })
        .collect()
}

/// How many customers of one persona have one value of an attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttributeCell {
    /// Which persona; `None` is *unassigned*.
    pub persona: Option<PersonaId>,
    /// The value as text, in the letters it came in; `None` where it is missing.
    pub value: Option<String>,
    /// How many customers.
    pub customers: u64,
}

/// Persona × the values of one attribute: at most 1,000 cells, the largest first.
///
/// Values that differ in capitals only are one, shown the same for every persona.
pub async fn by_attribute(
    store: &Store,
    reach: Reach,
    query: &ListQuery,
    key: &AttributeKey,
) -> Result<Vec<AttributeCell>> {
    let filter = query.filter(reach)?;
    let size = size(store, reach.tenant()).await?;
    let about = about(&filter, key.as_str())?;
    let read = async || cells(store, reach.tenant(), filter, key).await;
    tallied(store, reach.tenant(), size, &about, read).await
}

async fn cells(
    store: &Store,
    tenant: Tenant,
    filter: Document,
    key: &AttributeKey,
) -> Result<Vec<AttributeCell>> {
    #[derive(Deserialize)]
    struct Id {
        #[serde(default)]
        persona: Option<bson::Uuid>,
        #[serde(default)]
        value: Option<Bson>,
    }
    #[derive(Deserialize)]
    struct Row {
        #[serde(rename = "_id")]
        id: Id,
        customers: i64,
        shown: Option<String>,
    }
    let stages = vec![
        doc! { "$group": {
            "_id": { "persona": "$persona.id", "value": format!("$facts.a.{key}") },
            "customers": { "$sum": 1_i64 },
            // Of several spellings the last one of the alphabet, where small letters stand; null where folding changed none.
            "shown": { "$max": format!("$shown.{key}") },
        } },
        doc! { "$sort": { "customers": -1, "_id": 1 } },
        doc! { "$limit": 1_000 },
    ];
    let rows: Vec<Row> = records(store).aggregate(tenant, filter, stages, PATIENT).await?;
    let mut spelled: HashMap<String, String> = HashMap::new();
    for row in &rows {
        if let (Some(Bson::String(folded)), Some(shown)) = (&row.id.value, &row.shown) {
            let known = spelled.entry(folded.clone()).or_insert_with(|| shown.clone());
            if shown > known {
                known.clone_from(shown);
            }
        }
    }
    rows.into_iter()
        .map(|row| {
            let folded = row.id.value.and_then(|value| text(&value));
            Ok(AttributeCell {
                persona: row
                    .id
                    .persona
                    .map(|id| PersonaId::from_uuid(value::from_uuid(id))),
                value: folded.map(|folded| spelled.get(&folded).cloned().unwrap_or(folded)),
                customers: value::unsigned(row.customers, "count")?,
            })
        })
        .collect()
}

fn text(bson: &Bson) -> Option<String> {
    Some(match bson {
        Bson::String(text) => text.clone(),
        Bson::Boolean(flag) => flag.to_string(),
        Bson::Int64(number) => number.to_string(),
        Bson::Int32(number) => number.to_string(),
        Bson::Decimal128(number) => value::from_decimal(*number)?.normalize().to_string(),
        Bson::DateTime(at) => value::from_day(*at).to_string(),
        Bson::Document(amount) => format!("{} {}", amount.get_i64("n").ok()?, amount.get_str("c").ok()?),
        _ => return None,
    })
}

/// The value below which `percent` of the known values of a number lie (nearest rank): what `company_percentile` means.
///
/// `path` is `facts.m.<metric>` or `facts.a.<attribute>` as rules name it.
pub async fn numeric_quantile(
    store: &Store,
    reach: Reach,
    subject: &Subject,
    percent: Decimal,
) -> Result<Option<Decimal>> {
    #[derive(Deserialize)]
    struct Row {
        v: Bson,
    }
    let path = match subject {
        Subject::Metric(metric) => format!("facts.m.{}", metric.name()),
        Subject::Attribute {
            key,
            kind: AttributeType::Money,
        } => format!("facts.a.{key}.n"),
        Subject::Attribute { key, .. } => format!("facts.a.{key}"),
        Subject::Field(_) => return Ok(None),
    };
    let known = within(reach.tenant(), doc! { &path: { "$type": "number" } });
    let total = records(store)
        .raw()
        .count_documents(known.clone())
        .max_time(Duration::from_secs(10))
        .await?;
    if total == 0 {
        return Ok(None);
    }
    // Nearest rank: ⌈p/100 × n⌉, counted from 1.
    let rank = (Decimal::from(total) * percent / Decimal::ONE_HUNDRED).ceil();
    let skip = u64::try_from(rank).unwrap_or(1).clamp(1, total) - 1;
    let stages = vec![
        // By the field itself, so that `mrr` comes out of its index in order.
        doc! { "$sort": { &path: 1 } },
        doc! { "$skip": value::signed(skip) },
        doc! { "$limit": 1 },
        doc! { "$project": { "_id": 0, "v": format!("${path}") } },
    ];
    let rows: Vec<Row> = records(store)
        .aggregate(reach.tenant(), known, stages, PATIENT)
        .await?;
    Ok(rows
        .first()
        .and_then(|row| text(&row.v))
        .and_then(|text| text.parse().ok()))
}
