//! The first record: what the columns are called.

use std::collections::HashSet;

use tokio::io::AsyncRead;

use crate::{
    error::TabularError,
    escape::cell,
    limits::Limits,
    records::{Record, Records},
    value,
};

/// The longest header, in characters.
const HEADER_CHARS: usize = 200;

/// A file whose header was read; its records follow.
pub(crate) struct Table<R> {
    /// The header of each column, trimmed; no two are equal.
    pub(crate) headers: Vec<String>,
    /// The data.
    pub(crate) records: Records<R>,
}

impl<R: AsyncRead + Unpin> Table<R> {
    /// Opens a file and reads its header.
    pub(crate) async fn open(reader: R, limits: Limits) -> Result<Self, TabularError> {
        let mut records = Records::open(reader, limits).await?;
        let headers = loop {
            match records.next().await? {
                Some(record) if record.is_blank() => {}
                Some(record) => break read(&record)?,
                None => {
                    let message = "the file is empty; the first line has to name the columns";
                    return Err(TabularError::unreadable("no-header", None, message));
                }
            }
        };
        Ok(Self { headers, records })
    }

    /// The error of a file that ends after its header.
    pub(crate) fn no_rows(&self) -> TabularError {
        let message = "there is no row below the header";
        TabularError::unreadable("no-rows", Some(self.records.line()), message)
    }
}

fn read(record: &Record<'_>) -> Result<Vec<String>, TabularError> {
    let line = Some(record.line);
    let headers: Vec<String> = record.fields().map(|field| cell(field).to_owned()).collect();
    if headers.iter().all(|header| value::is_number(header)) {
        let message = "the first line looks like data: every cell is a number; put a line with the names of the columns above it";
        return Err(TabularError::unreadable("no-header", line, message));
    }
    let mut seen = HashSet::with_capacity(headers.len());
    for (position, header) in (1..).zip(&headers) {
        if header.is_empty() {
            let message = format!("column {position} has no header; name it, or delete the column");
            return Err(TabularError::unreadable("empty-header", line, message));
        }
        if header.chars().count() > HEADER_CHARS {
            let message = format!("the header of column {position} is longer than {HEADER_CHARS} characters");
            return Err(TabularError::unreadable("header-too-long", line, message));
        }
        if !seen.insert(header) {
            let message = format!("the header `{header}` stands above two columns; rename one of them");
            return Err(TabularError::unreadable("duplicate-header", line, message));
        }
    }
    Ok(headers)
}
