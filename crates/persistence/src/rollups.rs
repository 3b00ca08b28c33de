//! Roll-ups (`rollups`, key `company ‖ epoch ‖ workflow ‖ day ‖ version ‖ persona ‖ channel`): what the sessions of one
//! place come to. Index `{company_id, epoch, day}`.
//!
//! They are a function of the session documents. A session holds what it was counted for; who counts it anew adds the
//! difference here in the transaction that writes it there. Every such transaction of a company also takes a turn in
//! `rollup_states`, so that of two that began from the same state one starts again.
//!
//! An epoch is a whole set of roll-ups. A rebuild counts into the next one, and shows it when it is complete.

mod state;

use std::collections::BTreeMap;

use bson::{Bson, DateTime, Document, RawArrayBuf, doc, serialize_to_raw_document_buf};
use futures::TryStreamExt as _;
use jiff::civil::Date;
use kale_domain::id::{PersonaId, WorkflowId};
use kale_flow::session::Channel;
use kale_measures::cell::{Cell, Counted, Numbers, Place};
use mongodb::{
    ClientSession,
    options::{FindOptions, Hint},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use self::state::{Checked, State, begin_rebuild, end_rebuild, outdated, state, write_checked};
use crate::{
    error::{Result, StoreError},
    scoped::{Scoped, within},
    sessions::{self, Countable, Recounted},
    store::{INTERACTIVE, Store, check_bulk},
    tenant::Tenant,
    value,
};

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Record {
    #[serde(rename = "_id")]
    id: Bson,
    company_id: bson::Uuid,
    epoch: i64,
    workflow_id: bson::Uuid,
    day: DateTime,
    version: i64,
    persona_id: Option<bson::Uuid>,
    channel: Channel,
    #[serde(default)]
    n: Document,
}

fn records(store: &Store) -> Scoped<Record> {
    Scoped::new(store.database(), "rollups")
}

/// The bytes of a key behind its company.
const TAIL: usize = 45;

fn tail(epoch: u32, place: &Place) -> Vec<u8> {
    let days = value::day(place.day).timestamp_millis().div_euclid(86_400_000);
    // No day that a session begins on is before 1970 or after u32.
    let days = u32::try_from(days).unwrap_or(0);
    let channel = match place.channel {
        Channel::Hosted => 0,
        Channel::Api => 1,
    };
    let persona = place.persona.map_or(Uuid::nil(), PersonaId::uuid);
    let mut tail = Vec::with_capacity(TAIL);
    tail.extend_from_slice(&epoch.to_be_bytes());
    tail.extend_from_slice(place.workflow.uuid().as_bytes());
    tail.extend_from_slice(&days.to_be_bytes());
    tail.extend_from_slice(&place.version.to_be_bytes());
    tail.extend_from_slice(persona.as_bytes());
    tail.push(channel);
    tail
}

/// Writes down that sessions were counted anew, and what that changes. All of it or nothing; [`StoreError::Stale`] where
/// somebody else has counted since `state` was read, or one of the sessions has changed.
pub async fn count(
    store: &Store,
    tenant: Tenant,
    state: &State,
    sessions: &[Recounted],
    numbers: &Numbers,
    zone: &str,
) -> Result<()> {
    store
        .transaction::<_, StoreError>(tenant, async |tx| {
            // The turn first: who loses it has written nothing yet.
            state::take_turn(store, tx, state, zone).await?;
            sessions::write_counted(store, tx, state.building, sessions).await?;
            if numbers.is_empty() {
                return Ok(());
            }
            let mut updates = RawArrayBuf::new();
            for (place, cells) in numbers {
                let update = update(tenant, state.building, place, cells);
                updates.push(serialize_to_raw_document_buf(&update)?);
            }
            let command = bson::rawdoc! { "update": records(store).name(), "updates": updates };
            let reply = store
                .database()
                .run_raw_command(command)
                .session(tx.session())
                .await;
            check_bulk(&tx.note(reply)?)
        })
        .await
}

fn update(tenant: Tenant, epoch: u32, place: &Place, cells: &BTreeMap<Cell, i64>) -> Document {
    let company = tenant.company().uuid();
    let add: Document = cells
        .iter()
        .map(|(cell, number)| (format!("n.{cell}"), Bson::Int64(*number)))
        .collect();
    let new = doc! {
        "company_id": value::uuid(company),
        "epoch": i64::from(epoch),
        "workflow_id": value::uuid(place.workflow.uuid()),
        "day": value::day(place.day),
        "version": i64::from(place.version),
        "persona_id": place.persona.map(|persona| value::uuid(persona.uuid())),
        "channel": place.channel.name(),
    };
    let id = value::key(company, &tail(epoch, place));
    doc! { "q": { "_id": id }, "u": { "$inc": add, "$setOnInsert": new }, "upsert": true }
}

/// Which roll-ups to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RollupFilter {
    /// Of one workflow only.
    pub workflow: Option<WorkflowId>,
    /// From this day on.
    pub from: Date,
    /// Up to this day.
    pub to: Date,
    /// Of this persona only; `Some(None)`: of none.
    pub persona: Option<Option<PersonaId>>,
    /// Of this version only.
    pub version: Option<u32>,
    /// Of this channel only.
    pub channel: Option<Channel>,
}

