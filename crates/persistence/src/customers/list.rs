//! The customer list: any filter, one of a few sorts, keyset pages of any depth.
//!
//! A page is read in up to three segments, each one contiguous range of the sort's index: the rest of the customers that
//! share the last one's value, the values behind it, and at the end those without a value. So page 2,000 costs what
//! page 1 costs, and an insert in front of a cursor moves nothing.

use bson::{Bson, DateTime, Document, doc};
use futures::TryStreamExt as _;
use jiff::civil::Date;
use kale_domain::{
    customer::Customer,
    fold::fold,
    id::{CustomerId, PersonaId, UserId},
};
use kale_rules::expression::Expression;
use mongodb::options::Hint;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::record::{Kinds, Record, customer, records};
use crate::{
    error::{Result, StoreError},
    rules,
    scoped::within,
    store::{INTERACTIVE, Store},
    tenant::Reach,
    value,
};

/// What the list is sorted by. Customers without a value come last, whichever direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SortKey {
    /// The folded name, else e-mail, else external id.
    Name,
    /// When the customer came.
    CreatedAt,
    /// Monthly recurring revenue.
    Mrr,
    /// The persona, in no meaningful order: it keeps equal ones together.
    Persona,
    /// A sortable attribute, by its slot.
    Attribute(usize),
}

impl SortKey {
    fn path(self) -> String {
        match self {
            Self::Name => "name_key".to_owned(),
            Self::CreatedAt => "created_at".to_owned(),
            Self::Mrr => "facts.m.mrr".to_owned(),
            Self::Persona => "persona.id".to_owned(),
            Self::Attribute(slot) => format!("sort.{slot}"),
        }
    }

    /// Whether every customer has a value.
    const fn is_always_there(self) -> bool {
        matches!(self, Self::Name | Self::CreatedAt)
    }

    fn value(self, record: &Record) -> Option<Bson> {
        match self {
            Self::Name => Some(Bson::String(record.name_key.clone())),
            Self::CreatedAt => Some(Bson::DateTime(record.created_at)),
            Self::Mrr => record.facts.m.get("mrr").cloned(),
            Self::Persona => record.persona.id.map(Bson::from),
            Self::Attribute(slot) => record.sort.get(slot.to_string()).cloned(),
        }
    }
}

/// A sort and its direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sort {
    /// By what.
    pub key: SortKey,
    /// Highest first.
    pub descending: bool,
}

/// Which personas; `None` stands for *unassigned*.
pub type PersonaFilter = Vec<Option<PersonaId>>;

/// Who looks after them; `None` stands for *nobody*.
pub type ExpertFilter = Vec<Option<UserId>>;

/// Where a page ended: the value of the last customer and its id.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Position {
    value: Option<Stop>,
    id: Uuid,
}

/// A value of a sort key, exact and typed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "t", content = "v", rename_all = "snake_case")]
pub enum Stop {
    /// A folded text.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// A decimal number, as text.
    Decimal(String),
    /// An instant or a day, in milliseconds.
    Instant(i64),
    /// Yes or no.
    Boolean(bool),
    /// An id.
    Id(Uuid),
}

/// Which customers, in which order.
#[derive(Debug, Clone)]
pub struct ListQuery {
    /// The rule they have to match.
    pub matching: Option<Expression>,
    /// The personas they have to have.
    pub personas: Option<PersonaFilter>,
    /// Who has to look after them, one of these.
    pub experts: Option<ExpertFilter>,
    /// Words, each the beginning of a word of their name, e-mail, domain or external ids.
    pub search: Option<String>,
    /// The order.
    pub sort: Sort,
    /// The day that dates in the rule are read against.
    pub today: Date,
}

impl ListQuery {
    /// The filter of this query inside a reach.
    pub(super) fn filter(&self, reach: Reach) -> Result<Document> {
        let mut all: Vec<Document> = Vec::new();
        if let Some(expression) = &self.matching {
            let filter = rules::filter(expression, self.today);
            // The one thing the caller can do about it is to ask for less.
            all.push(filter.or(Err(StoreError::TooSlow))?);
        }
        if let Some(personas) = &self.personas {
            let ids: Vec<Bson> = personas
                .iter()
                .map(|id| id.map_or(Bson::Null, |id| Bson::from(value::uuid(id.uuid()))))
                .collect();
            all.push(doc! { "persona.id": { "$in": ids } });
        }
        if let Some(experts) = &self.experts {
            let ids: Vec<Bson> = experts
                .iter()
                .map(|id| id.map_or(Bson::Null, |id| Bson::from(value::uuid(id.uuid()))))
                .collect();
            all.push(doc! { "experts": { "$in": ids } });
        }
        if let Some(search) = &self.search {
            for word in fold(search).split_whitespace().take(6) {
                let prefix: String = word.chars().take(40).collect();
                all.push(doc! { "search": { "$regex": format!("^{}", rules::literal(&prefix)) } });
            }
        }
        let mut filter = within(reach.tenant(), Document::new());
        if let Some(expert) = reach.expert() {
            filter.insert("experts", value::uuid(expert.uuid()));
        }
        if !all.is_empty() {
            filter.insert("$and", all);
        }
        Ok(filter)
    }
}

