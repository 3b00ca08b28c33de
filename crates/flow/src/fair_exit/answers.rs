//! Nothing is answered for the subscriber, and nothing has to be.

use super::{
    Phrases,
    look::{Look, spoken},
};
use crate::{
    check::problem,
    element::ElementKind,
    problem::Problem,
    said::Role,
    wording::{contains, words},
};

pub(super) fn required(look: &Look<'_>, kinds: &[String], found: &mut Vec<Problem>) {
    for (card, slot) in look.cards() {
        for (index, element) in card.elements.iter().enumerate() {
            let name = element.kind.name();
            let covered = kinds.is_empty() || kinds.iter().any(|kind| kind == name);
            if covered && element.kind.is_required() {
                let at = format!("/elements/{index}/config/required");
                let message = "an answer here may be asked for and never be required";
                found.push(problem(card, slot, &at, "answer-required", message).about(Some(element.id)));
            }
        }
    }
}

pub(super) fn ticked(look: &Look<'_>, found: &mut Vec<Problem>) {
    for (card, slot) in look.cards() {
        for (index, element) in card.elements.iter().enumerate() {
            if matches!(&element.kind, ElementKind::Checkbox(checkbox) if checkbox.ticked) {
                let at = format!("/elements/{index}/config/ticked");
                let message = "a box is ticked by the subscriber, never before";
                found.push(problem(card, slot, &at, "box-ticked", message).about(Some(element.id)));
            }
        }
    }
}

pub(super) fn double_negatives(look: &Look<'_>, phrases: &Phrases, found: &mut Vec<Problem>) {
    for line in look.lines().iter().filter(|line| line.said.role == Role::Consent) {
        let Some(negations) = spoken(line.locale, phrases) else {
            continue;
        };
        let words = words(line.text);
        let said_no = words
            .iter()
            .filter(|word| {
                negations
                    .iter()
                    .any(|negation| contains(std::slice::from_ref(word), negation))
            })
            .count();
        if said_no > 1 {
            let message = "this consent says no more than once; say what is agreed to";
            found.push(line.problem("double-negative", message));
        }
    }
}
