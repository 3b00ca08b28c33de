//! Writing what was derived from source records. Rows that say what is there already are not written.

use std::collections::{BTreeMap, HashMap};

use bson::{Binary, Bson, DateTime, Document, RawArrayBuf, doc, rawdoc, spec::BinarySubtype};
use futures::TryStreamExt as _;
use jiff::Timestamp;
use kale_domain::{
    attribute::{AttributeKey, AttributeValue},
    customer::{Lifecycle, LinkReason},
    email::Email,
    fold::fold,
    id::CustomerId,
    metric::{Metric, MetricValue},
    money::Currency,
    persona::PersonaState,
};
use serde::Deserialize;

use super::{
    moves::move_all,
    persona::PersonaMove,
    record::{Facts, LinkRecord, PersonaRecord, Record, field_facts, metric_facts, records, search_words},
};
use crate::{
    attributes,
    error::Result,
    scoped::within,
    store::{Store, check_bulk},
    tenant::Tenant,
    value,
};

/// Why a source record belongs to the customer.
#[derive(Debug, Clone, PartialEq)]
pub struct Link {
    /// `files` or `api`.
    pub connection: &'static str,
    /// The kind of record: `customer-data`, `customer`.
    pub kind: &'static str,
    /// Its key at the source.
    pub external_id: String,
    /// Why.
    pub reason: LinkReason,
    /// Since when.
    pub at: Timestamp,
}

/// What source records say about a customer: everything but what people set.
#[derive(Debug, Clone, PartialEq)]
pub struct Derived {
    /// The customer's identity.
    pub id: CustomerId,
    /// What the company's systems call it.
    pub external_ids: Vec<String>,
    /// Its name.
    pub name: Option<String>,
    /// Where its mail goes.
    pub email: Option<Email>,
    /// Its domain.
    pub domain: Option<String>,
    /// Where it stands.
    pub lifecycle: Option<Lifecycle>,
    /// The level of product it pays for.
    pub tier: Option<String>,
    /// The language it reads.
    pub locale: Option<String>,
    /// What was measured; amounts in `currency`.
    pub metrics: BTreeMap<Metric, MetricValue>,
    /// The company's currency.
    pub currency: Currency,
    /// What the company told us.
    pub attributes: BTreeMap<AttributeKey, AttributeValue>,
    /// The attributes the list can be sorted by, by slot.
    pub sortable: Vec<AttributeKey>,
    /// Where all this comes from.
    pub links: Vec<Link>,
    /// The hash of the source records and of what else went in: the same hash, the same customer.
    pub applied: [u8; 16],
}

/// What the store has of a customer, as far as deriving needs it.
#[derive(Debug, Clone)]
pub struct Standing {
    /// The hash it was last derived from.
    pub applied: Option<[u8; 16]>,
    /// Its persona.
    pub persona: PersonaState,
    /// The words people put on it.
    pub tags: Vec<String>,
    /// Whether a program gave it to us, beside files.
    pub from_api: bool,
}

/// One customer to write.
#[derive(Debug, Clone)]
pub struct Change {
    /// What was derived.
    pub derived: Derived,
    /// Its persona, where that is new.
    pub persona: Option<PersonaState>,
    /// Whether the store has it already.
    pub exists: bool,
}

/// What the store has of these customers.
pub async fn standing(
    store: &Store,
    tenant: Tenant,
    ids: &[CustomerId],
) -> Result<HashMap<CustomerId, Standing>> {
    #[derive(Deserialize)]
    struct Projection {
        #[serde(rename = "_id")]
        id: bson::Uuid,
        applied: Binary,
        persona: PersonaRecord,
        #[serde(default)]
        tags: Vec<String>,
        #[serde(default)]
        links: Vec<LinkRecord>,
    }
    let keys: Vec<bson::Uuid> = ids.iter().map(|id| value::uuid(id.uuid())).collect();
    let found: Vec<Projection> = records(store)
        .typed::<Projection>()
        .raw()
        .find(within(tenant, doc! { "_id": { "$in": keys } }))
        .projection(doc! { "applied": 1, "persona": 1, "tags": 1, "links": 1 })
        .await?
        .try_collect()
        .await?;
    Ok(found
        .into_iter()
        .map(|row| {
            let standing = Standing {
                applied: row.applied.bytes.as_slice().try_into().ok(),
                persona: row.persona.into(),
                tags: row.tags,
                from_api: row.links.iter().any(|link| link.connection == "api"),
            };
            (CustomerId::from_uuid(value::from_uuid(row.id)), standing)
        })
        .collect())
}

