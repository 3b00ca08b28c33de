//! How a walk may end. The names and what they mean are those of the product's definitions: one list for the engine, the
//! figures and the API.

use serde::{Deserialize, Serialize};

/// How a finished walk ended. A walk that is in progress, abandoned or expired has no outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The subscription goes on unchanged, or under an accepted offer that keeps its size.
    Saved,
    /// The subscription goes on at a smaller size.
    Contracted,
    /// The subscriber cancelled. Only the confirm card ends so.
    Cancelled,
    /// The subscriber asked to be contacted later.
    Deferred,
    /// Handed to a person and closed there.
    Escalated,
    /// A failed payment was mended; counted under involuntary churn, never as a save.
    Recovered,
    /// A subscription that had ended lives again.
    Reactivated,
    /// Billed elsewhere; the subscriber was told where to cancel.
    Redirected,
}

impl Outcome {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Saved,
        Self::Contracted,
        Self::Cancelled,
        Self::Deferred,
        Self::Escalated,
        Self::Recovered,
        Self::Reactivated,
        Self::Redirected,
    ];

    /// The name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Saved => "saved",
            Self::Contracted => "contracted",
            Self::Cancelled => "cancelled",
            Self::Deferred => "deferred",
            Self::Escalated => "escalated",
            Self::Recovered => "recovered",
            Self::Reactivated => "reactivated",
            Self::Redirected => "redirected",
        }
    }

    /// What a walk that reaches an end of this name really ends as: a downgrade is never called a save.
    #[must_use]
    pub const fn settled(self, kept: Kept) -> Self {
        match (self, kept) {
            (Self::Saved, Kept::Less) => Self::Contracted,
            _ => self,
        }
    }
}

/// What the accepted offers of a walk leave of the subscription.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// At least its size before.
    Whole,
    /// A smaller plan or quantity.
    Less,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_downgrade_is_contracted_and_every_other_end_stays_itself() {
        for outcome in Outcome::ALL {
            assert_eq!(outcome.settled(Kept::Whole), outcome);
            let expected = if outcome == Outcome::Saved {
                Outcome::Contracted
            } else {
                outcome
            };
            assert_eq!(outcome.settled(Kept::Less), expected);
        }
    }
}
