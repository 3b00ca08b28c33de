//! What a workflow is beside its cards, as far as everybody names it.

use serde::{Deserialize, Serialize};

/// What starts a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trigger {
    /// An expert, by hand.
    Manual,
    /// A subscriber who wants to cancel.
    CancelIntent,
    /// A program.
    Api,
}

impl Trigger {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Manual, Self::CancelIntent, Self::Api];

    /// The name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Manual => "manual",
            Self::CancelIntent => "cancel_intent",
            Self::Api => "api",
        }
    }
}
