//! Who takes letters.

use std::fmt;

use futures::future::BoxFuture;
use jiff::Timestamp;

use crate::Letter;

/// Takes letters. A mail server is one, keeping them for a developer to look at is another.
pub trait Transport: fmt::Debug + Send + Sync {
    /// Hands a letter over, dated so; it is taken when this answers.
    fn send<'a>(&'a self, letter: &'a Letter, at: Timestamp) -> BoxFuture<'a, Result<(), SendError>>;
}

/// Why a letter was not taken. What it prints is kept and shown to people: no address, no link, and nothing a mail
/// server said but its code, because servers repeat addresses.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// This letter will not be taken, however often it is tried.
    #[error("the mail server refuses this mail for good ({code})")]
    Refused {
        /// The server's code.
        code: String,
    },
    /// It may be taken later, or when somebody has mended the set-up.
    #[error("{reason}")]
    NotNow {
        /// What is in the way.
        reason: String,
    },
    /// No mail can be made of it.
    #[error("{0}")]
    Unsendable(&'static str),
}
