//! A file a user gave us: from the bytes to rows that can be taken back.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    attribute::{AttributeKey, AttributeType},
    id::{JobId, UploadId, UserId},
    money::Currency,
};

/// The largest file we take: 2 GiB.
pub const MAX_BYTES: u64 = 2 * 1024 * 1024 * 1024;
/// The most columns a file may have.
pub const MAX_COLUMNS: usize = 500;
/// The longest single field, in bytes.
pub const MAX_FIELD_BYTES: usize = 64 * 1024;
/// How many wrong values a report lists; the rest stand in the file of rejected rows.
pub const REPORTED_ERRORS: usize = 1_000;
/// How many days an import can be undone.
pub const UNDO_DAYS: i64 = 30;

/// What a file is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UploadKind {
    /// One row per customer.
    CustomerData,
}

impl UploadKind {
    /// The name in addresses: `customer-data`.
    #[must_use]
    pub const fn slug(self) -> &'static str {
        match self {
            Self::CustomerData => "customer-data",
        }
    }
}

/// Where a column goes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Target {
    /// The key of the row.
    ExternalId,
    /// The customer's name.
    Name,
    /// The customer's e-mail address.
    Email,
    /// The customer's domain.
    Domain,
    /// The customer's id in the billing system.
    BillingId,
    /// The customer's id in the help desk.
    TicketingId,
    /// The name of the plan: the metric `plan`.
    Plan,
    /// The amount paid per month: the metric `mrr`.
    Amount,
    /// The product tier.
    Tier,
    /// An attribute of the company's own.
    Attribute(AttributeKey),
    /// Nowhere: not read, not kept.
    Ignore,
}

/// The text is no target of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected external_id, name, email, domain, billing_id, ticketing_id, plan, amount, tier, ignore or attributes.<name>"
)]
pub struct ParseTargetError;

impl Target {
    /// The targets that are no attribute, in the order the mapping page lists them.
    pub const FIELDS: [Self; 10] = [
        Self::ExternalId,
        Self::Name,
        Self::Email,
        Self::Domain,
        Self::BillingId,
        Self::TicketingId,
        Self::Plan,
        Self::Amount,
        Self::Tier,
        Self::Ignore,
    ];

    /// The type its column has to have, where the target fixes it.
    #[must_use]
    pub const fn fixed_type(&self) -> Option<AttributeType> {
        match self {
            Self::Amount => Some(AttributeType::Money),
            Self::Attribute(_) | Self::Ignore => None,
            _ => Some(AttributeType::Text),
        }
    }
}

impl TryFrom<String> for Target {
    type Error = ParseTargetError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Ok(match text.as_str() {
            "external_id" => Self::ExternalId,
            "name" => Self::Name,
            "email" => Self::Email,
            "domain" => Self::Domain,
            "billing_id" => Self::BillingId,
            "ticketing_id" => Self::TicketingId,
            "plan" => Self::Plan,
            "amount" => Self::Amount,
            "tier" => Self::Tier,
            "ignore" => Self::Ignore,
            other => {
                let key = other.strip_prefix("attributes.").ok_or(ParseTargetError)?;
                // The reason of the inner error is contained in the outer one.
                Self::Attribute(key.parse().or(Err(ParseTargetError))?)
            }
        })
    }
}

impl From<Target> for String {
    fn from(target: Target) -> Self {
        match target {
            Target::ExternalId => "external_id".to_owned(),
            Target::Name => "name".to_owned(),
            Target::Email => "email".to_owned(),
            Target::Domain => "domain".to_owned(),
            Target::BillingId => "billing_id".to_owned(),
            Target::TicketingId => "ticketing_id".to_owned(),
            Target::Plan => "plan".to_owned(),
            Target::Amount => "amount".to_owned(),
            Target::Tier => "tier".to_owned(),
            Target::Ignore => "ignore".to_owned(),
            Target::Attribute(key) => format!("attributes.{key}"),
        }
    }
}

/// How one column is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ColumnMapping {
    /// Where it goes.
    pub to: Target,
    /// What it holds; may be left out where the target fixes it or the column is ignored.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<AttributeType>,
    /// How it is written, where that has to be said: `dd/mm/yyyy` for a date, `1.234,56` for a number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// The currency of an amount.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
}

/// What an import does with rows that exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportMode {
    /// Refuses rows whose key exists.
    Append,
    /// Changes only the mapped columns of rows that exist.
    Upsert,
    /// As `upsert` with all columns, and rows whose key is absent from the file are taken out.
    Replace,
}

