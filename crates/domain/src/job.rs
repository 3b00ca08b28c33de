//! Durable background work, as people and programs see it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::id::{CompanyId, JobId, UserId};

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// Due later: a first run in the future or another try.
    Scheduled,
    /// Waits for a worker.
    Queued,
    /// A worker has it.
    Leased,
    /// Done.
    Succeeded,
    /// Given up; can be tried again by hand.
    Dead,
    /// Somebody stopped it.
    Cancelled,
}

impl JobState {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Scheduled,
        Self::Queued,
        Self::Leased,
        Self::Succeeded,
        Self::Dead,
        Self::Cancelled,
    ];

    /// Whether nothing will happen any more by itself.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Succeeded | Self::Dead | Self::Cancelled)
    }

    /// The name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Scheduled => "scheduled",
            Self::Queued => "queued",
            Self::Leased => "leased",
            Self::Succeeded => "succeeded",
            Self::Dead => "dead",
            Self::Cancelled => "cancelled",
        }
    }
}

/// How far a job is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Units done.
    pub done: u64,
    /// Units there are, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
    /// What is being done, for people.
    pub note: String,
}

/// A job as the API and the dashboard show it; its payload stays inside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobStatus {
    /// Its identity.
    pub id: JobId,
    /// Whose it is; `None` for the installation's own.
    pub company: Option<CompanyId>,
    /// What it does: `import_upload`.
    pub kind: String,
    /// What it is about, by id: `upl_…`.
    pub subject: Option<String>,
    /// Who started it.
    pub started_by: Option<UserId>,
    /// Where it stands.
    pub state: JobState,
    /// How far it is.
    pub progress: Progress,
    /// How often it was tried.
    pub attempts: u32,
    /// How often it may be tried.
    pub max_attempts: u32,
    /// What went wrong last, fit to be shown.
    pub last_error: Option<String>,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When it is due.
    pub run_at: Timestamp,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
}
