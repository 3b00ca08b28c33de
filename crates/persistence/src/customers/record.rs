//! How a customer is stored.

use std::collections::{BTreeMap, BTreeSet};

use bson::{Binary, Bson, DateTime, Document, doc};
use kale_domain::{
    attribute::{AttributeKey, AttributeType},
    customer::{Customer, Lifecycle},
    fold::fold,
    id::{CustomerId, PersonaId, UserId},
    metric::{Metric, MetricKind, MetricValue},
    money::{Currency, Money},
    persona::{AssignedBy, PersonaState},
};
use serde::{Deserialize, Serialize};

use crate::{
    attributes,
    error::{Result, StoreError},
    scoped::Scoped,
    store::Store,
    value,
};

/// What rules read.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Facts {
    #[serde(default)]
    pub(crate) m: Document,
    #[serde(default)]
    pub(crate) a: Document,
    #[serde(default)]
    pub(crate) f: Document,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) t: Vec<String>,
}

/// Which persona, and how it came to it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct PersonaRecord {
    pub(crate) id: Option<bson::Uuid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) rule: Option<RuleRecord>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) manual: Option<ManualRecord>,
    pub(crate) since: DateTime,
    /// The entry of the history that tells of this state. It moves there when the state ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) entry: Option<EntryRecord>,
}

/// What an entry of the history says beside the state itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct EntryRecord {
    /// The entry's identity, wherever it stands.
    pub(crate) id: bson::Uuid,
    /// The persona before.
    pub(crate) from: Option<bson::Uuid>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct RuleRecord {
    version: i64,
    as_of: DateTime,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ManualRecord {
    user: Option<bson::Uuid>,
    reason: Option<String>,
}

/// Why a source record belongs to the customer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct LinkRecord {
    pub(crate) connection: String,
    pub(crate) kind: String,
    pub(crate) ext: String,
    pub(crate) reason: kale_domain::customer::LinkReason,
    pub(crate) at: DateTime,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Record {
    #[serde(rename = "_id")]
    pub(crate) id: bson::Uuid,
    pub(crate) company_id: bson::Uuid,
    pub(crate) external_ids: Vec<String>,
    pub(crate) name: Option<String>,
    pub(crate) name_key: String,
    pub(crate) email: Option<String>,
    pub(crate) domain: Option<String>,
    pub(crate) lifecycle: Option<Lifecycle>,
    pub(crate) tier: Option<String>,
    pub(crate) locale: Option<String>,
    pub(crate) plan: Option<String>,
    pub(crate) currency: Option<Currency>,
    pub(crate) facts: Facts,
    #[serde(default)]
    pub(crate) shown: Document,
    #[serde(default)]
    pub(crate) sort: Document,
    pub(crate) search: Vec<String>,
    pub(crate) persona: PersonaRecord,
    #[serde(default)]
    pub(crate) tags: Vec<String>,
    /// Absent where nobody looks after them: the index of experts holds only the others.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) experts: Vec<bson::Uuid>,
    #[serde(default)]
    pub(crate) links: Vec<LinkRecord>,
    pub(crate) applied: Binary,
    pub(crate) created_at: DateTime,
    pub(crate) updated_at: DateTime,
    pub(crate) version: i64,
}

pub(crate) fn records(store: &Store) -> Scoped<Record> {
    Scoped::new(store.database(), "customers")
}

impl From<&PersonaState> for PersonaRecord {
    fn from(state: &PersonaState) -> Self {
        let (rule, manual) = match &state.by {
            Some(AssignedBy::Rule { version, as_of }) => (
                Some(RuleRecord {
                    version: value::signed(*version),
                    as_of: value::date(*as_of),
                }),
                None,
            ),
            Some(AssignedBy::Manual { user, reason }) => {
                let user = user.map(|user| value::uuid(user.uuid()));
                (
                    None,
                    Some(ManualRecord {
                        user,
                        reason: reason.clone(),
                    }),
                )
            }
            None => (None, None),
        };
        let id = state.persona.map(|id| value::uuid(id.uuid()));
        Self {
            id,
            rule,
            manual,
            since: value::date(state.since),
            entry: None,
        }
    }
}

impl From<PersonaRecord> for PersonaState {
    fn from(record: PersonaRecord) -> Self {
        let by = match (record.rule, record.manual) {
            (_, Some(manual)) => Some(AssignedBy::Manual {
                user: manual.user.map(|user| UserId::from_uuid(value::from_uuid(user))),
                reason: manual.reason,
            }),
            (Some(rule), None) => Some(AssignedBy::Rule {
                version: u64::try_from(rule.version).unwrap_or(0),
                as_of: value::timestamp(rule.as_of),
            }),
            (None, None) => None,
        };
        Self {
            persona: record.id.map(|id| PersonaId::from_uuid(value::from_uuid(id))),
            by,
            since: value::timestamp(record.since),
        }
    }
}

/// The words a customer is found by: each folded, cut to 40 characters; a query's word matches as a prefix. A word that
/// is the beginning of another one of the same customer finds nothing more, and costs no key.
pub(crate) fn search_words(texts: &[Option<&str>], external_ids: &[String]) -> Vec<String> {
    let mut words = BTreeSet::new();
    let mut add = |word: &str| {
        if !word.is_empty() {
            words.insert(word.chars().take(40).collect::<String>());
        }
    };
    for text in texts
        .iter()
        .flatten()
        .copied()
        .chain(external_ids.iter().map(String::as_str))
    {
        let folded = fold(text);
        add(&folded);
        // As people type them (`o'brien`, `b`), and their parts (`brien`).
        folded.split_whitespace().for_each(&mut add);
        for word in folded
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| word.chars().count() > 1)
        {
            add(word);
        }
    }
    // In order, the words that begin with a word follow it at once.
    let mut words: Vec<String> = words.into_iter().collect();
    words.dedup_by(|later, earlier| {
        let begins = later.starts_with(earlier.as_str());
        if begins {
            std::mem::swap(later, earlier);
        }
        begins
    });
    words.truncate(24);
    words
}

