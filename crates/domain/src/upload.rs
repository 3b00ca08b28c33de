//! A file a user gave us: from the bytes to rows that can be taken back.

mod mapping;
mod report;
mod state;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use self::{
    mapping::{ColumnMapping, ImportMode, Mapping, ParseTargetError, RowNumberAs, Target},
    report::{ColumnProfile, ImportSummary, Profile, Rejected, Report, RowError, Unreadable, UploadedFile},
    state::{TransitionError, UploadState},
};
use crate::id::{UploadId, UserId};

/// The largest file we take: 2 GiB.
pub const MAX_BYTES: u64 = 2 * 1024 * 1024 * 1024;
/// The most columns a file may have.
pub const MAX_COLUMNS: usize = 500;
/// The most rows of a file: what is remembered of each (its key, whether it was refused) has to fit into memory.
pub const MAX_ROWS: u64 = 10_000_000;
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