/// What a row number stands for, in a file without a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowNumberAs {
    /// The key of the row: its number among the data rows, from 1.
    ExternalId,
}

/// How a file is read. Confirmed by a person before anything is imported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// What an import does with rows that exist.
    pub mode: ImportMode,
    /// By header. A header that is not listed is ignored.
    pub columns: BTreeMap<String, ColumnMapping>,
    /// What the row number stands for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row_number_as: Option<RowNumberAs>,
}

/// The bytes as they came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UploadedFile {
    /// As the sender called it, without a path.
    pub name: String,
    /// How many bytes.
    pub bytes: u64,
    /// Their SHA-256, in hex.
    pub sha256: String,
}

/// What one column holds, as far as its first rows tell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnProfile {
    /// The header.
    pub header: String,
    /// The narrowest type that reads every value seen.
    #[serde(rename = "type")]
    pub kind: AttributeType,
    /// How a date or number is written, where the usual way does not read it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// How many of the rows seen have no value.
    pub empty: u64,
    /// How many different values were seen; counting stops at 1,000.
    pub distinct: u64,
    /// Whether no value came twice.
    pub unique: bool,
    /// The first different values.
    pub samples: Vec<String>,
    /// What rules may not use it for, where its name gives that away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sensitive: Option<String>,
}

/// What a file is like.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// `utf-8`, `utf-16le`, `windows-1252` …
    pub encoding: String,
    /// The character between two fields.
    pub delimiter: char,
    /// Data rows seen.
    pub rows: u64,
    /// Whether that was the whole file.
    pub complete: bool,
    /// In the order of the file.
    pub columns: Vec<ColumnProfile>,
}

/// A value that can't be taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowError {
    /// The line of the file it stands in, from 1 (the header).
    pub line: u64,
    /// The header of its column; `None` where the whole row is wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// What stood there, shortened.
    pub value: String,
    /// A slug: `not-a-number`, `duplicate-key`.
    pub code: String,
    /// Why it can't be taken, and what could.
    pub reason: String,
}

/// What checking a file found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Data rows.
    pub rows: u64,
    /// Rows that can be imported.
    pub accepted: u64,
    /// Rows that can't.
    pub rejected: u64,
    /// Those among them that could be read, but whose key came before or exists.
    #[serde(default)]
    pub refused: u64,
    /// The first [`REPORTED_ERRORS`] of what is wrong.
    pub errors: Vec<RowError>,
    /// What is not wrong but worth knowing.
    pub warnings: Vec<String>,
}

/// What an import did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportSummary {
    /// Rows that were not there before.
    pub added: u64,
    /// Rows that changed.
    pub changed: u64,
    /// Rows that were the same and not written.
    pub unchanged: u64,
    /// Rows left out because they were wrong.
    pub skipped: u64,
    /// Rows taken out because the file no longer has them (`replace`).
    pub removed: u64,
}

/// What to do with rejected rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rejected {
    /// Import nothing.
    #[default]
    Stop,
    /// Import the others.
    Skip,
}

/// Why a file can't be read at all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unreadable {
    /// A slug: `no-header`, `duplicate-header`, `field-too-long`.
    pub code: String,
    /// The line, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// What is wrong and what to do.
    pub message: String,
}

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

/// A file a user gave us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// Its identity.
    pub id: UploadId,
    /// What it is about.
    pub kind: UploadKind,
    /// The bytes.
    pub file: UploadedFile,
    /// Where it stands.
    pub state: UploadState,
    /// What the file is like.
    pub profile: Option<Profile>,
    /// What we would suggest.
    pub suggestion: Option<Mapping>,
    /// What a person confirmed.
    pub mapping: Option<Mapping>,
    /// Who gave it; `None` for a program.
    pub by: Option<UserId>,
    /// When it came.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Grows by one with every change.
    pub version: u64,
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

    #[test]
    fn targets_read_as_they_are_written() {
        for target in Target::FIELDS {
            assert_eq!(Target::try_from(String::from(target.clone())), Ok(target));
        }
        assert_eq!(
            Target::try_from("attributes.tenure".to_owned()),
            Ok(Target::Attribute("tenure".parse().unwrap()))
        );
        assert_eq!(
            Target::try_from("attributes.$where".to_owned()),
            Err(ParseTargetError)
        );
    }
}
