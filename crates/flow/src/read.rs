//! Reads documents strictly, so that every mistake is named at its place.

use kale_domain::error::FieldError;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::Segment;

/// How many mistakes of one document are told at once: an answer must not grow far beyond its question.
pub(crate) const MAX_ERRORS: usize = 100;

/// Collects what is wrong.
#[derive(Debug, Default)]
pub(crate) struct Reader {
    pub(crate) errors: Vec<FieldError>,
}

impl Reader {
    /// Notes a mistake.
    pub(crate) fn wrong<T>(
        &mut self,
        at: impl Into<String>,
        code: &'static str,
        message: impl Into<String>,
    ) -> Option<T> {
        self.note(FieldError::new(at, code, message));
        None
    }

    /// Notes mistakes found elsewhere.
    pub(crate) fn note_all<T>(&mut self, errors: Vec<FieldError>) -> Option<T> {
        for error in errors {
            self.note(error);
        }
        None
    }

    fn note(&mut self, error: FieldError) {
        if self.errors.len() < MAX_ERRORS {
            self.errors.push(error);
        }
    }

    /// Reads a part whose type refuses unknown fields; the first mistake in it is noted at its own place.
    pub(crate) fn typed<T: DeserializeOwned>(&mut self, value: &Value, at: &str) -> Option<T> {
        match serde_path_to_error::deserialize(value) {
            Ok(typed) => Some(typed),
            Err(error) => {
                let mut pointer = at.to_owned();
                for segment in error.path() {
                    match segment {
                        Segment::Seq { index } => pointer = format!("{pointer}/{index}"),
                        Segment::Map { key } => pointer = step(&pointer, key),
                        Segment::Enum { .. } | Segment::Unknown => {}
                    }
                }
                let message: String = error.inner().to_string().chars().take(500).collect();
                let code = if message.starts_with("unknown field") {
                    "unknown-key"
                } else if message.starts_with("missing field") {
                    "missing-key"
                } else {
                    "invalid-value"
                };
                self.wrong(pointer, code, message)
            }
        }
    }

    /// What was read, unless something was wrong.
    pub(crate) fn finish<T>(self, read: Option<T>) -> Result<T, Vec<FieldError>> {
        match read {
            Some(read) if self.errors.is_empty() => Ok(read),
            _ => Err(self.errors),
        }
    }
}

/// A key as a step of a JSON pointer.
pub(crate) fn step(at: &str, key: &str) -> String {
    let key: String = key.chars().take(64).collect();
    format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"))
}

/// All mistakes as one message, for a reader that can't carry places.
pub(crate) fn joined(errors: &[FieldError]) -> String {
    let texts: Vec<String> = errors
        .iter()
        .map(|error| format!("{}: {}", error.pointer, error.message))
        .collect();
    texts.join("; ")
}
