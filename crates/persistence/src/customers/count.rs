//! Counting customers: capped for the list, whole for the band.

use bson::{Bson, doc};
use kale_domain::{
    attribute::{AttributeKey, AttributeType},
    id::PersonaId,
};
use kale_rules::expression::Subject;
use rust_decimal::Decimal;
use serde::Deserialize;
use std::time::Duration;

use super::{list::ListQuery, record::records};
use crate::{
    error::Result,
    store::{INTERACTIVE, Store},
    tenant::Reach,
    value,
};

/// A count that stops at a cap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    /// How many, at most the cap.
    pub value: u64,
    /// Whether there are more.
    pub capped: bool,
}

/// How many customers match, counting no further than `cap`.
pub async fn count(store: &Store, reach: Reach, query: &ListQuery, cap: u64) -> Result<Tally> {
    let counted = records(store)
        .raw()
        .count_documents(query.filter(reach)?)
        .limit(cap + 1)
        .max_time(INTERACTIVE)
        .await?;
    Ok(Tally {
        value: counted.min(cap),
        capped: counted > cap,
    })
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

/// The customers of a query by persona.
pub async fn by_persona(store: &Store, reach: Reach, query: &ListQuery) -> Result<Vec<PersonaShare>> {
    #[derive(Deserialize)]
    struct Row {
        #[serde(rename = "_id")]
        persona: Option<bson::Uuid>,
        customers: i64,
        mrr: i64,
        known: i64,
    }
    let group = doc! { "$group": {
        "_id": "$persona.id",
        "customers": { "$sum": 1_i64 },
        "mrr": { "$sum": { "$ifNull": ["$facts.m.mrr", 0_i64] } },
        "known": { "$sum": { "$cond": [{ "$eq": [{ "$type": "$facts.m.mrr" }, "long"] }, 1_i64, 0_i64] } },
    } };
    let rows: Vec<Row> = records(store)
        .aggregate(
            reach.tenant(),
            query.filter(reach)?,
            vec![group],
            Duration::from_secs(10),
        )
        .await?;
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
    /// The value, folded, as text; `None` where it is missing.
    pub value: Option<String>,
    /// How many customers.
    pub customers: u64,
}

/// Persona × the values of one attribute: at most 1,000 cells.
pub async fn by_attribute(
    store: &Store,
    reach: Reach,
    query: &ListQuery,
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
    }
    let stages = vec![
        doc! { "$group": {
            "_id": { "persona": "$persona.id", "value": format!("$facts.a.{key}") },
            "customers": { "$sum": 1_i64 },
        } },
        doc! { "$sort": { "customers": -1 } },
        doc! { "$limit": 1_000 },
    ];
    let rows: Vec<Row> = records(store)
        .aggregate(
            reach.tenant(),
            query.filter(reach)?,
            stages,
            Duration::from_secs(10),
        )
        .await?;
    rows.into_iter()
        .map(|row| {
            Ok(AttributeCell {
                persona: row
                    .id
                    .persona
                    .map(|id| PersonaId::from_uuid(value::from_uuid(id))),
                value: row.id.value.and_then(|value| text(&value)),
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
    let known = crate::scoped::within(reach.tenant(), doc! { &path: { "$type": "number" } });
    let total = records(store).raw().count_documents(known.clone()).await?;
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
        .aggregate(reach.tenant(), known, stages, Duration::from_secs(10))
        .await?;
    Ok(rows
        .first()
        .and_then(|row| text(&row.v))
        .and_then(|text| text.parse().ok()))
}
