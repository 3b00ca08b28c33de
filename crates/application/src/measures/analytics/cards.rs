//! Figures card by card, with the words of the newest version that has the card.

use std::collections::BTreeSet;

use kale_domain::id::{CardId, ElementId, WorkflowId};
use kale_flow::{
    card::Card,
    element::{Element, ElementKind},
    text::{Locale, Text},
    workflow::Published,
};
use kale_measures::{
    cell::Given,
    tally::{CardTally, Tally},
};
use kale_persistence::{StoreError, Tenant, workflows::versions};

use crate::measures::Measures;

/// How many versions are looked through for cards.
const VERSIONS: usize = 50;

/// What became of sessions at a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardFigures {
    /// Which.
    pub card: CardId,
    /// The newest version that has it.
    pub version: u32,
    /// What it is: `question`, `offer` …
    pub kind: &'static str,
    /// Its title in that version, in its default language.
    pub title: Option<String>,
    /// In how many sessions what.
    pub tally: CardTally,
    /// What was answered on it.
    pub elements: Vec<ElementFigures>,
}

/// How an element was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ElementFigures {
    /// Which.
    pub element: ElementId,
    /// What it is: `single_choice`, `rating` …
    pub kind: &'static str,
    /// What it asks.
    pub label: Option<String>,
    /// The answers: options in their order, numbers from the lowest.
    pub answers: Vec<AnswerFigures>,
}

/// One answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerFigures {
    /// Which.
    pub answer: Given,
    /// What an option says.
    pub label: Option<String>,
    /// In how many sessions it was given.
    pub sessions: u64,
}

impl Measures {
    /// The cards of these versions of a workflow, the newest version first.
    pub(super) async fn cards(
        &self,
        tenant: Tenant,
        workflow: WorkflowId,
        met: &[u32],
        total: &Tally,
    ) -> Result<Vec<CardFigures>, StoreError> {
        let (mut cards, mut seen) = (Vec::new(), BTreeSet::new());
        for number in met.iter().take(VERSIONS) {
            let Some(version) = versions::get(&self.store, tenant, workflow, *number).await? else {
                continue;
            };
            for card in version.tree.all() {
                if seen.insert(card.id) {
                    cards.push(figures(&version, card, total));
                }
            }
        }
        // A jump is never shown.
        cards.retain(|card| card.kind != "jump");
        Ok(cards)
    }
}

fn figures(version: &Published, card: &Card, total: &Tally) -> CardFigures {
    let locale = &version.demands.default_locale;
    let elements = card.elements.iter().filter(|element| element.kind.takes_answer());
    CardFigures {
        card: card.id,
        version: version.number,
        kind: card.kind.name(),
        title: said(&card.title, locale),
        tally: total.card(card.id),
        elements: elements.map(|element| answers(element, locale, total)).collect(),
    }
}

fn said(text: &Text, locale: &Locale) -> Option<String> {
    text.read(locale, locale).map(str::to_owned)
}

fn answers(element: &Element, locale: &Locale, total: &Tally) -> ElementFigures {
    let mut given = total.answers(element.id);
    let options = element.kind.options().iter().map(|option| {
        let answer = Given::Option(option.id);
        AnswerFigures {
            answer,
            label: said(&option.text, locale),
            sessions: given.remove(&answer).unwrap_or(0),
        }
    });
    let mut answers: Vec<AnswerFigures> = options.collect();
    answers.extend(given.into_iter().map(|(answer, sessions)| AnswerFigures {
        answer,
        label: None,
        sessions,
    }));
    ElementFigures {
        element: element.id,
        kind: element.kind.name(),
        label: label(&element.kind).and_then(|text| said(text, locale)),
        answers,
    }
}

const fn label(kind: &ElementKind) -> Option<&Text> {
    match kind {
        ElementKind::SingleChoice(choice) | ElementKind::MultiChoice(choice) => Some(&choice.label),
        ElementKind::Rating(rating) => Some(&rating.label),
        ElementKind::ShortText(text) | ElementKind::LongText(text) => Some(&text.label),
        ElementKind::Checkbox(checkbox) => Some(&checkbox.label),
        ElementKind::CallToAction(call) => Some(&call.label),
        ElementKind::Heading(_) | ElementKind::Text(_) | ElementKind::Offer(_) => None,
    }
}
