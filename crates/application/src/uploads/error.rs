//! Why something about uploads could not be done.

use kale_domain::{
    error::{Classify, ErrorKind, FieldError},
    upload::{MAX_BYTES, TransitionError, Unreadable},
};
use kale_persistence::StoreError;

/// One variant per thing a caller does differently.
#[derive(Debug, thiserror::Error)]
pub enum UploadError {
    /// The file can't be read at all; nothing was kept.
    #[error("{}", .0.message)]
    Unreadable(Unreadable),
    /// More bytes than we take; nothing was kept.
    #[error("the file is larger than {} MiB", MAX_BYTES / 1024 / 1024)]
    TooLarge,
    /// The sender stopped in the middle; nothing was kept.
    #[error("the file did not arrive whole: {0}")]
    Interrupted(String),
    /// The mapping breaks a rule.
    #[error("the file can't be mapped so")]
    Invalid(Vec<FieldError>),
    /// Not from where the upload stands.
    #[error(transparent)]
    NotNow(#[from] TransitionError),
    /// Another import is live by now, so this one can't be undone.
    #[error("another file was imported since; undo that one first")]
    Superseded,
    /// No mapping is confirmed.
    #[error("confirm a mapping first: PUT /uploads/{{id}}/mapping")]
    NotMapped,
    /// There is no such upload of this company.
    #[error("there is no such upload")]
    NotFound,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The blob store failed.
    #[error("the file store is not available")]
    Blobs(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl UploadError {
    /// Whether the upload was moved in between: whoever named no version looks again whether their step is possible.
    pub(super) const fn is_lost_race(&self) -> bool {
        matches!(self, Self::Store(StoreError::Stale))
    }

    pub(super) fn blobs(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Blobs(error.into())
    }
}

impl Classify for UploadError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Unreadable(_) | Self::Invalid(_) => ErrorKind::Invalid,
            Self::TooLarge => ErrorKind::TooLarge,
            Self::Interrupted(_) => ErrorKind::Malformed,
            Self::NotNow(_) | Self::Superseded | Self::NotMapped => ErrorKind::Conflict,
            Self::NotFound => ErrorKind::NotFound,
            Self::Store(error) => error.kind(),
            Self::Blobs(_) => ErrorKind::Unavailable,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Unreadable(_) => "unreadable-file",
            Self::TooLarge => "too-large",
            Self::Interrupted(_) => "malformed",
            Self::Invalid(_) => "validation",
            Self::NotNow(TransitionError::HasRejected(_)) => "has-rejected-rows",
            Self::NotNow(TransitionError::NothingToImport) => "nothing-to-import",
            Self::NotNow(TransitionError::TooLate) => "too-late",
            Self::NotNow(TransitionError::NotNow { .. }) => "wrong-state",
            Self::Superseded => "superseded",
            Self::NotMapped => "not-mapped",
            Self::NotFound => "not-found",
            Self::Store(error) => error.code(),
            Self::Blobs(_) => "file-store-unavailable",
        }
    }

    fn fields(&self) -> Vec<FieldError> {
        match self {
            Self::Invalid(wrong) => wrong.clone(),
            Self::Unreadable(why) => {
                let pointer = why
                    .line
                    .map_or_else(|| "#/file".to_owned(), |line| format!("#/file/line/{line}"));
                vec![FieldError::new(pointer, why.code.clone(), why.message.clone())]
            }
            _ => Vec::new(),
        }
    }

    fn retry_after(&self) -> Option<std::time::Duration> {
        match self {
            Self::Store(error) => error.retry_after(),
            Self::Blobs(_) => Some(std::time::Duration::from_secs(5)),
            _ => None,
        }
    }
}
