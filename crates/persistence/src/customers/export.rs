//! Every customer of a query for a file: as it was read, and only what a file has columns for.

use std::{pin::Pin, time::Duration};

use bson::{RawBsonRef, RawDocument, RawDocumentBuf, doc};
use futures::{Stream, StreamExt as _, TryStreamExt as _};
use kale_domain::{
    attribute::AttributeValue,
    id::{CustomerId, PersonaId},
    money::{Currency, Money},
};
use mongodb::{options::FindOptions, raw_batch_cursor::RawBatch};
use tokio::sync::mpsc;

use super::{list::ListQuery, record::records};
use crate::{
    error::{Result, StoreError},
    store::Store,
    tenant::Reach,
    value,
};

/// How many customers the server sends at a time. Three such answers are the most that is in memory.
const AT_ONCE: u32 = 2_000;

/// A stream of every customer of a query, for a file.
pub type Export = Pin<Box<dyn Stream<Item = Result<Exported>> + Send>>;

/// One customer, as it was read.
#[derive(Debug)]
pub struct Exported {
    /// Who.
    pub id: CustomerId,
    raw: RawDocumentBuf,
}

/// What a file says of one customer, without a copy of its texts.
#[derive(Debug)]
#[expect(missing_docs, reason = "the customer's fields")]
pub struct ExportedFields<'a> {
    pub external_ids: Vec<&'a str>,
    pub name: Option<&'a str>,
    pub email: Option<&'a str>,
    pub domain: Option<&'a str>,
    pub persona: Option<PersonaId>,
    pub lifecycle: Option<&'a str>,
    pub tier: Option<&'a str>,
    pub plan: Option<&'a str>,
    pub mrr: Option<Money>,
    pub tags: Vec<&'a str>,
    /// The company's own, in the order of their keys.
    pub attributes: Vec<(&'a str, ExportedValue<'a>)>,
}

/// The value of an attribute.
#[derive(Debug)]
pub enum ExportedValue<'a> {
    /// A text (also a country) as it is shown.
    Text(&'a str),
    /// Anything else.
    Other(AttributeValue),
}

/// Every customer of a query, in the order of their ids, in flat memory. Index `{company_id, _id}`.
///
/// The next answer of the server is asked for while the last one is used.
pub async fn export(store: &Store, reach: Reach, query: &ListQuery) -> Result<Export> {
    let options = FindOptions::builder()
        .sort(doc! { "company_id": 1, "_id": 1 })
        .batch_size(AT_ONCE)
        // Whole top-level fields, which the server cuts out without looking inside.
        .projection(doc! {
            "external_ids": 1, "name": 1, "email": 1, "domain": 1, "lifecycle": 1, "tier": 1, "plan": 1, "currency": 1,
            "facts": 1, "shown": 1, "persona": 1, "tags": 1,
        })
        .max_time(Duration::from_mins(10))
        .build();
    let mut batches = records(store)
        .raw()
        .find(query.filter(reach)?)
        .with_options(options)
        .batch()
        .await?;
    let (send, receive) = mpsc::channel::<Result<RawBatch>>(1);
    tokio::spawn(async move {
        while let Some(batch) = batches.next().await {
            // Whoever reads has gone: the cursor closes with this task.
            if send.send(batch.map_err(StoreError::from)).await.is_err() {
                break;
            }
        }
    });
    let answers = futures::stream::unfold(receive, async |mut receive| {
        Some((receive.recv().await?, receive))
    });
    let rows = answers.map(|batch| Ok::<_, StoreError>(futures::stream::iter(all_of(&batch?)?)));
    Ok(Box::pin(rows.try_flatten()))
}

fn all_of(batch: &RawBatch) -> Result<Vec<Result<Exported>>> {
    let documents = batch.doc_slices()?;
    Ok(documents
        .into_iter()
        .map(|item| {
            let raw = item?
                .as_document()
                .ok_or_else(|| unreadable("the server's answer has no documents"))?
                .to_owned();
            let id = match raw.get("_id")? {
                Some(RawBsonRef::Binary(id)) => uuid::Uuid::from_slice(id.bytes).map_err(unreadable)?,
                _ => return Err(unreadable("its id is no id")),
            };
            Ok(Exported {
                id: CustomerId::from_uuid(id),
                raw,
            })
        })
        .collect())
}

