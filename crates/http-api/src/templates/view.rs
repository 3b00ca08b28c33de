//! A template as the API shows it.

use kale_application::templates::{BuiltIn, LeftOut};
use kale_domain::reason::ReasonKey;
use kale_web::Problem;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

/// A template without its cards.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TemplateSummary)]
pub(super) struct Entry {
    /// Its immutable name.
    #[schema(example = "cancel_saas")]
    key: String,
    /// What it is called.
    title: String,
    /// What it does, in one sentence.
    summary: String,
    /// The keys of the reasons it asks about.
    #[schema(value_type = Vec<String>)]
    reasons: Vec<ReasonKey>,
    /// How many cards it has.
    cards: usize,
    /// What of the full template needs kinds of cards that come later.
    left_out: Vec<LeftOutView>,
}

/// A part of a template that is not there yet.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TemplateLeftOut)]
pub(super) struct LeftOutView {
    /// What.
    what: String,
    /// Why.
    why: String,
}

/// A template with its cards.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Template)]
pub(super) struct View {
    /// Its immutable name.
    #[schema(example = "cancel_saas")]
    key: String,
    /// What it is called.
    title: String,
    /// What it does, in one sentence.
    summary: String,
    /// The keys of the reasons it asks about.
    #[schema(value_type = Vec<String>)]
    reasons: Vec<ReasonKey>,
    /// What of the full template needs kinds of cards that come later.
    left_out: Vec<LeftOutView>,
    /// Its cards; a workflow made from it has the same with ids of its own.
    #[schema(value_type = Object)]
    tree: Value,
}

impl From<BuiltIn> for Entry {
    fn from(template: BuiltIn) -> Self {
        Self {
            key: template.key,
            title: template.title,
            summary: template.summary,
            reasons: template.reasons,
            cards: template.tree.all().len(),
            left_out: template.left_out.into_iter().map(LeftOutView::from).collect(),
        }
    }
}

impl From<LeftOut> for LeftOutView {
    fn from(left: LeftOut) -> Self {
        Self {
            what: left.what,
            why: left.why,
        }
    }
}

impl View {
    pub(super) fn new(template: BuiltIn) -> Result<Self, Problem> {
        let tree = serde_json::to_value(&template.tree).map_err(|error| Problem::internal(&error))?;
        Ok(Self {
            key: template.key,
            title: template.title,
            summary: template.summary,
            reasons: template.reasons,
            left_out: template.left_out.into_iter().map(LeftOutView::from).collect(),
            tree,
        })
    }
}

/// What both examples say.
fn common() -> Value {
    json!({
        "key": "cancel_direct", "title": "Cancel in two clicks", "summary": "No questions before, one after.",
        "reasons": ["price_too_high"],
        "left_out": [{ "what": "The public entry", "why": "It needs no sign-in, and comes with the viewer." }]
    })
}

/// A template without its cards, for the document.
pub(super) fn summary_example() -> Value {
    let mut example = common();
    if let Some(fields) = example.as_object_mut() {
        fields.insert("cards".to_owned(), json!(3));
    }
    example
}

/// A template, for the document.
pub(super) fn example() -> Value {
    let mut example = common();
    if let Some(fields) = example.as_object_mut() {
        fields.insert("tree".to_owned(), json!({ "revision": 0, "cards": [] }));
    }
    example
}
