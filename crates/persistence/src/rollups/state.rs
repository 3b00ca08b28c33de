//! Which epoch of a company's roll-ups is shown, which is counted into, and whose turn it is (`rollup_states`, key: the
//! company's id).

use bson::{DateTime, doc};
use futures::TryStreamExt as _;
use jiff::Timestamp;
use kale_domain::id::{CompanyId, JobId};
use kale_measures::cell::GENERATION;
use mongodb::{
    ClientSession,
    options::{Hint, ReturnDocument},
};
use serde::{Deserialize, Serialize};

use super::records;
use crate::{
    error::{Result, StoreError},
    scoped::{Scoped, within},
    store::Store,
    tenant::{Installation, Tenant},
    tx::Tx,
    value,
};

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Record {
    #[serde(rename = "_id")]
    id: bson::Uuid,
    company_id: bson::Uuid,
    shown: i64,
    building: i64,
    turn: i64,
    /// The generation of the cells in `shown`; absent where that is the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cells: Option<i64>,
    /// The same of those in `building`, where a rebuild has begun.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    building_cells: Option<i64>,
    /// The time zone of the days in `shown`; absent where that is the company's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    zone: Option<String>,
    /// The same of those in `building`, where a rebuild has begun.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    building_zone: Option<String>,
    #[serde(default)]
    counted_at: Option<DateTime>,
    /// The rebuild that counts into `building`, where that is not shown.
    #[serde(default)]
    job: Option<bson::Uuid>,
    #[serde(default)]
    checked: Option<CheckedRecord>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct CheckedRecord {
    at: DateTime,
    sessions: i64,
    pending: i64,
    cells: i64,
    differing: i64,
    examples: Vec<String>,
}

/// Where the roll-ups of a company stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// The epoch that readers see.
    pub shown: u32,
    /// The epoch that is counted into: another one while they are rebuilt.
    pub building: u32,
    /// The time zone of the days in `shown`: that of the company when it was begun. `None`: nothing has been counted, or
    /// by a release that did not keep it; it is the company's.
    pub zone: Option<String>,
    /// The same of `building`.
    pub building_zone: Option<String>,
    /// Grows with every count.
    pub turn: i64,
    /// When the last count was.
    pub counted_at: Option<Timestamp>,
    /// What the last comparison with the sessions found.
    pub checked: Option<Checked>,
}

/// What a comparison of the roll-ups with a count from scratch found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// When.
    pub at: Timestamp,
    /// How many live sessions there were.
    pub sessions: u64,
    /// How many of them had changed since they were counted, which is no difference.
    pub pending: u64,
    /// How many cells were compared.
    pub cells: u64,
    /// How many of them differ.
    pub differing: u64,
    /// Some that differ, in words.
    pub examples: Vec<String>,
}

fn states(store: &Store) -> Scoped<Record> {
    Scoped::new(store.database(), "rollup_states")
}

fn id(tenant: Tenant) -> bson::Uuid {
    value::uuid(tenant.company().uuid())
}

impl TryFrom<Record> for State {
    type Error = StoreError;

    fn try_from(record: Record) -> Result<Self> {
        let epoch = |number: i64| u32::try_from(number).map_err(|error| StoreError::corrupt("state", error));
        let unsigned = |number| value::unsigned(number, "state");
        let checked = record.checked.map(|checked| {
            Ok::<_, StoreError>(Checked {
                at: value::timestamp(checked.at),
                sessions: unsigned(checked.sessions)?,
                pending: unsigned(checked.pending)?,
                cells: unsigned(checked.cells)?,
                differing: unsigned(checked.differing)?,
                examples: checked.examples,
            })
        });
        let is_rebuilt = record.building != record.shown;
        Ok(Self {
            building_zone: if is_rebuilt {
                record.building_zone
            } else {
                record.zone.clone()
            },
            zone: record.zone,
            shown: epoch(record.shown)?,
            building: epoch(record.building)?,
            turn: record.turn,
            counted_at: record.counted_at.map(value::timestamp),
            checked: checked.transpose()?,
        })
    }
}

/// Where they stand before anything was counted.
const fn first() -> State {
    State {
        shown: 0,
        building: 0,
        zone: None,
        building_zone: None,
        turn: 0,
        counted_at: None,
        checked: None,
    }
}

/// Where they stand.
pub async fn state(store: &Store, tenant: Tenant) -> Result<State> {
    let found = states(store).find_one(tenant, doc! { "_id": id(tenant) }).await?;
    found.map_or_else(|| Ok(first()), State::try_from)
}

/// Where they stood at the moment of that session.
pub(super) async fn at(store: &Store, tenant: Tenant, session: &mut ClientSession) -> Result<State> {
    let filter = within(tenant, doc! { "_id": id(tenant) });
    let found = states(store).raw().find_one(filter).session(session).await?;
    found.map_or_else(|| Ok(first()), State::try_from)
}

