//! The state of one walk: where it stands, what was answered and decided. It is the part of a session that the engine
//! owns; the session's document holds it whole, and the figures are counted from it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::{answer::Answers, offer::OfferKind, outcome::Outcome, step::Action};
use kale_domain::id::{CardId, ElementId, OfferId};

mod engine;
mod facts;
mod follow;
mod idle;
mod refusal;
mod route;
mod situation;

pub use engine::{Applied, actions, apply, start};
pub use idle::{ABANDONED_AFTER, EXPIRED_AFTER, Standing};
pub use refusal::Refusal;
pub use situation::Situation;

/// How many steps a walk may have. Afterwards it can only be cancelled: going to and fro does not grow a session without
/// end, and the way out never closes.
pub const MAX_STEPS: u32 = 300;

/// One walk of one version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Walk {
    /// Which version is walked.
    pub version: u32,
    /// The number of the step expected next: 1 at the start, one more after each accepted step.
    pub step: u32,
    /// Where the walk stands.
    pub status: Status,
    /// The cards on the way to the present one, oldest first; going back takes the last.
    pub trail: Vec<CardId>,
    /// Every card that was shown, in order.
    pub viewed: Vec<Viewed>,
    /// What was answered. Answers to cards that the walker went back from stay here and count for no condition.
    pub answers: Answers,
    /// What was decided on offer, hand-off and confirm cards.
    pub decisions: BTreeMap<CardId, Decision>,
    /// The offers that were shown, in order.
    pub offers: Vec<OfferShown>,
    /// The last accepted step, so that the same one again gets the same answer.
    pub last: Option<Posted>,
}

/// Where a walk stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case", deny_unknown_fields)]
pub enum Status {
    /// Somebody walks.
    InProgress {
        /// The card shown.
        card: CardId,
    },
    /// Nobody has come by for a while; coming back goes on here.
    Abandoned {
        /// The card shown last.
        card: CardId,
    },
    /// Nobody came back in time. Final, without an outcome.
    Expired {
        /// The card shown last.
        card: CardId,
    },
    /// The walk has ended. Final.
    Completed {
        /// How.
        outcome: Outcome,
        /// The card that says so; `None` where the workflow has none for it.
        page: Option<CardId>,
        /// Whether the page's optional questions may still be answered.
        afterthought: Afterthought,
    },
}

/// Whether the last page still takes answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Afterthought {
    /// It asks something nobody has answered.
    Open,
    /// It asks nothing, or was answered.
    Closed,
}

/// A card that was shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Viewed {
    /// Which.
    pub card: CardId,
    /// The number of the step that was expected when it was shown.
    pub step: u32,
}

/// What was decided on a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// The offer, or a person's help, was taken.
    Accepted,
    /// It was not.
    Declined,
    /// The subscriber cancelled, on the confirm card.
    Cancelled,
    /// The subscriber keeps the subscription, on the confirm card.
    Kept,
}

impl Decision {
    /// The name in conditions and on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Declined => "declined",
            Self::Cancelled => "cancelled",
            Self::Kept => "kept",
        }
    }
}

/// An offer that was shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferShown {
    /// On which card.
    pub card: CardId,
    /// In which element.
    pub element: ElementId,
    /// What kind it is.
    pub kind: OfferKind,
    /// The company's offer; `None` in a preview of a template.
    pub offer: Option<OfferId>,
    /// The step that was expected when it was shown first.
    pub step: u32,
}

/// A step that was accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posted {
    /// Its number.
    pub step: u32,
    /// On which card.
    pub card: CardId,
    /// What was done.
    pub action: Action,
    /// With which answers.
    pub answers: Answers,
}

impl Walk {
    /// The card shown while the walk can go on.
    #[must_use]
    pub const fn current(&self) -> Option<CardId> {
        match self.status {
            Status::InProgress { card } | Status::Abandoned { card } => Some(card),
            Status::Expired { .. } | Status::Completed { .. } => None,
        }
    }

    /// How it ended, if it did.
    #[must_use]
    pub const fn outcome(&self) -> Option<Outcome> {
        match self.status {
            Status::Completed { outcome, .. } => Some(outcome),
            _ => None,
        }
    }

    /// What was decided on an offer.
    #[must_use]
    pub fn decision(&self, offer: &OfferShown) -> Option<Decision> {
        self.decisions.get(&offer.card).copied()
    }

    /// Nobody has come by for a while: from in progress only.
    pub fn abandon(self) -> Result<Self, Refusal> {
        match self.status {
            Status::InProgress { card } => Ok(self.with(Status::Abandoned { card })),
            _ => Err(Refusal::WrongState),
        }
    }

    /// Somebody came back: from abandoned only.
    pub fn resume(self) -> Result<Self, Refusal> {
        match self.status {
            Status::Abandoned { card } => Ok(self.with(Status::InProgress { card })),
            _ => Err(Refusal::WrongState),
        }
    }

    /// Nobody came back in time: from in progress or abandoned.
    pub fn expire(self) -> Result<Self, Refusal> {
        match self.status {
            Status::InProgress { card } | Status::Abandoned { card } => {
                Ok(self.with(Status::Expired { card }))
            }
            _ => Err(Refusal::WrongState),
        }
    }

    fn with(mut self, status: Status) -> Self {
        self.status = status;
        self
    }

    /// The cards whose answers and decisions count: those on the way here.
    pub(crate) fn counting(&self) -> BTreeSet<CardId> {
        self.trail.iter().copied().collect()
    }
}

#[cfg(test)]
mod tests;
