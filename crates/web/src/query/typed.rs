//! Parameters of routes that are no lists.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use kale_domain::error::FieldError;
use serde::de::DeserializeOwned;

use super::parse::refuse_all;
use crate::Problem;

/// The parameters of a route that is no list. Give `T` `#[serde(deny_unknown_fields)]`; 400 for what it refuses.
#[derive(Debug, Clone, Copy)]
pub struct Query<T>(
    /// What they say.
    pub T,
);

/// For a route without parameters: refuses every one.
#[derive(Debug, Clone, Copy)]
pub struct NoQuery;

impl<T: DeserializeOwned> FromRequest for Query<T> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let pairs = url::form_urlencoded::parse(request.query_string().as_bytes());
        let read = serde_path_to_error::deserialize(serde_urlencoded::Deserializer::new(pairs));
        ready(read.map(Self).map_err(|error| explain(&error)))
    }
}

impl FromRequest for NoQuery {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(refuse_all(request.query_string()).map(|()| Self))
    }
}

fn explain(error: &serde_path_to_error::Error<serde_urlencoded::de::Error>) -> Problem {
    let message = error.inner().to_string();
    let (code, short) = match message.as_str() {
        m if m.starts_with("unknown field") => ("unknown-parameter", "unknown-parameter"),
        m if m.starts_with("duplicate field") => ("duplicate-parameter", "duplicate"),
        m if m.starts_with("missing field") => ("invalid-parameter", "missing"),
        _ => ("invalid-parameter", "invalid"),
    };
    let message = message.replacen(" field ", " parameter ", 1);
    let pointer = match message.split('`').nth(1).filter(|_| short != "invalid") {
        Some(name) => format!("?{name}"),
        // The path is where its value was read; `.` where it is all of them.
        None => format!("?{}", error.path().to_string().trim_start_matches('.')),
    };
    Problem::of(code)
        .detail(message.clone())
        .error(FieldError::new(pointer, short, message))
}
