//! Why something about customers could not be done.

use kale_domain::{
    attribute::AttributeKey,
    error::{Classify, ErrorKind, FieldError},
};
use kale_persistence::StoreError;

/// One variant per thing a caller does differently.
#[derive(Debug, thiserror::Error)]
pub enum CustomerError {
    /// Parameters of a list can't be read.
    #[error("the list can't be asked for so")]
    BadQuery(Vec<FieldError>),
    /// Values break a rule.
    #[error("the customer can't be stored so")]
    Invalid(Vec<FieldError>),
    /// There is no such customer within reach.
    #[error("there is no such customer")]
    NotFound,
    /// A customer of that external id exists.
    #[error(
        "a customer with the external id `{0}` exists; use PUT /customers-by-external-id/{0} to change it"
    )]
    Exists(String),
    /// The company has marked an attribute sortable, and its customers are not brought up to that yet.
    #[error("customers are being made sortable by `attributes.{0}` just now; ask again in a moment")]
    SortNotReady(AttributeKey),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Classify for CustomerError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::BadQuery(_) => ErrorKind::Malformed,
            Self::Invalid(_) => ErrorKind::Invalid,
            Self::NotFound => ErrorKind::NotFound,
            Self::Exists(_) | Self::SortNotReady(_) => ErrorKind::Conflict,
            Self::Store(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::BadQuery(wrong) if wrong.iter().all(|error| error.code == "duplicate") => {
                "duplicate-parameter"
            }
            Self::BadQuery(_) => "invalid-parameter",
            Self::Invalid(_) => "validation",
            Self::NotFound => "not-found",
            Self::Exists(_) => "already-exists",
            Self::SortNotReady(_) => "wrong-state",
            Self::Store(error) => error.code(),
        }
    }

    fn fields(&self) -> Vec<FieldError> {
        match self {
            Self::BadQuery(wrong) | Self::Invalid(wrong) => wrong.clone(),
            _ => Vec::new(),
        }
    }
}
