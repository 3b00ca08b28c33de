//! Why a subscriber leaves, by the key of the company's catalogue.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// The immutable key of a reason: `price_too_high`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct ReasonKey(String);

/// The text is no reason key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected 1 to 48 lower-case letters, digits or underscores, starting with a letter")]
pub struct ParseReasonKeyError;

impl ReasonKey {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ReasonKey {
    type Err = ParseReasonKeyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let legal = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
        let starts = text.bytes().next().is_some_and(|b| b.is_ascii_lowercase());
        if text.len() <= 48 && starts && text.bytes().all(legal) {
            Ok(Self(text.to_owned()))
        } else {
            Err(ParseReasonKeyError)
        }
    }
}

impl TryFrom<String> for ReasonKey {
    type Error = ParseReasonKeyError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<ReasonKey> for String {
    fn from(key: ReasonKey) -> Self {
        key.0
    }
}

impl fmt::Display for ReasonKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
