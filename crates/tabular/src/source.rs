//! From the bytes of a file to UTF-8, a piece at a time.

use encoding_rs::{Decoder, DecoderResult, Encoding};
use tokio::io::{AsyncRead, AsyncReadExt as _};

use crate::{
    encoding::{self, Sniffed, newlines},
    error::TabularError,
    looks::looks_like,
};

/// How many bytes are looked at first, and read at once.
const CHUNK: usize = 64 * 1024;

/// The decoded text of a file. Holds one chunk of bytes and its text, never more.
pub(crate) struct Source<R> {
    reader: R,
    decoder: Decoder,
    raw: Vec<u8>,
    text: Vec<u8>,
    /// The part of `text` that was not consumed yet.
    from: usize,
    to: usize,
    bytes: u64,
    limit: u64,
    ended: bool,
}

impl<R: AsyncRead + Unpin> Source<R> {
    /// Reads the first bytes and tells what they are; refuses what is no text.
    pub(crate) async fn open(mut reader: R, limit: u64) -> Result<Self, TabularError> {
        let mut raw = vec![0; CHUNK];
        let mut filled = 0;
        while let Some(rest) = raw.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            match reader.read(rest).await? {
                0 => break,
                read => filled += read,
            }
        }
        let start = raw.get(..filled).unwrap_or_default();
        let whole = filled < CHUNK;
        let (encoding, mark) = recognise(start, whole)?;
        let decoder = encoding.new_decoder_without_bom_handling();
        let most = decoder.max_utf8_buffer_length(CHUNK).unwrap_or(4 * CHUNK);
        let text = vec![0; most];
        let bytes = u64::try_from(filled).unwrap_or(u64::MAX);
        let mut source = Self {
            reader,
            decoder,
            raw,
            text,
            from: 0,
            to: 0,
            bytes,
            limit,
            ended: whole,
        };
        source.decode(mark, filled, 1)?;
        Ok(source)
    }

    /// The encoding that was found.
    pub(crate) fn encoding(&self) -> &'static Encoding {
        self.decoder.encoding()
    }

    /// What was decoded and not consumed yet: valid UTF-8, perhaps cut inside a character.
    pub(crate) fn text(&self) -> &[u8] {
        self.text.get(self.from..self.to).unwrap_or_default()
    }

    /// Gives up the first bytes of [`Source::text`].
    pub(crate) fn consume(&mut self, bytes: usize) {
        self.from = (self.from + bytes).min(self.to);
    }

    /// Reads and decodes the next chunk once the last one is consumed; `false` at the end of the file.
    ///
    /// `line` is where the text stands so far, for the errors.
    pub(crate) async fn fill(&mut self, line: u64) -> Result<bool, TabularError> {
        // A chunk may decode to nothing when it ends inside a character.
        while self.from == self.to {
            if self.ended {
                return Ok(false);
            }
            let read = self.reader.read(&mut self.raw).await?;
            self.ended = read == 0;
            self.bytes = self.bytes.saturating_add(u64::try_from(read).unwrap_or(u64::MAX));
            self.decode(0, read, line)?;
        }
        Ok(true)
    }

    fn decode(&mut self, from: usize, to: usize, line: u64) -> Result<(), TabularError> {
        if self.bytes > self.limit {
            let message = format!(
                "the file is larger than {} MiB; split it into several files with the same header",
                self.limit / (1024 * 1024)
            );
            return Err(TabularError::unreadable("file-too-large", Some(line), message));
        }
        let raw = self.raw.get(from..to).unwrap_or_default();
        let (result, _, wrote) =
            self.decoder
                .decode_to_utf8_without_replacement(raw, &mut self.text, self.ended);
        self.from = 0;
        self.to = wrote;
        let text = self.text();
        if let Some(at) = text.iter().position(|b| *b == 0) {
            let line = line + newlines(text.get(..at).unwrap_or_default());
            return Err(nul(line));
        }
        match result {
            DecoderResult::InputEmpty => Ok(()),
            DecoderResult::Malformed(..) => Err(broken(self.encoding(), line + newlines(text))),
            // The buffer is as long as the longest text a chunk can give.
            DecoderResult::OutputFull => {
                Err(std::io::Error::other("the decoded text exceeds its buffer").into())
            }
        }
    }
}

fn nul(line: u64) -> TabularError {
    let message = "there is a NUL byte in the file, which no CSV holds; export it anew as CSV (UTF-8)";
    TabularError::unreadable("nul-byte", Some(line), message)
}

fn broken(encoding: &'static Encoding, line: u64) -> TabularError {
    let message = format!(
        "line {line} is not {}, which the file begins with; export it anew as CSV (UTF-8)",
        encoding.name()
    );
    TabularError::unreadable("broken-encoding", Some(line), message)
}

/// The encoding and the length of its byte order mark.
fn recognise(start: &[u8], whole: bool) -> Result<(&'static Encoding, usize), TabularError> {
    if let Some((what, advice)) = looks_like(start) {
        let message = format!("the file looks like {what}, not like CSV; {advice}");
        return Err(TabularError::unreadable("not-csv", None, message));
    }
    match encoding::sniff(start, whole) {
        Sniffed::Text { encoding, mark } => Ok((encoding, mark)),
        Sniffed::BrokenUtf8 { newlines } => Err(broken(encoding_rs::UTF_8, 1 + newlines)),
        Sniffed::Binary if start.contains(&0) => {
            let at = start.iter().position(|b| *b == 0).unwrap_or_default();
            Err(nul(1 + newlines(start.get(..at).unwrap_or_default())))
        }
        Sniffed::Binary => {
            let message = "the file looks like binary data, not like CSV; export the data as CSV (UTF-8)";
            Err(TabularError::unreadable("not-csv", None, message))
        }
    }
}