/// The numbers of a company that are shown, by place. Index `_id` for one workflow, else `{company_id, epoch, day}`.
pub async fn read(store: &Store, tenant: Tenant, filter: &RollupFilter) -> Result<Numbers> {
    let epoch = state(store, tenant).await?.shown;
    let mut query = doc! {};
    let index = match filter.workflow {
        Some(workflow) => {
            let bound = |day, last: u8| {
                let place = Place {
                    workflow,
                    version: if last == 0 { 0 } else { u32::MAX },
                    persona: Some(PersonaId::from_uuid(Uuid::from_bytes([last; 16]))),
                    channel: Channel::Hosted,
                    day,
                };
                let mut tail = tail(epoch, &place);
                tail.pop();
                tail.push(last);
                value::key(tenant.company().uuid(), &tail)
            };
            query.insert(
                "_id",
                doc! { "$gte": bound(filter.from, 0), "$lte": bound(filter.to, 0xff) },
            );
            "_id_"
        }
        None => {
            query.insert("epoch", i64::from(epoch));
            let days = doc! { "$gte": value::day(filter.from), "$lte": value::day(filter.to) };
            query.insert("day", days);
            "company_day"
        }
    };
    if let Some(persona) = filter.persona {
        query.insert("persona_id", persona.map(|persona| value::uuid(persona.uuid())));
    }
    if let Some(version) = filter.version {
        query.insert("version", i64::from(version));
    }
    if let Some(channel) = filter.channel {
        query.insert("channel", channel.name());
    }
    let options = FindOptions::builder()
        .projection(doc! { "company_id": 0 })
        .batch_size(5_000)
        .hint(Hint::Name(index.to_owned()))
        .max_time(INTERACTIVE)
        .build();
    let cursor = records(store)
        .typed::<Row>()
        .raw()
        .find(within(tenant, query))
        .with_options(options)
        .await?;
    let rows: Vec<Row> = cursor.try_collect().await?;
    rows.into_iter().map(Row::numbers).collect()
}

/// A document without what its reader knows.
#[derive(Debug, Serialize, Deserialize)]
struct Row {
    workflow_id: bson::Uuid,
    day: DateTime,
    version: i64,
    persona_id: Option<bson::Uuid>,
    channel: Channel,
    /// By the first part of a cell, then by the others.
    #[serde(default)]
    n: Document,
}

/// The numbers below a part of a path, each with its whole path.
fn numbers_below(path: &str, below: Document, found: &mut BTreeMap<Cell, i64>) -> Result<()> {
    for (part, there) in below {
        let path = if path.is_empty() {
            part
        } else {
            format!("{path}.{part}")
        };
        match there {
            Bson::Document(below) => numbers_below(&path, below, found)?,
            Bson::Int64(0) => {}
            Bson::Int64(number) => {
                let cell = path
                    .parse()
                    .map_err(|error| StoreError::corrupt("roll-up", error))?;
                found.insert(cell, number);
            }
            _ => return Err(StoreError::corrupt("roll-up", "a cell holds no number")),
        }
    }
    Ok(())
}

impl Row {
    fn numbers(self) -> Result<(Place, BTreeMap<Cell, i64>)> {
        let version = u32::try_from(self.version).map_err(|error| StoreError::corrupt("roll-up", error))?;
        let place = Place {
            workflow: WorkflowId::from_uuid(value::from_uuid(self.workflow_id)),
            version,
            persona: self
                .persona_id
                .map(|id| PersonaId::from_uuid(value::from_uuid(id))),
            channel: self.channel,
            day: value::from_day(self.day),
        };
        let mut cells = BTreeMap::new();
        numbers_below("", self.n, &mut cells)?;
        Ok((place, cells))
    }
}

/// One moment of the store, at which everything is read as it stood.
pub struct Moment {
    session: ClientSession,
}

impl std::fmt::Debug for Moment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Moment").finish_non_exhaustive()
    }
}

impl Moment {
    /// Now, as the first read meets it. The store keeps the past of some minutes.
    pub async fn begin(store: &Store) -> Result<Self> {
        let session = store.client().start_session().snapshot(true).await?;
        Ok(Self { session })
    }

    /// The roll-ups that are shown, and their state.
    pub async fn rollups(&mut self, store: &Store, tenant: Tenant) -> Result<(State, Numbers)> {
        let state = state::at(store, tenant, &mut self.session).await?;
        let filter = within(tenant, doc! { "epoch": i64::from(state.shown) });
        let rows = records(store).typed::<Row>();
        let mut cursor = rows.raw().find(filter).session(&mut self.session).await?;
        let rows: Vec<Row> = cursor.stream(&mut self.session).try_collect().await?;
        let numbers = rows.into_iter().map(Row::numbers).collect::<Result<Numbers>>()?;
        let some = numbers.into_iter().filter(|(_, cells)| !cells.is_empty());
        Ok((state, some.collect()))
    }

    /// The live sessions of the next customers, whole families of them.
    pub async fn slice(
        &mut self,
        store: &Store,
        tenant: Tenant,
        after: Option<kale_domain::id::CustomerId>,
        limit: u32,
    ) -> Result<Vec<Countable>> {
        sessions::slice(store, tenant, after, limit, Some(&mut self.session)).await
    }
}

/// The live sessions of the next customers, whole families of them, as they are now. Index
/// `{company_id, customer_id, _id}` of sessions.
pub async fn slice(
    store: &Store,
    tenant: Tenant,
    after: Option<kale_domain::id::CustomerId>,
    limit: u32,
) -> Result<Vec<Countable>> {
    sessions::slice(store, tenant, after, limit, None).await
}

/// What a session was counted for in the epoch that is counted into; `None` where that is nothing.
#[must_use]
pub fn counted_in<'a>(state: &State, session: &'a Countable) -> Option<&'a Counted> {
    let counted = session.counted.as_ref();
    counted
        .filter(|(epoch, ..)| *epoch == state.building)
        .map(|(_, _, counted)| counted)
}
