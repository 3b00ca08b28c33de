//! What stands in the way of publishing, with the card it is about.

use kale_domain::{
    error::FieldError,
    id::{CardId, ElementId},
};
use serde::Serialize;

/// How much a problem weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Publishing is refused.
    Error,
    /// Worth a look.
    Warning,
}

/// One thing that is wrong with a tree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// How much it weighs.
    pub severity: Severity,
    /// Where it is (`#/cards/0/branches/1/cards/2/title`), its unchanging code, and the words for a person.
    #[serde(flatten)]
    pub field: FieldError,
    /// The card it is about; `None` where it is about the whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub card: Option<CardId>,
    /// The element it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub element: Option<ElementId>,
    /// The rule of an exit profile that it breaks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<Cited>,
}

/// Which rule is broken, so that the page can name it with its source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cited {
    /// The key of the exit profile.
    pub profile: String,
    /// Where the rule comes from.
    pub source: String,
}

impl Problem {
    /// One about the whole tree.
    pub(crate) fn of_tree(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            field: FieldError::new("#/cards", code, message),
            card: None,
            element: None,
            rule: None,
        }
    }

    /// Whether publishing is refused.
    #[must_use]
    pub const fn is_error(&self) -> bool {
        matches!(self.severity, Severity::Error)
    }

    pub(crate) const fn warning(mut self) -> Self {
        self.severity = Severity::Warning;
        self
    }

    pub(crate) const fn about(mut self, element: Option<ElementId>) -> Self {
        self.element = element;
        self
    }
}
