//! What a card or an element begins as: with the buttons it needs and the lane without which it leads nowhere.

use kale_application::offers::OfferKind;
use kale_application::workflows::{
    Branch, Card, CardTree, Condition, Locale, Outcome, Text, Workflows,
    card::{CardKind, Confirm, HandOff, Jump, Message, OfferCard, OutcomeCard, Question},
    element::{
        CallAction, CallToAction, Checkbox, Choice, ChoiceOption, Element, ElementKind, FreeText, Notified,
        OfferSlot, OptionOrder, Rating, Scale, Words,
    },
};
use kale_domain::{
    error::FieldError,
    id::{BranchId, CardId, ElementId, OptionId},
};
use serde_json::json;

use super::spot::{Spot, lane_cards};
use crate::{
    view::{builder::KindChoice, parts::Tone, workflows::KindLook},
    workflows::words,
};

/// What can be added, with what it is for.
const CARDS: [(&str, &str); 7] = [
    ("question", "Asks why, or anything else"),
    ("message", "Says something"),
    ("offer", "Makes one offer"),
    ("hand_off", "Asks a person to take over"),
    ("confirm", "Where the subscriber cancels"),
    ("outcome", "Ends the walk"),
    ("jump", "Goes on elsewhere"),
];
const ELEMENTS: [(&str, &str); 10] = [
    ("heading", "A line that stands out"),
    ("text", "A paragraph"),
    ("single_choice", "One of several answers"),
    ("multi_choice", "Any of several answers"),
    ("rating", "A number on a scale"),
    ("short_text", "One line of their own words"),
    ("long_text", "Several lines of their own words"),
    ("checkbox", "A consent"),
    ("offer", "One of your offers, on an offer card"),
    ("call_to_action", "A button beside the others"),
];

/// The kinds of cards.
pub(super) fn card_kinds() -> Vec<KindChoice> {
    CARDS
        .map(|(value, text)| KindChoice {
            value,
            look: words::card_look(value),
            text,
        })
        .into()
}

/// The kinds of elements that a card can hold.
pub(super) fn element_kinds(card: &Card) -> Vec<KindChoice> {
    let fits = |kind: &str| match card.kind {
        CardKind::Jump(_) => false,
        CardKind::Offer(_) => true,
        _ => kind != "offer",
    };
    ELEMENTS
        .iter()
        .filter(|(value, _)| fits(value))
        .map(|(value, text)| KindChoice {
            value,
            look: element_look(value),
            text,
        })
        .collect()
}

/// How a kind of element looks.
pub(super) fn element_look(kind: &str) -> KindLook {
    let (label, icon) = match kind {
        "heading" => ("Heading", "bookmark"),
        "text" => ("Text", "message-square-text"),
        "single_choice" => ("Single choice", "list-checks"),
        "multi_choice" => ("Multiple choice", "list-todo"),
        "rating" => ("Rating", "activity"),
        "short_text" => ("Short answer", "pencil"),
        "long_text" => ("Long answer", "scroll-text"),
        "checkbox" => ("Consent", "check"),
        "offer" => ("Offer", "tag"),
        _ => ("Button", "external-link"),
    };
    KindLook {
        label,
        icon,
        tone: Tone::Plain,
    }
}

/// Makes new parts of a draft.
pub(super) struct Maker<'a> {
    pub(super) workflows: &'a Workflows,
    pub(super) tree: &'a CardTree,
    pub(super) locale: &'a Locale,
}

