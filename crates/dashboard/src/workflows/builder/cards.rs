//! The form of a card: what it says first, its buttons, where it goes.

use kale_application::workflows::{
    Card, CardTree, Face, Locale, Outcome, Text,
    card::{CardKind, Confirm, HandOff, Jump, Look, Message, OfferCard, OutcomeCard, Question},
};
use kale_domain::error::FieldError;

use super::filled::{Filled, written};
use crate::{
    frame::Form,
    view::{builder::Input, form::Choice},
    workflows::{outline, words},
};

const LOOKS: [(Look, &str, &str); 4] = [
    (Look::Plain, "plain", "As it is"),
    (Look::Intro, "intro", "A beginning"),
    (Look::Education, "education", "Something to learn"),
    (Look::Contact, "contact", "A way to reach you"),
];

/// The fields of a card.
pub(super) fn inputs(card: &Card, tree: &CardTree, filled: &Filled<'_>) -> Vec<Input> {
    let title = |label: &str| filled.line("title", label, &card.title);
    match &card.kind {
        CardKind::Message(message) => {
            let looks = LOOKS.map(|(_, value, label)| Choice::new(value, label));
            vec![
                title("Title"),
                filled.line("next", "Button that goes on", &message.next),
                filled.select("look", "How it is drawn", look_name(message.look), looks),
            ]
        }
        CardKind::Question(question) => vec![
            title("Question"),
            filled.line("next", "Button that sends the answers", &question.next),
            hinted(
                filled.line("skip", "Button that goes on without answers", &question.skip),
                "Empty: there is none",
            ),
        ],
        CardKind::Offer(offer) => vec![
            title("Title"),
            filled.line("accept", "Button that takes the offer", &offer.accept),
            filled.line("decline", "Button that does not", &offer.decline),
            filled.check(
                "fallback",
                "Stands in for an offer before it; left out where only so many are allowed",
                offer.fallback,
            ),
        ],
        CardKind::Confirm(confirm) => vec![
            title("Title"),
            hinted(
                filled.line("cancel", "Button that cancels", &confirm.cancel),
                "Also what the way here is called on every other card",
            ),
            filled.line("keep", "Button that keeps the subscription", &confirm.keep),
        ],
        CardKind::HandOff(hand_off) => vec![
            title("Title"),
            filled.line("accept", "Button that asks for a person", &hand_off.accept),
            filled.line("decline", "Button that does not", &hand_off.decline),
        ],
        CardKind::Jump(jump) => {
            let to = jump.to.to_string();
            vec![filled.select("to", "Goes on at", &to, targets(tree, card, filled.locale))]
        }
        CardKind::Outcome(end) => {
            let outcomes = Outcome::ALL.map(|one| Choice::new(one.name(), words::outcome_label(one)));
            vec![
                title("Title"),
                filled.select("outcome", "How it ends", end.outcome.name(), outcomes),
            ]
        }
    }
}

fn hinted(input: Input, hint: &str) -> Input {
    match input {
        Input::Line(field) => Input::Line(field.hint(hint)),
        other => other,
    }
}

fn look_name(look: Look) -> &'static str {
    let known = LOOKS.iter().find(|(one, ..)| *one == look);
    known.map_or("plain", |(_, name, _)| name)
}

/// Where a jump may go: to later cards and to ends.
fn targets(tree: &CardTree, card: &Card, locale: &Locale) -> Vec<Choice> {
    let layout = tree.layout();
    let own = layout.number(card.id);
    let all = tree.all().into_iter().filter(|target| {
        let later = layout.number(target.id) > own;
        let end = matches!(target.kind, CardKind::Outcome(_));
        (later || end) && !matches!(target.kind, CardKind::Jump(_)) && target.id != card.id
    });
    all.map(|target| Choice::new(target.id.to_string(), outline::title(target, tree, locale)))
        .collect()
}

/// What a card becomes by its form.
pub(super) fn face(card: &Card, form: &Form, locale: &Locale) -> Result<Face, Vec<FieldError>> {
    let text = |kept: &Text, name: &str| written(kept, form, name, locale);
    let kind = match &card.kind {
        CardKind::Message(message) => CardKind::Message(Message {
            look: LOOKS
                .iter()
                .find(|(_, name, _)| *name == form.get("look"))
                .map_or(message.look, |(look, ..)| *look),
            next: text(&message.next, "next"),
        }),
        CardKind::Question(question) => CardKind::Question(Question {
            next: text(&question.next, "next"),
            skip: text(&question.skip, "skip"),
        }),
        CardKind::Offer(offer) => CardKind::Offer(OfferCard {
            accept: text(&offer.accept, "accept"),
            decline: text(&offer.decline, "decline"),
            fallback: form.is_on("fallback"),
        }),
        CardKind::Confirm(confirm) => CardKind::Confirm(Confirm {
            cancel: text(&confirm.cancel, "cancel"),
            keep: text(&confirm.keep, "keep"),
        }),
        CardKind::HandOff(hand_off) => CardKind::HandOff(HandOff {
            accept: text(&hand_off.accept, "accept"),
            decline: text(&hand_off.decline, "decline"),
        }),
        CardKind::Jump(_) => CardKind::Jump(Jump {
            to: form
                .get("to")
                .parse()
                .map_err(|_no_id| wrong("#/to", "Choose where it goes on."))?,
        }),
        CardKind::Outcome(_) => CardKind::Outcome(OutcomeCard {
            outcome: Outcome::ALL
                .into_iter()
                .find(|one| one.name() == form.get("outcome"))
                .ok_or_else(|| wrong("#/outcome", "Choose how it ends."))?,
        }),
    };
    let title = match &card.kind {
        CardKind::Jump(_) => card.title.clone(),
        _ => text(&card.title, "title"),
    };
    Ok(Face {
        kind,
        title,
        ..Face::of(card)
    })
}

fn wrong(pointer: &'static str, message: &str) -> Vec<FieldError> {
    vec![FieldError::new(pointer, "required", message.to_owned())]
}

#[cfg(test)]
mod tests {
    use kale_application::templates::Templates;

    use super::*;
    use crate::view::form::Problems;

    /// What a form sends that nobody touched.
    fn untouched(inputs: &[Input]) -> Form {
        let fields = inputs.iter().map(|input| match input {
            Input::Line(field) | Input::Area(field) | Input::Check(field) => {
                (field.name.clone(), field.value.clone())
            }
            Input::Select(select) => (select.field.name.clone(), select.field.value.clone()),
        });
        Form::of(fields.collect())
    }

    #[test]
    fn a_form_that_nobody_touched_changes_no_card_of_any_template() {
        let english = Locale::english();
        let none = Problems::default();
        let filled = Filled {
            typed: None,
            problems: &none,
            locale: &english,
        };
        for template in Templates.list().unwrap() {
            for card in template.tree.all() {
                let form = untouched(&inputs(card, &template.tree, &filled));
                assert_eq!(face(card, &form, &english), Ok(Face::of(card)), "{}", card.id);
            }
        }
    }

    #[test]
    fn a_jump_is_offered_later_cards_and_ends_only() {
        let tree = Templates.get("cancel_saas").unwrap().tree;
        let all = tree.all();
        let jump = all
            .iter()
            .find(|card| matches!(card.kind, CardKind::Jump(_)))
            .unwrap();
        let first = tree.cards()[0].id.to_string();
        let offered = targets(&tree, jump, &Locale::english());
        assert!(!offered.is_empty() && offered.iter().all(|choice| choice.value != first));
    }
}
