//! Where an upload stands, and how it moves on.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{ImportSummary, Rejected, Report, UNDO_DAYS, Unreadable};
use crate::id::JobId;

/// Where an upload stands; each state carries what only it has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum UploadState {
    /// The bytes are here.
    Received,
    /// A job looks at them.
    Profiling {
        /// Which.
        job: JobId,
    },
    /// We know what it is like and wait for a person.
    AwaitingMapping,
    /// A job checks every row.
    Validating {
        /// Which.
        job: JobId,
    },
    /// Every row is checked.
    Validated {
        /// What was found.
        report: Report,
    },
    /// A job writes the rows; nobody sees them yet.
    Importing {
        /// Which.
        job: JobId,
        /// What was found before.
        report: Report,
        /// The batch being written.
        batch: u64,
    },
    /// The rows are live.
    Imported {
        /// What was found before.
        report: Report,
        /// What was written.
        summary: ImportSummary,
        /// The batch that is live since.
        batch: u64,
        /// When.
        at: Timestamp,
    },
    /// The rows are as they were before.
    Undone {
        /// What had been written.
        summary: ImportSummary,
        /// When it was taken back.
        at: Timestamp,
    },
    /// It can't be read, or a job gave up.
    Failed {
        /// Why.
        why: Unreadable,
    },
    /// A person stopped it.
    Cancelled {
        /// When.
        at: Timestamp,
    },
}

impl UploadState {
    /// The name on the wire.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Profiling { .. } => "profiling",
            Self::AwaitingMapping => "awaiting_mapping",
            Self::Validating { .. } => "validating",
            Self::Validated { .. } => "validated",
            Self::Importing { .. } => "importing",
            Self::Imported { .. } => "imported",
            Self::Undone { .. } => "undone",
            Self::Failed { .. } => "failed",
            Self::Cancelled { .. } => "cancelled",
        }
    }

    /// The job that works on it just now.
    #[must_use]
    pub const fn job(&self) -> Option<JobId> {
        match self {
            Self::Profiling { job } | Self::Validating { job } | Self::Importing { job, .. } => Some(*job),
            _ => None,
        }
    }

    /// What checking found, once it was checked.
    #[must_use]
    pub const fn report(&self) -> Option<&Report> {
        match self {
            Self::Validated { report } | Self::Importing { report, .. } | Self::Imported { report, .. } => {
                Some(report)
            }
            _ => None,
        }
    }
}

/// The step is not possible from where the upload stands.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TransitionError {
    /// It stands elsewhere.
    #[error("the upload is {is}; this needs it to be {needs}")]
    NotNow {
        /// Where it stands.
        is: &'static str,
        /// Where it would have to stand.
        needs: &'static str,
    },
    /// Rows are wrong and nobody said to leave them out.
    #[error(
        "{0} rows can't be imported; mend the file, or import with `\"rejected\": \"skip\"` to leave them out"
    )]
    HasRejected(u64),
    /// No row is left.
    #[error("no row can be imported")]
    NothingToImport,
    /// The time to take it back is over.
    #[error("an import can be undone for {UNDO_DAYS} days")]
    TooLate,
}

impl UploadState {
    const fn not_now(&self, needs: &'static str) -> TransitionError {
        TransitionError::NotNow {
            is: self.name(),
            needs,
        }
    }

    /// A job begins to look at the bytes.
    pub fn profile(self, job: JobId) -> Result<Self, TransitionError> {
        match self {
            Self::Received => Ok(Self::Profiling { job }),
            other => Err(other.not_now("received")),
        }
    }

    /// The profile is there.
    pub fn profiled(self) -> Result<Self, TransitionError> {
        match self {
            Self::Profiling { .. } => Ok(Self::AwaitingMapping),
            other => Err(other.not_now("profiling")),
        }
    }

    /// A person confirmed a mapping: what was checked with another one counts no more.
    pub fn map(self) -> Result<Self, TransitionError> {
        match self {
            Self::AwaitingMapping | Self::Validated { .. } => Ok(Self::AwaitingMapping),
            other => Err(other.not_now("awaiting_mapping or validated")),
        }
    }

    /// A job begins to check the rows.
    pub fn validate(self, job: JobId) -> Result<Self, TransitionError> {
        match self {
            Self::AwaitingMapping | Self::Validated { .. } => Ok(Self::Validating { job }),
            other => Err(other.not_now("awaiting_mapping or validated")),
        }
    }

