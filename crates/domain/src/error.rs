//! How an error is classified, without naming a transport.

use std::{borrow::Cow, error::Error, time::Duration};

use serde::Serialize;

/// What the caller may do about an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// The request can't be read at all.
    Malformed,
    /// The request can be read and breaks a rule.
    Invalid,
    /// Nobody is signed in, or the credential is not good any more.
    Unauthenticated,
    /// The caller may not do this.
    Forbidden,
    /// The thing does not exist, or not for this caller.
    NotFound,
    /// The request contradicts the present state.
    Conflict,
    /// Somebody changed the thing in between.
    Stale,
    /// A precondition (`If-Match`) has to be sent.
    PreconditionRequired,
    /// The body is larger than allowed.
    TooLarge,
    /// The body has a type that is not read here.
    UnsupportedMedia,
    /// The caller asks too often.
    RateLimited,
    /// A provider refused or failed; retrying may help.
    Upstream,
    /// We are not able to answer just now; retrying will help.
    Unavailable,
    /// Ours to fix; the detail stays in the log.
    Internal,
}

/// One thing that is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldError {
    /// `#/…` into the body, `?name` for a parameter.
    pub pointer: String,
    /// A slug that never changes, such as `unknown-metric`.
    pub code: Cow<'static, str>,
    /// What is wrong and what is allowed, for a person.
    pub message: String,
}

impl FieldError {
    /// A wrong value at `pointer`.
    pub fn new(
        pointer: impl Into<String>,
        code: impl Into<Cow<'static, str>>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            pointer: pointer.into(),
            code: code.into(),
            message: message.into(),
        }
    }

    /// The same inside a part of the request: `#/name` is `#/admin/name` inside `admin`.
    #[must_use]
    pub fn within(mut self, part: &str) -> Self {
        if let Some(rest) = self.pointer.strip_prefix("#/") {
            self.pointer = format!("#/{part}/{rest}");
        }
        self
    }
}

/// An error of a use case: it knows its kind and its stable public code.
pub trait Classify: Error + Send + Sync + 'static {
    /// What the caller may do about it.
    fn kind(&self) -> ErrorKind;
    /// A slug which never changes once released, such as `unknown-persona`.
    fn code(&self) -> &'static str;
    /// The places in the request that are wrong.
    fn fields(&self) -> Vec<FieldError> {
        Vec::new()
    }
    /// When it makes sense to ask again.
    fn retry_after(&self) -> Option<Duration> {
        None
    }
}
