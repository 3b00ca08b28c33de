//! User events (`user_events`, key `company ‖ id`): told twice, they stand once. Indexes, each with the company first:
//! `at` (newest first), `session_id, at` (of those in a session), `customer_id, at` (newest first), `dirty` (of those
//! that no figure counts yet).

mod batch;

use bson::{Bson, DateTime, Document, doc};
use jiff::Timestamp;
use kale_domain::id::{CardId, CustomerId, ElementId, SessionId};
use kale_flow::event::UserEvent;
use mongodb::options::FindOptions;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    error::{Result, StoreError},
    scoped::Scoped,
    store::{INTERACTIVE, Store},
    tenant::Tenant,
    tx::Tx,
    value,
};

pub use self::batch::{Told, tell};

const COLLECTION: &str = "user_events";

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Record {
    #[serde(rename = "_id")]
    key: Bson,
    company_id: bson::Uuid,
    event_id: bson::Uuid,
    // Absent, not null: the index of sessions is for those that have one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    session_id: Option<bson::Uuid>,
    customer_id: Option<bson::Uuid>,
    name: String,
    at: DateTime,
    received_at: DateTime,
    // As text: keys and values are a client's, and never become operators or fields of ours.
    properties: String,
    card: Option<CardId>,
    element: Option<ElementId>,
    /// The day in the company's zone, of what counts as use of its product.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    day: Option<DateTime>,
    /// That no figure counts it yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    dirty: Option<bool>,
}

fn records(store: &Store) -> Scoped<Record> {
    Scoped::new(store.database(), COLLECTION)
}

impl Record {
    fn new(tenant: Tenant, event: &UserEvent) -> Result<Self> {
        let properties = serde_json::to_string(&event.properties);
        Ok(Self {
            key: value::key(tenant.company().uuid(), event.id.as_bytes()),
            company_id: value::uuid(tenant.company().uuid()),
            event_id: value::uuid(event.id),
            session_id: event.session.map(|session| value::uuid(session.uuid())),
            customer_id: event.customer.map(|customer| value::uuid(customer.uuid())),
            name: event.name.clone(),
            at: value::date(event.at),
            received_at: value::date(event.received_at),
            properties: properties.map_err(|error| StoreError::corrupt("event", error))?,
            card: event.card,
            element: event.element,
            day: None,
            dirty: None,
        })
    }
}

/// Adds what happened in a session, inside the transaction that changes it.
pub async fn add(store: &Store, tx: &mut Tx, events: &[UserEvent]) -> Result<()> {
    let tenant = tx.tenant();
    let new: Vec<Record> = events
        .iter()
        .map(|event| Record::new(tenant, event))
        .collect::<Result<_>>()?;
    if new.is_empty() {
        return Ok(());
    }
    let inserted = records(store).raw().insert_many(new).session(tx.session()).await;
    tx.note(inserted).map(drop)
}

/// Which events to read; what is absent does not narrow.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EventFilter {
    /// Of this session.
    pub session: Option<SessionId>,
    /// Of this customer.
    pub customer: Option<CustomerId>,
    /// Of this name.
    pub name: Option<String>,
    /// Of these customers only.
    pub among: Option<Vec<CustomerId>>,
}

/// Where a page ended: when the last event happened, and its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventPosition {
    /// When.
    pub at: Timestamp,
    /// Which.
    pub id: Uuid,
}

/// The events of a company, newest first; `before` continues after the last one of a page.
pub async fn list(
    store: &Store,
    tenant: Tenant,
    filter: &EventFilter,
    limit: u32,
    before: Option<EventPosition>,
) -> Result<Vec<UserEvent>> {
    let mut document = Document::new();
    if let Some(session) = filter.session {
        document.insert("session_id", value::uuid(session.uuid()));
    }
    let mut customers = Document::new();
    if let Some(customer) = filter.customer {
        customers.insert("$eq", value::uuid(customer.uuid()));
    }
    if let Some(among) = &filter.among {
        let ids: Vec<Bson> = among.iter().map(|id| value::uuid(id.uuid()).into()).collect();
        customers.insert("$in", ids);
    }
    if !customers.is_empty() {
        document.insert("customer_id", customers);
    }
    if let Some(name) = &filter.name {
        document.insert("name", name);
    }
    if let Some(EventPosition { at, id }) = before {
        let (at, key) = (
            value::date(at),
            value::key(tenant.company().uuid(), id.as_bytes()),
        );
        document.insert("at", doc! { "$lte": at });
        document.insert(
            "$or",
            [doc! { "at": { "$lt": at } }, doc! { "_id": { "$lt": key } }].to_vec(),
        );
    }
    // Newest first, along the index that serves the filter.
    let order = match (filter.session, filter.customer) {
        (Some(_), _) => doc! { "company_id": -1, "session_id": -1, "at": -1, "_id": -1 },
        (None, Some(_)) => doc! { "company_id": 1, "customer_id": 1, "at": -1, "_id": -1 },
        (None, None) => doc! { "company_id": 1, "at": -1, "_id": -1 },
    };
    let options = FindOptions::builder()
        .sort(order)
        .limit(i64::from(limit))
        .max_time(INTERACTIVE)
        .build();
    let found = records(store).find(tenant, document, options).await?;
    found.into_iter().map(UserEvent::try_from).collect()
}

/// Everything that happened in a session, in order.
pub async fn of_session(store: &Store, tenant: Tenant, session: SessionId) -> Result<Vec<UserEvent>> {
    let options = FindOptions::builder()
        .sort(doc! { "company_id": 1, "session_id": 1, "at": 1, "_id": 1 })
        .limit(5_000)
        .build();
    let filter = doc! { "session_id": value::uuid(session.uuid()) };
    let found = records(store).find(tenant, filter, options).await?;
    found.into_iter().map(UserEvent::try_from).collect()
}

impl TryFrom<Record> for UserEvent {
    type Error = StoreError;

    fn try_from(record: Record) -> Result<Self> {
        let properties = serde_json::from_str(&record.properties);
        Ok(Self {
            id: value::from_uuid(record.event_id),
            session: record
                .session_id
                .map(|session| SessionId::from_uuid(value::from_uuid(session))),
            customer: record
                .customer_id
                .map(|customer| CustomerId::from_uuid(value::from_uuid(customer))),
            name: record.name,
            at: value::timestamp(record.at),
            received_at: value::timestamp(record.received_at),
            properties: properties.map_err(|error| StoreError::corrupt("event", error))?,
            card: record.card,
            element: record.element,
        })
    }
}