/// Writes a batch of customers, `w: 1`: the caller ends with a majority write, and the same batch again is the same.
///
/// A customer who exists and gets a new persona is moved first, with its history, unless a person locked it by now:
/// whoever is interrupted in between finds the customer not derived yet, and none moved without a trace.
pub async fn write(store: &Store, tenant: Tenant, changes: &[Change]) -> Result<()> {
    let now = store.now();
    let moves: Vec<PersonaMove> = changes
        .iter()
        .filter(|change| change.exists)
        .filter_map(|change| {
            Some(PersonaMove {
                customer: change.derived.id,
                from: None,
                to: change.persona.clone()?,
            })
        })
        .collect();
    move_all(store, tenant, &moves).await?;
    let mut inserts = RawArrayBuf::new();
    let mut new = false;
    let mut updates: Vec<Document> = Vec::new();
    for change in changes {
        let record = record(tenant, &change.derived, change.persona.as_ref(), now);
        if change.exists {
            updates.push(update(&record)?);
        } else {
            inserts.push(bson::serialize_to_raw_document_buf(&record)?);
            new = true;
        }
    }
    if new {
        let command = rawdoc! {
            "insert": records(store).name(), "documents": inserts, "ordered": false, "writeConcern": { "w": 1 },
        };
        check_bulk(&store.database().run_raw_command(command).await?)?;
    }
    if !updates.is_empty() {
        let command = doc! {
            "update": records(store).name(), "updates": updates, "ordered": false, "writeConcern": { "w": 1 },
        };
        check_bulk(&store.database().run_command(command).await?)?;
    }
    Ok(())
}

fn record(tenant: Tenant, derived: &Derived, persona: Option<&PersonaState>, now: Timestamp) -> Record {
    let (facts_a, shown) = attributes::split(&derived.attributes);
    let sort = sort_values(&facts_a, &derived.sortable);
    let email = derived.email.as_ref().map(Email::as_str);
    let plan = match derived.metrics.get(&Metric::Plan) {
        Some(MetricValue::Text(plan)) => Some(plan.clone()),
        _ => None,
    };
    let label = derived
        .name
        .as_deref()
        .or(email)
        .or(derived.external_ids.first().map(String::as_str))
        .unwrap_or("");
    let fields = [
        ("lifecycle", derived.lifecycle.map(Lifecycle::name)),
        ("tier", derived.tier.as_deref()),
        ("locale", derived.locale.as_deref()),
        ("name", derived.name.as_deref()),
        ("email", email),
        ("domain", derived.domain.as_deref()),
    ];
    let persona = persona.map_or_else(|| PersonaState::unassigned(now), Clone::clone);
    Record {
        id: value::uuid(derived.id.uuid()),
        company_id: value::uuid(tenant.company().uuid()),
        external_ids: derived.external_ids.clone(),
        name: derived.name.clone(),
        name_key: fold(label).chars().take(120).collect(),
        email: email.map(str::to_owned),
        domain: derived.domain.clone(),
        lifecycle: derived.lifecycle,
        tier: derived.tier.clone(),
        locale: derived.locale.clone(),
        plan,
        currency: Some(derived.currency),
        facts: Facts {
            m: metric_facts(&derived.metrics, derived.currency),
            a: facts_a,
            f: field_facts(&fields, &derived.external_ids),
            t: Vec::new(),
        },
        shown,
        sort,
        search: search_words(
            &[derived.name.as_deref(), email, derived.domain.as_deref()],
            &derived.external_ids,
        ),
        persona: PersonaRecord::from(&persona),
        tags: Vec::new(),
        experts: Vec::new(),
        links: derived.links.iter().map(LinkRecord::from).collect(),
        applied: Binary {
            subtype: BinarySubtype::Generic,
            bytes: derived.applied.to_vec(),
        },
        created_at: value::date(now),
        updated_at: value::date(now),
        version: 1,
    }
}

/// The values of the sortable attributes by slot: `{"0": 29.85, "2": 5}`.
fn sort_values(facts: &Document, sortable: &[AttributeKey]) -> Document {
    sortable
        .iter()
        .enumerate()
        .filter_map(|(slot, key)| {
            let fact = facts.get(key.as_str())?;
            let sorted = match fact {
                Bson::Document(amount) => amount.get_i64("n").ok().map(Bson::Int64)?,
                Bson::String(text) => Bson::String(text.chars().take(64).collect()),
                other => other.clone(),
            };
            Some((slot.to_string(), sorted))
        })
        .collect()
}

/// Everything but what people set (tags, experts) or [`move_all`] does, and the day it came.
fn update(record: &Record) -> Result<Document> {
    let mut set = bson::serialize_to_document(record)?;
    for kept in [
        "_id",
        "company_id",
        "persona",
        "tags",
        "experts",
        "created_at",
        "version",
        "facts",
    ] {
        set.remove(kept);
    }
    set.insert("facts.m", record.facts.m.clone());
    set.insert("facts.a", record.facts.a.clone());
    set.insert("facts.f", record.facts.f.clone());
    Ok(doc! {
        "q": { "_id": record.id, "company_id": record.company_id },
        "u": { "$set": set, "$inc": { "version": 1_i64 } },
    })
}

impl From<&Link> for LinkRecord {
    fn from(link: &Link) -> Self {
        Self {
            connection: link.connection.to_owned(),
            kind: link.kind.to_owned(),
            ext: link.external_id.clone(),
            reason: link.reason,
            at: DateTime::from_millis(link.at.as_millisecond()),
        }
    }
}