/// One page: up to `limit` customers after `after`, and where to go on if there are more.
pub async fn list(
    store: &Store,
    reach: Reach,
    query: &ListQuery,
    kinds: &Kinds,
    after: Option<&Position>,
    limit: usize,
) -> Result<(Vec<Customer>, Option<Position>)> {
    let base = query.filter(reach)?;
    let mut found: Vec<Record> = Vec::with_capacity(limit + 1);
    for segment in segments(query.sort, after)? {
        let missing = limit + 1 - found.len();
        if missing == 0 {
            break;
        }
        found.extend(read(store, reach, &base, segment, query.sort, missing).await?);
    }
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found
        .last()
        .filter(|_| more)
        .map(|last| position(query.sort, last))
        .transpose()?;
    let customers = found
        .into_iter()
        .map(|record| customer(record, kinds))
        .collect::<Result<_>>()?;
    Ok((customers, next))
}

/// The index that holds an expert's own customers and no other's.
const EXPERTS: &str = "company_expert";

async fn read(
    store: &Store,
    reach: Reach,
    base: &Document,
    segment: Document,
    sort: Sort,
    limit: usize,
) -> Result<Vec<Record>> {
    let direction = if sort.descending { -1 } else { 1 };
    let mut filter = base.clone();
    filter.extend(segment);
    let records = records(store);
    let mut find = records
        .raw()
        .find(filter)
        .sort(doc! { "company_id": direction, sort.key.path(): direction, "_id": direction })
        .limit(i64::try_from(limit).unwrap_or(i64::MAX))
        .allow_disk_use(false)
        .max_time(INTERACTIVE);
    if reach.expert().is_some() {
        // They are few: sorting them is cheaper than looking for them in the order of the whole company.
        find = find.hint(Hint::Name(EXPERTS.to_owned()));
    }
    let cursor = find.await?;
    Ok(cursor.try_collect().await?)
}

/// The ranges that follow a position, in order.
fn segments(sort: Sort, after: Option<&Position>) -> Result<Vec<Document>> {
    let path = sort.key.path();
    let further = if sort.descending { "$lt" } else { "$gt" };
    let mut ranges = Vec::new();
    match after {
        None if sort.key.is_always_there() => ranges.push(Document::new()),
        None => ranges.push(doc! { &path: { "$ne": Bson::Null } }),
        Some(Position { value: None, id }) => {
            return Ok(vec![
                doc! { &path: Bson::Null, "_id": { further: value::uuid(*id) } },
            ]);
        }
        Some(Position {
            value: Some(stop),
            id,
        }) => {
            let at = stop.to_bson()?;
            ranges.push(doc! { &path: at.clone(), "_id": { further: value::uuid(*id) } });
            ranges.push(doc! { &path: { further: at } });
            if matches!(sort.key, SortKey::Attribute(_)) {
                ranges.extend(
                    stop.other_types(sort.descending)
                        .into_iter()
                        .map(|all| doc! { &path: all }),
                );
            }
        }
    }
    if !sort.key.is_always_there() {
        ranges.push(doc! { &path: Bson::Null });
    }
    Ok(ranges)
}

fn position(sort: Sort, record: &Record) -> Result<Position> {
    let value = sort.key.value(record).as_ref().map(Stop::from_bson).transpose()?;
    Ok(Position {
        value,
        id: value::from_uuid(record.id),
    })
}

impl Stop {
    /// The ranges of the types behind this value's own. A comparison stays inside one type, but the values of an
    /// attribute may be of several: another kind in its slot before, or a value that is not what the column promised.
    fn other_types(&self, descending: bool) -> Vec<Document> {
        let mine = match self {
            Self::Integer(_) | Self::Decimal(_) => 0,
            Self::Text(_) => 1,
            Self::Id(_) | Self::Boolean(_) => 2,
            Self::Instant(_) => 3,
        };
        // In the database's order, each by its least value.
        let least = [
            Bson::Double(f64::NEG_INFINITY),
            Bson::String(String::new()),
            Bson::Boolean(false),
            DateTime::MIN.into(),
        ];
        let ranges = least
            .into_iter()
            .enumerate()
            .map(|(rank, least)| (rank, doc! { "$gte": least }));
        if descending {
            let mut before: Vec<Document> = ranges
                .filter(|(rank, _)| *rank < mine)
                .map(|(_, range)| range)
                .collect();
            before.reverse();
            before
        } else {
            ranges
                .filter(|(rank, _)| *rank > mine)
                .map(|(_, range)| range)
                .collect()
        }
    }

    fn from_bson(bson: &Bson) -> Result<Self> {
        Ok(match bson {
            Bson::String(text) => Self::Text(text.clone()),
            Bson::Int64(number) => Self::Integer(*number),
            Bson::Int32(number) => Self::Integer(i64::from(*number)),
            Bson::Decimal128(number) => Self::Decimal(number.to_string()),
            Bson::DateTime(at) => Self::Instant(at.timestamp_millis()),
            Bson::Boolean(flag) => Self::Boolean(*flag),
            Bson::Binary(binary) => Self::Id(
                Uuid::from_slice(&binary.bytes).map_err(|error| StoreError::corrupt("customer", error))?,
            ),
            other => {
                return Err(StoreError::corrupt(
                    "customer",
                    format!("can't be sorted by {other:?}"),
                ));
            }
        })
    }

    fn to_bson(&self) -> Result<Bson> {
        Ok(match self {
            Self::Text(text) => Bson::String(text.clone()),
            Self::Integer(number) => Bson::Int64(*number),
            Self::Decimal(text) => Bson::Decimal128(
                text.parse()
                    .map_err(|error| StoreError::corrupt("cursor", error))?,
            ),
            Self::Instant(millis) => Bson::DateTime(DateTime::from_millis(*millis)),
            Self::Boolean(flag) => Bson::Boolean(*flag),
            Self::Id(id) => Bson::from(value::uuid(*id)),
        })
    }
}

/// The id of the last customer a position names, for logs.
impl std::fmt::Display for Position {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", CustomerId::from_uuid(self.id))
    }
}