    /// Every row is checked.
    pub fn validated(self, report: Report) -> Result<Self, TransitionError> {
        match self {
            Self::Validating { .. } => Ok(Self::Validated { report }),
            other => Err(other.not_now("validating")),
        }
    }

    /// A job begins to write the rows.
    pub fn import(self, job: JobId, batch: u64, rejected: Rejected) -> Result<Self, TransitionError> {
        match self {
            Self::Validated { report } if report.accepted == 0 => Err(TransitionError::NothingToImport),
            Self::Validated { report } if report.rejected > 0 && rejected == Rejected::Stop => {
                Err(TransitionError::HasRejected(report.rejected))
            }
            Self::Validated { report } => Ok(Self::Importing { job, report, batch }),
            other => Err(other.not_now("validated")),
        }
    }

    /// The rows are live.
    pub fn imported(self, summary: ImportSummary, at: Timestamp) -> Result<Self, TransitionError> {
        match self {
            Self::Importing { report, batch, .. } => Ok(Self::Imported {
                report,
                summary,
                batch,
                at,
            }),
            other => Err(other.not_now("importing")),
        }
    }

    /// The rows are as they were before.
    pub fn undone(self, at: Timestamp) -> Result<Self, TransitionError> {
        match self {
            Self::Imported { at: imported, .. }
                if at.duration_since(imported) > jiff::SignedDuration::from_hours(24 * UNDO_DAYS) =>
            {
                Err(TransitionError::TooLate)
            }
            Self::Imported { summary, .. } => Ok(Self::Undone { summary, at }),
            other => Err(other.not_now("imported")),
        }
    }

    /// A person stops it; what is live has to be undone instead.
    pub fn cancelled(self, at: Timestamp) -> Result<Self, TransitionError> {
        match self {
            Self::Imported { .. } | Self::Undone { .. } | Self::Failed { .. } | Self::Cancelled { .. } => {
                Err(self.not_now("not finished"))
            }
            _ => Ok(Self::Cancelled { at }),
        }
    }

    /// It can't be read, or a job gave up.
    #[must_use]
    pub fn failed(self, why: Unreadable) -> Self {
        match self {
            Self::Imported { .. } | Self::Undone { .. } | Self::Cancelled { .. } => self,
            _ => Self::Failed { why },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn job() -> JobId {
        JobId::from_uuid(Uuid::from_u128(1))
    }

    fn report(accepted: u64, rejected: u64) -> Report {
        Report {
            rows: accepted + rejected,
            accepted,
            rejected,
            ..Report::default()
        }
    }

    #[test]
    fn a_file_goes_from_bytes_to_rows_and_back() {
        let at = Timestamp::UNIX_EPOCH;
        let state = UploadState::Received
            .profile(job())
            .and_then(UploadState::profiled)
            .and_then(UploadState::map)
            .and_then(|s| s.validate(job()))
            .and_then(|s| s.validated(report(9, 1)))
            .and_then(|s| s.import(job(), 3, Rejected::Skip))
            .and_then(|s| s.imported(ImportSummary::default(), at))
            .and_then(|s| s.undone(at));

        assert_eq!(
            state,
            Ok(UploadState::Undone {
                summary: ImportSummary::default(),
                at
            })
        );
    }

    #[test]
    fn wrong_rows_stop_an_import_unless_told_to_skip() {
        let state = UploadState::Validated { report: report(9, 1) };

        assert_eq!(
            state.clone().import(job(), 1, Rejected::Stop),
            Err(TransitionError::HasRejected(1))
        );
        assert!(state.import(job(), 1, Rejected::Skip).is_ok());
    }

    #[test]
    fn nothing_is_imported_before_it_was_checked() {
        assert_eq!(
            UploadState::AwaitingMapping.import(job(), 1, Rejected::Skip),
            Err(TransitionError::NotNow {
                is: "awaiting_mapping",
                needs: "validated"
            })
        );
    }

    #[test]
    fn an_import_can_be_undone_for_thirty_days() {
        let imported = UploadState::Imported {
            report: report(1, 0),
            summary: ImportSummary::default(),
            batch: 1,
            at: Timestamp::UNIX_EPOCH,
        };
        let late = Timestamp::from_second(31 * 86_400).unwrap();

        assert_eq!(imported.undone(late), Err(TransitionError::TooLate));
    }
}