impl Exported {
    /// What a file says of this customer.
    pub fn fields(&self) -> Result<ExportedFields<'_>> {
        let mut fields = ExportedFields {
            external_ids: Vec::new(),
            name: None,
            email: None,
            domain: None,
            persona: None,
            lifecycle: None,
            tier: None,
            plan: None,
            mrr: None,
            tags: Vec::new(),
            attributes: Vec::new(),
        };
        let (mut currency, mut facts, mut shown) = (None, None, None);
        for element in &self.raw {
            let (name, value) = element?;
            match name.as_str() {
                "external_ids" => fields.external_ids = texts(value),
                "name" => fields.name = value.as_str(),
                "email" => fields.email = value.as_str(),
                "domain" => fields.domain = value.as_str(),
                "lifecycle" => fields.lifecycle = value.as_str(),
                "tier" => fields.tier = value.as_str(),
                "plan" => fields.plan = value.as_str(),
                "tags" => fields.tags = texts(value),
                "persona" => fields.persona = persona(value)?,
                "currency" => currency = value.as_str().and_then(|code| code.parse::<Currency>().ok()),
                "facts" => facts = value.as_document(),
                "shown" => shown = value.as_document(),
                _ => {}
            }
        }
        let facts = facts.ok_or_else(|| unreadable("it has no facts"))?;
        let metrics = facts.get_document("m").map_err(unreadable)?;
        if let (Ok(amount_minor), Some(currency)) = (metrics.get_i64("mrr"), currency) {
            fields.mrr = Some(Money {
                amount_minor,
                currency,
            });
        }
        fields.plan = fields.plan.or_else(|| metrics.get_str("plan").ok());
        fields.attributes = attributes(facts.get_document("a").map_err(unreadable)?, shown)?;
        Ok(fields)
    }
}

fn texts(value: RawBsonRef<'_>) -> Vec<&str> {
    let items = value.as_array().into_iter().flatten();
    items.filter_map(|item| item.ok()?.as_str()).collect()
}

fn persona(value: RawBsonRef<'_>) -> Result<Option<PersonaId>> {
    let state = value
        .as_document()
        .ok_or_else(|| unreadable("its persona is no document"))?;
    Ok(match state.get("id")? {
        Some(RawBsonRef::Binary(id)) => {
            let id = uuid::Uuid::from_slice(id.bytes).map_err(unreadable)?;
            Some(PersonaId::from_uuid(id))
        }
        _ => None,
    })
}

fn attributes<'a>(
    facts: &'a RawDocument,
    shown: Option<&'a RawDocument>,
) -> Result<Vec<(&'a str, ExportedValue<'a>)>> {
    let mut attributes = Vec::new();
    for element in facts {
        let (name, fact) = element?;
        let name = name.as_str();
        let value = match fact {
            RawBsonRef::String(folded) => {
                let text = shown.and_then(|shown| shown.get_str(name).ok());
                ExportedValue::Text(text.unwrap_or(folded))
            }
            other => match attribute(other) {
                Some(value) => ExportedValue::Other(value),
                None => continue,
            },
        };
        attributes.push((name, value));
    }
    Ok(attributes)
}

fn attribute(fact: RawBsonRef<'_>) -> Option<AttributeValue> {
    Some(match fact {
        RawBsonRef::Decimal128(number) => AttributeValue::Number(value::from_decimal(number)?),
        RawBsonRef::Int64(number) => AttributeValue::Integer(number),
        RawBsonRef::Int32(number) => AttributeValue::Integer(i64::from(number)),
        RawBsonRef::Boolean(flag) => AttributeValue::Boolean(flag),
        RawBsonRef::DateTime(at) => AttributeValue::Date(value::from_day(at)),
        RawBsonRef::Document(amount) => AttributeValue::Money(Money {
            amount_minor: amount.get_i64("n").ok()?,
            currency: amount.get_str("c").ok()?.parse().ok()?,
        }),
        _ => return None,
    })
}

fn unreadable(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> StoreError {
    StoreError::corrupt("customer", error)
}
