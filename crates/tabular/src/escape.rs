//! Cells a spreadsheet program would take for a formula.

use std::borrow::Cow;

/// Takes the sting out of a cell before it is written: a spreadsheet program runs what begins with
/// `=`, `+`, `-`, `@` (also in full width), a tab, a line feed or a carriage return. Such a cell gets a `'` in front.
///
/// A plain number (`-12.5`, `+3`) is no danger and stays as it is. A cell that begins with `'` and goes on like a
/// formula gets another `'`, so that [`unescape`] gives back every text exactly.
#[must_use]
pub fn escape(text: &str) -> Cow<'_, str> {
    if needs_escape(text) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// What [`escape`] was given.
#[must_use]
pub fn unescape(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if starts_formula(rest.trim_start_matches('\'')) => rest,
        _ => text,
    }
}

/// A field as it is read: trimmed, without our `'`.
pub(crate) fn cell(field: &str) -> &str {
    let trimmed = trim(field);
    if trimmed.starts_with('\'') {
        unescape(trimmed).trim()
    } else {
        trimmed
    }
}

/// `str::trim`, quick where nothing is to be trimmed.
fn trim(text: &str) -> &str {
    let solid = |b: Option<&u8>| b.is_some_and(u8::is_ascii_graphic);
    let bytes = text.as_bytes();
    if solid(bytes.first()) && solid(bytes.last()) {
        text
    } else {
        text.trim()
    }
}

/// Whether [`escape`] changes the text.
pub(crate) fn needs_escape(text: &str) -> bool {
    match text.as_bytes().first() {
        Some(b'\'') => starts_formula(text.trim_start_matches('\'')),
        Some(_) => starts_formula(text) && !is_plain_number(text),
        None => false,
    }
}

fn starts_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠', '\t', '\r', '\n'])
}

/// A sign, digits, at most one point or comma between digits.
fn is_plain_number(text: &str) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (whole, fraction) = digits.split_once(['.', ',']).unwrap_or((digits, "0"));
    let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    all_digits(whole) && all_digits(fraction)
}
