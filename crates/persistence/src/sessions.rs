//! Sessions (`sessions`): a subscriber's walk, whole. Changed by compare-and-set on `revision`.
//!
//! Indexes, each but the last with the company first: `open` (unique, while a session is not final: one per customer,
//! subscription, workflow and mode), `tokens.id` (unique: a token serves one session), `_id`, `workflow_id`,
//! `customer_id` (each newest first); `state, last_seen_at` of those that are not final, for the sweep; `dirty` of those
//! that the roll-ups have not counted.

mod counting;
mod record;

use std::collections::{BTreeMap, BTreeSet};

use bson::{Bson, Document, RawDocument, RawDocumentBuf, doc};
use futures::TryStreamExt as _;
use jiff::Timestamp;
use kale_domain::{
    id::{CompanyId, CustomerId, SessionId, WorkflowId},
    subscriber::{Claims, Mode},
    workflow::Trigger,
};
use kale_flow::session::{Session, SessionState};
use mongodb::options::FindOptions;

pub use self::counting::{Countable, Kin, Recounted, dirty, dirty_companies, kin, these};
pub(crate) use self::counting::{companies, slice, write_counted};
use self::record::{Binding, Record, open_key};
use crate::{
    error::{Result, StoreError},
    scoped::Scoped,
    store::{INTERACTIVE, Store},
    tenant::{Installation, Tenant},
    tx::Tx,
    value,
};

fn records(store: &Store) -> Scoped<Record> {
    Scoped::new(store.database(), "sessions")
}

/// What a token serves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Served {
    /// No session yet.
    Nothing,
    /// This session.
    Session(Box<Session>),
    /// A session that began with another token of the same id: somebody reuses ids.
    Another,
}

/// The session that a token serves. Index `{company_id, tokens.id}`.
pub async fn served(store: &Store, tenant: Tenant, claims: &Claims) -> Result<Served> {
    let binding = Binding::of(claims);
    let filter = doc! { "tokens.id": binding.id.clone() };
    let Some(record) = records(store).find_one(tenant, filter).await? else {
        return Ok(Served::Nothing);
    };
    if record.is_bound(&binding) {
        Ok(Served::Session(Box::new(record.try_into()?)))
    } else {
        Ok(Served::Another)
    }
}

/// The id of the session that the page of a token begins, if that begins one: the same whenever it is opened.
#[must_use]
pub fn id_on_page(claims: &Claims) -> SessionId {
    record::id_on_page(claims)
}

/// Whose open session is looked for.
#[derive(Debug, Clone, Copy)]
pub struct Whose<'a> {
    /// Who walks.
    pub customer: CustomerId,
    /// Which of their subscriptions.
    pub subscription: Option<&'a str>,
    /// Whether it counts.
    pub mode: Mode,
}

/// The session of that workflow that is not final, as far as anybody has written down.
pub async fn open(
    store: &Store,
    tenant: Tenant,
    whose: Whose<'_>,
    workflow: WorkflowId,
) -> Result<Option<Session>> {
    let filter = doc! { "open": open_key(whose, workflow) };
    let found = records(store).find_one(tenant, filter).await?;
    found.map(Session::try_from).transpose()
}

/// The newest session of that trigger that is not final, of whichever workflow.
pub async fn newest_open(
    store: &Store,
    tenant: Tenant,
    whose: Whose<'_>,
    trigger: Trigger,
) -> Result<Option<Session>> {
    let filter = doc! {
        "customer_id": value::uuid(whose.customer.uuid()),
        "subscription": whose.subscription,
        "mode": whose.mode.name(),
        "trigger": trigger.name(),
        "open": { "$exists": true },
    };
    let options = FindOptions::builder()
        .sort(doc! { "company_id": 1, "customer_id": 1, "_id": -1 })
        .limit(1)
        .build();
    let found = records(store).find(tenant, filter, options).await?.pop();
    found.map(Session::try_from).transpose()
}

/// One session.
pub async fn get(store: &Store, tenant: Tenant, id: SessionId) -> Result<Option<Session>> {
    let filter = doc! { "_id": value::uuid(id.uuid()) };
    let found = records(store).find_one(tenant, filter).await?;
    found.map(Session::try_from).transpose()
}

/// Whose those of these ids are that are sessions of the company.
pub async fn walkers(
    store: &Store,
    tenant: Tenant,
    ids: &BTreeSet<SessionId>,
) -> Result<BTreeMap<SessionId, CustomerId>> {
    #[derive(serde::Serialize, serde::Deserialize)]
    struct Only {
        #[serde(rename = "_id")]
        id: bson::Uuid,
        customer_id: bson::Uuid,
    }
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let ids: Vec<Bson> = ids.iter().map(|id| value::uuid(id.uuid()).into()).collect();
    let options = FindOptions::builder()
        .projection(doc! { "customer_id": 1 })
        .build();
    let filter = doc! { "_id": { "$in": ids } };
    let found = records(store).typed::<Only>();
    let found = found.find(tenant, filter, options).await?;
    let known = found.into_iter().map(|only| {
        let customer = CustomerId::from_uuid(value::from_uuid(only.customer_id));
        (SessionId::from_uuid(value::from_uuid(only.id)), customer)
    });
    Ok(known.collect())
}

/// A new session, which that token began. [`StoreError::Duplicate`] where one of the same customer, subscription,
/// workflow and mode is open, or the token serves another.
pub async fn insert(store: &Store, tx: &mut Tx, session: &Session, claims: &Claims) -> Result<()> {
    let record = Record::new(tx.tenant(), session, &Binding::of(claims));
    records(store).insert(tx, &record).await
}

