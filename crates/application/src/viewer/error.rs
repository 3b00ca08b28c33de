//! Why something about the viewer was refused.

use std::time::Duration;

use kale_domain::error::{Classify, ErrorKind, FieldError};
use kale_persistence::{StoreError, seal::SealError};

/// Why settings, a secret or a token were refused.
#[derive(Debug, thiserror::Error)]
pub enum ViewerError {
    /// The wishes break a rule.
    #[error("it can't be so")]
    Invalid(Vec<FieldError>),
    /// There is no secret of that identity.
    #[error("there is no such viewer secret")]
    NotFound,
    /// The company has as many live secrets as it may have.
    #[error("there are 10 live secrets; revoke one that is no longer used")]
    TooMany,
    /// The key ring or the store failed.
    #[error(transparent)]
    Seal(#[from] SealError),
}

impl From<StoreError> for ViewerError {
    fn from(error: StoreError) -> Self {
        Self::Seal(error.into())
    }
}

impl Classify for ViewerError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Invalid(_) => ErrorKind::Invalid,
            Self::NotFound => ErrorKind::NotFound,
            Self::TooMany => ErrorKind::Conflict,
            Self::Seal(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "validation",
            Self::NotFound => "not-found",
            Self::TooMany => "wrong-state",
            Self::Seal(error) => error.code(),
        }
    }

    fn fields(&self) -> Vec<FieldError> {
        match self {
            Self::Invalid(wrong) => wrong.clone(),
            _ => Vec::new(),
        }
    }

    fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Seal(error) => error.retry_after(),
            _ => None,
        }
    }
}
