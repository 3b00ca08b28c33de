//! How a handler ends without success.

use std::time::Duration;

use kale_persistence::{StoreError, seal::SealError};

/// Why a handler failed. What it prints is kept and shown to people: no secrets, no addresses.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;

/// One variant per thing the worker does with the job.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// Try again, a little later each time.
    #[error("{0}")]
    Retry(#[source] Cause),
    /// Try again, but not before that time has passed.
    #[error("{cause}")]
    RetryAfter {
        /// How long to wait.
        after: Duration,
        /// What went wrong.
        #[source]
        cause: Cause,
    },
    /// Another try would fail in the same way.
    #[error("{0}")]
    Fail(#[source] Cause),
    /// It stopped because somebody asked for it.
    #[error("the job was cancelled")]
    Cancelled,
    /// Something else has to end first: look again after that time. Does not count as a try.
    #[error("the job waits for its turn")]
    NotYet {
        /// How long to wait.
        after: Duration,
    },
    /// It stopped because the worker stops; another worker goes on. Does not count as a try.
    #[error("the worker is stopping")]
    Yield,
    /// Another worker has the job: nothing more may be written.
    #[error("the job is held by another worker")]
    LeaseLost,
}

impl JobError {
    /// Try again, a little later each time.
    pub fn retry(cause: impl Into<Cause>) -> Self {
        Self::Retry(cause.into())
    }

    /// Try again, but not before that time has passed.
    pub fn retry_after(after: Duration, cause: impl Into<Cause>) -> Self {
        Self::RetryAfter {
            after,
            cause: cause.into(),
        }
    }

    /// Another try would fail in the same way.
    pub fn fail(cause: impl Into<Cause>) -> Self {
        Self::Fail(cause.into())
    }
}

impl From<SealError> for JobError {
    fn from(error: SealError) -> Self {
        match error {
            SealError::Store(error) => error.into(),
            // A worker with the right key can read it.
            SealError::UnknownKey { .. } => Self::Retry(error.into()),
            _ => Self::Fail(error.into()),
        }
    }
}

impl From<StoreError> for JobError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::LeaseLost => Self::LeaseLost,
            // What can't be read now can't be read in a minute; people should see it at once.
            StoreError::Corrupt { .. } => Self::Fail(error.into()),
            StoreError::Duplicate | StoreError::Stale | StoreError::TooSlow | StoreError::Unavailable(_) => {
                Self::Retry(error.into())
            }
        }
    }
}
