//! Moving customers between personas: by hand, by rules in bulk, and the history of both.

use bson::{DateTime, Document, RawBsonRef, doc};
use futures::TryStreamExt as _;
use jiff::civil::Date;
use kale_domain::{
    attribute::AttributeKey,
    customer::Customer,
    id::{CustomerId, PersonaId},
    metric::{Metric, MetricKind},
    money::{Currency, Money},
    persona::{PersonaChange, PersonaState},
};
use kale_rules::{
    facts::{Fact, Facts},
    rule::Field,
};
use mongodb::options::FindOptions;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

use super::{
    list::ListQuery,
    record::{Kinds, PersonaRecord, by_id, customer, persona_bson, records},
    view::one,
};
use crate::{
    error::{Result, StoreError},
    scoped::{Scoped, within},
    store::{Store, check_bulk},
    tenant::{Reach, Tenant},
    tx::Tx,
    value,
};

#[derive(Debug, Clone, Serialize, Deserialize)]
struct HistoryRecord {
    #[serde(rename = "_id")]
    id: bson::Uuid,
    company_id: bson::Uuid,
    customer_id: bson::Uuid,
    from: Option<bson::Uuid>,
    to: PersonaRecord,
    at: DateTime,
}

fn entries(store: &Store) -> Scoped<HistoryRecord> {
    Scoped::new(store.database(), "persona_history")
}

/// A customer who goes from one persona to another.
#[derive(Debug, Clone)]
pub struct PersonaMove {
    /// Who.
    pub customer: CustomerId,
    /// Where it was when that was decided; the history says where it was when it moved.
    pub from: Option<PersonaId>,
    /// Where it goes, and why.
    pub to: PersonaState,
}

fn entry(store: &Store, tenant: Tenant, change: &PersonaMove) -> HistoryRecord {
    HistoryRecord {
        id: value::uuid(store.fresh_id()),
        company_id: value::uuid(tenant.company().uuid()),
        customer_id: value::uuid(change.customer.uuid()),
        from: change.from.map(|id| value::uuid(id.uuid())),
        to: PersonaRecord::from(&change.to),
        at: value::date(change.to.since),
    }
}

/// The changes of a customer's persona, newest first. Index `{company_id, customer_id, _id: -1}`.
pub async fn history(store: &Store, tenant: Tenant, id: CustomerId, limit: u32) -> Result<Vec<PersonaChange>> {
    let order = doc! { "company_id": 1, "customer_id": 1, "_id": -1 };
    let options = FindOptions::builder().sort(order).limit(i64::from(limit)).build();
    let found = entries(store).find(tenant, doc! { "customer_id": value::uuid(id.uuid()) }, options).await?;
    found
        .into_iter()
        .map(|record| {
            let state = PersonaState::from(record.to);
            let by = state.by.ok_or_else(|| StoreError::corrupt("persona history", "nobody moved it"))?;
            let from = record.from.map(|id| PersonaId::from_uuid(value::from_uuid(id)));
            Ok(PersonaChange { from, to: state.persona, by, at: value::timestamp(record.at) })
        })
        .collect()
}

/// Puts one customer where a person (or, after unlocking, a rule) says; `None` where none is within reach.
pub async fn set_persona(
    store: &Store,
    tx: &mut Tx,
    reach: Reach,
    id: CustomerId,
    to: &PersonaState,
    kinds: &Kinds,
) -> Result<Option<Customer>> {
    let before = records(store).raw().find_one(one(reach, id)).session(tx.session()).await;
    let Some(before) = tx.note(before)? else { return Ok(None) };
    let from = PersonaState::from(before.persona).persona;
    let change = doc! {
        "$set": { "persona": persona_bson(to)?, "updated_at": value::date(tx.now()) },
        "$inc": { "version": 1_i64 },
    };
    let updated = records(store).update_in(tx, doc! { "_id": value::uuid(id.uuid()) }, change).await?;
    let moved = PersonaMove { customer: id, from, to: to.clone() };
    entries(store).insert(tx, &entry(store, reach.tenant(), &moved)).await?;
    updated.map(|record| customer(record, kinds)).transpose()
}

/// What rules read of one customer, without a copy of its texts.
#[derive(Debug)]
pub struct Judged {
    /// Who.
    pub id: CustomerId,
    /// Its persona now.
    pub persona: Option<PersonaId>,
    /// Whether a person decided.
    pub locked: bool,
    /// Whether it was ever judged.
    pub judged: bool,
    metrics: HashMap<Metric, Kept>,
    attributes: HashMap<String, Kept>,
    fields: HashMap<String, Kept>,
    tags: Vec<String>,
    currency: Currency,
}

