//! Nobody is led to an end that they did not ask for.

use std::collections::BTreeSet;

use super::look::Look;
use crate::{
    card::{Card, CardKind},
    check::{problem, requires},
    outcome::Outcome,
    problem::Problem,
    walk::Decision,
};

pub(super) fn check(look: &Look<'_>, found: &mut Vec<Problem>) {
    let (hidden, unasked) = (before_the_way_out(look), without_asking(look));
    for (number, (card, slot)) in look.cards().enumerate() {
        let CardKind::Outcome(end) = &card.kind else {
            continue;
        };
        if hidden.contains(&number) {
            let message =
                "a walk can end here before any card with a way to cancel was shown; show one first, always";
            found.push(problem(card, slot, "", "ends-before-way-out", message));
        } else if keeps(end.outcome) && unasked.contains(&number) {
            let message = "a walk can end here without an offer accepted or the subscription kept on the confirm card: \
                           lead it to the confirm card instead";
            found.push(problem(card, slot, "", "kept-unasked", message));
        }
    }
}

/// Whether whoever comes to that end goes on paying.
const fn keeps(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Saved | Outcome::Contracted)
}

/// The cards that a walk may come to before anything was shown. Every card but a jump and an outcome has the way to cancel
/// on it.
fn before_the_way_out(look: &Look<'_>) -> BTreeSet<usize> {
    let mut reached = BTreeSet::new();
    let mut open = vec![0];
    while let Some(number) = open.pop() {
        let Some((card, slot)) = look.card(number) else {
            continue;
        };
        if !reached.insert(number) {
            continue;
        }
        match &card.kind {
            CardKind::Jump(jump) => open.extend(look.number(jump.to)),
            CardKind::Outcome(_) => {}
            _ if card.visible_when.is_none() => continue,
            _ => {}
        }
        if card.visible_when.is_some() {
            open.extend(slot.after);
        }
    }
    reached
}

/// The cards that a walk may come to while nothing was accepted since the start, or since the last thing declined.
fn without_asking(look: &Look<'_>) -> BTreeSet<usize> {
    let mut seen = BTreeSet::new();
    let mut open = vec![(0, false)];
    while let Some((number, asked)) = open.pop() {
        if !seen.insert((number, asked)) {
            continue;
        }
        open.extend(look.card(number).into_iter().flat_map(|(card, slot)| {
            let lanes = card.branches.iter().zip(&slot.lanes).map(|(branch, first)| {
                let asked = match &card.kind {
                    CardKind::Offer(_) | CardKind::HandOff(_) => requires(branch, card, Decision::Accepted),
                    // What cancels ends as cancelled; every other way keeps.
                    CardKind::Confirm(_) => true,
                    _ => asked,
                };
                (first.or(slot.after), asked)
            });
            let mut next: Vec<(Option<usize>, bool)> = lanes.collect();
            next.extend(onwards(look, card, asked).map(|onwards| (onwards.0.or(slot.after), onwards.1)));
            if card.visible_when.is_some() {
                next.push((slot.after, asked));
            }
            next.into_iter().filter_map(|(next, asked)| Some((next?, asked)))
        }));
    }
    let unasked = seen.into_iter().filter(|(_, asked)| !asked);
    unasked.map(|(number, _)| number).collect()
}

/// Where a walk goes on that takes no branch, and whether it was asked for by then.
fn onwards(look: &Look<'_>, card: &Card, asked: bool) -> Option<(Option<usize>, bool)> {
    match &card.kind {
        CardKind::Outcome(_) => None,
        CardKind::Jump(jump) => Some((look.number(jump.to), asked)),
        CardKind::Offer(_) | CardKind::HandOff(_) => Some((None, false)),
        CardKind::Confirm(_) => Some((None, true)),
        CardKind::Message(_) | CardKind::Question(_) => Some((None, asked)),
    }
}
