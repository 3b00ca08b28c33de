//! How a session is stored.

use bson::{Binary, DateTime, Document, doc, spec::BinarySubtype};
use kale_domain::{
    id::{CustomerId, PersonaId, SessionId, WorkflowId},
    money::Money,
    subscriber::{Claims, CustomerRef, Mode},
    workflow::Trigger,
};
use kale_flow::{
    outcome::Outcome,
    session::{Channel, Session},
    text::Locale,
    walk::Walk,
};
use kale_measures::cell::Cell;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::Whose;
use crate::{
    error::{Result, StoreError},
    tenant::Tenant,
    value,
};

/// How many tokens serve one session at most: the newest.
pub(super) const TOKENS: i32 = 50;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Record {
    #[serde(rename = "_id")]
    id: bson::Uuid,
    pub(super) company_id: bson::Uuid,
    workflow_id: bson::Uuid,
    trigger: Trigger,
    mode: Mode,
    channel: Channel,
    customer_id: bson::Uuid,
    subscription: Option<String>,
    persona_id: Option<bson::Uuid>,
    mrr_at_stake: Option<Money>,
    locale: Locale,
    return_url: Option<String>,
    walk: Walk,
    /// The walk's state, for indexes.
    state: String,
    /// How it ended, for figures.
    outcome: Option<String>,
    /// Absent when final.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    open: Option<Binary>,
    tokens: Vec<Binding>,
    returns: i64,
    started_at: DateTime,
    last_seen_at: DateTime,
    ended_at: Option<DateTime>,
    pub(super) revision: i64,
    /// That it has changed since it was counted; absent where it has not, and where it never counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) dirty: Option<bool>,
    /// What it counts for in the roll-ups.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) counted: Option<CountedRecord>,
}

/// What a session was counted for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct CountedRecord {
    /// In which epoch of its company's roll-ups.
    pub(super) epoch: i64,
    pub(super) day: DateTime,
    /// Whether it decides in its save window.
    pub(super) decides: bool,
    /// Cells it counts once in.
    pub(super) cells: Vec<Cell>,
    /// Cells it counts otherwise in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) sums: Vec<(Cell, i64)>,
}

/// That a token serves a session: its id, and what it was made for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Binding {
    pub(super) id: Binary,
    claims: Binary,
}

fn binary(hash: Sha256) -> Binary {
    Binary {
        subtype: BinarySubtype::Generic,
        bytes: hash.finalize().to_vec(),
    }
}

/// Adds a text so that no two rows of texts are the same bytes.
fn add(hash: Sha256, text: &str) -> Sha256 {
    let length = u64::try_from(text.len()).unwrap_or(u64::MAX);
    hash.chain_update(length.to_be_bytes()).chain_update(text)
}

impl Binding {
    pub(super) fn of(claims: &Claims) -> Self {
        let customer = match &claims.customer {
            CustomerRef::ExternalId(external_id) => format!("external {external_id}"),
            CustomerRef::Id(id) => format!("id {id}"),
        };
        let subscription = claims.subscription.as_deref().map(|name| format!("one {name}"));
        let workflow = claims.workflow.map(|id| id.to_string());
        let parts = [
            customer.as_str(),
            subscription.as_deref().unwrap_or("none"),
            workflow.as_deref().unwrap_or("none"),
            claims.trigger.name(),
            claims.mode.name(),
        ];
        let made_for = parts
            .iter()
            .fold(Sha256::new().chain_update(b"kale claims\0"), |hash, part| {
                add(hash, part)
            });
        Self {
            id: binary(add(Sha256::new().chain_update(b"kale token\0"), &claims.token_id)),
            claims: binary(made_for),
        }
    }
}

/// The id of the session that the page of a token begins: the same whenever and wherever it is opened, and no other
/// token's. Its time is the token's.
pub(super) fn id_on_page(claims: &Claims) -> SessionId {
    let binding = Binding::of(claims);
    let hash = Sha256::new()
        .chain_update(b"kale page\0")
        .chain_update(claims.company.uuid().as_bytes())
        .chain_update(&binding.id.bytes)
        .chain_update(&binding.claims.bytes)
        .finalize();
    let mut scattered = [0; 10];
    for (byte, hashed) in scattered.iter_mut().zip(hash) {
        *byte = hashed;
    }
    let made = u64::try_from(claims.issued_at.as_millisecond()).unwrap_or_default();
    SessionId::from_uuid(uuid::Builder::from_unix_timestamp_millis(made, &scattered).into_uuid())
}

