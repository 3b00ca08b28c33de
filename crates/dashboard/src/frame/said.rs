//! What a request did, said by the page that is read after it: one toast, carried over a redirect in a cookie.

use actix_web::{HttpRequest, HttpResponse};

use super::cookie::Keep;
use crate::view::parts::{Toast, Tone};

const SAID: Keep = Keep {
    name: "kale_said",
    minutes: 2,
};
/// Longer than any sentence of ours.
const LONGEST: usize = 300;

/// Leaves something to say.
pub(super) fn leave(response: &mut HttpResponse, text: &str, tone: Tone, secure: bool) {
    let text: String = text.chars().take(LONGEST).collect();
    SAID.write(response, &format!("{}:{text}", tone.class()), secure);
}

/// Once it is said.
pub(super) fn forget(response: &mut HttpResponse, secure: bool) {
    SAID.remove(response, secure);
}

/// What the request before left to say. Nothing else is read from the cookie than a text, which pages escape, and the
/// word for its colour.
pub(super) fn read(request: &HttpRequest, secure: bool) -> Vec<Toast> {
    SAID.read(request, secure)
        .and_then(|text| toast(&text))
        .into_iter()
        .collect()
}

fn toast(said: &str) -> Option<Toast> {
    let (tone, text) = said
        .split_once(':')
        .filter(|(_, text)| text.chars().count() <= LONGEST)?;
    let tone = [Tone::Plain, Tone::Leaf, Tone::Stem, Tone::Sun, Tone::Sky]
        .into_iter()
        .find(|known| known.class() == tone)?;
    Some(Toast {
        text: text.to_owned(),
        tone,
        action: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_toast_has_a_colour_of_ours_and_a_text_of_our_length() {
        let read = toast("leaf:Saved: all of it.").unwrap();
        assert_eq!((read.text.as_str(), read.tone), ("Saved: all of it.", Tone::Leaf));
        for said in ["", "leaf", "purple:hello", &format!("leaf:{}", "x".repeat(301))] {
            assert!(toast(said).is_none(), "{said}");
        }
    }
}
