//! Which persona a customer has, and how it came to it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::id::{PersonaId, UserId};

crate::key::key! {
    /// The immutable name of a persona or category inside a company: `early_monthly`.
    PersonaKey, 48
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
