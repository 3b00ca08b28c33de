//! Jobs as the store keeps them.

use bson::{Bson, DateTime};
use kale_domain::{
    id::{CompanyId, JobId, UserId},
    job::{JobState, JobStatus, Progress},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Fence;
use crate::{
    error::{Result, StoreError},
    tenant::{Installation, Reach, Tenant},
    value,
};

/// A job without its payload: what people see of it.
#[derive(Debug, Deserialize)]
pub(crate) struct Shown {
    #[serde(rename = "_id")]
    id: bson::Uuid,
    company_id: Option<bson::Uuid>,
    kind: String,
    subject: Option<String>,
    started_by: Option<bson::Uuid>,
    state: JobState,
    progress: Option<ProgressRecord>,
    attempts: i64,
    max_attempts: i64,
    last_error: Option<String>,
    created_at: DateTime,
    run_at: DateTime,
    finished_at: Option<DateTime>,
}

impl TryFrom<Shown> for JobStatus {
    type Error = StoreError;

    fn try_from(record: Shown) -> Result<Self> {
        Ok(Self {
            id: JobId::from_uuid(value::from_uuid(record.id)),
            company: record
                .company_id
                .map(|id| CompanyId::from_uuid(value::from_uuid(id))),
            kind: record.kind,
            subject: record.subject,
            started_by: record
                .started_by
                .map(|id| UserId::from_uuid(value::from_uuid(id))),
            state: record.state,
            progress: record
                .progress
                .map(Progress::try_from)
                .transpose()?
                .unwrap_or_default(),
            attempts: count(record.attempts)?,
            max_attempts: count(record.max_attempts)?,
            last_error: record.last_error,
            created_at: value::timestamp(record.created_at),
            run_at: value::timestamp(record.run_at),
            finished_at: record.finished_at.map(value::timestamp),
        })
    }
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct ProgressRecord {
    done: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    total: Option<i64>,
    note: String,
}

impl From<&Progress> for ProgressRecord {
    fn from(progress: &Progress) -> Self {
        Self {
            done: value::signed(progress.done),
            total: progress.total.map(value::signed),
            note: super::shown(&progress.note),
        }
    }
}

impl TryFrom<ProgressRecord> for Progress {
    type Error = StoreError;

    fn try_from(record: ProgressRecord) -> Result<Self> {
        Ok(Self {
            done: value::unsigned(record.done, "job progress")?,
            total: record
                .total
                .map(|total| value::unsigned(total, "job progress"))
                .transpose()?,
            note: record.note,
        })
    }
}

/// A job at its claim.
#[derive(Debug, Deserialize)]
pub(super) struct Claimed {
    #[serde(rename = "_id")]
    id: bson::Uuid,
    company_id: Option<bson::Uuid>,
    kind: String,
    payload: Bson,
    subject: Option<String>,
    started_by: Option<bson::Uuid>,
    attempts: i64,
    max_attempts: i64,
    fence: i64,
    #[serde(default)]
    cancel_requested: bool,
}

impl TryFrom<Claimed> for ClaimedJob {
    type Error = StoreError;

    fn try_from(record: Claimed) -> Result<Self> {
        let payload = bson::deserialize_from_bson(record.payload)
            .map_err(|error| StoreError::corrupt("job payload", error))?;
        Ok(Self {
            fence: Fence {
                job: JobId::from_uuid(value::from_uuid(record.id)),
                token: record.fence,
            },
            company: record
                .company_id
                .map(|id| CompanyId::from_uuid(value::from_uuid(id))),
            kind: record.kind,
            payload,
            subject: record.subject,
            started_by: record
                .started_by
                .map(|id| UserId::from_uuid(value::from_uuid(id))),
            attempts: count(record.attempts)?,
            max_attempts: count(record.max_attempts)?,
            cancel_requested: record.cancel_requested,
        })
    }
}

fn count(stored: i64) -> Result<u32> {
    u32::try_from(stored).map_err(|error| StoreError::corrupt("job attempts", error))
}

/// A job that a worker holds. It is the credential for what its company owns.
#[derive(Clone)]
pub struct ClaimedJob {
    fence: Fence,
    company: Option<CompanyId>,
    kind: String,
    payload: Value,
    subject: Option<String>,
    started_by: Option<UserId>,
    attempts: u32,
    max_attempts: u32,
    cancel_requested: bool,
}

impl std::fmt::Debug for ClaimedJob {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ClaimedJob")
            .field("fence", &self.fence)
            .field("company", &self.company)
            .field("kind", &self.kind)
            .field("attempts", &self.attempts)
            .finish_non_exhaustive()
    }
}

impl ClaimedJob {
    /// Its identity; the same on every try, so it serves as the key of calls to others that must not happen twice.
    #[must_use]
    pub const fn id(&self) -> JobId {
        self.fence.job
    }

    /// The proof of this lease.
    #[must_use]
    pub const fn fence(&self) -> Fence {
        self.fence
    }

    /// Whose it is; `None` for the installation's own.
    #[must_use]
    pub const fn company(&self) -> Option<CompanyId> {
        self.company
    }

    /// The way to what its company owns.
    #[must_use]
    pub fn tenant(&self) -> Option<Tenant> {
        self.company.map(Tenant::new)
    }

    /// The way to all customers of its company.
    #[must_use]
    pub fn reach(&self) -> Option<Reach> {
        self.tenant().map(Reach::all)
    }

    /// The way to what belongs to no company, for a job that belongs to none.
    #[must_use]
    pub const fn installation(&self) -> Option<Installation> {
        match self.company {
            None => Some(Installation::new()),
            Some(_) => None,
        }
    }

    /// What it does.
    #[must_use]
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// What it was given.
    #[must_use]
    pub const fn payload(&self) -> &Value {
        &self.payload
    }

    /// What it is about.
    #[must_use]
    pub fn subject(&self) -> Option<&str> {
        self.subject.as_deref()
    }

    /// Who asked for it.
    #[must_use]
    pub const fn started_by(&self) -> Option<UserId> {
        self.started_by
    }

    /// The how-many-th try this is, from 1.
    #[must_use]
    pub const fn attempts(&self) -> u32 {
        self.attempts
    }

    /// How many tries it has.
    #[must_use]
    pub const fn max_attempts(&self) -> u32 {
        self.max_attempts
    }

    /// Whether somebody asked to stop it before this claim.
    #[must_use]
    pub const fn cancel_requested(&self) -> bool {
        self.cancel_requested
    }
}
