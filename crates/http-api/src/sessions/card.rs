//! A card as a walker sees it, texts chosen and filled in.

use std::collections::BTreeMap;

use kale_application::sessions::{
    Action, CallAction, Look, OfferKind, Progress, Shown, ShownElement, ShownOption,
};
use kale_domain::id::{CardId, ElementId, OfferId, OptionId};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

/// A card, ready to be drawn.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ShownCard)]
pub(super) struct CardView {
    /// Its identity.
    #[schema(value_type = String, example = "crd_01h455vb4pex5vsknk084sn02q")]
    id: CardId,
    /// What it is: `message`, `question`, `offer`, `confirm`, `hand_off`, `outcome`.
    #[schema(value_type = String, example = "question")]
    kind: &'static str,
    /// How a message is drawn.
    #[schema(value_type = Option<String>, example = "plain")]
    look: Option<Look>,
    /// What it says first.
    #[schema(example = "Before you go")]
    title: String,
    /// What it holds, in order.
    elements: Vec<ElementView>,
    /// What can be done on it: `next`, `accept`, `decline`, `back`, `cancel`.
    #[schema(value_type = Vec<String>, example = json!(["next", "cancel"]))]
    actions: Vec<Action>,
    /// What the buttons say, by action; `skip` is `next` without answers. Where one is missing, use a word of your own.
    #[schema(value_type = BTreeMap<String, String>)]
    labels: BTreeMap<&'static str, String>,
    /// How far the walk is.
    progress: ProgressView,
}

/// A card that was shown, with what was answered on it last.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PastCard)]
pub(super) struct PastCardView {
    /// Its identity.
    #[schema(value_type = String, example = "crd_01h455vb4pex5vsknk084sn02q")]
    id: CardId,
    /// What it is: `message`, `question`, `offer`, `confirm`, `hand_off`, `outcome`.
    #[schema(value_type = String, example = "question")]
    kind: &'static str,
    /// What it says first.
    #[schema(example = "Before you go")]
    title: String,
    /// What it holds, in order.
    elements: Vec<ElementView>,
}

impl From<Shown> for PastCardView {
    fn from(card: Shown) -> Self {
        Self {
            id: card.id,
            kind: card.kind,
            title: card.title,
            elements: card.elements.into_iter().map(ElementView::from).collect(),
        }
    }
}

/// How far a walk is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WalkProgress)]
struct ProgressView {
    /// The number of this card, from 1.
    #[schema(value_type = i64, minimum = 1, example = 1)]
    at: usize,
    /// The number of the last card, if the longest way is walked.
    #[schema(value_type = i64, minimum = 1, example = 4)]
    of: usize,
}

/// An element, ready to be drawn. Only what its kind has is there.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ShownElement)]
struct ElementView {
    /// Its identity.
    #[schema(value_type = String, example = "elm_01h455vb4pex5vsknk084sn02q")]
    id: ElementId,
    /// What it is: `heading`, `text`, `single_choice`, `multi_choice`, `rating`, `short_text`, `long_text`, `checkbox`,
    /// `offer`, `call_to_action`.
    #[schema(value_type = String, example = "single_choice")]
    kind: &'static str,
    /// What a heading or text says; Markdown in a text.
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    /// What is asked, agreed to, or what the button says.
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<String>,
    /// A line of help.
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
    /// What can be chosen, in the order of this session.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    options: Vec<OptionView>,
    /// The lowest and the highest number of a rating.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<i64>>)]
    scale: Option<[i8; 2]>,
    /// Whether the card can't be sent without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    required: Option<bool>,
    /// What kind of offer it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    offer_kind: Option<&'static str>,
    /// Which of the company's offers.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    offer: Option<OfferId>,
    /// What a call to action does: `notify`, `link`, `book_call`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    action: Option<&'static str>,
    /// Where a link leads.
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    /// What was answered before.
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<Value>,
}

/// An option, ready to be drawn.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ShownOption)]
struct OptionView {
    /// Its identity.
    #[schema(value_type = String, example = "opt_01h455vb4pex5vsknk084sn02q")]
    id: OptionId,
    /// What it says.
    #[schema(example = "It costs too much")]
    text: String,
}

impl From<Shown> for CardView {
    fn from(card: Shown) -> Self {
        let Progress { at, of } = card.progress;
        Self {
            id: card.id,
            kind: card.kind,
            look: card.look,
            title: card.title,
            elements: card.elements.into_iter().map(ElementView::from).collect(),
            actions: card.actions,
            labels: card.labels,
            progress: ProgressView { at, of },
        }
    }
}

impl From<ShownElement> for ElementView {
    fn from(element: ShownElement) -> Self {
        let (action, url) = match element.action {
            None => (None, None),
            Some(CallAction::Notify { .. }) => (Some("notify"), None),
            Some(CallAction::Link { url }) => (Some("link"), Some(url.as_str().to_owned())),
            Some(CallAction::BookCall) => (Some("book_call"), None),
        };
        Self {
            id: element.id,
            kind: element.kind,
            text: element.text,
            label: element.label,
            hint: element.hint,
            options: element.options.into_iter().map(OptionView::from).collect(),
            scale: element.scale.map(|(from, to)| [from, to]),
            required: element.required,
            offer_kind: element.offer_kind.map(OfferKind::name),
            offer: element.offer,
            action,
            url,
            answer: element.answer,
        }
    }
}

impl From<ShownOption> for OptionView {
    fn from(option: ShownOption) -> Self {
        Self {
            id: option.id,
            text: option.text,
        }
    }
}

/// A card as examples show it.
pub(super) fn example() -> Value {
    json!({
        "id": "crd_01h455vb4pex5vsknk084sn02q", "kind": "question", "look": null, "title": "Before you go",
        "elements": [{
            "id": "elm_01h455vb4pex5vsknk084sn02q", "kind": "single_choice", "label": "What is the main reason?",
            "options": [{ "id": "opt_01h455vb4pex5vsknk084sn02q", "text": "It costs too much" }], "required": false
        }],
        "actions": ["next", "cancel"],
        "labels": { "next": "Continue", "skip": "Skip", "cancel": "Cancel subscription" },
        "progress": { "at": 1, "of": 4 }
    })
}

/// A card that was shown, as examples show it.
pub(super) fn past_example() -> Value {
    json!({
        "id": "crd_01h455vb4pex5vsknk084sn02q", "kind": "question", "title": "Before you go",
        "elements": [{
            "id": "elm_01h455vb4pex5vsknk084sn02q", "kind": "single_choice", "label": "What is the main reason?",
            "options": [{ "id": "opt_01h455vb4pex5vsknk084sn02q", "text": "It costs too much" }], "required": false,
            "answer": "opt_01h455vb4pex5vsknk084sn02q"
        }]
    })
}
