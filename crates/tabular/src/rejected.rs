//! Rows that can't be taken, and the file in which they go back to their owner.

use kale_domain::upload::RowError;

use crate::{escape::unescape, records::Record, write::CsvWriter};

/// A row that can't be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RejectedRow {
    /// The line of the file it begins on.
    pub line: u64,
    /// Its key, where that can be read: the file has a row of it, though not one that can be taken.
    pub external_id: Option<String>,
    /// What is wrong with it; at least one.
    pub errors: Vec<RowError>,
    /// The record as CSV text, comma separated and escaped, without a line end.
    pub raw: String,
}

impl RejectedRow {
    pub(crate) fn new(record: &Record<'_>, external_id: Option<String>, errors: Vec<RowError>) -> Self {
        Self {
            line: record.line,
            external_id,
            errors,
            raw: line(record.fields().map(unescape)),
        }
    }

    /// What is wrong, in one line: `tenure: expected a whole number such as 1234; …`.
    #[must_use]
    pub fn reason(&self) -> String {
        let each = self.errors.iter().map(|error| match &error.column {
            Some(column) => format!("{column}: {}", error.reason),
            None => error.reason.clone(),
        });
        each.collect::<Vec<_>>().join("; ")
    }
}

/// The file of the rejected rows: two columns that say where each row stood and what is wrong, then the row as it
/// came. The new columns come first, because a row with a wrong number of fields would shift those behind it. Once
/// mended, the file can be uploaded as it is: columns that are not mapped are not read.
#[derive(Debug)]
pub struct RejectedFile {
    out: Vec<u8>,
}

impl RejectedFile {
    /// Begins a file with the headers of the one the rows come from.
    #[must_use]
    pub fn new(headers: &[String]) -> Self {
        let [line_header, reason_header] =
            ["rejected_line", "rejected_reason"].map(|name| free(name, headers));
        let all = [line_header, reason_header];
        let mut out = line(all.iter().chain(headers)).into_bytes();
        out.extend_from_slice(b"\r\n");
        Self { out }
    }

    /// Appends a row.
    pub fn row(&mut self, row: &RejectedRow) {
        self.out
            .extend_from_slice(line([row.line.to_string(), row.reason()]).as_bytes());
        self.out.push(b',');
        self.out.extend_from_slice(row.raw.as_bytes());
        self.out.extend_from_slice(b"\r\n");
    }

    /// The bytes written since the last call.
    #[must_use]
    pub fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.out)
    }
}

/// The name, numbered if the file has such a column already (it was mended and failed again).
fn free(name: &str, headers: &[String]) -> String {
    let numbered = (2..).map(|number: u64| format!("{name}_{number}"));
    let taken = |name: &String| headers.contains(name);
    std::iter::once(name.to_owned())
        .chain(numbered)
        .find(|name| !taken(name))
        .unwrap_or_default()
}

/// One record without its line end.
fn line<I>(fields: I) -> String
where
    I: IntoIterator,
    I::Item: AsRef<str>,
{
    let mut writer = CsvWriter::new();
    writer.record(fields);
    let mut bytes = writer.take();
    bytes.truncate(bytes.len().saturating_sub(2));
    // What was written from texts is text.
    String::from_utf8_lossy(&bytes).into_owned()
}
