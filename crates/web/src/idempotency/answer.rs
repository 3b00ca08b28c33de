//! An answer as it is kept and given again.

use actix_web::{
    HttpResponse,
    body::to_bytes,
    http::{
        StatusCode,
        header::{HeaderName, HeaderValue},
    },
};
use serde_json::Value;

use crate::Problem;

const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");
/// The headers worth repeating.
const REPEATED: [&str; 3] = ["content-type", "location", "etag"];

/// An answer that can be given again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptAnswer {
    /// The HTTP status.
    pub status: u16,
    /// The headers worth repeating.
    pub headers: Vec<(String, String)>,
    /// The body; `None` where the store found it too large to keep.
    pub body: Option<Vec<u8>>,
}

impl KeptAnswer {
    /// Takes an answer apart: the one to send, and the one to keep, whose object lacks the secret fields.
    pub(super) async fn of(response: HttpResponse, secret: &[&str]) -> Result<(HttpResponse, Self), Problem> {
        let (response, body) = response.into_parts();
        let body = to_bytes(body).await.map_err(|error| {
            tracing::error!(error = %error, "the body of an answer could not be read");
            Problem::of("internal")
        })?;
        let repeated = |name: &str| {
            let value = response.headers().get(name)?.to_str().ok()?;
            Some((name.to_owned(), value.to_owned()))
        };
        let kept = Self {
            status: response.status().as_u16(),
            headers: REPEATED.iter().filter_map(|name| repeated(name)).collect(),
            body: Some(redacted(&body, secret)?),
        };
        Ok((response.set_body(body).map_into_boxed_body(), kept))
    }

    /// The same answer again.
    pub(super) fn replay(self) -> HttpResponse {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::OK);
        let mut response = HttpResponse::build(status);
        for (name, value) in self.headers {
            response.insert_header((name, value));
        }
        response.insert_header((REPLAYED, HeaderValue::from_static("true")));
        match self.body {
            Some(body) => response.body(body),
            None => response.finish(),
        }
    }
}

fn redacted(body: &[u8], secret: &[&str]) -> Result<Vec<u8>, Problem> {
    if secret.is_empty() {
        return Ok(body.to_vec());
    }
    let mut value: Value = serde_json::from_slice(body).map_err(|error| Problem::internal(&error))?;
    if let Value::Object(fields) = &mut value {
        fields.retain(|name, _| !secret.contains(&name.as_str()));
    }
    serde_json::to_vec(&value).map_err(|error| Problem::internal(&error))
}
