//! From the text of a file to records, each within the limits.

use csv_core::ReadRecordResult;
use tokio::io::AsyncRead;

use crate::{delimiter, encoding::newlines, error::TabularError, limits::Limits, source::Source};

/// How long the buffer of a record is at first; it grows up to the limit.
const FIRST_BUFFER: usize = 16 * 1024;

/// The records of a file, one after the other in the same buffer.
pub(crate) struct Records<R> {
    source: Source<R>,
    core: Box<csv_core::Reader>,
    limits: Limits,
    delimiter: u8,
    text: Vec<u8>,
    ends: Vec<usize>,
    /// The line the reading stands on, from 1.
    line: u64,
    after_carriage_return: bool,
}

/// One record, valid until the next is read.
pub(crate) struct Record<'a> {
    /// The line it begins on.
    pub(crate) line: u64,
    text: &'a str,
    ends: &'a [usize],
}

impl<'a> Record<'a> {
    /// How many fields it has.
    pub(crate) const fn len(&self) -> usize {
        self.ends.len()
    }

    /// How many bytes its fields have together.
    pub(crate) const fn bytes(&self) -> usize {
        self.text.len()
    }

    /// The fields, without their quotes.
    pub(crate) fn fields(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        let text = self.text;
        let mut from = 0;
        self.ends.iter().map(move |end| {
            text.get(std::mem::replace(&mut from, *end)..*end)
                .unwrap_or_default()
        })
    }

    /// Whether no field has a value, as in the lines spreadsheet programs write below a table.
    pub(crate) fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }
}

impl<R: AsyncRead + Unpin> Records<R> {
    /// Opens a file: tells its encoding and delimiter.
    pub(crate) async fn open(reader: R, limits: Limits) -> Result<Self, TabularError> {
        let mut source = Source::open(reader, limits.bytes).await?;
        let delimiter = match delimiter::declared(source.text()) {
            Some((delimiter, bytes)) => {
                source.consume(bytes);
                delimiter
            }
            None => delimiter::sniff(source.text()),
        };
        Ok(Self {
            source,
            core: Box::new(csv_core::ReaderBuilder::new().delimiter(delimiter).build()),
            text: vec![0; FIRST_BUFFER.min(limits.record_bytes + 1)],
            // One more than allowed, so that the one too many is seen.
            ends: vec![0; limits.columns + 1],
            limits,
            delimiter,
            line: 1,
            after_carriage_return: false,
        })
    }

    /// The character between two fields.
    pub(crate) fn delimiter(&self) -> char {
        char::from(self.delimiter)
    }

    /// The name of the encoding.
    pub(crate) fn encoding(&self) -> String {
        crate::encoding::name(self.source.encoding())
    }

    /// The line the reading stands on.
    pub(crate) const fn line(&self) -> u64 {
        self.line
    }

