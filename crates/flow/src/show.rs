//! What a walker sees: the present card, with its texts chosen and filled in.

use std::{borrow::Cow, collections::BTreeMap};

use serde::Serialize;
use serde_json::Value;

use crate::{
    card::{Card, CardKind, Confirm, Look},
    element::{CallAction, ChoiceOption, Element, ElementKind, OptionOrder},
    offer::OfferKind,
    outcome::Outcome,
    receipt::Receipt,
    step::Action,
    text::Text,
    variable::{Escaping, Values, fill},
    version::FlowVersion,
    walk::{Afterthought, Situation, Status, Walk, actions},
};
use kale_domain::id::{CardId, ElementId, OfferId, OptionId};

/// What a walk shows.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "shows", rename_all = "snake_case")]
pub enum View {
    /// A card to be answered.
    Card {
        /// The card.
        card: Box<Shown>,
    },
    /// The walk has ended.
    Ended {
        /// How.
        outcome: Outcome,
        /// The card that says so.
        page: Option<Box<Shown>>,
        /// What happened, exactly.
        receipt: Receipt,
    },
    /// The walk was given up and can't be taken up again.
    Expired,
}

/// A card, ready to be drawn. Texts are plain, but for `text` elements, which are Markdown with harmless values.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Shown {
    /// Its identity.
    pub id: CardId,
    /// What it is.
    pub kind: &'static str,
    /// How a message is drawn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub look: Option<Look>,
    /// What it says first.
    pub title: String,
    /// What it holds.
    pub elements: Vec<ShownElement>,
    /// What can be done on it.
    pub actions: Vec<Action>,
    /// What the buttons say, by action; `skip` is `next` without answers. Where one is missing, the viewer's own word.
    pub labels: BTreeMap<&'static str, String>,
    /// How far the walk is: the number of this card, and of the last one on the longest way from here.
    pub progress: Progress,
}

/// How far a walk is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Progress {
    /// The number of this card, from 1.
    pub at: usize,
    /// The number of the last card, if the longest way is walked.
    pub of: usize,
}

/// An element, ready to be drawn. Only what its kind has is set.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ShownElement {
    /// Its identity.
    pub id: ElementId,
    /// What it is.
    pub kind: &'static str,
    /// What a heading or text says; Markdown in a text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// What is asked, agreed to, or what the button says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// A line of help.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// What can be chosen, in the order of this session.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<ShownOption>,
    /// The lowest and highest number of a rating.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scale: Option<(i8, i8)>,
    /// Whether the card can't be sent without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub required: Option<bool>,
    /// What kind of offer it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offer_kind: Option<OfferKind>,
    /// Which of the company's offers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offer: Option<OfferId>,
    /// What a call to action does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<CallAction>,
    /// What was answered before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<Value>,
}

/// An option, ready to be drawn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ShownOption {
    /// Its identity.
    pub id: OptionId,
    /// What it says.
    pub text: String,
}

/// What the walk shows now.
#[must_use]
pub fn view(version: &FlowVersion, walk: &Walk, situation: &Situation<'_>) -> View {
    let shown = |id: CardId, actions: Vec<Action>| {
        let card = version.card(id)?;
        let painter = Painter {
            version,
            walk,
            situation,
            values: situation.values_on(card, walk),
        };
        Some(Box::new(painter.card(card, actions)))
    };
    match walk.status {
        Status::Expired { .. } => View::Expired,
        Status::InProgress { card } | Status::Abandoned { card } => {
            let offered = version.card(card).map(|card| actions(version, walk, card));
            // A walk of another version shows nothing; the engine refuses its steps.
            shown(card, offered.unwrap_or_default()).map_or(View::Expired, |card| View::Card { card })
        }
        Status::Completed {
            outcome,
            page,
            afterthought,
        } => {
            let actions = match afterthought {
                Afterthought::Open => vec![Action::Next],
                Afterthought::Closed => Vec::new(),
            };
            View::Ended {
                outcome,
                page: page.and_then(|page| shown(page, actions)),
                receipt: Receipt::of(version, walk),
            }
        }
    }
}

/// A card of the version as this walk has it: with what was answered on it last, and nothing to be done. For whoever
/// looks back.
#[must_use]
pub fn looked_back(
    version: &FlowVersion,
    walk: &Walk,
    situation: &Situation<'_>,
    card: CardId,
) -> Option<Shown> {
    let card = version.card(card)?;
    let painter = Painter {
        version,
        walk,
        situation,
        values: situation.values_on(card, walk),
    };
    Some(painter.card(card, Vec::new()))
}

struct Painter<'a> {
    version: &'a FlowVersion,
    walk: &'a Walk,
    situation: &'a Situation<'a>,
    values: Cow<'a, Values>,
}

