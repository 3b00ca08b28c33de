//! Why the store could not do what it was asked.

use std::time::Duration;

use kale_domain::error::{Classify, ErrorKind};
use mongodb::error::{Error, ErrorKind as DriverKind, WriteFailure};

/// MongoDB's code for a value that a unique index has already.
const DUPLICATE_KEY: i32 = 11000;
/// The codes of an operation that ran longer than it was allowed to.
const TIME_LIMIT: [i32; 2] = [50, 262];

/// One variant per thing a caller does differently.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A unique key has it already.
    #[error("it exists already")]
    Duplicate,
    /// Somebody changed the document in between.
    #[error("it was changed in between")]
    Stale,
    /// A write came from a worker that no longer holds the job.
    #[error("the job is held by another worker")]
    LeaseLost,
    /// The query took longer than an interactive one may.
    #[error("the query takes too long; narrow the filter")]
    TooSlow,
    /// A stored document can't be read: ours to mend.
    #[error("a stored {what} can't be read")]
    Corrupt {
        /// What kind of document.
        what: &'static str,
        /// Why not.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The database does not answer, or not now.
    #[error("the database is not available")]
    Unavailable(#[source] Box<Error>),
}

impl StoreError {
    /// A document of ours that we can't read.
    pub(crate) fn corrupt(
        what: &'static str,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self::Corrupt {
            what,
            source: source.into(),
        }
    }

    /// Whether the driver says that the whole transaction may be tried again.
    pub(crate) fn is_transient(&self) -> bool {
        matches!(self, Self::Unavailable(error) if error.contains_label(mongodb::error::TRANSIENT_TRANSACTION_ERROR))
    }
}

impl From<Error> for StoreError {
    fn from(error: Error) -> Self {
        // The database did answer: asking it again changes nothing.
        if matches!(error.kind.as_ref(), DriverKind::Bson(_)) {
            return Self::corrupt("document", error);
        }
        let code = match error.kind.as_ref() {
            DriverKind::Write(WriteFailure::WriteError(write)) => Some(write.code),
            DriverKind::Command(command) => Some(command.code),
            DriverKind::InsertMany(many) => many
                .write_errors
                .as_ref()
                .and_then(|all| all.first())
                .map(|one| one.code),
            _ => None,
        };
        match code {
            Some(DUPLICATE_KEY) => Self::Duplicate,
            Some(code) if TIME_LIMIT.contains(&code) => Self::TooSlow,
            _ => Self::Unavailable(Box::new(error)),
        }
    }
}

impl From<bson::error::Error> for StoreError {
    fn from(error: bson::error::Error) -> Self {
        Self::corrupt("document", error)
    }
}

impl Classify for StoreError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Duplicate | Self::LeaseLost => ErrorKind::Conflict,
            Self::Stale => ErrorKind::Stale,
            Self::TooSlow => ErrorKind::Invalid,
            Self::Corrupt { .. } => ErrorKind::Internal,
            Self::Unavailable(_) => ErrorKind::Unavailable,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Duplicate => "already-exists",
            Self::LeaseLost => "lease-lost",
            Self::Stale => "stale-version",
            Self::TooSlow => "narrow-your-filter",
            Self::Corrupt { .. } => "internal",
            Self::Unavailable(_) => "database-unavailable",
        }
    }

    fn retry_after(&self) -> Option<Duration> {
        matches!(self, Self::Unavailable(_)).then_some(Duration::from_secs(2))
    }
}

/// What every query answers.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;
