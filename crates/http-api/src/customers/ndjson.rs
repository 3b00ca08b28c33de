//! Lines of JSON that arrive in pieces.

use kale_web::Problem;

/// The most bytes of one request.
pub(super) const BYTES: usize = 10_000_000;
/// The most lines of one request; empty ones don't count.
pub(super) const LINES: usize = 1_000;
/// The most bytes of one line.
pub(super) const LINE_BYTES: usize = 256 * 1024;

/// The media types of lines of JSON.
const MEDIA_TYPES: [&str; 3] = ["application/x-ndjson", "application/ndjson", "application/jsonl"];

/// Whether a media type means lines of JSON.
pub(super) fn is_ndjson(media: &str) -> bool {
    let media = media.split(';').next().unwrap_or(media).trim();
    MEDIA_TYPES.iter().any(|known| media.eq_ignore_ascii_case(known))
}

/// A line that came whole.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// Where it stands, from 1.
    pub(super) number: usize,
    /// What stands there; `None` where that is longer than [`LINE_BYTES`].
    pub(super) text: Option<Vec<u8>>,
}

/// Cuts pieces into lines. Of a line that is too long nothing is kept.
#[derive(Debug, Default)]
pub(super) struct Lines {
    bytes: usize,
    number: usize,
    found: usize,
    pending: Vec<u8>,
    too_long: bool,
}

impl Lines {
    /// Takes a piece and answers the lines that end in it; 413 where the request is too long.
    pub(super) fn push(&mut self, piece: &[u8]) -> Result<Vec<Line>, Problem> {
        self.bytes = self.bytes.saturating_add(piece.len());
        if self.bytes > BYTES {
            return Err(Problem::too_large(BYTES));
        }
        let mut lines = Vec::new();
        let mut parts = piece.split(|byte| *byte == b'\n').peekable();
        while let Some(part) = parts.next() {
            self.grow(part);
            if parts.peek().is_some() {
                lines.extend(self.end()?);
            }
        }
        Ok(lines)
    }

    /// The last line, where nothing ends it.
    pub(super) fn finish(mut self) -> Result<Option<Line>, Problem> {
        self.end()
    }

    fn grow(&mut self, part: &[u8]) {
        if self.too_long || self.pending.len().saturating_add(part.len()) > LINE_BYTES {
            self.too_long = true;
            self.pending = Vec::new();
        } else {
            self.pending.extend_from_slice(part);
        }
    }

    fn end(&mut self) -> Result<Option<Line>, Problem> {
        self.number += 1;
        let text = std::mem::take(&mut self.pending);
        let too_long = std::mem::take(&mut self.too_long);
        if !too_long && text.iter().all(u8::is_ascii_whitespace) {
            return Ok(None);
        }
        self.found += 1;
        if self.found > LINES {
            return Err(Problem::of("too-large").detail(format!("at most {LINES} lines are taken at once")));
        }
        Ok(Some(Line {
            number: self.number,
            text: (!too_long).then_some(text),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pieces: &[&[u8]]) -> Result<Vec<(usize, Option<String>)>, &'static str> {
        let mut lines = Lines::default();
        let mut found = Vec::new();
        for piece in pieces {
            found.extend(lines.push(piece).map_err(|problem| problem.code())?);
        }
        found.extend(lines.finish().map_err(|problem| problem.code())?);
        Ok(found
            .into_iter()
            .map(|line| {
                (
                    line.number,
                    line.text.map(|text| String::from_utf8(text).unwrap()),
                )
            })
            .collect())
    }

    fn line(number: usize, text: &str) -> (usize, Option<String>) {
        (number, Some(text.to_owned()))
    }

    #[test]
    fn lines_are_the_same_however_they_are_cut() {
        let whole = b"{\"a\":1}\r\n\n  \n{\"b\":2}";
        let expected = vec![line(1, "{\"a\":1}\r"), line(4, "{\"b\":2}")];

        assert_eq!(read(&[whole]).unwrap(), expected);
        let bytes: Vec<&[u8]> = whole.chunks(1).collect();
        assert_eq!(read(&bytes).unwrap(), expected);
        assert_eq!(read(&[b"{}\n"]).unwrap(), [line(1, "{}")]);
        assert_eq!(read(&[]).unwrap(), []);
    }

    #[test]
    fn a_line_that_is_too_long_stops_no_other() {
        let long = vec![b'x'; LINE_BYTES];

        assert_eq!(read(&[&long, b"x\n{}"]).unwrap(), [(1, None), line(2, "{}")]);
        assert_eq!(
            read(&[&long, b"\n"])
                .unwrap()
                .first()
                .unwrap()
                .1
                .as_ref()
                .map(String::len),
            Some(LINE_BYTES)
        );
    }

    #[test]
    fn a_request_of_too_many_lines_or_bytes_is_refused() {
        let many = b"{}\n".repeat(LINES);

        assert_eq!(read(&[&many]).unwrap().len(), LINES);
        assert_eq!(read(&[&many, b"{}"]), Err("too-large"));
        let million = vec![b'\n'; 1_000_000];
        assert_eq!(read(&[&million[..]; 11]), Err("too-large"));
    }

    #[test]
    fn other_media_types_are_told_apart() {
        assert!(is_ndjson("application/x-ndjson; charset=utf-8") && is_ndjson("Application/JSONL"));
        assert!(!is_ndjson("application/json") && !is_ndjson(""));
    }
}
