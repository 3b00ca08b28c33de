//! How much of a file is taken.

use kale_domain::upload;

/// The limits of one reading. [`Limits::default`] is what the product promises.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// The most bytes of the file, as it was sent.
    pub bytes: u64,
    /// The most columns, in the header and in every row.
    pub columns: usize,
    /// The most rows.
    pub rows: u64,
    /// The longest field, in bytes of UTF-8.
    pub field_bytes: usize,
    /// The longest record (all fields of a row), in bytes of UTF-8.
    pub record_bytes: usize,
    /// How many rows a profile looks at.
    pub profile_rows: u64,
    /// How many cells a profile looks at: a wide file is judged by fewer rows, so that the memory for
    /// counting different values stays the same.
    pub profile_cells: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: upload::MAX_BYTES,
            columns: upload::MAX_COLUMNS,
            rows: upload::MAX_ROWS,
            field_bytes: upload::MAX_FIELD_BYTES,
            record_bytes: 1024 * 1024,
            profile_rows: 20_000,
            profile_cells: 1_000_000,
        }
    }
}

impl Limits {
    /// How many rows a profile of a file with so many columns looks at.
    pub(crate) fn rows_to_profile(&self, columns: usize) -> u64 {
        let columns = u64::try_from(columns).unwrap_or(u64::MAX).max(1);
        self.profile_rows.min((self.profile_cells / columns).max(1))
    }
}
