//! In which encoding a file is written, told from its first bytes.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// What the first bytes say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sniffed {
    /// Text in an encoding, after so many bytes of byte order mark.
    Text {
        encoding: &'static Encoding,
        mark: usize,
    },
    /// Written as UTF-8 and damaged.
    BrokenUtf8 { newlines: u64 },
    /// No text in any encoding we read.
    Binary,
}

/// The name in a profile: `utf-8`, `utf-16le`, `utf-16be`, `windows-1252`.
pub(crate) fn name(encoding: &'static Encoding) -> String {
    encoding.name().to_ascii_lowercase()
}

/// Tells the encoding from the first bytes of a file; `whole` if there are no more.
///
/// A byte order mark decides. Without one, zero bytes on every other place are UTF-16; what is valid UTF-8 is
/// UTF-8; text in which more multi-byte characters are right than wrong is damaged UTF-8 and refused; anything
/// else is taken as windows-1252, which is what spreadsheet programs in the West write.
pub(crate) fn sniff(start: &[u8], whole: bool) -> Sniffed {
    if start.starts_with(b"\xef\xbb\xbf") {
        return Sniffed::Text {
            encoding: UTF_8,
            mark: 3,
        };
    }
    if start.starts_with(b"\xff\xfe") {
        return Sniffed::Text {
            encoding: UTF_16LE,
            mark: 2,
        };
    }
    if start.starts_with(b"\xfe\xff") {
        return Sniffed::Text {
            encoding: UTF_16BE,
            mark: 2,
        };
    }
    if let Some(encoding) = zeros(start) {
        return Sniffed::Text { encoding, mark: 0 };
    }
    let Utf8 {
        right,
        wrong,
        first_wrong,
    } = Utf8::of(start, whole);
    if wrong == 0 {
        return Sniffed::Text {
            encoding: UTF_8,
            mark: 0,
        };
    }
    if right > wrong {
        return Sniffed::BrokenUtf8 {
            newlines: newlines(start.get(..first_wrong).unwrap_or_default()),
        };
    }
    // NUL is not counted here: it has its own message.
    let control = |b: &u8| matches!(b, 0x01..=0x08 | 0x0e..=0x19 | 0x1b..=0x1f);
    if start.iter().any(control) {
        return Sniffed::Binary;
    }
    Sniffed::Text {
        encoding: WINDOWS_1252,
        mark: 0,
    }
}

/// How many lines end in these bytes.
pub(crate) fn newlines(bytes: &[u8]) -> u64 {
    bytes.iter().map(|b| u64::from(*b == b'\n')).sum()
}

/// UTF-16 without a mark: mostly Western text has a zero in every other byte, and only there.
fn zeros(start: &[u8]) -> Option<&'static Encoding> {
    let (mut even, mut odd) = (0_usize, 0_usize);
    for pair in start.chunks_exact(2) {
        if let [first, second] = pair {
            even += usize::from(*first == 0);
            odd += usize::from(*second == 0);
        }
    }
    let pairs = start.len() / 2;
    let most = |n: usize| n > 0 && n * 10 >= pairs * 6;
    let few = |n: usize| n * 20 <= pairs;
    if most(odd) && few(even) {
        Some(UTF_16LE)
    } else if most(even) && few(odd) {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// How much of a text is right UTF-8 beyond ASCII.
struct Utf8 {
    right: usize,
    wrong: usize,
    first_wrong: usize,
}

impl Utf8 {
    fn of(start: &[u8], whole: bool) -> Self {
        let mut found = Self {
            right: 0,
            wrong: 0,
            first_wrong: start.len(),
        };
        let mut at = 0;
        for chunk in start.utf8_chunks() {
            found.right += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
            at += chunk.valid().len();
            let invalid = chunk.invalid();
            let cut_off = !whole
                && at + invalid.len() == start.len()
                && std::str::from_utf8(invalid).is_err_and(|e| e.error_len().is_none());
            if !invalid.is_empty() && !cut_off {
                found.wrong += 1;
                found.first_wrong = found.first_wrong.min(at);
            }
            at += invalid.len();
        }
        found
    }
}