#[derive(Debug, Clone)]
enum Kept {
    Text(String),
    Texts(Vec<String>),
    Number(rust_decimal::Decimal),
    Integer(i64),
    Money(Money),
    Bool(bool),
    Date(Date),
}

impl Kept {
    fn read(value: RawBsonRef<'_>) -> Option<Self> {
        Some(match value {
            RawBsonRef::String(text) => Self::Text(text.to_owned()),
            RawBsonRef::Int64(number) => Self::Integer(number),
            RawBsonRef::Int32(number) => Self::Integer(i64::from(number)),
            RawBsonRef::Decimal128(number) => Self::Number(value::from_decimal(number)?),
            RawBsonRef::Boolean(flag) => Self::Bool(flag),
            RawBsonRef::DateTime(at) => Self::Date(value::from_day(at)),
            RawBsonRef::Array(array) => Self::Texts(
                array.into_iter().filter_map(|item| item.ok()?.as_str().map(str::to_owned)).collect(),
            ),
            RawBsonRef::Document(amount) => Self::Money(Money {
                amount_minor: amount.get_i64("n").ok()?,
                currency: amount.get_str("c").ok()?.parse().ok()?,
            }),
            _ => return None,
        })
    }

    fn fact(&self) -> Fact<'_> {
        match self {
            Self::Text(text) => Fact::Text(text),
            Self::Texts(texts) => Fact::Texts(texts),
            Self::Number(number) => Fact::Number(*number),
            Self::Integer(number) => Fact::Integer(*number),
            Self::Money(money) => Fact::Money(*money),
            Self::Bool(flag) => Fact::Bool(*flag),
            Self::Date(date) => Fact::Date(*date),
        }
    }
}

impl Facts for Judged {
    fn metric(&self, metric: Metric) -> Option<Fact<'_>> {
        let kept = self.metrics.get(&metric)?;
        match kept {
            Kept::Integer(minor) if metric.kind() == MetricKind::Money => {
                Some(Fact::Money(Money { amount_minor: *minor, currency: self.currency }))
            }
            kept => Some(kept.fact()),
        }
    }

    fn attribute(&self, key: &AttributeKey) -> Option<Fact<'_>> {
        self.attributes.get(key.as_str()).map(Kept::fact)
    }

    fn field(&self, field: Field) -> Option<Fact<'_>> {
        self.fields.get(field.name()).map(Kept::fact)
    }

    fn has_tag(&self, folded: &str) -> bool {
        self.tags.iter().any(|tag| tag == folded)
    }
}

fn judged(raw: &bson::RawDocument, currency: Currency) -> Option<Judged> {
    let id = match raw.get("_id").ok()?? {
        RawBsonRef::Binary(binary) => uuid::Uuid::from_slice(binary.bytes).ok()?,
        _ => return None,
    };
    let persona = raw.get_document("persona").ok()?;
    let persona_id = match persona.get("id").ok()? {
        Some(RawBsonRef::Binary(binary)) => uuid::Uuid::from_slice(binary.bytes).ok(),
        _ => None,
    };
    let manual = matches!(persona.get("manual"), Ok(Some(RawBsonRef::Document(_))));
    let by_rule = matches!(persona.get("rule"), Ok(Some(RawBsonRef::Document(_))));
    let facts = raw.get_document("facts").ok()?;
    let part = |name: &str| -> HashMap<String, Kept> {
        facts.get_document(name).map_or_else(
            |_| HashMap::new(),
            |part| {
                part.iter()
                    .filter_map(|item| {
                        let (key, value) = item.ok()?;
                        Some((key.to_string(), Kept::read(value)?))
                    })
                    .collect()
            },
        )
    };
    let tags = facts
        .get_array("t")
        .map(|tags| tags.into_iter().filter_map(|tag| tag.ok()?.as_str().map(str::to_owned)).collect())
        .unwrap_or_default();
    Some(Judged {
        id: CustomerId::from_uuid(id),
        persona: persona_id.map(PersonaId::from_uuid),
        locked: manual,
        judged: manual || by_rule,
        metrics: part("m").into_iter().filter_map(|(name, kept)| Some((name.parse().ok()?, kept))).collect(),
        attributes: part("a"),
        fields: part("f"),
        tags,
        currency,
    })
}

