//! What a browser keeps between asking for a link and opening it.

use actix_web::{HttpRequest, HttpResponse};
use kale_domain::secret::Token;
use kale_web::Gate;

use crate::frame::{Frame, Keep, add_cookie, local_path};

/// The nonce that ties a link to the browser that asked for it. It outlives the link, so that a second one asked for
/// before the first is opened does not make that one useless.
pub(super) const BROWSER: Keep = Keep {
    name: "kale_browser",
    minutes: 24 * 60,
};

/// Who was asked for and where they wanted to go: for the page that follows, and for the link.
pub(super) const ASKED: Keep = Keep {
    name: "kale_asked",
    minutes: 15,
};

/// What ties the answer of an identity provider to the browser that was sent there.
pub(super) const STATE: Keep = Keep {
    name: "kale_state",
    minutes: 10,
};

/// An address of a person and a path of ours.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Asked {
    /// As it was typed.
    pub(super) email: String,
    /// Where to go afterwards; empty for the first page.
    pub(super) next: String,
}

impl Asked {
    pub(super) fn write(&self) -> String {
        format!("{}\n{}", self.next, self.email)
    }

    pub(super) fn read(text: &str) -> Self {
        let (next, email) = text.split_once('\n').unwrap_or_default();
        Self {
            email: email.to_owned(),
            next: next.to_owned(),
        }
    }
}

/// Lets somebody in who has just signed in: to where they wanted, with the cookie of the new sign-in in place of any other.
pub(super) fn come_in(frame: &Frame, gate: &Gate, request: &HttpRequest, sign_in: &Token) -> HttpResponse {
    let secure = frame.door().secure_cookies;
    let asked = ASKED
        .read(request, secure)
        .map(|text| Asked::read(&text))
        .unwrap_or_default();
    let mut response = frame.see_other(local_path(&asked.next));
    add_cookie(&mut response, &gate.cookie(sign_in));
    ASKED.remove(&mut response, secure);
    response
}

/// A nonce of ours and nothing that a page could have put there in its place.
pub(super) fn is_nonce(text: &str) -> bool {
    (22..=64).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_was_asked_for_is_read_back() {
        let asked = Asked {
            email: "ada@northwind.example".to_owned(),
            next: "/customers?q=a".to_owned(),
        };
        assert_eq!(Asked::read(&asked.write()), asked);
        assert_eq!(Asked::read("nothing of ours"), Asked::default());
    }

    #[test]
    fn a_short_nonce_is_made_anew() {
        assert!(is_nonce("5b0c9f4d2f6a4f0c8a1d7e3b6c2f9a10"));
        assert!(!is_nonce("abc") && !is_nonce(&"a b".repeat(10)));
    }
}