/// The values of metrics as the store keeps them; amounts are minor units of `currency`, the company's. One in another
/// currency is left out: kept as a bare number it would count as that many of ours.
pub(crate) fn metric_facts(metrics: &BTreeMap<Metric, MetricValue>, currency: Currency) -> Document {
    let mut facts = Document::new();
    for (metric, measured) in metrics {
        let fact = match measured {
            MetricValue::Number(number) => Bson::Decimal128(value::decimal(*number)),
            MetricValue::Money(money) if money.currency == currency => Bson::Int64(money.amount_minor),
            MetricValue::Money(_) => continue,
            MetricValue::Count(number) => Bson::Int64(*number),
            MetricValue::Date(date) => Bson::DateTime(value::day(*date)),
            MetricValue::Bool(flag) => Bson::Boolean(*flag),
            MetricValue::Text(text) => Bson::String(fold(text)),
        };
        facts.insert(metric.name(), fact);
    }
    facts
}

fn metric(
    metric: Metric,
    fact: &Bson,
    currency: Option<Currency>,
    plan: Option<&str>,
) -> Option<MetricValue> {
    Some(match fact {
        Bson::Decimal128(number) => MetricValue::Number(value::from_decimal(*number)?),
        Bson::Int64(number) if metric.kind() == MetricKind::Money => MetricValue::Money(Money {
            amount_minor: *number,
            currency: currency?,
        }),
        Bson::Int64(number) => MetricValue::Count(*number),
        Bson::DateTime(at) => MetricValue::Date(value::from_day(*at)),
        Bson::Boolean(flag) => MetricValue::Bool(*flag),
        Bson::String(folded) if metric == Metric::Plan => {
            MetricValue::Text(plan.unwrap_or(folded).to_owned())
        }
        Bson::String(text) => MetricValue::Text(text.clone()),
        _ => return None,
    })
}

/// The kinds of a company's attributes, for reading texts as what they are.
pub(crate) type Kinds = BTreeMap<AttributeKey, AttributeType>;

/// A stored customer as the domain knows it.
pub(crate) fn customer(record: Record, kinds: &Kinds) -> Result<Customer> {
    let metrics = record
        .facts
        .m
        .iter()
        .filter_map(|(name, fact)| {
            let key: Metric = name.parse().ok()?;
            Some((key, metric(key, fact, record.currency, record.plan.as_deref())?))
        })
        .collect();
    let email = record
        .email
        .as_deref()
        .map(str::parse)
        .transpose()
        .map_err(|error| StoreError::corrupt("customer", error))?;
    Ok(Customer {
        id: CustomerId::from_uuid(value::from_uuid(record.id)),
        external_ids: record.external_ids,
        name: record.name,
        email,
        domain: record.domain,
        lifecycle: record.lifecycle,
        tier: record.tier,
        locale: record.locale,
        persona: record.persona.into(),
        metrics,
        attributes: attributes::join(&record.facts.a, &record.shown, kinds)?,
        tags: record.tags,
        experts: record
            .experts
            .into_iter()
            .map(|user| UserId::from_uuid(value::from_uuid(user)))
            .collect(),
        created_at: value::timestamp(record.created_at),
        updated_at: value::timestamp(record.updated_at),
        version: value::unsigned(record.version, "customer")?,
    })
}

/// The fields every customer has, folded, as rules compare them. What is missing is left out.
pub(crate) fn field_facts(fields: &[(&str, Option<&str>)], external_ids: &[String]) -> Document {
    let mut facts = Document::new();
    for (name, text) in fields {
        if let Some(text) = text {
            facts.insert(*name, fold(text));
        }
    }
    if !external_ids.is_empty() {
        let folded: Vec<String> = external_ids.iter().map(|id| fold(id)).collect();
        facts.insert("external_id", folded);
    }
    facts
}

/// The filter for one customer.
pub(crate) fn by_id(id: CustomerId) -> Document {
    doc! { "_id": value::uuid(id.uuid()) }
}