/// Reads what rules need of up to `limit` customers after `after`, in the order of their ids.
pub async fn judge_batch(
    store: &Store,
    tenant: Tenant,
    currency: Currency,
    after: Option<CustomerId>,
    limit: u32,
) -> Result<Vec<Judged>> {
    let mut filter = Document::new();
    if let Some(id) = after {
        filter.insert("_id", doc! { "$gt": value::uuid(id.uuid()) });
    }
    let mut read = Vec::new();
    let options = FindOptions::builder()
        .sort(doc! { "company_id": 1, "_id": 1 })
        .limit(i64::from(limit))
        .batch_size(limit)
        .projection(projection())
        .build();
    let cursor = records(store)
        .typed::<bson::RawDocumentBuf>()
        .raw()
        .find(within(tenant, filter))
        .with_options(options)
        .await?;
    let documents: Vec<bson::RawDocumentBuf> = cursor.try_collect().await?;
    for document in &documents {
        read.extend(judged(document, currency));
    }
    Ok(read)
}

fn projection() -> Document {
    // Whole top-level fields, which the server cuts out without looking inside.
    doc! { "facts": 1, "persona": 1 }
}

/// Reads what rules need of every customer of a query, once, in flat memory.
pub async fn for_each_judged(
    store: &Store,
    reach: Reach,
    query: &ListQuery,
    currency: Currency,
    mut each: impl FnMut(&Judged),
) -> Result<()> {
    let options = FindOptions::builder().batch_size(5_000).projection(projection()).build();
    let mut cursor = records(store)
        .typed::<bson::RawDocumentBuf>()
        .raw()
        .find(query.filter(reach)?)
        .with_options(options)
        .await?;
    while let Some(document) = cursor.try_next().await? {
        if let Some(customer) = judged(&document, currency) {
            each(&customer);
        }
    }
    Ok(())
}

/// How many customers are moved in one transaction.
const MOVED_AT_ONCE: usize = 1_000;

/// Moves customers in bulk, each together with its entry in the history. A rule moves nobody whom a person locked in
/// between; who is there already is not written, so that doing it again is the same.
pub async fn move_all(store: &Store, tenant: Tenant, moves: &[PersonaMove]) -> Result<()> {
    for part in moves.chunks(MOVED_AT_ONCE) {
        store.transaction(tenant, async |tx| move_some(store, tx, part).await).await?;
    }
    Ok(())
}

async fn move_some(store: &Store, tx: &mut Tx, moves: &[PersonaMove]) -> Result<()> {
    let tenant = tx.tenant();
    let there = personas_of(store, tx, moves).await?;
    let mut updates = Vec::with_capacity(moves.len());
    let mut history = Vec::with_capacity(moves.len());
    for change in moves {
        let Some(before) = there.get(&change.customer) else { continue };
        // As the store keeps it: instants have milliseconds there.
        let to = PersonaState::from(PersonaRecord::from(&change.to));
        if *before == to || (before.is_locked() && !change.to.is_locked()) {
            continue;
        }
        updates.push(doc! {
            "q": within(tenant, by_id(change.customer)),
            "u": {
                "$set": { "persona": persona_bson(&change.to)?, "updated_at": value::date(change.to.since) },
                "$inc": { "version": 1_i64 },
            },
        });
        if before.persona != change.to.persona {
            let moved = PersonaMove { from: before.persona, ..change.clone() };
            history.push(bson::serialize_to_bson(&entry(store, tenant, &moved))?);
        }
    }
    if !updates.is_empty() {
        let command = doc! { "update": records(store).name(), "updates": updates, "ordered": false };
        bulk(store, tx, command).await?;
    }
    if !history.is_empty() {
        let command = doc! { "insert": entries(store).name(), "documents": history, "ordered": false };
        bulk(store, tx, command).await?;
    }
    Ok(())
}

async fn bulk(store: &Store, tx: &mut Tx, command: Document) -> Result<()> {
    let reply = store.database().run_command(command).session(tx.session()).await;
    check_bulk(&tx.note(reply)?)
}

/// Where these customers are now, as the transaction sees it.
async fn personas_of(store: &Store, tx: &mut Tx, moves: &[PersonaMove]) -> Result<HashMap<CustomerId, PersonaState>> {
    #[derive(Deserialize)]
    struct Projection {
        #[serde(rename = "_id")]
        id: bson::Uuid,
        persona: PersonaRecord,
    }
    let ids: Vec<bson::Uuid> = moves.iter().map(|change| value::uuid(change.customer.uuid())).collect();
    let found = records(store)
        .typed::<Projection>()
        .raw()
        .find(within(tx.tenant(), doc! { "_id": { "$in": ids } }))
        .projection(doc! { "persona": 1 })
        .session(tx.session())
        .await;
    let mut cursor = tx.note(found)?;
    let rows: std::result::Result<Vec<Projection>, _> = cursor.stream(tx.session()).try_collect().await;
    let rows = tx.note(rows)?;
    Ok(rows
        .into_iter()
        .map(|row| (CustomerId::from_uuid(value::from_uuid(row.id)), row.persona.into()))
        .collect())
}
