//! Every walk ends, every card is reached, and the way out is there.

use kale_rules::rule::{Comparison, Literal, Op, Rule};

use super::{Look, problem};
use crate::{
    card::{Branch, Card, CardKind},
    condition::{Asked, subject},
    outcome::Outcome,
    problem::Problem,
    walk::Decision,
};

pub(super) fn check(look: &Look<'_>, problems: &mut Vec<Problem>) {
    if look.all.is_empty() {
        problems.push(Problem::of_tree("empty-tree", "add a first card"));
        return;
    }
    let confirm = look
        .all
        .iter()
        .any(|card| matches!(card.kind, CardKind::Confirm(_)));
    if !confirm {
        problems.push(Problem::of_tree(
            "no-confirm-card",
            "add a confirm card: from every card a subscriber cancels in one click, and that click leads there",
        ));
    }
    reached(look, problems);
    ends(look, problems);
    for (_, card, slot) in look.cards() {
        match &card.kind {
            CardKind::Confirm(_) => confirm_card(look, card, problems),
            CardKind::Offer(_) | CardKind::HandOff(_) if !is_decided(card, Decision::Accepted) => {
                problems.push(problem(
                    card,
                    slot,
                    "/branches",
                    "accept-leads-nowhere",
                    "add a branch for those who accept: without one they come to the same card as those who decline",
                ));
            }
            _ => {}
        }
        for (index, branch) in card.branches.iter().enumerate() {
            let same = card
                .branches
                .iter()
                .take(index)
                .any(|earlier| earlier.when == branch.when);
            if same {
                let at = format!("/branches/{index}/when");
                let message = "an earlier branch has the same condition; this one is never taken";
                problems.push(problem(card, slot, &at, "branch-never-taken", message));
            }
        }
    }
}

fn reached(look: &Look<'_>, problems: &mut Vec<Problem>) {
    let reached = look.paths.reachable();
    for (_, card, slot) in look.cards().filter(|(number, ..)| !reached.contains(number)) {
        problems.push(problem(
            card,
            slot,
            "",
            "unreachable-card",
            "no walk comes to this card",
        ));
    }
}

fn ends(look: &Look<'_>, problems: &mut Vec<Problem>) {
    let reached = look.paths.reachable();
    for (_, card, slot) in look.cards().filter(|(number, ..)| reached.contains(number)) {
        let follows = look.layout.follows(card);
        if follows.contains(&None) {
            let message = "a walk can run past the last card from here; end every way with an outcome";
            problems.push(problem(card, slot, "", "way-without-end", message));
        }
        if matches!(card.kind, CardKind::Confirm(_)) {
            continue;
        }
        let cancelled = follows.into_iter().flatten().any(|next| is_cancelled(look, next));
        if cancelled {
            let message = "only the confirm card leads to the outcome `cancelled`: nobody cancels without having said so";
            problems.push(problem(card, slot, "", "cancelled-unconfirmed", message));
        }
    }
}

fn is_cancelled(look: &Look<'_>, number: usize) -> bool {
    let card = look.all.get(number);
    card.is_some_and(|card| matches!(card.kind, CardKind::Outcome(end) if end.outcome == Outcome::Cancelled))
}

fn confirm_card(look: &Look<'_>, card: &Card, problems: &mut Vec<Problem>) {
    let Some(slot) = look
        .layout
        .number(card.id)
        .and_then(|number| look.layout.slot(number))
    else {
        return;
    };
    if card.visible_when.is_some() {
        let message = "the confirm card is always shown; take its condition away";
        problems.push(problem(card, slot, "/visible_when", "confirm-hidden", message));
    }
    let mut has_page = false;
    let kept_to_cancelled = slot.after.is_some_and(|next| is_cancelled(look, next));
    let mut astray = kept_to_cancelled.then(String::new);
    for (index, (branch, first)) in card.branches.iter().zip(&slot.lanes).enumerate() {
        let page = first.is_some_and(|first| is_cancelled(look, first));
        match (asks(branch, card, Decision::Cancelled), page) {
            (true, true) => has_page = true,
            (false, true) => astray = Some(format!("/branches/{index}")),
            _ => {}
        }
    }
    if let Some(at) = astray {
        let message = "who keeps the subscription would come to the outcome `cancelled`";
        problems.push(problem(card, slot, &at, "kept-but-cancelled", message));
    }
    if !has_page {
        let message =
            "add a branch for those who cancel, with an outcome `cancelled` that confirms it in your words";
        problems.push(problem(card, slot, "/branches", "no-cancelled-page", message).warning());
    }
}

/// Whether a branch is taken only by those who decided so on its own card.
pub(crate) fn requires(branch: &Branch, card: &Card, decision: Decision) -> bool {
    fn within(rule: &Rule, card: &Card, decision: Decision) -> bool {
        match rule {
            Rule::All(all) => all.iter().any(|one| within(one, card, decision)),
            Rule::Comparison(comparison) => is(comparison, card, decision),
            _ => false,
        }
    }
    within(branch.when.rule(), card, decision)
}

/// Whether a branch asks exactly for that decision on its own card.
fn asks(branch: &Branch, card: &Card, decision: Decision) -> bool {
    matches!(branch.when.comparisons().as_slice(), [(comparison, at)] if at.is_empty()
        && is(comparison, card, decision))
}

fn is(comparison: &Comparison, card: &Card, decision: Decision) -> bool {
    subject(comparison) == Some(Asked::Decision(card.id))
        && comparison.op == Op::Eq
        && matches!(&comparison.value, Some(Literal::Text(text)) if text == decision.name())
}

fn is_decided(card: &Card, decision: Decision) -> bool {
    card.branches.iter().any(|branch| asks(branch, card, decision))
}
