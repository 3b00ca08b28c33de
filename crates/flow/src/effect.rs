//! What happened in a step. The session's user events, notifications and requests follow from it, with ids made from
//! (session, step, effect), so that a step taken twice tells everything once.

use serde::Serialize;

use crate::{outcome::Outcome, walk::Decision};
use kale_domain::id::{CardId, ElementId};

/// One thing that happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Effect {
    /// The walk began.
    Started,
    /// The walker came back to an abandoned walk.
    Resumed,
    /// A card was shown.
    CardViewed {
        /// Which.
        card: CardId,
    },
    /// An element was answered, or answered otherwise than before.
    Answered {
        /// On which card.
        card: CardId,
        /// Which.
        element: ElementId,
    },
    /// A call to action was followed.
    CallFollowed {
        /// On which card.
        card: CardId,
        /// Which.
        element: ElementId,
    },
    /// An offer was shown for the first time.
    OfferShown {
        /// On which card.
        card: CardId,
    },
    /// An offer was taken: its promise stands from now on.
    OfferAccepted {
        /// On which card.
        card: CardId,
    },
    /// An offer was not taken.
    OfferDeclined {
        /// On which card.
        card: CardId,
    },
    /// A person was asked to take over.
    HandOffAsked {
        /// On which card.
        card: CardId,
    },
    /// Another decision was made.
    Decided {
        /// On which card.
        card: CardId,
        /// Which.
        decision: Decision,
    },
    /// The walker left the flow for the confirm card. Not yet a wish to cancel.
    CancelAsked {
        /// From which card.
        card: CardId,
    },
    /// The subscriber cancelled. To be recorded at once, dated and confirmed, whatever billing says.
    Cancelled {
        /// On which card.
        card: CardId,
    },
    /// The walk ended.
    Ended {
        /// How.
        outcome: Outcome,
    },
}
