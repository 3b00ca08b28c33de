//! Reading rows by a plan, a batch at a time.

use kale_domain::{attribute::AttributeValue, upload::RowError};
use tokio::io::AsyncRead;

use crate::{
    error::TabularError,
    escape::cell,
    header::Table,
    limits::Limits,
    plan::{Plan, ReadPlan},
    records::{Record, Records},
    rejected::RejectedRow,
    row::Row,
    value::shorten,
};

/// How many bytes a batch holds at most (and one record more): long or wide rows make short batches.
const BATCH_BYTES: usize = 4 * 1024 * 1024;
/// What a cell takes beside its text.
const CELL_BYTES: usize = size_of::<(usize, AttributeValue)>();

/// The next rows of a file, in its order.
#[derive(Debug, Default)]
pub struct Batch {
    /// Those that can be taken.
    pub rows: Vec<Row>,
    /// Those that can't.
    pub rejected: Vec<RejectedRow>,
}

/// The rows of a file; made by [`ReadPlan::rows`].
pub struct Rows<R> {
    records: Records<R>,
    headers: Vec<String>,
    plan: ReadPlan,
    /// By column of the file: the column of the plan that reads it.
    readers: Vec<Option<usize>>,
    number: u64,
    most: u64,
    buffer: Vec<u8>,
    refuse: Option<Refuse>,
}

/// Says of a row that can be read why it can't be taken all the same.
type Refuse = Box<dyn Fn(&Row) -> Option<RowError> + Send>;

impl ReadPlan {
    /// Opens a file to read its rows. It may have its columns in another order than the file the plan was made for,
    /// and more of them; one that lacks a mapped column is refused with `column-missing`.
    pub async fn rows<R>(&self, reader: R, limits: &Limits) -> Result<Rows<R>, TabularError>
    where
        R: AsyncRead + Unpin + Send,
    {
        let Table { headers, records } = Table::open(reader, limits.clone()).await?;
        let columns = &self.plan().columns;
        if let Some(missing) = columns.iter().find(|column| !headers.contains(&column.header)) {
            let message = format!(
                "the file has no column `{}`, which the mapping reads",
                missing.header
            );
            return Err(TabularError::unreadable("column-missing", Some(1), message));
        }
        let readers = headers
            .iter()
            .map(|header| columns.iter().position(|column| column.header == *header))
            .collect();
        Ok(Rows {
            records,
            headers,
            plan: self.clone(),
            readers,
            number: 0,
            most: limits.rows,
            buffer: Vec::new(),
            refuse: None,
        })
    }
}

fn too_many(line: u64, most: u64) -> TabularError {
    let message = format!("line {line} is one row more than the {most} we read; split the file");
    TabularError::unreadable("too-many-rows", Some(line), message)
}

impl<R: AsyncRead + Unpin + Send> Rows<R> {
    /// The headers of the file, in its order.
    #[must_use]
    pub fn headers(&self) -> &[String] {
        &self.headers
    }

    /// Rejects rows that `why` gives a reason for: keys that came before, rows that exist.
    #[must_use]
    pub fn refusing(mut self, why: impl Fn(&Row) -> Option<RowError> + Send + 'static) -> Self {
        self.refuse = Some(Box::new(why));
        self
    }

    /// How many rows were read so far.
    #[must_use]
    pub const fn read(&self) -> u64 {
        self.number
    }

