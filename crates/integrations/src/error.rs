//! Why a provider did not do what it was asked for.

use std::time::Duration;

use kale_domain::error::{Classify, ErrorKind};
use kale_http_client::HttpError;

/// One cause per thing a caller does differently. None repeats what was sent.
#[derive(Debug, thiserror::Error)]
pub enum IntegrationError {
    /// The provider does not take our credential (any more).
    #[error("the provider does not accept our credential")]
    Unauthorized,
    /// The credential does not reach so far.
    #[error("our credential may not do this; it lacks {missing}")]
    Forbidden {
        /// What it lacks, as the provider calls it.
        missing: String,
    },
    /// There is no such thing at the provider.
    #[error("the provider has no such thing")]
    NotFound,
    /// The provider read the wish and says no; saying it again changes nothing.
    #[error("the provider refused: {code}")]
    Rejected {
        /// The provider's code.
        code: String,
    },
    /// The provider, or this account of it, can't do that.
    #[error("the provider can't do this: {capability}")]
    Unsupported {
        /// What.
        capability: &'static str,
    },
    /// We ask too often.
    #[error("the provider is asked too often")]
    RateLimited {
        /// When there is room again.
        retry_after: Duration,
    },
    /// Surely nothing has happened; asking again later may help.
    #[error("the provider can't be reached")]
    Unavailable,
    /// It may have happened: look before it is done again.
    #[error("the provider gave no whole answer")]
    Ambiguous,
}

impl From<HttpError> for IntegrationError {
    fn from(error: HttpError) -> Self {
        match error {
            HttpError::Spent { retry_after, .. } => Self::RateLimited { retry_after },
            error if error.is_surely_undone() => Self::Unavailable,
            _ => Self::Ambiguous,
        }
    }
}

impl Classify for IntegrationError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::RateLimited { .. } | Self::Unavailable => ErrorKind::Unavailable,
            _ => ErrorKind::Upstream,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::RateLimited { .. } | Self::Unavailable => "unavailable",
            _ => "upstream",
        }
    }

    fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::RateLimited { retry_after } => Some(*retry_after),
            Self::Unavailable => Some(Duration::from_secs(5)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_surely_did_not_happen_is_told_apart_from_what_may_have() {
        let host = || "api.example.com".to_owned();
        let unreachable = IntegrationError::from(HttpError::Unreachable { host: host() });
        let broken = IntegrationError::from(HttpError::Broken { host: host() });
        assert!(matches!(unreachable, IntegrationError::Unavailable));
        assert!(matches!(broken, IntegrationError::Ambiguous));
        let retry_after = Duration::from_secs(3);
        let spent = IntegrationError::from(HttpError::Spent {
            host: host(),
            retry_after,
        });
        assert_eq!(spent.retry_after(), Some(retry_after));
    }
}
