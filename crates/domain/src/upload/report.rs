//! What is known of a file: its bytes, its profile, what is wrong with its rows, what an import did.

use serde::{Deserialize, Serialize};

use crate::attribute::AttributeType;

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
    /// The narrowest type that reads every value seen, but for a rare word among numbers or dates (`n/a`, `free`).
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
    /// How many values had come before.
    #[serde(default)]
    pub repeated: u64,
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
    /// Rows that can be imported and whose customer exists already; the others are new customers.
    #[serde(default)]
    pub known: u64,
    /// Rows of earlier files that `replace` would take out.
    #[serde(default)]
    pub taken_out: u64,
    /// The first [`REPORTED_ERRORS`](super::REPORTED_ERRORS) of what is wrong.
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
