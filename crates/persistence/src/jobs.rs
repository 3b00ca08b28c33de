//! Durable background work: a queue of leased jobs in the store.
//!
//! Invariants:
//! - A job runs at least once. Whoever runs it holds a lease with a fencing token that grows by one per claim; every
//!   write of the holder names the token, so that a worker that slept past its lease changes nothing.
//! - Leases and due times are compared in the store's time, so that the clocks of the workers don't matter.
//! - A worker claims from one company at a time: a company with ten thousand jobs can't hold up the others.

mod enqueue;
mod lease;
mod people;
mod record;
mod sweep;

#[cfg(test)]
pub(crate) mod tests;

use std::{collections::BTreeMap, time::Duration};

use bson::{Bson, Document, doc};
use jiff::Timestamp;
use kale_domain::{
    id::{CompanyId, JobId, UserId},
    job::JobState,
};
use mongodb::{Collection, Database};
use serde::Serialize;
use serde_json::Value;
use tokio::sync::watch;

pub(crate) use self::record::Shown;
pub use self::{people::JobsOf, record::ClaimedJob, sweep::Swept};
use crate::{
    error::{Result, StoreError},
    tx::Sources,
    value,
};

/// The name of the collection.
pub(crate) const COLLECTION: &str = "jobs";
/// How much of an error is kept for people, in characters.
const ERROR_LENGTH: usize = 500;
/// How long ended jobs stay, in days.
const KEPT: [(JobState, i32); 3] = [
    (JobState::Succeeded, 7),
    (JobState::Cancelled, 30),
    (JobState::Dead, 90),
];
/// How long housekeeping stays that ended well, in days.
const QUIET_KEPT: i32 = 1;

/// Work to be done in the background.
#[derive(Debug, Clone)]
pub struct NewJob {
    /// What it does; names the handler.
    pub kind: &'static str,
    /// Whose it is; `None` for the installation's own.
    pub company: Option<CompanyId>,
    /// What the handler gets. Ids only: it is neither encrypted nor erased with what it speaks of.
    pub payload: Value,
    /// What it is about, by id, for people.
    pub subject: Option<String>,
    /// Who asked for it.
    pub started_by: Option<UserId>,
    /// Which workers take it.
    pub pool: &'static str,
    /// Higher runs first, among the jobs of one company and pool only.
    pub priority: i32,
    /// Not before; `None` is at once.
    pub run_at: Option<Timestamp>,
    /// How often it may be tried.
    pub max_attempts: u32,
    /// Which other job it would repeat.
    pub dedupe: Option<Dedupe>,
    /// Whether nobody waits for it: where it ends well it stands in no list by itself.
    pub housekeeping: bool,
}

impl NewJob {
    /// A job of the installation, in the pool `default`, due at once, tried five times at most.
    ///
    /// Fails with [`StoreError::Corrupt`] where the payload can't be written as JSON.
    pub fn new(kind: &'static str, payload: &impl Serialize) -> Result<Self> {
        let payload =
            serde_json::to_value(payload).map_err(|error| StoreError::corrupt("job payload", error))?;
        Ok(Self {
            kind,
            company: None,
            payload,
            subject: None,
            started_by: None,
            pool: "default",
            priority: 0,
            run_at: None,
            max_attempts: 5,
            dedupe: None,
            housekeeping: false,
        })
    }

    /// Makes it a job of that company.
    #[must_use]
    pub const fn of(mut self, company: CompanyId) -> Self {
        self.company = Some(company);
        self
    }

    /// Says what it is about, by id.
    #[must_use]
    pub fn about(mut self, subject: impl Into<String>) -> Self {
        self.subject = Some(subject.into());
        self
    }

    /// Says who asked for it.
    #[must_use]
    pub const fn started_by(mut self, user: UserId) -> Self {
        self.started_by = Some(user);
        self
    }

    /// Not before that instant, in the store's time.
    #[must_use]
    pub const fn at(mut self, run_at: Timestamp) -> Self {
        self.run_at = Some(run_at);
        self
    }

    /// Only if no job of this kind, company and key waits or runs.
    #[must_use]
    pub fn unless_active(mut self, key: impl Into<String>) -> Self {
        self.dedupe = Some(Dedupe {
            key: key.into(),
            policy: DedupePolicy::WhileActive,
        });
        self
    }

    /// Only if no job of this kind, company and key waits; one that runs already doesn't count.
    #[must_use]
    pub fn unless_queued(mut self, key: impl Into<String>) -> Self {
        self.dedupe = Some(Dedupe {
            key: key.into(),
            policy: DedupePolicy::WhileQueued,
        });
        self
    }
}

/// Which other job a job would repeat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dedupe {
    /// Names the work among the jobs of one kind and company.
    pub key: String,
    /// For how long the key is taken.
    pub policy: DedupePolicy,
}

/// For how long a job keeps others of its key away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DedupePolicy {
    /// Until it ends: for work that must not run twice at a time.
    WhileActive,
    /// Until a worker takes it: for work that reads what is there when it starts, so that a change that comes while
    /// it runs is not lost.
    WhileQueued,
}

/// What came of asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Enqueued {
    /// A job was made.
    New(JobId),
    /// This one does it already.
    Existing(JobId),
}

impl Enqueued {
    /// The job that will do the work.
    #[must_use]
    pub const fn id(self) -> JobId {
        match self {
            Self::New(id) | Self::Existing(id) => id,
        }
    }
}

