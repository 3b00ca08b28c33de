//! Problem details (RFC 9457): the only error that a handler answers with.

mod render;
#[cfg(test)]
mod tests;

use std::{borrow::Cow, error::Error, fmt, time::Duration};

use actix_web::{
    HttpResponse, ResponseError,
    http::{
        StatusCode,
        header::{self, HeaderName, HeaderValue},
    },
};
use kale_domain::{
    access::Permission,
    error::{Classify, ErrorKind, FieldError},
};

pub use self::render::ProblemDocument;
pub(crate) use self::render::json;
use crate::catalogue;

/// A problem. It does not know its request; [`Edge`](crate::Edge) adds the request's id on the way out.
#[derive(Debug, Clone)]
pub struct Problem(Box<Inner>);

#[derive(Debug, Clone)]
struct Inner {
    status: StatusCode,
    code: &'static str,
    detail: Option<Cow<'static, str>>,
    errors: Vec<FieldError>,
    headers: Vec<(HeaderName, HeaderValue)>,
    current: Option<serde_json::Value>,
}

impl Problem {
    /// A problem of a type from the catalogue; its status is the type's.
    ///
    /// A code that the catalogue lacks is a mistake of ours. It stops debug builds, so that a test that meets it fails.
    #[must_use]
    pub fn of(code: &'static str) -> Self {
        let status = catalogue::find(code).and_then(|known| StatusCode::from_u16(known.status).ok());
        Self::new(status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), code)
    }

    /// A problem with a status that differs from its type's: the status follows from the kind of an error.
    fn new(status: StatusCode, code: &'static str) -> Self {
        debug_assert!(
            catalogue::find(code).is_some(),
            "`{code}` is missing in kale-web's catalogue of problems"
        );
        Self(Box::new(Inner {
            status,
            code,
            detail: None,
            errors: Vec::new(),
            headers: Vec::new(),
            current: None,
        }))
    }

    /// There is no such thing, or not for this caller: always the same answer.
    #[must_use]
    pub fn not_found() -> Self {
        Self::of("not-found").detail("it does not exist, or you may not see it")
    }

    /// Nobody is signed in.
    #[must_use]
    pub fn unauthenticated() -> Self {
        Self::of("unauthenticated").header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
    }

    /// The caller lacks that permission.
    #[must_use]
    pub fn forbidden(missing: Permission) -> Self {
        Self::of("forbidden").detail(format!("this needs the permission `{}`", missing.name()))
    }

    /// The caller is in no company, and this belongs to one.
    #[must_use]
    pub fn choose_a_company() -> Self {
        Self::of("choose-a-company").detail("enter a company first: POST /api/v1/companies/{id}/enter")
    }

    /// The caller is a program, and this belongs to a person.
    #[must_use]
    pub fn people_only() -> Self {
        Self::of("people-only")
    }

    /// These places of the request are wrong.
    #[must_use]
    pub fn validation(errors: Vec<FieldError>) -> Self {
        Self::of("validation").errors(errors)
    }

    /// The body is larger than `limit` bytes.
    #[must_use]
    pub fn too_large(limit: usize) -> Self {
        Self::of("too-large").detail(format!("the body may have at most {limit} bytes here"))
    }

    /// Ours to mend. Logs the error with its causes, which the answer does not name.
    #[must_use]
    pub fn internal(error: &(dyn Error + 'static)) -> Self {
        tracing::error!(error, error.code = "internal", "request failed");
        Self::of("internal")
    }

    /// What is wrong this time, for a person.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<Cow<'static, str>>) -> Self {
        self.0.detail = Some(detail.into());
        self
    }

    /// One place that is wrong.
    #[must_use]
    pub fn error(mut self, error: FieldError) -> Self {
        self.0.errors.push(error);
        self
    }

    /// The places that are wrong.
    #[must_use]
    pub fn errors(mut self, errors: Vec<FieldError>) -> Self {
        self.0.errors = errors;
        self
    }

    /// When to ask again; sent as whole seconds, at least one.
    #[must_use]
    pub fn retry_after(self, wait: Duration) -> Self {
        let seconds = wait
            .as_secs()
            .saturating_add(u64::from(wait.subsec_nanos() > 0))
            .max(1);
        self.header(header::RETRY_AFTER, HeaderValue::from(seconds))
    }

    /// A header that belongs to the answer.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers.push((name, value));
        self
    }

    /// The present state that the request contradicts, so that the caller need not ask for it.
    #[must_use]
    pub fn current(mut self, state: serde_json::Value) -> Self {
        self.0.current = Some(state);
        self
    }

    /// The present state, where the problem tells it.
    #[must_use]
    pub fn present_state(&self) -> Option<&serde_json::Value> {
        self.0.current.as_ref()
    }

    /// Its status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// Its slug.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.0.code
    }

    /// One line for people.
    #[must_use]
    pub fn title(&self) -> &'static str {
        let named = catalogue::find(self.0.code).map(|known| known.title);
        named
            .or_else(|| self.0.status.canonical_reason())
            .unwrap_or("Error")
    }

    /// What is wrong this time.
    #[must_use]
    pub fn explanation(&self) -> Option<&str> {
        self.0.detail.as_deref()
    }

    /// The places that are wrong.
    #[must_use]
    pub fn fields(&self) -> &[FieldError] {
        &self.0.errors
    }

    /// The headers that belong to the answer.
    pub(crate) fn headers(&self) -> &[(HeaderName, HeaderValue)] {
        &self.0.headers
    }
}

/// The only map from the kind of an error to a status, and the only place that logs a failed request.
impl<E: Classify> From<E> for Problem {
    fn from(error: E) -> Self {
        let status = status_of(error.kind());
        let code = error.code();
        if status == StatusCode::NOT_FOUND && code == "not-found" {
            return Self::not_found();
        }
        let mut problem = Self::new(status, code).errors(error.fields());
        if status.is_server_error() {
            let source: &(dyn Error + 'static) = &error;
            tracing::error!(error = source, error.code = code, "request failed");
        } else {
            // Not the message: it may repeat what the caller sent.
            tracing::debug!(error.code = code, "request refused");
            problem = problem.detail(error.to_string());
        }
        match (error.retry_after(), status) {
            (Some(wait), _) => problem = problem.retry_after(wait),
            (None, StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS) => {
                problem = problem.retry_after(Duration::from_secs(1));
            }
            (None, StatusCode::UNAUTHORIZED) => {
                problem = problem.header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            (None, _) => {}
        }
        problem
    }
}

const fn status_of(kind: ErrorKind) -> StatusCode {
    match kind {
        ErrorKind::Malformed => StatusCode::BAD_REQUEST,
        ErrorKind::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
        ErrorKind::Unauthenticated => StatusCode::UNAUTHORIZED,
        ErrorKind::Forbidden => StatusCode::FORBIDDEN,
        ErrorKind::NotFound => StatusCode::NOT_FOUND,
        ErrorKind::Conflict => StatusCode::CONFLICT,
        ErrorKind::Stale => StatusCode::PRECONDITION_FAILED,
        ErrorKind::PreconditionRequired => StatusCode::PRECONDITION_REQUIRED,
        ErrorKind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        ErrorKind::UnsupportedMedia => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ErrorKind::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        ErrorKind::Upstream => StatusCode::BAD_GATEWAY,
        ErrorKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        ErrorKind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.title(), self.code())
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.0.status
    }

    /// Without the request's id; the problem itself travels along, so that the edge can render it again with it.
    fn error_response(&self) -> HttpResponse {
        let mut response = json(self, "");
        response.extensions_mut().insert(self.clone());
        response
    }
}