/// Takes the turn that follows `state`, to count days of that zone into `building`; [`StoreError::Stale`] where somebody
/// has taken it.
pub(super) async fn take_turn(store: &Store, tx: &mut Tx, state: &State, zone: &str) -> Result<()> {
    let now = value::date(tx.now());
    if state.turn == 0 {
        let company = id(tx.tenant());
        let record = Record {
            id: company,
            company_id: company,
            shown: state.shown.into(),
            building: state.building.into(),
            turn: 1,
            cells: Some(GENERATION.into()),
            building_cells: None,
            zone: Some(zone.to_owned()),
            building_zone: None,
            counted_at: Some(now),
            job: None,
            checked: None,
        };
        let inserted = states(store).insert(tx, &record).await;
        return inserted.map_err(|error| match error {
            StoreError::Duplicate => StoreError::Stale,
            other => other,
        });
    }
    let filter = doc! { "_id": id(tx.tenant()), "turn": state.turn };
    let key = if state.building == state.shown {
        "zone"
    } else {
        "building_zone"
    };
    let change = doc! { "$inc": { "turn": 1_i64 }, "$set": { "counted_at": now, key: zone } };
    let taken = states(store).update_in(tx, filter, change).await?;
    taken.map(drop).ok_or(StoreError::Stale)
}

/// Begins to count days of that zone into an epoch of its own, or goes on with what this job has begun in it. From now on
/// every count goes there; readers see the epoch before until [`end_rebuild`].
pub async fn begin_rebuild(store: &Store, tenant: Tenant, job: JobId, zone: &str) -> Result<()> {
    let job = value::uuid(job.uuid());
    let (generation, zone) = (i64::from(GENERATION), doc! { "$literal": zone });
    let goes_on = doc! { "$and": [
        { "$eq": ["$job", job] },
        { "$eq": ["$building_zone", zone.clone()] },
    ] };
    let change = vec![doc! { "$set": {
        "shown": { "$ifNull": ["$shown", 0_i64] },
        // What a process of the release before has begun holds the cells of that release.
        "building_cells": { "$cond": [goes_on.clone(), "$building_cells", generation] },
        "building": { "$cond": [
            goes_on,
            "$building",
            { "$add": [{ "$ifNull": ["$building", 0_i64] }, 1_i64] },
        ] },
        "building_zone": zone,
        "job": job,
        "turn": { "$add": [{ "$ifNull": ["$turn", 0_i64] }, 1_i64] },
    } }];
    let filter = within(tenant, doc! { "_id": id(tenant) });
    states(store)
        .raw()
        .update_one(filter, change)
        .upsert(true)
        .await?;
    Ok(())
}

/// Shows what this job has counted, and removes every other epoch; `false` where another rebuild has begun since.
pub async fn end_rebuild(store: &Store, tenant: Tenant, job: JobId) -> Result<bool> {
    let job = value::uuid(job.uuid());
    let filter = within(tenant, doc! { "_id": id(tenant), "job": job });
    let change = vec![doc! { "$set": {
        "shown": "$building", "cells": "$building_cells", "zone": "$building_zone",
        "turn": { "$add": ["$turn", 1_i64] },
    } }];
    let shown = states(store)
        .raw()
        .find_one_and_update(filter, change)
        .return_document(ReturnDocument::After)
        .await?;
    let Some(record) = shown else { return Ok(false) };
    let old = within(tenant, doc! { "epoch": { "$lt": record.building } });
    records(store).raw().delete_many(old).await?;
    Ok(true)
}

/// Keeps what a comparison found.
pub async fn write_checked(store: &Store, tenant: Tenant, checked: &Checked) -> Result<()> {
    let record = CheckedRecord {
        at: value::date(checked.at),
        sessions: value::signed(checked.sessions),
        pending: value::signed(checked.pending),
        cells: value::signed(checked.cells),
        differing: value::signed(checked.differing),
        examples: checked.examples.clone(),
    };
    let filter = within(tenant, doc! { "_id": id(tenant) });
    // The filter sets the company.
    let new = doc! { "shown": 0_i64, "building": 0_i64, "turn": 1_i64, "cells": i64::from(GENERATION) };
    let change = doc! { "$set": { "checked": bson::serialize_to_bson(&record)? }, "$setOnInsert": new };
    states(store)
        .raw()
        .update_one(filter, change)
        .upsert(true)
        .await?;
    Ok(())
}

/// The companies whose roll-ups lack cells that sessions count for now. Reads the states of all companies, each of which
/// is small.
pub async fn outdated(store: &Store, _: Installation) -> Result<Vec<CompanyId>> {
    #[derive(Deserialize)]
    struct Company {
        #[serde(rename = "_id")]
        id: bson::Uuid,
    }
    let any = value::uuid(uuid::Uuid::nil());
    let filter = doc! { "_id": { "$gte": any }, "cells": { "$not": { "$gte": i64::from(GENERATION) } } };
    let found = states(store)
        .raw()
        .clone_with_type::<Company>()
        .find(filter)
        .projection(doc! { "_id": 1 })
        .hint(Hint::Name("_id_".to_owned()))
        .await?;
    let found: Vec<Company> = found.try_collect().await?;
    let ids = found.into_iter().map(|company| value::from_uuid(company.id));
    Ok(ids.map(CompanyId::from_uuid).collect())
}
