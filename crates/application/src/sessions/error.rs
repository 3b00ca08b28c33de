//! Why a session was not begun, read or changed.

use std::time::Duration;

use kale_domain::error::{Classify, ErrorKind, FieldError};
use kale_flow::walk::Refusal;
use kale_persistence::StoreError;

use super::Seen;

/// Why a session was not begun, read or changed.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// The token opens nothing (any more): nobody learns why.
    #[error("this needs a subscriber's token that opens something")]
    Refused,
    /// There is no such session for this caller.
    #[error("there is no such session")]
    NotFound,
    /// The step was refused; the session did not change, but for what time makes of it.
    #[error("{refusal}")]
    Step {
        /// Why.
        refusal: Refusal,
        /// The session as it stands.
        seen: Box<Seen>,
    },
    /// The workflow can't be walked: ours to mend.
    #[error("the workflow can't be walked")]
    Broken(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl SessionError {
    /// Whether somebody else was faster, so that trying again may do.
    pub(super) const fn is_lost_race(&self) -> bool {
        matches!(self, Self::Store(StoreError::Stale | StoreError::Duplicate))
    }
}

impl Classify for SessionError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Refused => ErrorKind::Unauthenticated,
            Self::NotFound => ErrorKind::NotFound,
            Self::Step { refusal, .. } => refusal.kind(),
            Self::Broken(_) => ErrorKind::Internal,
            Self::Store(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Refused => "unauthenticated",
            Self::NotFound => "not-found",
            Self::Step { refusal, .. } if refusal.kind() == ErrorKind::Internal => "internal",
            Self::Step { refusal, .. } => refusal.code(),
            Self::Broken(_) => "internal",
            Self::Store(error) => error.code(),
        }
    }

    fn fields(&self) -> Vec<FieldError> {
        match self {
            Self::Step { refusal, .. } => refusal.fields(),
            _ => Vec::new(),
        }
    }

    fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Store(error) => error.retry_after(),
            _ => None,
        }
    }
}
