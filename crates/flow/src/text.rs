//! Texts in several languages.

use std::{collections::BTreeMap, fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::wording::is_blank;

/// The longest text, in characters.
pub const MAX_TEXT: usize = 4_000;

/// A language, as browsers and customers name it: `en`, `de`, `pt-BR`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Locale(String);

/// The text names no language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected a language such as `en`, `de` or `pt-BR`")]
pub struct ParseLocaleError;

impl Locale {
    /// English.
    #[must_use]
    pub fn english() -> Self {
        Self("en".to_owned())
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The language without the region: `pt` of `pt-BR`.
    #[must_use]
    pub fn language(&self) -> Self {
        let language = self.0.split('-').next().unwrap_or(&self.0);
        Self(language.to_owned())
    }
}

impl FromStr for Locale {
    type Err = ParseLocaleError;

    /// A language of two or three small letters, then regions or scripts of two to eight letters or digits.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.split('-');
        let language = parts.next().is_some_and(|part| {
            (2..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_lowercase())
        });
        let rest = parts
            .all(|part| (2..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()));
        if text.len() <= 35 && language && rest {
            Ok(Self(text.to_owned()))
        } else {
            Err(ParseLocaleError)
        }
    }
}

impl TryFrom<String> for Locale {
    type Error = ParseLocaleError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Locale> for String {
    fn from(locale: Locale) -> Self {
        locale.0
    }
}

impl fmt::Display for Locale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A text by locale: `{"en": "No thanks", "de": "Nein danke"}`.
///
/// A draft may be incomplete; the check before publishing says what is missing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Text(BTreeMap<Locale, String>);

impl Text {
    /// A text in one language.
    #[must_use]
    pub fn new(locale: Locale, text: impl Into<String>) -> Self {
        Self(BTreeMap::from([(locale, text.into())]))
    }

    /// An English text.
    #[must_use]
    pub fn english(text: impl Into<String>) -> Self {
        Self::new(Locale::english(), text)
    }

    /// The same with that text in a language; without one in it where it is blank.
    #[must_use]
    pub fn with(mut self, locale: Locale, text: &str) -> Self {
        if is_blank(text) {
            drop(self.0.remove(&locale));
        } else {
            drop(self.0.insert(locale, text.to_owned()));
        }
        self
    }

    /// The texts that are not blank.
    pub fn all(&self) -> impl Iterator<Item = (&Locale, &str)> {
        self.0
            .iter()
            .map(|(locale, text)| (locale, text.as_str()))
            .filter(|(_, text)| !is_blank(text))
    }

    /// Whether nothing is written in any language.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.all().next().is_none()
    }

    /// The text in exactly that locale, if it is not blank.
    #[must_use]
    pub fn exactly(&self, locale: &Locale) -> Option<&str> {
        self.0
            .get(locale)
            .map(String::as_str)
            .filter(|text| !is_blank(text))
    }

    /// The text for a reader: their locale, their language, the default, and at last any.
    #[must_use]
    pub fn read(&self, reader: &Locale, default: &Locale) -> Option<&str> {
        self.exactly(reader)
            .or_else(|| self.exactly(&reader.language()))
            .or_else(|| self.exactly(default))
            .or_else(|| self.all().next().map(|(_, text)| text))
    }

    /// Whether every text is short enough.
    pub(crate) fn fits(&self) -> bool {
        self.longest() <= MAX_TEXT
    }

    /// How many characters the longest text has.
    #[must_use]
    pub fn longest(&self) -> usize {
        let lengths = self.0.values().map(|text| text.chars().count());
        lengths.max().unwrap_or(0)
    }

    /// In how many languages something is written, blank or not.
    #[must_use]
    pub fn languages(&self) -> usize {
        self.0.len()
    }
}

impl FromIterator<(Locale, String)> for Text {
    fn from_iter<T: IntoIterator<Item = (Locale, String)>>(texts: T) -> Self {
        Self(texts.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_gets_the_nearest_language() {
        let text: Text = serde_json::from_str(r#"{"en":"No thanks","de":"Nein danke","fr":" "}"#).unwrap();
        let read = |reader: &str| text.read(&reader.parse().unwrap(), &Locale::english());

        assert_eq!(read("de-AT"), Some("Nein danke"));
        assert_eq!(read("fr"), Some("No thanks"));
        assert_eq!(Text::default().read(&Locale::english(), &Locale::english()), None);
    }

    #[test]
    fn writing_one_language_leaves_the_others() {
        let german: Locale = "de".parse().unwrap();
        let text = Text::english("No thanks").with(german.clone(), "Nein danke");
        assert_eq!(text.all().count(), 2);
        let text = text.with(Locale::english(), " ");
        assert_eq!(text, Text::new(german, "Nein danke"));
    }

    #[test]
    fn what_names_no_language_is_refused() {
        for text in ["", "EN", "e", "english", "en_US", "en-", "en-a"] {
            assert_eq!(text.parse::<Locale>(), Err(ParseLocaleError), "{text}");
        }
        assert!("zh-Hant-TW".parse::<Locale>().is_ok());
    }
}
