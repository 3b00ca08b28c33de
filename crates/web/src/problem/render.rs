//! A problem as a JSON document.

use actix_web::{HttpResponse, http::header};
use kale_domain::error::FieldError;
use serde::Serialize;
use utoipa::ToSchema;

use super::Problem;

/// The media type of a problem.
pub(crate) const MEDIA_TYPE: &str = "application/problem+json";

/// A problem as it is sent.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemDocument<'a> {
    /// Where the type of problem is explained.
    #[schema(example = "/docs/errors#not-found")]
    r#type: String,
    /// The type in one line.
    #[schema(example = "There is no such thing")]
    title: &'a str,
    /// The HTTP status.
    #[schema(example = 404)]
    status: u16,
    /// What is wrong this time.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'a str>,
    /// Which request it was: its id.
    instance: &'a str,
    /// The type as a slug that never changes.
    #[schema(example = "not-found")]
    code: &'a str,
    /// Which request it was, for a report.
    request_id: &'a str,
    /// The places of the request that are wrong.
    #[schema(value_type = Vec<FieldErrorDocument>)]
    errors: &'a [FieldError],
    /// The present state that the request contradicts, where the operation says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    current: Option<&'a serde_json::Value>,
}

/// One place of a request that is wrong.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FieldError)]
pub(crate) struct FieldErrorDocument {
    /// `#/…` into the body, `?name` for a parameter.
    #[schema(example = "#/name")]
    pointer: String,
    /// A slug that never changes.
    #[schema(example = "missing")]
    code: String,
    /// What is wrong and what is allowed.
    message: String,
}

impl<'a> ProblemDocument<'a> {
    /// The document of a problem that a request met.
    #[must_use]
    pub fn new(problem: &'a Problem, request_id: &'a str) -> Self {
        Self {
            r#type: format!("/docs/errors#{}", problem.code()),
            title: problem.title(),
            status: problem.status().as_u16(),
            detail: problem.explanation(),
            instance: request_id,
            code: problem.code(),
            request_id,
            errors: problem.fields(),
            current: problem.present_state(),
        }
    }
}

/// The answer, without the problem's own headers where `request_id` is still missing (they are added with it).
pub(crate) fn json(problem: &Problem, request_id: &str) -> HttpResponse {
    let mut response = HttpResponse::build(problem.status());
    response.insert_header((header::CONTENT_TYPE, MEDIA_TYPE));
    for (name, value) in problem.headers() {
        response.append_header((name.clone(), value.clone()));
    }
    match serde_json::to_vec(&ProblemDocument::new(problem, request_id)) {
        Ok(body) => response.body(body),
        // Texts and numbers always serialize.
        Err(error) => {
            tracing::error!(error = %error, "a problem could not be written");
            response.finish()
        }
    }
}
