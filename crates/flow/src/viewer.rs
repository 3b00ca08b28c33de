//! How a company's subscribers see their flow: colour, language, where they go afterwards.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::text::Locale;

/// The contrast that text needs (WCAG 2.2, 1.4.3).
pub const ENOUGH: f64 = 4.5;

/// The settings of a company's viewer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ViewerSettings {
    /// The colour of the buttons that go on; white words stand on it.
    pub brand_colour: Colour,
    /// Where subscribers may be sent afterwards: the beginning of an address, up to a whole part of its path.
    pub return_urls: Vec<String>,
    /// Which pages may ask for sessions and events themselves: origins such as `https://example.com`.
    pub origins: Vec<String>,
    /// What is read by whoever names no language.
    pub locale: Locale,
    /// Grows by one with every change; 0 while nothing was set.
    pub version: u64,
}

impl Default for ViewerSettings {
    fn default() -> Self {
        Self {
            brand_colour: Colour([0x0e, 0x6a, 0x4d]),
            return_urls: Vec::new(),
            origins: Vec::new(),
            locale: Locale::english(),
            version: 0,
        }
    }
}

/// A colour: red, green, blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Colour([u8; 3]);

/// The text is no colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected a colour such as `#0e6a4d`")]
pub struct ParseColourError;

impl Colour {
    /// White.
    pub const WHITE: Self = Self([0xff; 3]);
    /// Black.
    pub const BLACK: Self = Self([0; 3]);

    /// The contrast of two colours, from 1 (none) to 21, as WCAG 2.2 reckons it.
    #[must_use]
    pub fn contrast(self, other: Self) -> f64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }

    /// Whether white words on it can be read.
    #[must_use]
    pub fn carries_white(self) -> bool {
        self.contrast(Self::WHITE) >= ENOUGH
    }

    fn luminance(self) -> f64 {
        let [red, green, blue] = self.0.map(|channel| {
            let channel = f64::from(channel) / 255.0;
            if channel <= 0.040_45 {
                channel / 12.92
            } else {
                ((channel + 0.055) / 1.055).powf(2.4)
            }
        });
        0.2126_f64.mul_add(red, 0.7152_f64.mul_add(green, 0.0722 * blue))
    }
}

impl FromStr for Colour {
    type Err = ParseColourError;

    /// `#` and six hexadecimal digits, in either case.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6);
        let digits = digits.filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()));
        let number = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        let [_, red, green, blue] = number.ok_or(ParseColourError)?.to_be_bytes();
        Ok(Self([red, green, blue]))
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

impl TryFrom<String> for Colour {
    type Error = ParseColourError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Colour> for String {
    fn from(colour: Colour) -> Self {
        colour.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn colour(text: &str) -> Colour {
        text.parse().unwrap()
    }

    #[test]
    fn contrast_is_reckoned_as_wcag_does() {
        assert!((Colour::BLACK.contrast(Colour::WHITE) - 21.0).abs() < 1e-9);
        assert!((Colour::WHITE.contrast(Colour::WHITE) - 1.0).abs() < 1e-9);
        // The grey of the WCAG's own examples: just enough, and just not.
        assert!(colour("#767676").carries_white());
        assert!(!colour("#777777").carries_white());
        assert!((colour("#777777").contrast(Colour::WHITE) - 4.478).abs() < 0.001);
        assert!(ViewerSettings::default().brand_colour.carries_white());
    }

    #[test]
    fn a_colour_is_six_digits_behind_a_hash() {
        assert_eq!(colour("#0E6a4D").to_string(), "#0e6a4d");
        for wrong in [
            "", "#", "0e6a4d", "#0e6a4", "#0e6a4d0", "#+e6a4d", "#0e6aéd", "red",
        ] {
            assert_eq!(wrong.parse::<Colour>(), Err(ParseColourError), "{wrong}");
        }
    }
}
