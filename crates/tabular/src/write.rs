//! Writing CSV that spreadsheet programs open without danger and we read back exactly.

use crate::escape::needs_escape;

/// Writes records as RFC 4180 has them: fields between commas, quoted only where needed, lines ended by CRLF.
/// Every cell is escaped as [`crate::escape()`] describes.
#[derive(Debug, Clone, Default)]
pub struct CsvWriter {
    out: Vec<u8>,
}

impl CsvWriter {
    /// An empty one.
    #[must_use]
    pub const fn new() -> Self {
        Self { out: Vec::new() }
    }

    /// One that begins with the byte order mark by which spreadsheet programs know UTF-8.
    #[must_use]
    pub fn with_byte_order_mark() -> Self {
        Self {
            out: b"\xef\xbb\xbf".to_vec(),
        }
    }

    /// Appends a record.
    pub fn record<I>(&mut self, fields: I)
    where
        I: IntoIterator,
        I::Item: AsRef<str>,
    {
        let start = self.out.len();
        for (position, field) in fields.into_iter().enumerate() {
            if position > 0 {
                self.out.push(b',');
            }
            self.field(field.as_ref());
        }
        // A line without a byte would be no record.
        if self.out.len() == start {
            self.out.extend_from_slice(b"\"\"");
        }
        self.out.extend_from_slice(b"\r\n");
    }

    fn field(&mut self, field: &str) {
        let escaped = needs_escape(field);
        if field.bytes().any(|b| matches!(b, b',' | b'"' | b'\r' | b'\n')) {
            self.out.push(b'"');
            if escaped {
                self.out.push(b'\'');
            }
            for (position, part) in field.split('"').enumerate() {
                if position > 0 {
                    self.out.extend_from_slice(b"\"\"");
                }
                self.out.extend_from_slice(part.as_bytes());
            }
            self.out.push(b'"');
        } else {
            if escaped {
                self.out.push(b'\'');
            }
            self.out.extend_from_slice(field.as_bytes());
        }
    }

    /// How many bytes wait to be taken.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.out.len()
    }

    /// Whether no byte waits to be taken.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.out.is_empty()
    }

    /// The bytes written since the last call. Taken every few records, a file of any size is written in flat memory.
    #[must_use]
    pub fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.out)
    }
}