impl Painter<'_> {
    fn card(&self, card: &Card, actions: Vec<Action>) -> Shown {
        let at = self.walk.trail.len().max(1);
        let number = self.version.layout().number(card.id);
        let left = number.map_or(1, |number| self.version.longest_from(number));
        Shown {
            id: card.id,
            kind: card.kind.name(),
            look: match &card.kind {
                CardKind::Message(message) => Some(message.look),
                _ => None,
            },
            title: self.text(&card.title, Escaping::Plain).unwrap_or_default(),
            elements: card
                .elements
                .iter()
                .filter_map(|element| self.element(element))
                .collect(),
            labels: self.labels(card),
            actions,
            progress: Progress {
                at,
                of: at + left.saturating_sub(1),
            },
        }
    }

    /// The text for this reader; nothing where it is blank or a value in it is not known.
    fn text(&self, text: &Text, escaping: Escaping) -> Option<String> {
        let text = text.read(self.situation.locale, self.situation.default_locale)?;
        fill(text, &self.values, escaping).ok()
    }

    fn labels(&self, card: &Card) -> BTreeMap<&'static str, String> {
        let cancel =
            self.version
                .confirm()
                .and_then(|number| match &self.version.cards().get(number)?.kind {
                    CardKind::Confirm(Confirm { cancel, .. }) => Some(cancel),
                    _ => None,
                });
        let own: Vec<(&'static str, &Text)> = match &card.kind {
            CardKind::Message(message) => vec![("next", &message.next)],
            CardKind::Question(question) => vec![("next", &question.next), ("skip", &question.skip)],
            CardKind::Offer(offer) => vec![("accept", &offer.accept), ("decline", &offer.decline)],
            CardKind::HandOff(hand_off) => vec![("accept", &hand_off.accept), ("decline", &hand_off.decline)],
            CardKind::Confirm(confirm) => vec![("decline", &confirm.keep)],
            CardKind::Jump(_) | CardKind::Outcome(_) => Vec::new(),
        };
        let all = own.into_iter().chain(cancel.map(|cancel| ("cancel", cancel)));
        all.filter_map(|(name, text)| Some((name, self.text(text, Escaping::Plain)?)))
            .collect()
    }

    /// The element, unless it has nothing to say: a text with an unknown value is left out.
    fn element(&self, element: &Element) -> Option<ShownElement> {
        let mut shown = ShownElement {
            id: element.id,
            kind: element.kind.name(),
            text: None,
            label: None,
            hint: None,
            options: Vec::new(),
            scale: None,
            required: element.kind.is_question().then(|| element.kind.is_required()),
            offer_kind: None,
            offer: None,
            action: None,
            answer: self
                .walk
                .answers
                .get(&element.id)
                .map(crate::answer::Answer::wire),
        };
        match &element.kind {
            ElementKind::Heading(words) => shown.text = Some(self.text(&words.text, Escaping::Plain)?),
            ElementKind::Text(words) => shown.text = Some(self.text(&words.text, Escaping::Markdown)?),
            ElementKind::SingleChoice(choice) | ElementKind::MultiChoice(choice) => {
                shown.label = self.text(&choice.label, Escaping::Plain);
                shown.options = self.options(&choice.options, choice.order);
            }
            ElementKind::Rating(rating) => {
                shown.label = self.text(&rating.label, Escaping::Plain);
                shown.scale = Some(rating.scale.ends());
            }
            ElementKind::ShortText(text) | ElementKind::LongText(text) => {
                shown.label = self.text(&text.label, Escaping::Plain);
                shown.hint = self.text(&text.hint, Escaping::Plain);
            }
            ElementKind::Checkbox(checkbox) => {
                shown.label = self.text(&checkbox.label, Escaping::Plain);
                shown.answer = shown
                    .answer
                    .or_else(|| checkbox.ticked.then_some(Value::Bool(true)));
            }
            ElementKind::Offer(slot) => {
                shown.offer_kind = Some(slot.kind);
                shown.offer = slot.offer;
            }
            ElementKind::CallToAction(call) => {
                shown.label = self.text(&call.label, Escaping::Plain);
                shown.action = Some(call.action.clone());
            }
        }
        Some(shown)
    }

    fn options(&self, options: &[ChoiceOption], order: OptionOrder) -> Vec<ShownOption> {
        let mut ordered: Vec<&ChoiceOption> = options.iter().collect();
        if order == OptionOrder::Shuffled {
            ordered.sort_by_key(|option| (option.last, shuffled(self.situation.seed, option)));
        }
        let shown = ordered.into_iter().map(|option| ShownOption {
            id: option.id,
            text: self.text(&option.text, Escaping::Plain).unwrap_or_default(),
        });
        shown.collect()
    }
}

/// A number that scatters options over sessions; the ones that stay last keep their order.
fn shuffled(seed: u64, option: &ChoiceOption) -> u64 {
    if option.last {
        return 0;
    }
    let (high, low) = option.id.uuid().as_u64_pair();
    // The finaliser of SplitMix64: every bit of the input moves every bit of the result.
    let mut mixed = seed ^ high.rotate_left(32) ^ low;
    for factor in [0xbf58_476d_1ce4_e5b9_u64, 0x94d0_49bb_1331_11eb] {
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(factor);
    }
    mixed ^ (mixed >> 31)
}
