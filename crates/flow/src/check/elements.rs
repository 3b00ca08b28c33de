//! Each card holds what its kind is for, and each element can be answered.

use super::{Against, Look, problem};
use crate::{
    card::{Card, CardKind},
    element::{Element, ElementKind, OfferSlot},
    layout::Slot,
    problem::Problem,
};

pub(super) fn check(look: &Look<'_>, against: &Against<'_>, problems: &mut Vec<Problem>) {
    for (_, card, slot) in look.cards() {
        kinds(card, slot, problems);
        for (index, element) in card.elements.iter().enumerate() {
            let at = format!("/elements/{index}/config");
            let mut found = Vec::new();
            answerable(card, slot, element, &at, &mut found);
            reasons(card, slot, element, &at, against, &mut found);
            if let ElementKind::Offer(offer) = &element.kind {
                found.extend(offered(card, slot, offer, &at, against));
            }
            problems.extend(found.into_iter().map(|problem| problem.about(Some(element.id))));
        }
    }
}

fn kinds(card: &Card, slot: &Slot, problems: &mut Vec<Problem>) {
    let offers = card
        .elements
        .iter()
        .filter(|element| matches!(element.kind, ElementKind::Offer(_)))
        .count();
    let is_offer_card = matches!(card.kind, CardKind::Offer(_));
    let wrong = match offers {
        0 if is_offer_card => Some(("offer-missing", "an offer card holds one offer; this has none")),
        0 | 1 if is_offer_card => None,
        0 => None,
        _ if is_offer_card => Some((
            "several-offers",
            "an offer card holds one offer; this has several",
        )),
        _ => Some((
            "offer-outside-offer-card",
            "only an offer card makes an offer, so that it can be declined",
        )),
    };
    if let Some((code, message)) = wrong {
        problems.push(problem(card, slot, "/elements", code, message));
    }
    let asks = card.elements.iter().any(|element| element.kind.is_question());
    if let CardKind::Question(question) = &card.kind {
        if !asks {
            let message = "a question card asks something; this has no question";
            problems.push(problem(card, slot, "/elements", "asks-nothing", message));
        }
        let required = card.elements.iter().any(|element| element.kind.is_required());
        if required && !question.skip.is_blank() {
            let message = "this card can be skipped, and yet an answer on it is required";
            problems.push(problem(card, slot, "/settings/skip", "skip-of-required", message));
        }
    }
    let ends = matches!(card.kind, CardKind::Outcome(_));
    let required = card
        .elements
        .iter()
        .position(|element| element.kind.is_required());
    if let (true, Some(index)) = (ends, required) {
        let at = format!("/elements/{index}/config/required");
        let message = "the walk has ended here; nothing can be required any more";
        problems.push(problem(card, slot, &at, "required-after-end", message));
    }
}

fn answerable(card: &Card, slot: &Slot, element: &Element, at: &str, found: &mut Vec<Problem>) {
    match &element.kind {
        ElementKind::SingleChoice(choice) | ElementKind::MultiChoice(choice) => {
            let least = if matches!(element.kind, ElementKind::SingleChoice(_)) {
                2
            } else {
                1
            };
            let options = choice.options.len();
            if options < least {
                let message = format!("a choice needs at least {least} options; this has {options}");
                found.push(problem(
                    card,
                    slot,
                    &format!("{at}/options"),
                    "too-few-options",
                    message,
                ));
            }
        }
        ElementKind::Rating(rating) => {
            let (from, to) = rating.scale.ends();
            if from >= to {
                let message = format!("a scale goes up; this goes from {from} to {to}");
                found.push(problem(
                    card,
                    slot,
                    &format!("{at}/scale"),
                    "empty-scale",
                    message,
                ));
            }
        }
        _ => {}
    }
}

fn reasons(
    card: &Card,
    slot: &Slot,
    element: &Element,
    at: &str,
    against: &Against<'_>,
    found: &mut Vec<Problem>,
) {
    for (index, option) in element.kind.options().iter().enumerate() {
        let Some(reason) = &option.reason else { continue };
        if !against.reasons.contains(reason) {
            let message = format!("`{reason}` is no reason of the catalogue, or was archived");
            let at = format!("{at}/options/{index}/reason");
            found.push(problem(card, slot, &at, "unknown-reason", message));
        }
    }
}

fn offered(card: &Card, slot: &Slot, offer: &OfferSlot, at: &str, against: &Against<'_>) -> Option<Problem> {
    let offers = against.offers?;
    let at = format!("{at}/offer");
    let Some(id) = offer.offer else {
        let message = format!(
            "choose which {} is offered here",
            offer.kind.name().replace('_', " ")
        );
        return Some(problem(card, slot, &at, "offer-not-chosen", message));
    };
    let Some(state) = offers.get(&id) else {
        return Some(problem(
            card,
            slot,
            &at,
            "unknown-offer",
            "this offer does not exist any more",
        ));
    };
    if state.kind != offer.kind {
        let message = format!(
            "this place is for `{}`; the offer is `{}`",
            offer.kind.name(),
            state.kind.name()
        );
        return Some(problem(card, slot, &at, "offer-of-other-kind", message));
    }
    let why = state.unavailable.as_ref()?;
    let message = format!("this offer can't be carried out: {why}");
    Some(problem(card, slot, &at, "offer-unavailable", message))
}
