//! Why subscribers leave.

use askama::Template;

use super::{
    form::{Field, Problems, Select, Stale},
    shell::Shell,
};

/// Words in one language.
#[derive(Debug)]
pub struct ReasonText {
    /// `en`
    pub locale: String,
    /// The words.
    pub text: String,
}

/// One reason of the list.
#[derive(Debug)]
pub struct ReasonRow {
    /// Its key: `price_too_high`.
    pub key: String,
    /// What staff read.
    pub title: String,
    /// What subscribers read.
    pub texts: Vec<ReasonText>,
    /// What may be asked next.
    pub follow_ups: Vec<ReasonText>,
    /// What billing systems call it; empty for nothing.
    pub codes: String,
    /// Whether it can't be used any more.
    pub archived: bool,
}

/// The reasons of a category.
#[derive(Debug)]
pub struct ReasonGroup {
    /// `price`
    pub key: &'static str,
    /// `Price`
    pub label: &'static str,
    /// Its reasons.
    pub reasons: Vec<ReasonRow>,
}

/// The catalogue.
#[derive(Debug, Template)]
#[template(path = "reasons.html")]
pub struct ReasonsPage {
    /// What stands around it.
    pub shell: Shell,
    /// The reasons by category.
    pub groups: Vec<ReasonGroup>,
    /// Where one is added, for those who may.
    pub add: Option<String>,
    /// Whether this person may change them.
    pub may_manage: bool,
}

/// What is read in one language.
#[derive(Debug)]
pub struct TextRow {
    /// The field `texts.n.locale`.
    pub locale: Field,
    /// The field `texts.n.text`.
    pub text: Field,
    /// The field `texts.n.follow_up`.
    pub follow_up: Field,
}

/// One reason, or one to be added.
#[derive(Debug, Template)]
#[template(path = "reason.html")]
pub struct ReasonPage {
    /// What stands around it.
    pub shell: Shell,
    /// What staff read.
    pub title: String,
    /// Its key; empty where it is to be added.
    pub key: String,
    /// Whether it can't be used any more.
    pub archived: bool,
    /// The version, for `_etag`.
    pub etag: String,
    /// What was wrong with the form when it was sent.
    pub problems: Problems,
    /// Somebody else changed it in between.
    pub stale: Option<Stale>,
    /// The field `key`, for a new one.
    pub new_key: Field,
    /// The field `title`.
    pub name: Field,
    /// The field `category`.
    pub category: Select,
    /// The field `order`.
    pub order: Field,
    /// A row for each language, and one more.
    pub texts: Vec<TextRow>,
    /// The fields `codes.stripe` …
    pub codes: Vec<Field>,
}
