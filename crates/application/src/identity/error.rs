//! Why nobody was signed in.

use std::time::Duration;

use kale_domain::error::{Classify, ErrorKind};
use kale_integrations::IntegrationError;
use kale_persistence::{StoreError, seal::SealError};

/// Why the provider's answer signs nobody in.
#[derive(Debug, thiserror::Error)]
pub enum ProviderSignInError {
    /// It is unknown, used, too old, or was asked for by another browser: nobody learns which.
    #[error("this sign-in was not begun here, or too long ago; begin again")]
    Stale,
    /// The provider knows who they are, and that is not enough.
    #[error(transparent)]
    NoAccess(#[from] NoAccess),
    /// The provider failed or refused.
    #[error(transparent)]
    Provider(#[from] IntegrationError),
    /// What is kept could not be sealed or opened.
    #[error(transparent)]
    Seal(SealError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoAccess {
    /// They belong to no organization, or not to that one (any more).
    #[error("your account does not belong to a company here")]
    NoMembership,
    /// Their organization is no company here, or one that takes nobody in.
    #[error("your company is not set up here")]
    UnknownOrganization,
    /// Their role there plays no part here.
    #[error("your role there plays no part here")]
    UnknownRole,
    /// The provider does not know that they read mail at their address.
    #[error("your address is not confirmed yet")]
    Unverified,
    /// They were deactivated here.
    #[error("your access was taken away")]
    Deactivated,
}

impl From<SealError> for ProviderSignInError {
    fn from(error: SealError) -> Self {
        match error {
            SealError::Store(error) => Self::Store(error),
            other => Self::Seal(other),
        }
    }
}

impl Classify for ProviderSignInError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Stale => ErrorKind::Unauthenticated,
            Self::NoAccess(_) => ErrorKind::Forbidden,
            Self::Provider(error) => error.kind(),
            Self::Seal(error) => error.kind(),
            Self::Store(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Stale => "unauthenticated",
            Self::NoAccess(_) => "forbidden",
            Self::Provider(error) => error.code(),
            Self::Seal(error) => error.code(),
            Self::Store(error) => error.code(),
        }
    }

    fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Provider(error) => error.retry_after(),
            Self::Seal(error) => error.retry_after(),
            Self::Store(error) => error.retry_after(),
            Self::Stale | Self::NoAccess(_) => None,
        }
    }
}
