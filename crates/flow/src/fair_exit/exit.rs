//! The way out is one click away, and nobody has to talk their way out.

use super::look::Look;
use crate::{card::CardKind, check::problem, problem::Problem};

const CODE: &str = "cancel-not-one-click";

pub(super) fn one_click(look: &Look<'_>, found: &mut Vec<Problem>) {
    let confirms: Vec<_> = look
        .cards()
        .filter(|(card, _)| matches!(card.kind, CardKind::Confirm(_)))
        .collect();
    if confirms.is_empty() {
        found.push(Problem::of_tree(
            CODE,
            "there is no confirm card, so no card has a way to cancel",
        ));
    }
    for (card, slot) in confirms {
        if card.visible_when.is_some() {
            let message = "the way to cancel must not depend on anything";
            found.push(problem(card, slot, "/visible_when", CODE, message));
        }
        for (index, element) in card.elements.iter().enumerate() {
            if element.kind.is_required() {
                let at = format!("/elements/{index}/config/required");
                let message = "nothing may have to be answered before cancelling";
                found.push(problem(card, slot, &at, CODE, message).about(Some(element.id)));
            }
        }
    }
}

pub(super) fn no_required_call(look: &Look<'_>, found: &mut Vec<Problem>) {
    for (card, slot) in look.cards() {
        if let CardKind::HandOff(hand_off) = &card.kind
            && hand_off.decline.is_blank()
        {
            let message = "asking a person can be declined: give this card a button that does so";
            found.push(problem(card, slot, "/settings/decline", "call-required", message));
        }
    }
}
