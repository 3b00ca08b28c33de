//! What rules read of customers, many at a time: each document is looked through once, and its texts stay where they are.

use std::ops::Range;

use bson::{Document, RawBsonRef, RawDocument, RawDocumentBuf, doc};
use futures::TryStreamExt as _;
use jiff::civil::Date;
use kale_domain::{
    attribute::AttributeKey,
    id::{CustomerId, PersonaId},
    metric::{Metric, MetricKind},
    money::{Currency, Money},
};
use kale_rules::{
    facts::{Fact, Facts},
    rule::Field,
};
use mongodb::options::FindOptions;

use super::{list::ListQuery, record::records};
use crate::{
    error::{Result, StoreError},
    scoped::within,
    store::Store,
    tenant::{Reach, Tenant},
    value,
};

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
    /// As it was read; what is known of it points into it.
    raw: RawDocumentBuf,
    metrics: Vec<Known>,
    attributes: Vec<Known>,
    fields: Vec<Known>,
    tags: Vec<Span>,
    currency: Currency,
}

/// Where a text stands in the document.
type Span = Range<usize>;

/// One value. There are so few that looking through them is faster than any table.
#[derive(Debug)]
struct Known {
    name: Span,
    value: Kept,
}

#[derive(Debug)]
enum Kept {
    Text(Span),
    Texts(Vec<String>),
    Number(rust_decimal::Decimal),
    Integer(i64),
    Money(Money),
    Bool(bool),
    Date(Date),
}

/// Where `text`, a part of the document, stands in it.
fn span(document: &RawDocument, text: &str) -> Option<Span> {
    let start = text
        .as_ptr()
        .addr()
        .checked_sub(document.as_bytes().as_ptr().addr())?;
    Some(start..start.checked_add(text.len())?)
}

impl Kept {
    fn read(document: &RawDocument, value: RawBsonRef<'_>) -> Option<Self> {
        Some(match value {
            RawBsonRef::String(text) => Self::Text(span(document, text)?),
            RawBsonRef::Int64(number) => Self::Integer(number),
            RawBsonRef::Int32(number) => Self::Integer(i64::from(number)),
            RawBsonRef::Decimal128(number) => Self::Number(value::from_decimal(number)?),
            RawBsonRef::Boolean(flag) => Self::Bool(flag),
            RawBsonRef::DateTime(at) => Self::Date(value::from_day(at)),
            RawBsonRef::Array(array) => Self::Texts(
                array
                    .into_iter()
                    .map(|item| item.ok()?.as_str().map(str::to_owned))
                    .collect::<Option<_>>()?,
            ),
            RawBsonRef::Document(amount) => Self::Money(Money {
                amount_minor: amount.get_i64("n").ok()?,
                currency: amount.get_str("c").ok()?.parse().ok()?,
            }),
            _ => return None,
        })
    }
}

impl Judged {
    fn bytes(&self, span: &Span) -> Option<&[u8]> {
        self.raw.as_bytes().get(span.clone())
    }

    fn kept<'a>(&'a self, part: &'a [Known], name: &str) -> Option<&'a Kept> {
        let known = part
            .iter()
            .find(|known| self.bytes(&known.name) == Some(name.as_bytes()))?;
        Some(&known.value)
    }

    /// The state it is in, as it was read.
    pub(super) fn standing(&self) -> Result<&RawDocument> {
        self.raw
            .get_document("persona")
            .map_err(|error| StoreError::corrupt("customer", error))
    }

    fn fact<'a>(&'a self, kept: &'a Kept) -> Option<Fact<'a>> {
        Some(match kept {
            Kept::Text(span) => Fact::Text(std::str::from_utf8(self.bytes(span)?).ok()?),
            Kept::Texts(texts) => Fact::Texts(texts),
            Kept::Number(number) => Fact::Number(*number),
            Kept::Integer(number) => Fact::Integer(*number),
            Kept::Money(money) => Fact::Money(*money),
            Kept::Bool(flag) => Fact::Bool(*flag),
            Kept::Date(date) => Fact::Date(*date),
        })
    }
}