/// Proof of a lease: which job, and the how-many-th claim of it.
///
/// A writer that takes one calls [`JobStore::hold`] in its transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fence {
    /// The job.
    pub job: JobId,
    /// Grows by one per claim and never goes back.
    pub token: i64,
}

/// How a lease ends. Errors are shown to people: they are cut to 500 characters, and must hold no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Done.
    Succeeded,
    /// Once more, later. A cancel that was asked for in between wins.
    Retry {
        /// How much later.
        after: Duration,
        /// What went wrong.
        error: String,
    },
    /// Given up, until somebody retries it by hand.
    Dead {
        /// What went wrong.
        error: String,
    },
    /// Stopped, because somebody asked for it.
    Cancelled,
    /// Given back as it was: the attempt does not count. A cancel that was asked for in between wins.
    Release {
        /// Not before that time has passed; `None` is at once.
        after: Option<Duration>,
    },
}

/// Which jobs to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct JobFilter {
    /// In this state only.
    pub state: Option<JobState>,
    /// Of this kind only.
    pub kind: Option<String>,
    /// About this only.
    pub subject: Option<String>,
    /// With housekeeping that ended well. A filter that names a kind or a subject has it in any case.
    pub housekeeping: bool,
}

/// The queue. Cheap to clone.
#[derive(Debug, Clone)]
pub struct JobStore {
    jobs: Collection<Document>,
    companies: Collection<Document>,
    sources: Sources,
    nudges: watch::Sender<u64>,
}

impl JobStore {
    /// The queue of this database.
    #[must_use]
    pub fn new(database: &Database, sources: Sources) -> Self {
        Self {
            jobs: database.collection(COLLECTION),
            companies: database.collection("companies"),
            sources,
            nudges: watch::Sender::new(0),
        }
    }

    /// Wakes the workers of this process, which would look by themselves a little later.
    pub fn nudge(&self) {
        self.nudges.send_modify(|count| *count = count.wrapping_add(1));
    }

    /// Changes whenever a worker of this process should look for work.
    #[must_use]
    pub fn nudges(&self) -> watch::Receiver<u64> {
        self.nudges.subscribe()
    }

    /// The companies that have jobs waiting in this pool; `None` is the installation. What waits of a company that is
    /// suspended or deleted goes on waiting.
    ///
    /// A seek in the index per company, not per job.
    pub async fn waiting(&self, pool: &str) -> Result<Vec<Option<CompanyId>>> {
        let filter = doc! { "state": JobState::Queued.name(), "pool": pool };
        let mut waiting = self.jobs.distinct("company_id", filter).await?;
        if !waiting.is_empty() {
            let stopped = doc! { "_id": { "$in": waiting.clone() }, "status": { "$ne": "active" } };
            let stopped = self.companies.distinct("_id", stopped).await?;
            waiting.retain(|company| !stopped.contains(company));
        }
        waiting.iter().map(company).collect()
    }

    /// How many jobs of this pool each company has in work, in all processes.
    pub async fn running(&self, pool: &str) -> Result<BTreeMap<Option<CompanyId>, u64>> {
        use futures::TryStreamExt as _;
        let stages = [
            doc! { "$match": { "state": JobState::Leased.name(), "pool": pool } },
            doc! { "$group": { "_id": "$company_id", "count": { "$sum": 1_i64 } } },
        ];
        let rows: Vec<Document> = self.jobs.aggregate(stages).await?.try_collect().await?;
        rows.iter()
            .map(|row| {
                let count = row
                    .get_i64("count")
                    .map_err(|error| StoreError::corrupt("job count", error))?;
                Ok((
                    company(row.get("_id").unwrap_or(&Bson::Null))?,
                    value::unsigned(count, "job count")?,
                ))
            })
            .collect()
    }
}

fn company(stored: &Bson) -> Result<Option<CompanyId>> {
    match stored {
        Bson::Null => Ok(None),
        Bson::Binary(binary) => {
            let id = binary
                .to_uuid()
                .map_err(|error| StoreError::corrupt("company of a job", error))?;
            Ok(Some(CompanyId::from_uuid(value::from_uuid(id))))
        }
        _ => Err(StoreError::corrupt("company of a job", "not an id")),
    }
}

/// The company as the store keeps it.
fn stored_company(company: Option<CompanyId>) -> Bson {
    company.map_or(Bson::Null, |company| value::uuid(company.uuid()).into())
}

/// That much after the store's now.
fn from_now(after: Duration) -> Document {
    doc! { "$add": ["$$NOW", millis(after)] }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX / 4)
}

/// When a job that ends now in that state goes away.
fn expiry(state: JobState) -> Document {
    let days = KEPT
        .iter()
        .find(|(kept, _)| *kept == state)
        .map_or(90, |(_, days)| *days);
    let amount = match state {
        JobState::Succeeded => doc! { "$cond": ["$housekeeping", QUIET_KEPT, days] }.into(),
        _ => Bson::Int32(days),
    };
    doc! { "$dateAdd": { "startDate": "$$NOW", "unit": "day", "amount": amount } }
}

/// One more change that people may want to see: the live stream carries changes of this field only.
fn next_version() -> Document {
    doc! { "$add": ["$version", 1_i64] }
}

/// An error on one line, cut to what is kept.
fn shown(error: &str) -> String {
    let line = error
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty());
    let line = line.collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(ERROR_LENGTH) {
        None => line,
        Some(_) => line.chars().take(ERROR_LENGTH - 1).chain(['…']).collect(),
    }
}
