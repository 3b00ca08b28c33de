//! Small cards for tests.

use uuid::Uuid;

use crate::{
    card::{Branch, Card, CardKind, Confirm, HandOff, Jump, Message, OfferCard, OutcomeCard, Question},
    condition::Condition,
    element::{Choice, ChoiceOption, Element, ElementKind, FreeText, OfferSlot},
    offer::OfferKind,
    outcome::Outcome,
    text::Text,
    walk::Decision,
};
use kale_domain::id::{BranchId, CardId, ElementId, OptionId};

pub(crate) fn card_id(n: u128) -> CardId {
    CardId::from_uuid(Uuid::from_u128(n))
}

pub(crate) fn element_id(n: u128) -> ElementId {
    ElementId::from_uuid(Uuid::from_u128(n))
}

pub(crate) fn option_id(n: u128) -> OptionId {
    OptionId::from_uuid(Uuid::from_u128(n))
}

pub(crate) fn branch_id(n: u128) -> BranchId {
    BranchId::from_uuid(Uuid::from_u128(n))
}

fn titled(n: u128, kind: CardKind) -> Card {
    let mut card = Card::new(card_id(n), kind);
    card.title = Text::english(format!("Card {n}"));
    card
}

pub(crate) fn message(n: u128) -> Card {
    titled(
        n,
        CardKind::Message(Message {
            next: Text::english("Next"),
            ..Message::default()
        }),
    )
}

/// A message with lanes; their ids follow from the card's.
pub(crate) fn card(n: u128, branches: Vec<Branch>) -> Card {
    let mut card = message(n);
    card.branches = branches;
    for (index, branch) in (0..).zip(&mut card.branches) {
        branch.id = branch_id(n * 100 + index);
    }
    card
}

/// A lane that everybody without the tag `nobody` takes.
pub(crate) fn lane(cards: Vec<Card>) -> Branch {
    let first = cards.first().map_or(0, |card| card.id.uuid().as_u128());
    Branch {
        id: branch_id(1_000_000 + first),
        when: Condition::parse(&serde_json::json!({"not": {"tag": "nobody"}}), "#").unwrap(),
        cards,
    }
}

/// A question with one choice of options `n * 10`, `n * 10 + 1`, … and a lane for each.
pub(crate) fn question(n: u128, lanes: Vec<Vec<Card>>) -> Card {
    let mut card = titled(
        n,
        CardKind::Question(Question {
            next: Text::english("Next"),
            skip: Text::english("Skip"),
        }),
    );
    let options = (0..).zip(0..lanes.len().max(2)).map(|(index, _)| ChoiceOption {
        id: option_id(n * 10 + index),
        text: Text::english(format!("Option {index}")),
        reason: None,
        last: false,
    });
    let choice = Choice {
        options: options.collect(),
        ..Choice::default()
    };
    card.elements = vec![Element {
        id: element_id(n),
        kind: ElementKind::SingleChoice(choice),
    }];
    let lanes = (0..).zip(lanes).map(|(index, cards)| Branch {
        id: branch_id(n * 100 + index),
        when: Condition::answered(element_id(n), &option_id(n * 10 + index).to_string()).unwrap(),
        cards,
    });
    card.branches = lanes.collect();
    card
}

/// An offer whose acceptance leads into the lane.
pub(crate) fn offer(n: u128, accepted: Vec<Card>) -> Card {
    let mut card = titled(
        n,
        CardKind::Offer(OfferCard {
            accept: Text::english("Pause"),
            decline: Text::english("No thanks"),
            fallback: false,
        }),
    );
    card.elements = vec![
        Element {
            id: element_id(n * 1_000),
            kind: ElementKind::Text(crate::element::Words {
                text: Text::english("It starts again on {{preview.resume_on}}."),
            }),
        },
        Element {
            id: element_id(n),
            kind: ElementKind::Offer(OfferSlot {
                kind: OfferKind::Pause,
                offer: None,
            }),
        },
    ];
    card.branches = vec![decided(n, Decision::Accepted, accepted)];
    card
}

pub(crate) fn hand_off(n: u128, accepted: Vec<Card>) -> Card {
    let mut card = titled(
        n,
        CardKind::HandOff(HandOff {
            accept: Text::english("Ask us"),
            decline: Text::english("No thanks"),
        }),
    );
    card.branches = vec![decided(n, Decision::Accepted, accepted)];
    card
}

fn decided(n: u128, decision: Decision, cards: Vec<Card>) -> Branch {
    Branch {
        id: branch_id(n * 100),
        when: Condition::decided(card_id(n), decision).unwrap(),
        cards,
    }
}

/// A confirm card with its cancelled page.
pub(crate) fn confirm(n: u128, page: u128) -> Card {
    let mut card = titled(
        n,
        CardKind::Confirm(Confirm {
            cancel: Text::english("Cancel subscription"),
            keep: Text::english("Keep my subscription"),
        }),
    );
    card.branches = vec![decided(
        n,
        Decision::Cancelled,
        vec![outcome(page, Outcome::Cancelled)],
    )];
    card
}

pub(crate) fn jump(n: u128, to: u128) -> Card {
    Card::new(card_id(n), CardKind::Jump(Jump { to: card_id(to) }))
}

pub(crate) fn outcome(n: u128, outcome: Outcome) -> Card {
    titled(n, CardKind::Outcome(OutcomeCard { outcome }))
}

pub(crate) fn free_text(n: u128, required: bool) -> Element {
    Element {
        id: element_id(n),
        kind: ElementKind::ShortText(FreeText {
            label: Text::english("In your own words"),
            required,
            ..FreeText::default()
        }),
    }
}