impl Maker<'_> {
    /// A text of ours, where the language that is written is ours.
    fn text(&self, english: &str) -> Text {
        if *self.locale == Locale::english() {
            Text::english(english)
        } else {
            Text::default()
        }
    }

    fn id(&self) -> CardId {
        CardId::from_uuid(self.workflows.fresh_id())
    }

    fn element_of(&self, kind: ElementKind) -> Element {
        Element {
            id: ElementId::from_uuid(self.workflows.fresh_id()),
            kind,
        }
    }

    fn options(&self) -> Vec<ChoiceOption> {
        let option = |_nth| ChoiceOption {
            id: OptionId::from_uuid(self.workflows.fresh_id()),
            text: Text::default(),
            reason: None,
            last: false,
        };
        (0..2).map(option).collect()
    }

    fn choice(&self) -> Choice {
        Choice {
            label: Text::default(),
            options: self.options(),
            required: true,
            order: OptionOrder::Written,
        }
    }

    /// An element of that kind; `None` where there is no such kind.
    pub(super) fn element(&self, kind: &str) -> Option<Element> {
        let kind = match kind {
            "heading" => ElementKind::Heading(Words::default()),
            "text" => ElementKind::Text(Words::default()),
            "single_choice" => ElementKind::SingleChoice(self.choice()),
            "multi_choice" => ElementKind::MultiChoice(Choice {
                required: false,
                ..self.choice()
            }),
            "rating" => ElementKind::Rating(Rating {
                label: Text::default(),
                scale: Scale::Stars,
                required: false,
            }),
            "short_text" => ElementKind::ShortText(FreeText::default()),
            "long_text" => ElementKind::LongText(FreeText::default()),
            "checkbox" => ElementKind::Checkbox(Checkbox::default()),
            "offer" => ElementKind::Offer(OfferSlot {
                kind: OfferKind::Pause,
                offer: None,
            }),
            "call_to_action" => ElementKind::CallToAction(CallToAction {
                label: Text::default(),
                action: CallAction::Notify {
                    who: Notified::RetentionAdmin,
                },
            }),
            _ => return None,
        };
        Some(self.element_of(kind))
    }

    fn end(&self, outcome: Outcome, title: &str) -> Card {
        Card {
            title: self.text(title),
            ..Card::new(self.id(), CardKind::Outcome(OutcomeCard { outcome }))
        }
    }

    /// The lane of those who decided so, which ends there.
    fn lane(&self, card: CardId, decision: &str, end: Card) -> Option<Branch> {
        let when = json!({ "decision": card, "op": "eq", "value": decision });
        Some(Branch {
            id: BranchId::from_uuid(self.workflows.fresh_id()),
            when: Condition::parse(&when, "#").ok()?,
            cards: vec![end],
        })
    }

    /// A card of that kind for that place; `None` where there is no such kind.
    pub(super) fn card(&self, kind: &str, spot: Spot) -> Result<Option<Card>, Vec<FieldError>> {
        let id = self.id();
        let own = match kind {
            "message" => CardKind::Message(Message {
                next: self.text("Continue"),
                ..Message::default()
            }),
            "question" => CardKind::Question(Question {
                next: self.text("Continue"),
                ..Question::default()
            }),
            "offer" => CardKind::Offer(OfferCard {
                accept: self.text("Yes, please"),
                decline: self.text("No, thanks"),
                fallback: false,
            }),
            "hand_off" => CardKind::HandOff(HandOff {
                accept: self.text("Talk to a person"),
                decline: self.text("No, thanks"),
            }),
            "confirm" => CardKind::Confirm(Confirm {
                cancel: self.text("Cancel my subscription"),
                keep: self.text("Keep my subscription"),
            }),
            "outcome" => CardKind::Outcome(OutcomeCard {
                outcome: Outcome::Saved,
            }),
            "jump" => CardKind::Jump(Jump {
                to: self.target(spot)?,
            }),
            _ => return Ok(None),
        };
        let mut card = Card::new(id, own);
        match kind {
            "question" => card.elements.extend(self.element("single_choice")),
            "offer" => {
                card.elements.extend(self.element("offer"));
                let end = self.end(Outcome::Saved, "Thank you for staying");
                card.branches.extend(self.lane(id, "accepted", end));
            }
            "hand_off" => {
                let end = self.end(Outcome::Escalated, "Somebody will get in touch");
                card.branches.extend(self.lane(id, "accepted", end));
            }
            "confirm" => {
                let end = self.end(Outcome::Cancelled, "Your subscription is cancelled");
                card.branches.extend(self.lane(id, "cancelled", end));
            }
            _ => {}
        }
        Ok(Some(card))
    }

    /// Where a jump at that place can go: to the card after it, else to an end.
    fn target(&self, spot: Spot) -> Result<CardId, Vec<FieldError>> {
        let after = lane_cards(self.tree, spot.lane).and_then(|cards| cards.get(spot.index));
        let all = self.tree.all();
        let end = all
            .iter()
            .find(|card| matches!(card.kind, CardKind::Outcome(_)))
            .copied();
        end.or(after).map(|card| card.id).ok_or_else(|| {
            let message = "There is no end yet that a jump could go to. Add one first.";
            vec![FieldError::new("#/kind", "jump-to-nowhere", message)]
        })
    }
}

#[cfg(test)]
mod tests {
    use kale_application::workflows::element::ElementKind as Kind;

    use super::*;

    #[test]
    fn every_kind_of_card_and_of_element_can_be_added() {
        let names = |list: &[(&'static str, &str)]| -> Vec<&'static str> {
            let mut names: Vec<&str> = list.iter().map(|(name, _)| *name).collect();
            names.sort_unstable();
            names
        };
        let sorted = |all: &[&'static str]| -> Vec<&'static str> {
            let mut all = all.to_vec();
            all.sort_unstable();
            all
        };
        assert_eq!(names(&CARDS), sorted(CardKind::NAMES));
        assert_eq!(names(&ELEMENTS), sorted(Kind::NAMES));
    }

    #[test]
    fn offers_stand_on_offer_cards_and_jumps_hold_nothing() {
        let card = |kind| Card::new(CardId::from_uuid(uuid::Uuid::nil()), kind);
        let kinds = |kind| -> Vec<&str> {
            element_kinds(&card(kind))
                .into_iter()
                .map(|kind| kind.value)
                .collect()
        };
        assert!(kinds(CardKind::Offer(OfferCard::default())).contains(&"offer"));
        assert!(!kinds(CardKind::Message(Message::default())).contains(&"offer"));
        let to = CardId::from_uuid(uuid::Uuid::nil());
        assert!(kinds(CardKind::Jump(Jump { to })).is_empty());
    }
}
