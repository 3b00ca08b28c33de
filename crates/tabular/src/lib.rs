//! CSV files of any size in flat memory: encoding, profile, typed rows, escaped writing.
//!
//! Invariant: however large or hostile a file is, no more of it is held than one record (1 MiB), one read
//! buffer and what the caller asked for as a batch. Every limit is checked while bytes arrive, so that an
//! endless field is refused when it passes the limit and not when it ends.

mod check;
mod country;
mod delimiter;
mod duplicates;
mod encoding;
mod error;
mod escape;
mod header;
mod infer;
mod limits;
mod looks;
mod plan;
mod profile;
mod records;
mod rejected;
mod row;
mod rows;
mod source;
mod suggest;
mod template;
mod value;
mod write;

#[cfg(test)]
mod tests;

pub use check::check_mapping;
pub use duplicates::{DuplicateKeys, Duplicates};
pub use error::TabularError;
pub use escape::{escape, unescape};
pub use limits::Limits;
pub use plan::ReadPlan;
pub use profile::profile;
pub use rejected::{RejectedFile, RejectedRow};
pub use row::Row;
pub use rows::{Batch, Rows};
pub use suggest::suggest;
pub use template::template;
pub use write::CsvWriter;
