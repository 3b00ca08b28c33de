//! The catalogue of why people leave. What a subscriber reads may change; the key never does, so that a year of answers
//! stays one figure.

use std::collections::BTreeMap;

use kale_domain::reason::ReasonKey;
use serde::{Deserialize, Serialize};

use crate::text::Text;

/// One reason of a company's catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// Its immutable name.
    pub key: ReasonKey,
    /// What it is about.
    pub category: ReasonCategory,
    /// What staff read.
    pub title: String,
    /// What a subscriber reads.
    pub text: Text,
    /// What may be asked next; blank: nothing.
    pub follow_up: Text,
    /// What billing systems call it, so that their own answers land on it.
    pub provider_codes: BTreeMap<BillingProvider, Vec<String>>,
    /// Where it stands among the others; the lowest first.
    pub order: u32,
    /// Whether it can't be used any more. Past answers keep it.
    pub archived: bool,
    /// Grows by one with every change.
    pub version: u64,
}

/// What a reason is about. The list is closed, so that figures can be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum ReasonCategory {
    Price,
    Use,
    Product,
    Service,
    Market,
    Life,
    Trust,
    Other,
}

impl ReasonCategory {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Price,
        Self::Use,
        Self::Product,
        Self::Service,
        Self::Market,
        Self::Life,
        Self::Trust,
        Self::Other,
    ];

    /// The name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Price => "price",
            Self::Use => "use",
            Self::Product => "product",
            Self::Service => "service",
            Self::Market => "market",
            Self::Life => "life",
            Self::Trust => "trust",
            Self::Other => "other",
        }
    }
}

/// A billing system that names reasons of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum BillingProvider {
    Chargebee,
    Recurly,
    Stripe,
}

impl BillingProvider {
    /// The name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Chargebee => "chargebee",
            Self::Recurly => "recurly",
            Self::Stripe => "stripe",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_are_those_of_the_wire() {
        for category in ReasonCategory::ALL {
            assert_eq!(serde_json::to_value(category).unwrap(), category.name());
        }
        for provider in [
            BillingProvider::Chargebee,
            BillingProvider::Recurly,
            BillingProvider::Stripe,
        ] {
            assert_eq!(serde_json::to_value(provider).unwrap(), provider.name());
        }
    }
}
