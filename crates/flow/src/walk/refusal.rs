//! Why a step is refused: a closed list.

use kale_domain::error::{Classify, ErrorKind, FieldError};

use crate::step::Action;
use kale_domain::id::CardId;

/// A step was refused; the walk did not change.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It is not the step expected next, nor the last one again.
    #[error("step {expected} is expected next, not {got}")]
    OutOfStep {
        /// Which step is next.
        expected: u32,
        /// Which was posted.
        got: u32,
    },
    /// That step was taken with other content.
    #[error("step {step} was taken already, with another card, action or answers")]
    StepTaken {
        /// Which.
        step: u32,
    },
    /// It was made on another card than the present one.
    #[error("the card of this step is {current}")]
    AnotherCard {
        /// The present one.
        current: CardId,
    },
    /// The walk has ended or expired.
    #[error("this session has ended")]
    Ended,
    /// The card does not offer that.
    #[error("this card does not offer that action")]
    NotOffered {
        /// What it offers.
        actions: Vec<Action>,
    },
    /// Some answers can't be taken.
    #[error("some answers can't be taken")]
    Answers(Vec<FieldError>),
    /// So many steps were made that only cancelling is left.
    #[error("this session has too many steps; it can only be cancelled")]
    TooManySteps,
    /// The walk is of another version.
    #[error("this session walks version {walked}, not {given}")]
    AnotherVersion {
        /// Which it walks.
        walked: u32,
        /// Which was given.
        given: u32,
    },
    /// No card follows and no outcome was reached: the version was not checked before it was published, or is a draft.
    #[error("no card follows here and no outcome is reached")]
    DeadEnd,
    /// The state can't become that.
    #[error("the session is in another state")]
    WrongState,
}

impl Classify for Refusal {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::OutOfStep { .. }
            | Self::StepTaken { .. }
            | Self::AnotherCard { .. }
            | Self::Ended
            | Self::TooManySteps
            | Self::WrongState => ErrorKind::Conflict,
            Self::NotOffered { .. } | Self::Answers(_) => ErrorKind::Invalid,
            Self::AnotherVersion { .. } | Self::DeadEnd => ErrorKind::Internal,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::OutOfStep { .. } => "out-of-step",
            Self::StepTaken { .. } => "step-taken",
            Self::AnotherCard { .. } => "another-card",
            Self::Ended => "session-ended",
            Self::NotOffered { .. } => "action-not-offered",
            Self::Answers(_) => "invalid-answers",
            Self::TooManySteps => "too-many-steps",
            Self::AnotherVersion { .. } => "another-version",
            Self::DeadEnd => "dead-end",
            Self::WrongState => "wrong-state",
        }
    }

    fn fields(&self) -> Vec<FieldError> {
        match self {
            Self::Answers(errors) => errors.clone(),
            Self::NotOffered { .. } => vec![FieldError::new("#/action", self.code(), self.to_string())],
            _ => Vec::new(),
        }
    }
}
