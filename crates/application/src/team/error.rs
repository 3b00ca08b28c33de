//! Why nobody was invited, changed or let in.

use kale_domain::{
    error::{Classify, ErrorKind, FieldError},
    user::UserStatus,
};
use kale_persistence::{StoreError, seal::SealError};

/// Why somebody was not invited or changed.
#[derive(Debug, thiserror::Error)]
pub enum TeamError {
    /// The wishes break a rule.
    #[error("this can't be done so")]
    Invalid(Vec<FieldError>),
    /// The company has nobody of that identity.
    #[error("there is no such person in the company")]
    NotFound,
    /// Somebody of the company has that address.
    #[error("somebody of the company has this address, and is {}", .0.name())]
    Taken(UserStatus),
    /// They stand somewhere else than that needs.
    #[error("this person is {}; {needs}", .is.name())]
    NotNow {
        /// Where they stand.
        is: UserStatus,
        /// What would have to be.
        needs: &'static str,
    },
    /// Whoever wants to leave is a Kale admin.
    #[error("a Kale admin belongs to no company, and can only switch out of it")]
    NoMember,
    /// Nobody would be left who runs the company.
    #[error("this is the last active retention admin of the company; make somebody else one first")]
    LastAdmin,
    /// The mail with the link could not be sealed.
    #[error(transparent)]
    Seal(SealError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<SealError> for TeamError {
    fn from(error: SealError) -> Self {
        match error {
            SealError::Store(error) => Self::Store(error),
            other => Self::Seal(other),
        }
    }
}

/// Why an invitation lets nobody in.
#[derive(Debug, thiserror::Error)]
pub enum JoinError {
    /// It is unknown, used, replaced, taken back or too old: nobody learns which.
    #[error("this invitation works no more; ask for a new one")]
    Dead,
    /// People sign in through an identity provider, which has to know them first.
    #[error("people sign in through their company here; continue with the company's own sign-in")]
    Elsewhere,
    /// The name breaks a rule.
    #[error("this can't be done so")]
    Invalid(Vec<FieldError>),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Classify for TeamError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Invalid(_) => ErrorKind::Invalid,
            Self::NotFound => ErrorKind::NotFound,
            Self::Taken(_) | Self::NotNow { .. } | Self::NoMember | Self::LastAdmin => ErrorKind::Conflict,
            Self::Seal(error) => error.kind(),
            Self::Store(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "validation",
            Self::NotFound => "not-found",
            Self::Taken(UserStatus::Invited) => "already-invited",
            Self::Taken(UserStatus::Active) => "already-active",
            Self::Taken(UserStatus::Deactivated) => "already-deactivated",
            Self::NotNow { .. } => "wrong-state",
            Self::NoMember => "not-a-member",
            Self::LastAdmin => "last-admin",
            Self::Seal(error) => error.code(),
            Self::Store(error) => error.code(),
        }
    }

    fn fields(&self) -> Vec<FieldError> {
        match self {
            Self::Invalid(wrong) => wrong.clone(),
            _ => Vec::new(),
        }
    }
}

impl Classify for JoinError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Dead => ErrorKind::NotFound,
            Self::Elsewhere => ErrorKind::Forbidden,
            Self::Invalid(_) => ErrorKind::Invalid,
            Self::Store(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Dead => "invitation-dead",
            Self::Elsewhere => "sign-in-elsewhere",
            Self::Invalid(_) => "validation",
            Self::Store(error) => error.code(),
        }
    }

    fn fields(&self) -> Vec<FieldError> {
        match self {
            Self::Invalid(wrong) => wrong.clone(),
            _ => Vec::new(),
        }
    }
}
