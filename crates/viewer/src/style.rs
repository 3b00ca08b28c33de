//! The style of a page: one block in its head, which the page's policy names by its hash.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use kale_application::viewer::Colour;
use sha2::{Digest as _, Sha256};

/// What every page looks like, but for the brand's colour.
const SHEET: &str = include_str!("flow.css");

/// A style and the policy of the page that carries it.
#[derive(Debug)]
pub(crate) struct Style {
    /// What stands between `<style>` and `</style>`.
    pub(crate) sheet: String,
    /// The content security policy.
    pub(crate) policy: String,
}

/// The style with that colour, of a page that stands alone.
pub(crate) fn style(brand: Colour) -> Style {
    guarded(
        brand,
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    )
}

/// The same of a page that is shown in a frame of ours and sends nothing.
pub(crate) fn framed(brand: Colour) -> Style {
    guarded(
        brand,
        "form-action 'none'; base-uri 'none'; frame-ancestors 'self'; sandbox",
    )
}

fn guarded(brand: Colour, bounds: &str) -> Style {
    let sheet = format!(":root{{--brand:{brand}}}{SHEET}");
    let hash = BASE64_STANDARD.encode(Sha256::digest(sheet.as_bytes()));
    let policy = format!("default-src 'none'; style-src 'sha256-{hash}'; {bounds}");
    Style { sheet, policy }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_sends_nothing_may_stand_in_a_frame() {
        let (alone, framed) = (style(Colour::BLACK), framed(Colour::BLACK));
        assert!(
            alone.policy.ends_with("frame-ancestors 'none'"),
            "{}",
            alone.policy
        );
        assert!(framed.policy.contains("form-action 'none'"), "{}", framed.policy);
        assert!(
            framed.policy.ends_with("frame-ancestors 'self'; sandbox"),
            "{}",
            framed.policy
        );
        assert_eq!(alone.sheet, framed.sheet);
    }

    #[test]
    fn a_style_is_smaller_than_six_kilobytes_and_can_not_end_early() {
        let style = style(Colour::BLACK);
        assert!(style.sheet.len() < 6_000, "{} bytes", style.sheet.len());
        assert!(style.sheet.starts_with(":root{--brand:#000000}"));
        assert!(!style.sheet.contains(['<', '&']));
        assert!(!style.sheet.contains("url("));
    }
}