    /// The next record; empty lines are none. `None` at the end of the file.
    pub(crate) async fn next(&mut self) -> Result<Option<Record<'_>>, TabularError> {
        if !self.skip_line_ends().await? {
            return Ok(None);
        }
        let line = self.line;
        let Some((bytes, fields)) = self.read(line).await? else {
            return Ok(None);
        };
        let ends = self.ends.get(..fields).unwrap_or_default();
        let text = self.text.get(..bytes).unwrap_or_default();
        // The source gives valid UTF-8 and only ASCII is taken out of it; this keeps the compiler's proof.
        let text = std::str::from_utf8(text).map_err(std::io::Error::other)?;
        Ok(Some(Record { line, text, ends }))
    }

    async fn skip_line_ends(&mut self) -> Result<bool, TabularError> {
        loop {
            let input = self.source.text();
            let skip = input.iter().take_while(|b| matches!(b, b'\r' | b'\n')).count();
            let more = skip < input.len();
            for at in 0..skip {
                if let Some(byte) = self.source.text().get(at).copied() {
                    self.end_line(byte);
                }
            }
            self.source.consume(skip);
            if more {
                self.after_carriage_return = false;
                return Ok(true);
            }
            if !self.source.fill(self.line).await? {
                return Ok(false);
            }
        }
    }

    /// Counts a line end; the two bytes of `\r\n` are one.
    fn end_line(&mut self, byte: u8) {
        if byte == b'\r' || !self.after_carriage_return {
            self.line += 1;
        }
        self.after_carriage_return = byte == b'\r';
    }

    /// Reads one record into the buffers: how many bytes and fields it has.
    async fn read(&mut self, start: u64) -> Result<Option<(usize, usize)>, TabularError> {
        let (mut bytes, mut fields) = (0, 0);
        loop {
            let ended = self.source.text().is_empty() && !self.source.fill(self.line).await?;
            // A line end that is not there closes the last record, unless it stands inside quotes.
            let input = if ended { b"\n" } else { self.source.text() };
            let output = self.text.get_mut(bytes..).unwrap_or_default();
            let ends = self.ends.get_mut(fields..).unwrap_or_default();
            let (result, read, wrote, closed) = self.core.read_record(input, output, ends);
            bytes += wrote;
            fields += closed;
            let consumed = if ended {
                &[]
            } else {
                input.get(..read).unwrap_or_default()
            };
            let terminator = consumed
                .last()
                .copied()
                .filter(|_| result == ReadRecordResult::Record);
            let inside = consumed.len() - usize::from(terminator.is_some());
            self.line += newlines(consumed.get(..inside).unwrap_or_default());
            self.source.consume(read);
            self.check(start, bytes, fields)?;
            match result {
                ReadRecordResult::InputEmpty if ended => return Err(unterminated(start)),
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull => {
                    let longer = (self.text.len() * 2).min(self.limits.record_bytes + 1);
                    self.text.resize(longer, 0);
                }
                ReadRecordResult::OutputEndsFull => return Err(self.too_many_columns(start)),
                ReadRecordResult::Record => {
                    if let Some(byte) = terminator {
                        self.end_line(byte);
                    }
                    return Ok(Some((bytes, fields)));
                }
                ReadRecordResult::End => return Ok(None),
            }
        }
    }

    /// Refuses a field or record as soon as it passes its limit.
    fn check(&self, start: u64, bytes: usize, fields: usize) -> Result<(), TabularError> {
        if bytes > self.limits.field_bytes {
            let mut from = 0;
            let ends = self.ends.iter().take(fields).copied().chain([bytes]);
            for (column, end) in (1..).zip(ends) {
                if end.saturating_sub(std::mem::replace(&mut from, end)) > self.limits.field_bytes {
                    return Err(self.field_too_long(start, column));
                }
            }
        }
        if bytes > self.limits.record_bytes {
            let message = format!(
                "the record of line {start} is longer than {} KiB; a quote may not be closed there",
                self.limits.record_bytes / 1024
            );
            return Err(TabularError::unreadable("record-too-long", Some(start), message));
        }
        if fields > self.limits.columns {
            return Err(self.too_many_columns(start));
        }
        Ok(())
    }

    fn field_too_long(&self, line: u64, column: usize) -> TabularError {
        let message = format!(
            "field {column} of the record of line {line} is longer than {} KiB; a quote may not be closed there",
            self.limits.field_bytes / 1024
        );
        TabularError::unreadable("field-too-long", Some(line), message)
    }

    fn too_many_columns(&self, line: u64) -> TabularError {
        let message = format!(
            "line {line} has more than {} columns, the most we read",
            self.limits.columns
        );
        TabularError::unreadable("too-many-columns", Some(line), message)
    }
}

fn unterminated(line: u64) -> TabularError {
    let message = format!(
        "a quote opened in the record of line {line} is never closed; close it, or double a quote that belongs to the text"
    );
    TabularError::unreadable("unterminated-quote", Some(line), message)
}
