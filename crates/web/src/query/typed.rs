//! Parameters of routes that are no lists.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev::Payload, web};
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
        let read = web::Query::<T>::from_query(request.query_string());
        ready(
            read.map(|query| Self(query.into_inner()))
                .map_err(|error| explain(&error.to_string())),
        )
    }
}

impl FromRequest for NoQuery {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(refuse_all(request.query_string()).map(|()| Self))
    }
}

fn explain(message: &str) -> Problem {
    let message = message
        .strip_prefix("Query deserialize error: ")
        .unwrap_or(message);
    let (code, short) = match message {
        m if m.starts_with("unknown field") => ("unknown-parameter", "unknown-parameter"),
        m if m.starts_with("duplicate field") => ("duplicate-parameter", "duplicate"),
        m if m.starts_with("missing field") => ("invalid-parameter", "missing"),
        _ => ("invalid-parameter", "invalid"),
    };
    let message = message.replacen(" field ", " parameter ", 1);
    let named = message.split('`').nth(1).filter(|_| short != "invalid");
    let pointer = named.map_or_else(|| "?".to_owned(), |name| format!("?{name}"));
    Problem::of(code)
        .detail(message.clone())
        .error(FieldError::new(pointer, short, message))
}
