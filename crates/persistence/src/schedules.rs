//! When recurring work is due. One document per schedule; each due slot is taken by one process.

use bson::{DateTime, Document, doc};
use futures::TryStreamExt as _;
use jiff::Timestamp;
use mongodb::{Collection, options::ReturnDocument};
use serde::Deserialize;

use crate::{
    error::{Result, StoreError},
    jobs::NewJob,
    store::Store,
    tenant::Installation,
    value,
};

/// The name of the collection.
const COLLECTION: &str = "schedules";

/// A schedule as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScheduleState {
    /// Its name.
    pub key: String,
    /// When, as a cron expression.
    pub expression: String,
    /// In which time zone, by IANA name.
    pub time_zone: String,
    /// The slot that was last taken.
    pub last_slot: Option<Timestamp>,
    /// The first slot that nobody has taken.
    pub next_run: Timestamp,
    /// Whether it runs at all.
    pub enabled: bool,
}

#[derive(Debug, Deserialize)]
struct Record {
    #[serde(rename = "_id")]
    key: String,
    expression: String,
    time_zone: String,
    last_slot: Option<DateTime>,
    next_run: DateTime,
    enabled: bool,
}

impl From<Record> for ScheduleState {
    fn from(record: Record) -> Self {
        Self {
            key: record.key,
            expression: record.expression,
            time_zone: record.time_zone,
            last_slot: record.last_slot.map(value::timestamp),
            next_run: value::timestamp(record.next_run),
            enabled: record.enabled,
        }
    }
}

/// The schedules of an installation.
#[derive(Debug, Clone)]
pub struct Schedules {
    records: Collection<Record>,
    store: Store,
}

impl Store {
    /// Recurring work.
    #[must_use]
    pub fn schedules(&self) -> Schedules {
        Schedules {
            records: self.database().collection(COLLECTION),
            store: self.clone(),
        }
    }
}

impl Schedules {
    /// The store's time, by which schedules run so that the clocks of the workers don't matter.
    pub async fn now(&self) -> Result<Timestamp> {
        let hello = self.store.database().run_command(doc! { "hello": 1 }).await?;
        let now = hello
            .get_datetime("localTime")
            .map_err(|error| StoreError::corrupt("server time", error))?;
        Ok(value::timestamp(*now))
    }

    /// Makes sure that the schedule stands as given. One that is there with the same times goes on where it was;
    /// one with other times begins again with `next_run`. Whether it is enabled stays as it is.
    pub async fn keep(
        &self,
        key: &str,
        expression: &str,
        time_zone: &str,
        next_run: Timestamp,
    ) -> Result<ScheduleState> {
        let same = doc! { "$and": [
            { "$eq": ["$expression", { "$literal": expression }] },
            { "$eq": ["$time_zone", { "$literal": time_zone }] },
        ] };
        let update = vec![doc! { "$set": {
            "next_run": { "$cond": [same, "$next_run", value::date(next_run)] },
            "expression": { "$literal": expression },
            "time_zone": { "$literal": time_zone },
            "enabled": { "$ifNull": ["$enabled", true] },
        } }];
        let mut again = true;
        loop {
            let kept = self
                .records
                .find_one_and_update(doc! { "_id": key }, update.clone())
                .upsert(true)
                .return_document(ReturnDocument::After)
                .await
                .map_err(StoreError::from);
            match kept {
                // Another process made it at the same moment.
                Err(StoreError::Duplicate) if again => again = false,
                Err(error) => return Err(error),
                Ok(kept) => {
                    return kept
                        .map(ScheduleState::from)
                        .ok_or_else(|| StoreError::corrupt("schedule", "an upsert answered nothing"));
                }
            }
        }
    }

    /// What is due at `now`.
    pub async fn due(&self, now: Timestamp) -> Result<Vec<ScheduleState>> {
        self.find(doc! { "enabled": true, "next_run": { "$lte": value::date(now) } })
            .await
    }

    /// Takes the due slot of a schedule as it was read: enqueues `job` and moves on to `next_run`, both or neither.
    /// `false` where another process was first.
    pub async fn take(
        &self,
        read: &ScheduleState,
        slot: Timestamp,
        next_run: Timestamp,
        job: &NewJob,
    ) -> Result<bool> {
        let job = job.clone().unless_active(format!("cron:{}:{slot}", read.key));
        let (filter, update) = taking(read, slot, next_run);
        let records = &self.records;
        self.store
            .installation_transaction(Installation::new(), async |tx| {
                let moved = records
                    .update_one(filter.clone(), update.clone())
                    .session(tx.session())
                    .await;
                if tx.note(moved)?.matched_count == 0 {
                    return Ok(false);
                }
                tx.enqueue(job.clone()).await?;
                Ok(true)
            })
            .await
            .inspect(|taken| {
                if *taken {
                    self.store.jobs().nudge();
                }
            })
    }

    /// Moves a schedule as it was read past its due slot, at which there was nothing to do. Where another process was
    /// first it stays where that left it.
    pub async fn pass(&self, read: &ScheduleState, slot: Timestamp, next_run: Timestamp) -> Result<()> {
        let (filter, update) = taking(read, slot, next_run);
        self.records.update_one(filter, update).await?;
        Ok(())
    }

    /// Every schedule, by name.
    pub async fn list(&self, _: Installation) -> Result<Vec<ScheduleState>> {
        self.find(doc! {}).await
    }

    /// Lets a schedule run or not; `false` where there is none of that name. What it missed meanwhile runs once.
    pub async fn set_enabled(&self, _: Installation, key: &str, enabled: bool) -> Result<bool> {
        let set = doc! { "$set": { "enabled": enabled } };
        Ok(self
            .records
            .update_one(doc! { "_id": key }, set)
            .await?
            .matched_count
            == 1)
    }

    async fn find(&self, filter: Document) -> Result<Vec<ScheduleState>> {
        let found: Vec<Record> = self
            .records
            .find(filter)
            .sort(doc! { "_id": 1 })
            .await?
            .try_collect()
            .await?;
        Ok(found.into_iter().map(ScheduleState::from).collect())
    }
}

/// Compare and set: only from where it was read.
fn taking(read: &ScheduleState, slot: Timestamp, next_run: Timestamp) -> (Document, Document) {
    let filter = doc! {
        "_id": &read.key,
        "enabled": true,
        "next_run": value::date(read.next_run),
        "last_slot": read.last_slot.map(value::date),
    };
    (
        filter,
        doc! { "$set": { "last_slot": value::date(slot), "next_run": value::date(next_run) } },
    )
}

#[cfg(test)]
mod tests;
