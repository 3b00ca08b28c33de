//! The id of a request: taken from `X-Request-Id` where it is sane, else made.

use std::{
    future::{Ready, ready},
    rc::Rc,
};

use actix_web::{
    FromRequest, HttpMessage as _, HttpRequest,
    dev::Payload,
    http::header::{HeaderMap, HeaderName},
};

use crate::Problem;

/// The header that carries it, in and out.
pub(crate) const HEADER: HeaderName = HeaderName::from_static("x-request-id");
const LONGEST: usize = 64;

/// The id of the request at hand: 1 to 64 of `A-Z a-z 0-9 _ -`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(Rc<str>);

impl RequestId {
    /// Its text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A fresh one.
    pub(crate) fn made(text: &str) -> Self {
        Self(Rc::from(text))
    }

    /// The one that the client sent, if it is sane and sent once: anything else could forge lines of a log.
    pub(crate) fn sent(headers: &HeaderMap) -> Option<Self> {
        let mut all = headers.get_all(HEADER);
        let (Some(one), None) = (all.next(), all.next()) else {
            return None;
        };
        let text = one.to_str().ok()?;
        let legal = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        ((1..=LONGEST).contains(&text.len()) && text.bytes().all(legal)).then(|| Self(Rc::from(text)))
    }

    /// The one of this request; `None` outside of [`Edge`](crate::Edge).
    #[must_use]
    pub fn of(request: &HttpRequest) -> Option<Self> {
        request.extensions().get::<Self>().cloned()
    }
}

impl FromRequest for RequestId {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::of(request).ok_or_else(|| {
            tracing::error!("a route is served outside of the edge");
            Problem::of("internal")
        }))
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    #[test]
    fn only_a_sane_id_that_is_sent_once_is_taken() {
        let mut headers = HeaderMap::new();
        assert_eq!(RequestId::sent(&headers), None);
        for (text, taken) in [
            ("abc-DEF_09", true),
            ("", false),
            ("a b", false),
            ("a\"b", false),
            (&"x".repeat(65), false),
        ] {
            headers.insert(HEADER, HeaderValue::from_str(text).unwrap());
            assert_eq!(RequestId::sent(&headers).is_some(), taken, "{text}");
        }
        headers.insert(HEADER, HeaderValue::from_static("one"));
        headers.append(HEADER, HeaderValue::from_static("two"));
        assert_eq!(RequestId::sent(&headers), None);
    }
}
