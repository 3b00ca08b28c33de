//! What is asked, and what is answered.

use std::{fmt, time::Duration};

use bytes::Bytes;
use reqwest::{Method, Url, header::HeaderMap};
use secrecy::SecretString;
use serde::{Serialize, de::DeserializeOwned};

/// A request. `Debug` shows where it goes and nothing that it carries.
#[derive(Clone)]
pub struct Request {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: Vec<(&'static str, SecretString)>,
    pub(crate) body: Option<Bytes>,
    pub(crate) repeatable: bool,
}

impl Request {
    /// Reads something.
    #[must_use]
    pub fn get(url: Url) -> Self {
        Self::new(Method::GET, url)
    }

    /// Asks for something in the way of that method.
    #[must_use]
    pub fn new(method: Method, url: Url) -> Self {
        // What HTTP itself calls idempotent.
        let repeatable = matches!(method, Method::GET | Method::HEAD | Method::PUT | Method::DELETE);
        Self {
            method,
            url,
            headers: Vec::new(),
            body: None,
            repeatable,
        }
    }

    /// With that token of ours.
    #[must_use]
    pub fn bearer(self, token: &str) -> Self {
        self.header("authorization", format!("Bearer {token}"))
    }

    /// With that header.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, SecretString::from(value.into())));
        self
    }

    /// With that body.
    pub fn json(mut self, body: &impl Serialize) -> Result<Self, serde_json::Error> {
        self.body = Some(serde_json::to_vec(body)?.into());
        Ok(self.header("content-type", "application/json"))
    }

    /// Says that doing it twice is the same as once, because it carries a key by which the provider knows it again.
    #[must_use]
    pub const fn repeatable(mut self) -> Self {
        self.repeatable = true;
        self
    }

    pub(crate) fn host(&self) -> String {
        self.url.host_str().unwrap_or_default().to_owned()
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("host", &self.host())
            .finish_non_exhaustive()
    }
}

/// An answer, whatever its status. `Debug` shows no body and no header.
#[derive(Clone)]
pub struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    /// Its status.
    #[must_use]
    pub const fn status(&self) -> u16 {
        self.status
    }

    /// Whether it says yes.
    #[must_use]
    pub const fn is_success(&self) -> bool {
        self.status >= 200 && self.status < 300
    }

    /// A header, where it is text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Its body.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// Its body, read as JSON. The error names a line and a column, and repeats nothing.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_slice(&self.body)
    }

    /// How long we are asked to wait, where it says so in seconds.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        let seconds = self.header("retry-after")?.trim().parse().ok()?;
        Some(Duration::from_secs(seconds))
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer")
            .field("status", &self.status)
            .field("bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_debug_shows_what_is_secret() {
        let url = "https://api.example.com/in/secret-path?token=secret-query"
            .parse()
            .unwrap();
        let request = Request::new(Method::POST, url)
            .bearer("secret-token")
            .json(&"secret-body")
            .unwrap();
        let answer = Answer {
            status: 200,
            headers: HeaderMap::from_iter([(
                reqwest::header::SET_COOKIE,
                reqwest::header::HeaderValue::from_static("secret-cookie"),
            )]),
            body: Bytes::from_static(b"secret-answer"),
        };
        let shown = format!("{request:?} {answer:?}");
        assert!(
            shown.contains("api.example.com") && !shown.contains("secret"),
            "{shown}"
        );
    }

    #[test]
    fn only_what_http_calls_idempotent_is_repeatable_by_itself() {
        let url: Url = "https://api.example.com/".parse().unwrap();
        let new = |method| Request::new(method, url.clone());
        assert!(new(Method::GET).repeatable && new(Method::DELETE).repeatable);
        assert!(!new(Method::POST).repeatable && !new(Method::PATCH).repeatable);
        assert!(new(Method::POST).repeatable().repeatable);
    }
}