impl Facts for Judged {
    fn metric(&self, metric: Metric) -> Option<Fact<'_>> {
        match self.kept(&self.metrics, metric.name())? {
            Kept::Integer(minor) if metric.kind() == MetricKind::Money => Some(Fact::Money(Money {
                amount_minor: *minor,
                currency: self.currency,
            })),
            kept => self.fact(kept),
        }
    }

    fn attribute(&self, key: &AttributeKey) -> Option<Fact<'_>> {
        self.fact(self.kept(&self.attributes, key.as_str())?)
    }

    fn field(&self, field: Field) -> Option<Fact<'_>> {
        self.fact(self.kept(&self.fields, field.name())?)
    }

    fn has_tag(&self, folded: &str) -> bool {
        self.tags
            .iter()
            .any(|tag| self.bytes(tag) == Some(folded.as_bytes()))
    }
}

/// The facts of one kind, none where there are none; `None` where something stands there that no writer of ours makes.
fn part(document: &RawDocument, facts: &RawDocument, name: &str) -> Option<Vec<Known>> {
    let part = match facts.get(name).ok()? {
        None => return Some(Vec::new()),
        Some(part) => part.as_document()?,
    };
    part.iter()
        .map(|item| {
            let (name, value) = item.ok()?;
            Some(Known {
                name: span(document, name.as_str())?,
                value: Kept::read(document, value)?,
            })
        })
        .collect()
}

fn judged(raw: RawDocumentBuf, currency: Currency) -> Option<Judged> {
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
    let tags = match facts.get("t").ok()? {
        None => Vec::new(),
        Some(tags) => {
            let mut tags = tags.as_array()?.into_iter();
            tags.try_fold(Vec::new(), |mut found, tag| {
                found.push(span(&raw, tag.ok()?.as_str()?)?);
                Some(found)
            })?
        }
    };
    Some(Judged {
        id: CustomerId::from_uuid(id),
        persona: persona_id.map(PersonaId::from_uuid),
        locked: manual,
        judged: manual || by_rule,
        metrics: part(&raw, facts, "m")?,
        attributes: part(&raw, facts, "a")?,
        fields: part(&raw, facts, "f")?,
        tags,
        currency,
        raw,
    })
}

/// The customers of one batch of the server's answer.
fn all_of(batch: &mongodb::raw_batch_cursor::RawBatch, currency: Currency) -> Result<Vec<Judged>> {
    let unreadable = || StoreError::corrupt("customer", "the server's answer has no documents");
    let documents = batch.doc_slices()?;
    documents
        .into_iter()
        .map(|item| {
            let document = item?.as_document().ok_or_else(unreadable)?.to_owned();
            judged(document, currency).ok_or_else(|| StoreError::corrupt("customer", "rules can't read it"))
        })
        .collect()
}

/// Reads what rules need of up to `limit` customers after `after`, in the order of their ids. Index `{company_id, _id}`.
pub async fn judge_batch(
    store: &Store,
    tenant: Tenant,
    currency: Currency,
    after: Option<CustomerId>,
    limit: u32,
) -> Result<Vec<Judged>> {
    judge_range(store, tenant, currency, (after, None), limit).await
}

/// The same behind the first id and up to the second one, that one too.
pub async fn judge_range(
    store: &Store,
    tenant: Tenant,
    currency: Currency,
    (after, last): (Option<CustomerId>, Option<CustomerId>),
    limit: u32,
) -> Result<Vec<Judged>> {
    let mut range = Document::new();
    range.extend(after.map(|id| ("$gt".to_owned(), value::uuid(id.uuid()).into())));
    range.extend(last.map(|id| ("$lte".to_owned(), value::uuid(id.uuid()).into())));
    let mut filter = Document::new();
    if !range.is_empty() {
        filter.insert("_id", range);
    }
    let options = FindOptions::builder()
        .sort(doc! { "company_id": 1, "_id": 1 })
        .limit(i64::from(limit))
        .batch_size(limit)
        .projection(projection())
        .build();
    let mut batches = records(store)
        .raw()
        .find(within(tenant, filter))
        .with_options(options)
        .batch()
        .await?;
    let mut read = Vec::new();
    while let Some(batch) = batches.try_next().await? {
        read.extend(all_of(&batch, currency)?);
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
    let options = FindOptions::builder()
        .batch_size(5_000)
        .projection(projection())
        .build();
    let mut batches = records(store)
        .raw()
        .find(query.filter(reach)?)
        .with_options(options)
        .batch()
        .await?;
    while let Some(batch) = batches.try_next().await? {
        all_of(&batch, currency)?.iter().for_each(&mut each);
    }
    Ok(())
}
