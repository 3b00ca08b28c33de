//! A reason as the API shows it.

use std::collections::BTreeMap;

use kale_application::reasons::{BillingProvider, Reason, Text};
use kale_domain::reason::ReasonKey;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

/// Why somebody leaves.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Reason)]
pub(super) struct View {
    /// Its immutable name.
    #[schema(value_type = String, example = "price_too_high")]
    key: ReasonKey,
    /// `price`, `use`, `product`, `service`, `market`, `life`, `trust` or `other`.
    #[schema(example = "price")]
    category: &'static str,
    /// What staff read.
    title: String,
    /// What a subscriber reads, by language.
    #[schema(value_type = Object)]
    text: Text,
    /// What may be asked next, by language; empty: nothing.
    #[schema(value_type = Object)]
    follow_up: Text,
    /// What billing systems (`chargebee`, `recurly`, `stripe`) call it.
    #[schema(value_type = Object)]
    provider_codes: BTreeMap<BillingProvider, Vec<String>>,
    /// Where it stands among the others; the lowest first.
    order: u32,
    /// Whether it can't be used any more. Past answers keep it.
    archived: bool,
    /// Grows by one with every change; its `ETag` is `"v"` and this.
    pub(super) version: u64,
}

impl From<Reason> for View {
    fn from(reason: Reason) -> Self {
        Self {
            key: reason.key,
            category: reason.category.name(),
            title: reason.title,
            text: reason.text,
            follow_up: reason.follow_up,
            provider_codes: reason.provider_codes,
            order: reason.order,
            archived: reason.archived,
            version: reason.version,
        }
    }
}

/// A reason, for the document.
pub(super) fn example() -> Value {
    json!({
        "key": "price_too_high", "category": "price", "title": "Price too high",
        "text": { "en": "It costs more than I want to pay" }, "follow_up": { "en": "What price would feel right?" },
        "provider_codes": { "stripe": ["too_expensive"] }, "order": 10, "archived": false, "version": 1
    })
}
