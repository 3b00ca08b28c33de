//! Which persona a customer has, and how it came to it.

use std::{fmt, str::FromStr};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::id::{PersonaId, UserId};

/// The immutable name of a persona or category inside a company: `early_monthly`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct PersonaKey(String);

/// The text is no persona key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected 1 to 48 lower-case letters, digits or underscores, starting with a letter")]
pub struct ParsePersonaKeyError;

impl PersonaKey {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for PersonaKey {
    type Err = ParsePersonaKeyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let legal = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
        let starts = text.bytes().next().is_some_and(|b| b.is_ascii_lowercase());
        if text.len() <= 48 && starts && text.bytes().all(legal) {
            Ok(Self(text.to_owned()))
        } else {
            Err(ParsePersonaKeyError)
        }
    }
}

impl TryFrom<String> for PersonaKey {
    type Error = ParsePersonaKeyError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<PersonaKey> for String {
    fn from(key: PersonaKey) -> Self {
        key.0
    }
}

impl fmt::Display for PersonaKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A colour of the palette; the dashboard knows its light and its dark form.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Colour {
    #[default]
    Leaf,
    Stem,
    Sun,
    Sky,
    Slate,
}

impl Colour {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Leaf, Self::Stem, Self::Sun, Self::Sky, Self::Slate];

    /// The name on the wire and of the CSS class.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Leaf => "leaf",
            Self::Stem => "stem",
            Self::Sun => "sun",
            Self::Sky => "sky",
            Self::Slate => "slate",
        }
    }
}

/// Who put a customer where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AssignedBy {
    /// A rule of that version of the configuration, judged for that instant.
    Rule {
        /// The configuration's version.
        version: u64,
        /// The instant the dates of the rule were read against.
        as_of: Timestamp,
    },
    /// A person. Stays until a person takes it back: rules don't move a locked customer.
    Manual {
        /// Who.
        user: Option<UserId>,
        /// Why, in their words.
        reason: Option<String>,
    },
}

/// The persona of a customer, and how it came to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonaState {
    /// Which; `None` is *unassigned*.
    pub persona: Option<PersonaId>,
    /// Who put it there; `None` while nobody has looked yet.
    pub by: Option<AssignedBy>,
    /// Since when.
    pub since: Timestamp,
}

impl PersonaState {
    /// Not looked at yet.
    #[must_use]
    pub const fn unassigned(since: Timestamp) -> Self {
        Self {
            persona: None,
            by: None,
            since,
        }
    }

    /// Whether a person decided, so that no rule moves the customer.
    #[must_use]
    pub const fn is_locked(&self) -> bool {
        matches!(self.by, Some(AssignedBy::Manual { .. }))
    }
}

/// One change of a customer's persona.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonaChange {
    /// Where it was.
    pub from: Option<PersonaId>,
    /// Where it went.
    pub to: Option<PersonaId>,
    /// Who moved it.
    pub by: AssignedBy,
    /// When.
    pub at: Timestamp,
}
