//! Why something about personas could not be done.

use kale_domain::error::{Classify, ErrorKind, FieldError};
use kale_persistence::StoreError;

use crate::customers::CustomerError;

/// One variant per thing a caller does differently.
#[derive(Debug, thiserror::Error)]
pub enum PersonaError {
    /// The configuration breaks a rule.
    #[error("the personas can't be saved so")]
    Invalid(Vec<FieldError>),
    /// There is no such persona.
    #[error("there is no such persona")]
    NotFound,
    /// Customers could not be found or read.
    #[error(transparent)]
    Customer(#[from] CustomerError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The built-in content can't be read: ours to mend.
    #[error(transparent)]
    Defaults(#[from] kale_rules::defaults::DefaultsError),
}

impl Classify for PersonaError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Invalid(_) => ErrorKind::Invalid,
            Self::NotFound => ErrorKind::NotFound,
            Self::Customer(error) => error.kind(),
            Self::Store(error) => error.kind(),
            Self::Defaults(_) => ErrorKind::Internal,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "validation",
            Self::NotFound => "not-found",
            Self::Customer(error) => error.code(),
            Self::Store(error) => error.code(),
            Self::Defaults(_) => "internal",
        }
    }

    fn fields(&self) -> Vec<FieldError> {
        match self {
            Self::Invalid(wrong) => wrong.clone(),
            Self::Customer(error) => error.fields(),
            _ => Vec::new(),
        }
    }
}
