//! Three-valued truth: what can't be known is neither true nor false.

use serde::{Deserialize, Serialize};

/// What a rule says about one customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Truth {
    /// It holds.
    True,
    /// It does not hold.
    False,
    /// A value it needs is missing or of another type.
    Unknown,
}

impl Truth {
    /// Whether a rule of this truth matches: only [`Truth::True`] does.
    #[must_use]
    pub const fn matches(self) -> bool {
        matches!(self, Self::True)
    }

    /// The opposite; the opposite of unknown is unknown.
    #[must_use]
    pub const fn negated(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            Self::Unknown => Self::Unknown,
        }
    }
}

impl From<bool> for Truth {
    fn from(holds: bool) -> Self {
        if holds { Self::True } else { Self::False }
    }
}