/// What is unique while a session is not final.
pub(super) fn open_key(whose: Whose<'_>, workflow: WorkflowId) -> Binary {
    let hash = Sha256::new()
        .chain_update(b"kale open\0")
        .chain_update(whose.customer.uuid().as_bytes())
        .chain_update(workflow.uuid().as_bytes());
    let hash = add(hash, whose.mode.name());
    binary(match whose.subscription {
        None => hash,
        Some(name) => add(hash, name),
    })
}

/// What changes while a session goes on.
pub(super) fn changing(session: &Session) -> Result<Document> {
    let mut changing = doc! {
        "walk": bson::serialize_to_bson(&session.walk)?,
        "state": session.state().name(),
        "outcome": session.walk.outcome().map(Outcome::name),
        "returns": i64::from(session.returns),
        "last_seen_at": value::date(session.last_seen_at),
        "ended_at": session.ended_at.map(value::date),
    };
    if session.mode == Mode::Live {
        changing.insert("dirty", true);
    }
    Ok(changing)
}

impl Record {
    pub(super) fn new(tenant: Tenant, session: &Session, binding: &Binding) -> Self {
        let whose = Whose {
            customer: session.customer,
            subscription: session.subscription.as_deref(),
            mode: session.mode,
        };
        Self {
            id: value::uuid(session.id.uuid()),
            company_id: value::uuid(tenant.company().uuid()),
            workflow_id: value::uuid(session.workflow.uuid()),
            trigger: session.trigger,
            mode: session.mode,
            channel: session.channel,
            customer_id: value::uuid(session.customer.uuid()),
            subscription: session.subscription.clone(),
            persona_id: session.persona.map(|persona| value::uuid(persona.uuid())),
            mrr_at_stake: session.mrr_at_stake,
            locale: session.locale.clone(),
            return_url: session.return_url.clone(),
            walk: session.walk.clone(),
            state: session.state().name().to_owned(),
            outcome: session.walk.outcome().map(|outcome| outcome.name().to_owned()),
            open: (!session.state().is_final()).then(|| open_key(whose, session.workflow)),
            tokens: vec![binding.clone()],
            returns: session.returns.into(),
            started_at: value::date(session.started_at),
            last_seen_at: value::date(session.last_seen_at),
            ended_at: session.ended_at.map(value::date),
            revision: value::signed(session.revision),
            dirty: (session.mode == Mode::Live).then_some(true),
            counted: None,
        }
    }

    /// Whose it is.
    pub(super) fn customer(&self) -> CustomerId {
        CustomerId::from_uuid(value::from_uuid(self.customer_id))
    }

    /// Whether that very token serves it.
    pub(super) fn is_bound(&self, binding: &Binding) -> bool {
        self.tokens.contains(binding)
    }
}

impl TryFrom<Record> for Session {
    type Error = StoreError;

    fn try_from(record: Record) -> Result<Self> {
        let returns = u32::try_from(record.returns);
        Ok(Self {
            id: SessionId::from_uuid(value::from_uuid(record.id)),
            workflow: WorkflowId::from_uuid(value::from_uuid(record.workflow_id)),
            trigger: record.trigger,
            mode: record.mode,
            channel: record.channel,
            customer: CustomerId::from_uuid(value::from_uuid(record.customer_id)),
            subscription: record.subscription,
            persona: record
                .persona_id
                .map(|persona| PersonaId::from_uuid(value::from_uuid(persona))),
            mrr_at_stake: record.mrr_at_stake,
            locale: record.locale,
            return_url: record.return_url,
            walk: record.walk,
            returns: returns.map_err(|error| StoreError::corrupt("session", error))?,
            started_at: value::timestamp(record.started_at),
            last_seen_at: value::timestamp(record.last_seen_at),
            ended_at: record.ended_at.map(value::timestamp),
            revision: value::unsigned(record.revision, "session")?,
        })
    }
}
