//! What a request did, said by the page that is read after it: one toast, carried over a redirect in a cookie.

use actix_web::{
    HttpRequest,
    cookie::{Cookie, SameSite, time::Duration},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::view::parts::{Toast, Tone};

/// Longer than any sentence of ours.
const LONGEST: usize = 600;

const fn name(secure: bool) -> &'static str {
    if secure { "__Host-kale_said" } else { "kale_said" }
}

fn with(value: String, max_age: Duration, secure: bool) -> Cookie<'static> {
    Cookie::build(name(secure), value)
        .path("/")
        .http_only(true)
        .secure(secure)
        .same_site(SameSite::Lax)
        .max_age(max_age)
        .finish()
}

/// The cookie that carries a toast; `None` for one that is too long to be carried.
pub(super) fn cookie(toast: &Toast, secure: bool) -> Option<Cookie<'static>> {
    let text: String = toast.text.chars().take(LONGEST / 4).collect();
    let value = URL_SAFE_NO_PAD.encode(format!("{}:{text}", toast.tone.class()));
    (value.len() <= LONGEST * 2).then(|| with(value, Duration::minutes(2), secure))
}

/// The cookie that removes it.
pub(super) fn removal(secure: bool) -> Cookie<'static> {
    with(String::new(), Duration::ZERO, secure)
}

/// What the request before left to say. Nothing else is read from the cookie than a text, which pages escape, and the
/// word for its colour.
pub(super) fn read(request: &HttpRequest, secure: bool) -> Vec<Toast> {
    let cookie = request.cookie(name(secure));
    cookie.and_then(|cookie| toast(cookie.value())).into_iter().collect()
}

fn toast(value: &str) -> Option<Toast> {
    let bytes = URL_SAFE_NO_PAD.decode(value).ok().filter(|bytes| bytes.len() <= LONGEST * 2)?;
    let text = String::from_utf8(bytes).ok()?;
    let (tone, text) = text.split_once(':')?;
    let tone = [Tone::Plain, Tone::Leaf, Tone::Stem, Tone::Sun, Tone::Sky]
        .into_iter()
        .find(|known| known.class() == tone)?;
    Some(Toast { text: text.to_owned(), tone, action: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_said_is_read_once_more() {
        let said = Toast { text: "Saved: “Größe”; done.".to_owned(), tone: Tone::Leaf, action: None };
        let cookie = cookie(&said, true).unwrap();
        assert_eq!(cookie.name(), "__Host-kale_said");

        let read = toast(cookie.value()).unwrap();
        assert_eq!((read.text.as_str(), read.tone), ("Saved: “Größe”; done.", Tone::Leaf));
    }

    #[test]
    fn a_cookie_that_is_not_ours_says_nothing() {
        for value in ["", "x", "bGVhZg", &URL_SAFE_NO_PAD.encode("purple:hello")] {
            assert!(toast(value).is_none(), "{value}");
        }
    }
}
