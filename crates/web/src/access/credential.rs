//! The credential of a request: a bearer token, or the cookie.

use actix_web::{HttpRequest, http::header};

use crate::Problem;

/// A token and how it came.
#[derive(PartialEq, Eq)]
pub(super) enum Credential {
    /// In `Authorization`: no browser adds it by itself.
    Bearer(String),
    /// In the cookie: browsers add it by themselves.
    Cookie(String),
}

impl Credential {
    pub(super) fn token(&self) -> &str {
        match self {
            Self::Bearer(token) | Self::Cookie(token) => token,
        }
    }
}

/// The credential of a request. A bearer wins over a cookie; a wrong `Authorization` never falls back to the cookie.
pub(super) fn credential(request: &HttpRequest, cookie: &str) -> Result<Option<Credential>, Problem> {
    let mut all = request.headers().get_all(header::AUTHORIZATION);
    match (all.next(), all.next()) {
        (Some(_), Some(_)) => Err(Problem::unauthenticated().detail("send one `Authorization`, not several")),
        (Some(one), None) => {
            let bearer = one.to_str().ok().and_then(bearer);
            let token = bearer.ok_or_else(|| {
                Problem::unauthenticated().detail("`Authorization` has to be `Bearer` and a token")
            })?;
            Ok(Some(Credential::Bearer(token.to_owned())))
        }
        (None, _) => {
            let sent = request.cookie(cookie).filter(|cookie| !cookie.value().is_empty());
            Ok(sent.map(|cookie| Credential::Cookie(cookie.value().to_owned())))
        }
    }
}

/// The token of `Bearer …`; the scheme is read in any case.
pub(crate) fn bearer(header: &str) -> Option<&str> {
    let (scheme, token) = header.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}