    /// The next rows, at most `max`; fewer where they are long. `None` at the end of the file.
    ///
    /// Lines without any value are passed over and not numbered; a long run of them gives an empty batch.
    pub async fn next_batch(&mut self, max: usize) -> Result<Option<Batch>, TabularError> {
        let mut batch = Batch {
            rows: Vec::with_capacity(max.min(4_096)),
            rejected: Vec::new(),
        };
        let mut bytes = 0;
        while batch.rows.len() + batch.rejected.len() < max.max(1) && bytes < BATCH_BYTES {
            let Some(record) = self.records.next().await? else {
                break;
            };
            bytes += record.bytes() + record.len() * CELL_BYTES;
            if record.is_blank() {
                continue;
            }
            self.number += 1;
            if self.number > self.most {
                return Err(too_many(record.line, self.most));
            }
            let reading = Reading {
                plan: self.plan.plan(),
                headers: &self.headers,
                readers: &self.readers,
            };
            match reading.row(&record, self.number, &mut self.buffer) {
                Ok(row) => match self.refuse.as_ref().and_then(|why| why(&row)) {
                    None => batch.rows.push(row),
                    Some(error) => {
                        let external_id = Some(row.external_id);
                        batch
                            .rejected
                            .push(RejectedRow::new(&record, external_id, vec![error]));
                    }
                },
                Err(errors) => {
                    let external_id = reading.key(&record, self.number);
                    batch
                        .rejected
                        .push(RejectedRow::new(&record, external_id, errors));
                }
            }
        }
        let nothing = batch.rows.is_empty() && batch.rejected.is_empty();
        // A batch of blank lines alone is no end: the budget of bytes was spent on them.
        Ok((!nothing || bytes >= BATCH_BYTES).then_some(batch))
    }
}

/// What is needed to read one record.
struct Reading<'a> {
    plan: &'a Plan,
    headers: &'a [String],
    readers: &'a [Option<usize>],
}

impl Reading<'_> {
    fn row(&self, record: &Record<'_>, number: u64, buffer: &mut Vec<u8>) -> Result<Row, Vec<RowError>> {
        if record.len() != self.headers.len() {
            return Err(vec![self.wrong_field_count(record)]);
        }
        let mut row = Row::new(record.line, number, self.plan.attributes.len());
        let mut errors = Vec::new();
        for ((field, reader), header) in record.fields().zip(self.readers).zip(self.headers) {
            let Some(column) = reader.and_then(|position| self.plan.columns.get(position)) else {
                continue;
            };
            let cell = cell(field);
            if cell.is_empty() {
                continue;
            }
            if let Err(wrong) = column.place(cell, &mut row) {
                errors.push(RowError {
                    line: record.line,
                    column: Some(header.clone()),
                    value: shorten(cell),
                    code: wrong.code.to_owned(),
                    reason: wrong.reason,
                });
            }
        }
        if self.plan.row_number_is_key {
            row.external_id = number.to_string();
        } else if row.external_id.is_empty() {
            let missing = self.missing_key(record.line);
            // A key that is there and wrong was reported already.
            if errors.iter().all(|error| error.column != missing.column) {
                errors.push(missing);
            }
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        // The file's order of columns is not the plan's order of names.
        if !row.attributes.is_sorted_by_key(|(position, _)| *position) {
            row.attributes.sort_unstable_by_key(|(position, _)| *position);
        }
        row.seal(&self.plan.attributes, buffer);
        Ok(row)
    }

    /// The key of a record that can't be taken, as far as it can be read: with a wrong number of fields it is looked
    /// for where it should stand.
    fn key(&self, record: &Record<'_>, number: u64) -> Option<String> {
        if self.plan.row_number_is_key {
            return Some(number.to_string());
        }
        let column = self.key_column()?;
        let at = self.headers.iter().position(|header| *header == column.header)?;
        let mut row = Row::new(record.line, number, 0);
        let cell = cell(record.fields().nth(at)?);
        column.place(cell, &mut row).ok()?;
        Some(row.external_id).filter(|key| !key.is_empty())
    }

    fn key_column(&self) -> Option<&crate::plan::Column> {
        let is_key = |column: &&crate::plan::Column| column.slot == crate::plan::Slot::ExternalId;
        self.plan.columns.iter().find(is_key)
    }

    fn wrong_field_count(&self, record: &Record<'_>) -> RowError {
        let first: Vec<&str> = record.fields().take(20).collect();
        RowError {
            line: record.line,
            column: None,
            value: shorten(&first.join(", ")),
            code: "wrong-field-count".to_owned(),
            reason: format!(
                "the row has {} fields and the header {}; quote a field that holds a delimiter",
                record.len(),
                self.headers.len()
            ),
        }
    }

    fn missing_key(&self, line: u64) -> RowError {
        RowError {
            line,
            column: self.key_column().map(|column| column.header.clone()),
            value: String::new(),
            code: "missing-key".to_owned(),
            reason: "the row has no key; every row needs one".to_owned(),
        }
    }
}
