//! What a company tells us about its customers beyond the fields every customer has.

use std::fmt;

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

use crate::money::Money;

crate::key::key! {
    /// The name of an attribute: `monthly_charges`.
    AttributeKey, 64
}

impl AttributeKey {
    /// The nearest legal name to a column's header: `Monthly charges (USD)` gives `monthly_charges_usd`.
    #[must_use]
    pub fn from_header(header: &str) -> Option<Self> {
        let folded = crate::fold::fold(header);
        let mut text = String::with_capacity(folded.len());
        for c in folded.nfkd().filter(|c| !is_combining_mark(*c)) {
            let letters = match c {
                'ß' => "ss",
                'æ' => "ae",
                'œ' => "oe",
                'ø' => "o",
                'ł' => "l",
                'đ' | 'ð' => "d",
                'þ' => "th",
                _ => "",
            };
            if !letters.is_empty() {
                text.push_str(letters);
                continue;
            }
            if c.is_ascii_lowercase() || c.is_ascii_digit() {
                text.push(c);
            } else if !text.is_empty() && !text.ends_with('_') {
                text.push('_');
            }
        }
        text.truncate(64);
        let text = text.trim_end_matches('_');
        if text.starts_with(|c: char| c.is_ascii_digit()) {
            format!("c_{text}").parse().ok()
        } else {
            text.parse().ok()
        }
    }
}

/// What kind of value an attribute holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttributeType {
    /// Any text; compared folded.
    Text,
    /// A decimal number.
    Number,
    /// A whole number.
    Integer,
    /// Yes or no.
    Boolean,
    /// A calendar day.
    Date,
    /// An amount.
    Money,
    /// An ISO 3166 alpha-2 country code.
    Country,
}

impl AttributeType {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Text,
        Self::Number,
        Self::Integer,
        Self::Boolean,
        Self::Date,
        Self::Money,
        Self::Country,
    ];

    /// The name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "number",
            Self::Integer => "integer",
            Self::Boolean => "boolean",
            Self::Date => "date",
            Self::Money => "money",
            Self::Country => "country",
        }
    }

    /// Whether values of this kind can be added up and sorted as numbers.
    #[must_use]
    pub const fn is_numeric(self) -> bool {
        matches!(self, Self::Number | Self::Integer | Self::Money)
    }
}

/// A value as it was given, typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "value", rename_all = "snake_case")]
pub enum AttributeValue {
    /// Any text, as it was written (trimmed).
    Text(String),
    /// A decimal number.
    Number(Decimal),
    /// A whole number.
    Integer(i64),
    /// Yes or no.
    Boolean(bool),
    /// A calendar day.
    Date(Date),
    /// An amount.
    Money(Money),
    /// An ISO 3166 alpha-2 country code, capital letters.
    Country(String),
}

impl AttributeValue {
    /// What kind of value this is.
    #[must_use]
    pub const fn kind(&self) -> AttributeType {
        match self {
            Self::Text(_) => AttributeType::Text,
            Self::Number(_) => AttributeType::Number,
            Self::Integer(_) => AttributeType::Integer,
            Self::Boolean(_) => AttributeType::Boolean,
            Self::Date(_) => AttributeType::Date,
            Self::Money(_) => AttributeType::Money,
            Self::Country(_) => AttributeType::Country,
        }
    }
}

/// For people and for files; money without its currency.
impl fmt::Display for AttributeValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) | Self::Country(text) => f.write_str(text),
            Self::Number(number) => write!(f, "{}", number.normalize()),
            Self::Integer(number) => write!(f, "{number}"),
            Self::Boolean(true) => f.write_str("true"),
            Self::Boolean(false) => f.write_str("false"),
            Self::Date(date) => write!(f, "{date}"),
            Self::Money(money) => write!(f, "{}", money.major()),
        }
    }
}

/// An attribute a company's customers have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttributeDefinition {
    /// Its name.
    pub key: AttributeKey,
    /// The words for people, at first the column's header.
    pub label: String,
    /// What it holds. Never changes: a column of another kind needs another name.
    pub kind: AttributeType,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_becomes_the_nearest_name() {
        for (header, name) in [
            ("Monthly charges (USD)", "monthly_charges_usd"),
            ("tenure", "tenure"),
            ("2nd line", "c_2nd_line"),
            ("  Größe ", "grosse"),
            ("Prénom / Straße", "prenom_strasse"),
            ("Łódź", "lodz"),
        ] {
            assert_eq!(AttributeKey::from_header(header).unwrap().as_str(), name);
        }
        assert_eq!(AttributeKey::from_header("???"), None);
    }
}
