//! What the server answered.

use actix_web::http::{StatusCode, header::HeaderMap};
use bytes::Bytes;
use serde_json::Value;

/// What the server answered, whole.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl Answer {
    /// The status as a number.
    #[must_use]
    pub fn code(&self) -> u16 {
        self.status.as_u16()
    }

    /// The body as JSON.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("no JSON ({error}): {}", self.text()))
    }

    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// A header as text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<String> {
        self.headers
            .get(name)
            .map(|value| value.to_str().unwrap().to_owned())
    }

    /// A text of the body.
    #[must_use]
    pub fn string(&self, pointer: &str) -> String {
        let json = self.json();
        let found = json.pointer(pointer).and_then(Value::as_str);
        found
            .unwrap_or_else(|| panic!("no text at {pointer} in {json}"))
            .to_owned()
    }

    /// The answer itself, if its status is that; a failed test otherwise.
    #[must_use]
    pub fn expect(self, code: u16) -> Self {
        assert_eq!(self.code(), code, "unexpected answer: {}", self.text());
        self
    }

    /// The code of a problem document.
    #[must_use]
    pub fn problem(&self) -> String {
        let kind = self.header("content-type");
        assert_eq!(
            kind.as_deref(),
            Some("application/problem+json"),
            "{}",
            self.text()
        );
        self.string("/code")
    }
}
