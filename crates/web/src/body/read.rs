//! From bytes to a type, or to what is wrong and where.

use kale_domain::error::FieldError;
use serde::de::DeserializeOwned;
use serde_json::error::Category;
use serde_path_to_error::{Path, Segment};

use super::strict::Strict;
use crate::Problem;

/// Reads the whole of `body` as a `T`.
pub(super) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Err(Problem::of("malformed-json").detail("the body is empty"));
    }
    let mut json = serde_json::Deserializer::from_slice(body);
    let value = match serde_path_to_error::deserialize(Strict(&mut json)) {
        Ok(value) => value,
        Err(error) => return Err(explain(body, error.path(), error.inner())),
    };
    json.end().map_err(|error| malformed(&error))?;
    Ok(value)
}

/// Where one of several names, or an object, is expected.
const ANOTHER_KIND: &str = "expected a string or an object";

fn explain(body: &[u8], path: &Path, error: &serde_json::Error) -> Problem {
    if !matches!(error.classify(), Category::Data) {
        // A number where a name is expected is a mistake of syntax to the parser; the document is JSON all the same.
        return match serde_json::from_slice::<serde_json::Value>(body) {
            Ok(_) => Problem::validation(vec![FieldError::new(pointer(path), "wrong-type", ANOTHER_KIND)]),
            Err(_) => malformed(error),
        };
    }
    // A wrong type may come before a wrong character: what is no JSON at all is said first.
    if let Err(error) = serde_json::from_slice::<serde::de::IgnoredAny>(body) {
        return malformed(&error);
    }
    Problem::validation(vec![wrong(path, &error.to_string())])
}

fn malformed(error: &serde_json::Error) -> Problem {
    let place = format!(
        "line {}, column {}: {}",
        error.line(),
        error.column(),
        without_place(&error.to_string())
    );
    let code = if error.is_eof() {
        "unexpected-end"
    } else {
        "syntax"
    };
    Problem::of("malformed-json")
        .error(FieldError::new("#", code, place.clone()))
        .detail(place)
}

/// `serde_json` writes the place at the end, where it is in the way of the sentence.
fn without_place(message: &str) -> &str {
    message.rsplit_once(" at line ").map_or(message, |(what, _)| what)
}

fn wrong(path: &Path, message: &str) -> FieldError {
    let message = without_place(message);
    let mut pointer = pointer(path);
    let code = match message {
        m if m.starts_with("unknown field") => "unknown-field",
        m if m.starts_with("missing field") => "missing",
        m if m.starts_with("duplicate field") => "duplicate",
        m if m.starts_with("unknown variant") => "unknown-value",
        m if m.starts_with("invalid type") => "wrong-type",
        _ => "invalid",
    };
    // These are found at the object; what they speak of is its field.
    if matches!(code, "unknown-field" | "missing" | "duplicate")
        && let Some(name) = message.split('`').nth(1)
    {
        let step = format!("/{}", escape(name));
        if !pointer.ends_with(&step) {
            pointer.push_str(&step);
        }
    }
    FieldError::new(pointer, code, plain(message))
}

/// `serde` names our own types, which say nothing to whoever sent the document.
fn plain(message: &str) -> String {
    let Some((before, expected)) = message.split_once("expected ") else {
        return message.to_owned();
    };
    let named = [
        "struct ",
        "internally tagged enum ",
        "adjacently tagged enum ",
        "enum ",
    ];
    let kind = named.iter().find(|kind| expected.starts_with(**kind));
    match kind {
        Some(&"struct " | &"internally tagged enum " | &"adjacently tagged enum ") => {
            format!("{before}expected an object")
        }
        Some(_) => format!("{before}{ANOTHER_KIND}"),
        None => message.to_owned(),
    }
}

fn pointer(path: &Path) -> String {
    let mut pointer = "#".to_owned();
    for segment in path {
        match segment {
            Segment::Seq { index } => pointer.push_str(&["/", &index.to_string()].concat()),
            Segment::Map { key } => pointer.push_str(&["/", &escape(key)].concat()),
            // The variant of an enum is no place in the document.
            Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    pointer
}

/// A part of a JSON pointer.
pub(super) fn escape(part: &str) -> String {
    part.replace('~', "~0").replace('/', "~1")
}