/// Writes what changes of a session; [`StoreError::Stale`] where it is no longer at `session.revision`. A token that is
/// given serves it from now on.
pub async fn write(
    store: &Store,
    tx: &mut Tx,
    session: &Session,
    claims: Option<&Claims>,
) -> Result<Session> {
    let filter = doc! {
        "_id": value::uuid(session.id.uuid()),
        "revision": value::signed(session.revision),
    };
    let mut change = doc! {
        "$set": record::changing(session)?,
        "$inc": { "revision": 1_i64 },
    };
    if session.state().is_final() {
        change.insert("$unset", doc! { "open": "" });
    }
    if let Some(claims) = claims {
        let binding = bson::serialize_to_bson(&Binding::of(claims))?;
        let newest = doc! { "$each": [binding], "$slice": -record::TOKENS };
        change.insert("$push", doc! { "tokens": newest });
    }
    let updated = records(store).update_in(tx, filter, change).await?;
    updated.ok_or(StoreError::Stale).and_then(Session::try_from)
}

/// Which sessions to read; what is absent does not narrow.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SessionFilter {
    /// Of this workflow.
    pub workflow: Option<WorkflowId>,
    /// Of this customer.
    pub customer: Option<CustomerId>,
    /// In this state, as it is written.
    pub state: Option<SessionState>,
    /// Of this mode.
    pub mode: Option<Mode>,
    /// Of these customers only.
    pub among: Option<Vec<CustomerId>>,
}

impl SessionFilter {
    /// Newest first, along the index that serves the filter.
    fn order(&self) -> Document {
        match (self.customer, self.workflow) {
            (Some(_), _) => doc! { "company_id": 1, "customer_id": 1, "_id": -1 },
            (None, Some(_)) => doc! { "company_id": 1, "workflow_id": 1, "_id": -1 },
            (None, None) => doc! { "company_id": 1, "_id": -1 },
        }
    }

    fn document(&self) -> Document {
        let mut filter = Document::new();
        if let Some(workflow) = self.workflow {
            filter.insert("workflow_id", value::uuid(workflow.uuid()));
        }
        let mut customers = Document::new();
        if let Some(customer) = self.customer {
            customers.insert("$eq", value::uuid(customer.uuid()));
        }
        if let Some(among) = &self.among {
            let ids: Vec<Bson> = among.iter().map(|id| value::uuid(id.uuid()).into()).collect();
            customers.insert("$in", ids);
        }
        if !customers.is_empty() {
            filter.insert("customer_id", customers);
        }
        if let Some(state) = self.state {
            filter.insert("state", state.name());
        }
        if let Some(mode) = self.mode {
            filter.insert("mode", mode.name());
        }
        filter
    }
}

/// The sessions of a company, newest first; `before` continues after the last one of a page.
pub async fn list(
    store: &Store,
    tenant: Tenant,
    filter: &SessionFilter,
    limit: u32,
    before: Option<SessionId>,
) -> Result<Vec<Session>> {
    let mut document = filter.document();
    if let Some(id) = before {
        document.insert("_id", doc! { "$lt": value::uuid(id.uuid()) });
    }
    let options = FindOptions::builder()
        .sort(filter.order())
        .limit(i64::from(limit))
        .max_time(INTERACTIVE)
        .build();
    let found = records(store).find(tenant, document, options).await?;
    found.into_iter().map(Session::try_from).collect()
}

/// Sessions that nobody has touched for long.
#[derive(Debug, Default)]
pub struct Untouched {
    /// Each with whose it is.
    pub sessions: Vec<(Tenant, Session)>,
    /// How many were passed over, because their documents can't be read.
    pub unreadable: u64,
}

/// Sessions of whichever company in that written state that nobody has touched since, longest ago first: for the sweep.
/// One that can't be read is told in the log and passed over, so that it stands in nobody else's way.
pub async fn untouched(
    store: &Store,
    _: Installation,
    state: SessionState,
    since: Timestamp,
    limit: u32,
) -> Result<Untouched> {
    let filter = doc! {
        "open": { "$exists": true },
        "state": state.name(),
        "last_seen_at": { "$lte": value::date(since) },
    };
    let options = FindOptions::builder()
        .sort(doc! { "state": 1, "last_seen_at": 1 })
        .batch_size(limit)
        .build();
    let records = records(store).typed::<RawDocumentBuf>();
    let mut found = records.raw().find(filter).with_options(options).await?;
    let mut untouched = Untouched::default();
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    while untouched.sessions.len() < limit
        && let Some(document) = found.try_next().await?
    {
        match read(&document) {
            Ok(session) => untouched.sessions.push(session),
            Err(error) => {
                untouched.unreadable += 1;
                let id = document.get("_id").ok().flatten();
                tracing::error!(session = ?id, error = %error, "a session can't be read");
            }
        }
    }
    Ok(untouched)
}

/// A session as it is stored, and whose it is.
fn read(document: &RawDocument) -> Result<(Tenant, Session)> {
    let record: Record = bson::deserialize_from_slice(document.as_bytes())
        .map_err(|error| StoreError::corrupt("session", error))?;
    let tenant = Tenant::new(CompanyId::from_uuid(value::from_uuid(record.company_id)));
    Ok((tenant, record.try_into()?))
}
