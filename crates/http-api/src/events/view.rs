//! How events are shown, and what came of telling them.

use jiff::Timestamp;
use kale_application::events::{Taken, UserEvent};
use kale_domain::id::{CardId, CustomerId, ElementId, SessionId};
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

/// One thing that happened, as it is told.
#[derive(Debug, ToSchema)]
#[expect(
    dead_code,
    reason = "described only: each event is read by itself, so that one that is wrong stops no other"
)]
pub(crate) struct EventBody {
    /// Its identity: a UUID of version 7 that whoever tells makes, once.
    #[schema(example = "01935b2c-7a52-7f6e-9f0b-0f4f2f2f8a11")]
    id: String,
    /// What happened: 1 to 100 characters.
    #[schema(example = "report.exported")]
    name: String,
    /// When: at most 24 hours ahead of now.
    #[schema(format = DateTime)]
    at: String,
    /// The session it happened in, for names that begin with `ui.`; a subscriber's own where it is absent.
    session: Option<String>,
    /// The customer it happened to.
    #[schema(example = "cus_01h455vb4pex5vsknk084sn02q")]
    customer: Option<String>,
    /// More about it, at most 8 KiB.
    #[schema(value_type = Option<Object>)]
    properties: Option<Value>,
}

/// What came of events that were told.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EventsTaken)]
pub(crate) struct TakenView {
    /// How many are new.
    accepted: u64,
    /// How many had been told before.
    duplicates: u64,
    /// What is wrong with those that were not taken.
    rejected: Vec<RejectedView>,
}

/// What is wrong with one event.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RejectedEvent)]
pub(crate) struct RejectedView {
    /// Its place in the batch, from 0.
    index: usize,
    /// The place that is wrong.
    #[schema(example = "#/events/1/name")]
    pointer: String,
    /// What is wrong, for programs.
    #[schema(example = "reserved-name")]
    code: String,
    /// What is wrong, for people.
    message: String,
}

impl TakenView {
    /// Where nothing was wrong.
    pub(super) const fn of(accepted: u64, duplicates: u64) -> Self {
        Self {
            accepted,
            duplicates,
            rejected: Vec::new(),
        }
    }
}

impl From<Taken> for TakenView {
    fn from(taken: Taken) -> Self {
        let rejected = taken.rejected.into_iter().map(|(index, wrong)| RejectedView {
            index,
            pointer: format!("#/events/{index}{}", wrong.pointer),
            code: wrong.code.into_owned(),
            message: wrong.message,
        });
        Self {
            accepted: taken.accepted,
            duplicates: taken.duplicates,
            rejected: rejected.collect(),
        }
    }
}

/// One thing that happened.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UserEvent)]
pub(crate) struct EventView {
    /// Its identity.
    #[schema(value_type = String, example = "01935b2c-7a52-7f6e-9f0b-0f4f2f2f8a11")]
    id: Uuid,
    /// What happened.
    #[schema(example = "report.exported")]
    name: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// When Kale learnt of it.
    #[schema(value_type = String, format = DateTime)]
    received_at: Timestamp,
    /// The session it happened in.
    #[schema(value_type = Option<String>)]
    session: Option<SessionId>,
    /// The customer it happened to.
    #[schema(value_type = Option<String>)]
    customer: Option<CustomerId>,
    /// The card it happened on.
    #[schema(value_type = Option<String>)]
    card: Option<CardId>,
    /// The element it happened to.
    #[schema(value_type = Option<String>)]
    element: Option<ElementId>,
    /// More about it.
    #[schema(value_type = Object)]
    properties: Map<String, Value>,
}

impl From<UserEvent> for EventView {
    fn from(event: UserEvent) -> Self {
        Self {
            id: event.id,
            name: event.name,
            at: event.at,
            received_at: event.received_at,
            session: event.session,
            customer: event.customer,
            card: event.card,
            element: event.element,
            properties: event.properties,
        }
    }
}

/// An example.
pub(super) fn example() -> Value {
    json!({
        "id": "01935b2c-7a52-7f6e-9f0b-0f4f2f2f8a11", "name": "report.exported", "at": "2026-11-22T10:00:00Z",
        "received_at": "2026-11-22T10:00:01Z", "session": null, "customer": "cus_01h455vb4pex5vsknk084sn02q",
        "card": null, "element": null, "properties": { "rows": 1200 }
    })
}
