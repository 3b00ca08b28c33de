//! Whether a page of this installation made a browser send a request.

use actix_web::http::header::{self, HeaderMap, HeaderName};
use kale_config::Origin;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// `Sec-Fetch-Site` decides where it is sent, else `Origin`. Without either nobody knows, which is a no; so is `none`,
/// which no page's unsafe request has.
pub(super) fn same_origin(headers: &HeaderMap, own: &Origin) -> bool {
    if headers.contains_key(SEC_FETCH_SITE) {
        return headers.get_all(SEC_FETCH_SITE).all(|site| site == "same-origin");
    }
    let mut origins = headers.get_all(header::ORIGIN).peekable();
    origins.peek().is_some() && origins.all(|origin| origin == own.as_str())
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn judge(pairs: &[(HeaderName, &'static str)]) -> bool {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(name.clone(), HeaderValue::from_static(value));
        }
        same_origin(&headers, &"https://kale.example".parse().unwrap())
    }

    #[test]
    fn only_this_installation_is_the_same_origin() {
        assert!(judge(&[(SEC_FETCH_SITE, "same-origin")]));
        assert!(judge(&[(header::ORIGIN, "https://kale.example")]));
        for refused in ["none", "same-site", "cross-site", ""] {
            assert!(!judge(&[(SEC_FETCH_SITE, refused)]), "{refused}");
            assert!(
                !judge(&[
                    (SEC_FETCH_SITE, refused),
                    (header::ORIGIN, "https://kale.example")
                ]),
                "{refused}"
            );
        }
        for refused in [
            "null",
            "http://kale.example",
            "https://kale.example.evil.example",
            "https://kale.example:8443",
        ] {
            assert!(!judge(&[(header::ORIGIN, refused)]), "{refused}");
        }
        assert!(!judge(&[]));
        assert!(!judge(&[
            (SEC_FETCH_SITE, "same-origin"),
            (SEC_FETCH_SITE, "cross-site")
        ]));
    }

    #[test]
    fn headers_of_proxies_change_nothing() {
        let forwarded = HeaderName::from_static("x-forwarded-host");
        assert!(!judge(&[
            (header::ORIGIN, "https://evil.example"),
            (forwarded, "evil.example")
        ]));
    }
}
