//! Why there is no answer.

use std::time::Duration;

/// One variant per thing a caller does differently. None repeats more of the request than its host.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// The address is not one that may be asked. Nothing was sent.
    #[error("{host} is no address that may be asked")]
    Forbidden {
        /// The host it names.
        host: String,
    },
    /// The budget is spent. Nothing was sent.
    #[error("{host} was asked as often as it may be")]
    Spent {
        /// The host.
        host: String,
        /// When there is room again.
        retry_after: Duration,
    },
    /// No connection came about: what was asked for has surely not happened.
    #[error("{host} can't be reached")]
    Unreachable {
        /// The host.
        host: String,
    },
    /// The connection broke off or took too long: what was asked for may have happened.
    #[error("{host} did not answer to the end")]
    Broken {
        /// The host.
        host: String,
    },
    /// The answer is larger than any that is waited for. What was asked for has happened.
    #[error("{host} answered more than is read")]
    TooLarge {
        /// The host.
        host: String,
    },
    /// The request can't be written down: a header's value, most likely.
    #[error("the request to {host} can't be written")]
    Unwritable {
        /// The host.
        host: String,
    },
}

impl HttpError {
    /// Whether what was asked for has surely not happened.
    #[must_use]
    pub const fn is_surely_undone(&self) -> bool {
        match self {
            Self::Forbidden { .. }
            | Self::Spent { .. }
            | Self::Unreachable { .. }
            | Self::Unwritable { .. } => true,
            Self::Broken { .. } | Self::TooLarge { .. } => false,
        }
    }
}
