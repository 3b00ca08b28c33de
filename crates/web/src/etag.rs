//! Versions as `ETag`s: `"v7"` is the seventh. Where an answer shows names from elsewhere, too, their version stands
//! behind it: `"v7-3"`; a change names only the first.

use std::future::{Ready, ready};

use actix_web::{
    FromRequest, HttpRequest, HttpResponse,
    dev::Payload,
    http::header::{self, HeaderMap, HeaderName, HeaderValue},
};
use serde::Serialize;

use crate::Problem;

/// The `ETag` of a version.
#[must_use]
pub fn etag(version: u64) -> String {
    format!("\"v{version}\"")
}

/// The `ETag` of a version of a thing whose answer shows names that have a version of their own.
#[must_use]
pub fn etag_naming(version: u64, names: u64) -> String {
    format!("\"v{version}-{names}\"")
}

/// The version of an `ETag` of ours; `None` for any other text. Forms carry it as a field.
#[must_use]
pub fn version_of(etag: &str) -> Option<u64> {
    let text = etag.strip_prefix("\"v")?.strip_suffix('"')?;
    let (digits, names) = match text.split_once('-') {
        Some((digits, names)) => (digits, Some(names.parse().ok()?)),
        None => (text, None),
    };
    let version = digits.parse().ok()?;
    // One spelling only: no sign, no leading zero.
    let spelled = names.map_or_else(|| self::etag(version), |names| etag_naming(version, names));
    (spelled == etag).then_some(version)
}

/// The version that the caller read, from `If-Match`: 428 where it is missing or `*`, 412 where it is no `ETag` of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IfMatch(
    /// The version.
    pub u64,
);

/// As [`IfMatch`], for routes where no change can be lost: `None` where it is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IfMatchIfSent(
    /// The version.
    pub Option<u64>,
);

impl FromRequest for IfMatch {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(sent(request.headers()).and_then(|version| {
            version.map(Self).ok_or_else(|| {
                Problem::of("precondition-required")
                    .detail("send the ETag that you read in `If-Match`; `*` is not enough")
            })
        }))
    }
}

impl FromRequest for IfMatchIfSent {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(sent(request.headers()).map(Self))
    }
}

/// The version in `If-Match`. A list can't be right: there is one present version, and the caller read one.
fn sent(headers: &HeaderMap) -> Result<Option<u64>, Problem> {
    let mut all = headers.get_all(header::IF_MATCH);
    let (one, more) = (all.next(), all.next());
    let Some(one) = one else { return Ok(None) };
    let text = one.to_str().ok().filter(|_| more.is_none()).map(str::trim);
    match text {
        Some("*") => Ok(None),
        Some(text) => match version_of(text) {
            Some(version) => Ok(Some(version)),
            None => {
                Err(Problem::of("stale-version").detail("`If-Match` holds no ETag that this thing ever had"))
            }
        },
        None => Err(Problem::of("malformed").detail("send one `If-Match` with one ETag")),
    }
}

/// Answers a read: 304 where `If-None-Match` has this version, else the body as JSON. Both with the `ETag`.
pub fn tagged<T: Serialize>(request: &HttpRequest, version: u64, body: &T) -> HttpResponse {
    tagged_as(request, &etag(version), body)
}

/// As [`tagged`], with that `ETag`.
pub fn tagged_as<T: Serialize>(request: &HttpRequest, tag: &str, body: &T) -> HttpResponse {
    let mut response = if has(request.headers(), header::IF_NONE_MATCH, tag) {
        HttpResponse::NotModified()
    } else {
        HttpResponse::Ok()
    };
    response.insert_header((header::ETAG, tag));
    // The client may keep it, if it asks each time whether it still holds.
    response.insert_header((
        header::CACHE_CONTROL,
        HeaderValue::from_static("private, no-cache"),
    ));
    if has(request.headers(), header::IF_NONE_MATCH, tag) {
        response.finish()
    } else {
        response.json(body)
    }
}

/// Whether a list of tags has this one, by weak comparison.
fn has(headers: &HeaderMap, name: HeaderName, tag: &str) -> bool {
    let matches = |one: &str| one == "*" || one.strip_prefix("W/").unwrap_or(one) == tag;
    headers
        .get_all(name)
        .filter_map(|value| value.to_str().ok())
        .any(|list| list.split(',').map(str::trim).any(matches))
}

#[cfg(test)]
mod tests {
    use actix_web::{http::StatusCode, test::TestRequest};

    use super::*;

    async fn if_match(values: &[&str]) -> Result<u64, u16> {
        let request = values.iter().fold(TestRequest::put(), |request, value| {
            request.append_header(("If-Match", *value))
        });
        let found = IfMatch::extract(&request.to_http_request()).await;
        found
            .map(|found| found.0)
            .map_err(|problem| problem.status().as_u16())
    }

    #[actix_web::test]
    async fn an_update_names_the_one_version_it_was_made_from() {
        assert_eq!(if_match(&["\"v7\""]).await, Ok(7));
        assert_eq!(if_match(&[&etag_naming(7, 12)]).await, Ok(7));
        assert_eq!(if_match(&[]).await, Err(428));
        assert_eq!(if_match(&["*"]).await, Err(428));
        for never_ours in [
            "\"v07\"",
            "\"v7-\"",
            "\"v7-03\"",
            "\"v7-3-1\"",
            "\"v+7\"",
            "v7",
            "W/\"v7\"",
            "\"7\"",
            "\"v7\", \"v8\"",
        ] {
            assert_eq!(if_match(&[never_ours]).await, Err(412), "{never_ours}");
        }
        assert_eq!(if_match(&["\"v7\"", "\"v8\""]).await, Err(400));
    }

    #[test]
    fn a_version_that_the_client_has_is_not_sent_again() {
        for (sent, status) in [
            ("\"v7\"", StatusCode::NOT_MODIFIED),
            ("\"v1\", W/\"v7\"", StatusCode::NOT_MODIFIED),
            ("*", StatusCode::NOT_MODIFIED),
            ("\"v8\"", StatusCode::OK),
        ] {
            let request = TestRequest::get()
                .insert_header(("If-None-Match", sent))
                .to_http_request();
            let response = tagged(&request, 7, &"body");
            assert_eq!(response.status(), status, "{sent}");
            assert_eq!(response.headers().get("etag").unwrap(), "\"v7\"");
        }
    }
}
