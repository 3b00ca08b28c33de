//! JSON in a `text/plain` body: all that a browser's beacon can send. The token stands in the body.

use actix_web::{FromRequest, HttpMessage as _, HttpRequest, dev::Payload};
use futures::{FutureExt as _, future::LocalBoxFuture};
use kale_domain::error::FieldError;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::{JSON_LIMIT, read, receive};
use crate::Problem;

/// A `text/plain` body of at most `LIMIT` bytes that holds a JSON object with the field `token`.
///
/// 415 for another type, 413, 408, 400 and 422 as [`Json`](super::Json); 401 where there is no token.
#[derive(Debug, Clone)]
pub struct Beacon<T, const LIMIT: usize = JSON_LIMIT> {
    /// The credential. Nothing else of the request is one: a browser adds cookies to whatever another site makes it send.
    pub token: String,
    /// The object without it.
    pub body: T,
}

impl<T, const LIMIT: usize> Beacon<T, LIMIT> {
    /// Whether the request says that its body is such a one.
    #[must_use]
    pub fn is_one(request: &HttpRequest) -> bool {
        request.content_type().trim().eq_ignore_ascii_case("text/plain")
    }
}

impl<T: DeserializeOwned + 'static, const LIMIT: usize> FromRequest for Beacon<T, LIMIT> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let payload = payload.take();
        async move {
            if !Self::is_one(&request) {
                return Err(Problem::of("unsupported-media-type").detail("the body has to be `text/plain`"));
            }
            let text = receive(request.headers(), payload, LIMIT).await?;
            let mut fields: Map<String, Value> = read(&text)?;
            let token = match fields.remove("token") {
                Some(Value::String(token)) => token,
                Some(_) => {
                    let wrong = FieldError::new("#/token", "wrong-type", "expected the token as text");
                    return Err(Problem::validation(vec![wrong]));
                }
                None => {
                    return Err(Problem::unauthenticated().detail("a `text/plain` body names its `token`"));
                }
            };
            let rest = serde_json::to_vec(&fields).map_err(|error| {
                tracing::error!(%error, "a body that was read can't be written");
                Problem::of("internal")
            })?;
            let body = read(&rest)?;
            Ok(Self { token, body })
        }
        .boxed_local()
    }
}
