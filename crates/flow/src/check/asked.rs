//! Conditions read what was asked earlier, and what exists.

use kale_rules::{
    check::{Schema, check as check_rule},
    rule::{Comparison, Literal},
};

use super::{Against, Look, problem};
use crate::{
    card::{Card, CardKind},
    condition::{Asked, Condition, subject},
    element::ElementKind,
    id::OptionId,
    layout::Slot,
    problem::Problem,
    tree::CardTree,
    version::walk_schema,
    walk::Decision,
};

pub(super) fn check(tree: &CardTree, look: &Look<'_>, against: &Against<'_>, problems: &mut Vec<Problem>) {
    let schema = walk_schema(against.schema, tree);
    for (number, card, slot) in look.cards() {
        let visible = card
            .visible_when
            .iter()
            .map(|when| ("/visible_when".to_owned(), when, Before::Strictly));
        let branches = card.branches.iter().enumerate();
        let branches =
            branches.map(|(index, branch)| (format!("/branches/{index}/when"), &branch.when, Before::OrHere));
        for (at, when, before) in visible.chain(branches) {
            let asking = Asking {
                tree,
                look,
                card,
                number,
                slot,
                at,
                before,
            };
            asking.check(when, &schema, problems);
        }
    }
}

/// Whether a condition may read the card it stands on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    Strictly,
    OrHere,
}

/// A condition where it stands.
struct Asking<'a> {
    tree: &'a CardTree,
    look: &'a Look<'a>,
    card: &'a Card,
    number: usize,
    slot: &'a Slot,
    at: String,
    before: Before,
}

impl Asking<'_> {
    fn check(&self, when: &Condition, schema: &Schema, problems: &mut Vec<Problem>) {
        let base = format!("{}{}", self.slot.pointer, self.at);
        if let Err(errors) = check_rule(when.rule(), schema, &base) {
            for error in errors {
                let mut found = Problem::of_tree("invalid-condition", "");
                found.field = error;
                found.card = Some(self.card.id);
                problems.push(found);
            }
        }
        for (comparison, below) in when.comparisons() {
            let Some(asked) = subject(comparison) else {
                continue;
            };
            if let Err((key, code, message)) = self.about(asked, comparison) {
                let at = format!("{}{below}/{key}", self.at);
                problems.push(problem(self.card, self.slot, &at, code, message));
            }
        }
    }

    fn about(
        &self,
        asked: Asked,
        comparison: &Comparison,
    ) -> Result<(), (&'static str, &'static str, String)> {
        let (key, holder) = match asked {
            Asked::Answer(id) => ("answer", self.tree.element(id).map(|(card, _)| card)),
            Asked::Decision(id) => ("decision", self.tree.card(id)),
        };
        let holder = holder.ok_or_else(|| {
            (
                key,
                "asks-the-unknown",
                "this was taken out of the tree".to_owned(),
            )
        })?;
        let there = self.look.layout.number(holder.id).unwrap_or(usize::MAX);
        let before = match self.before {
            Before::Strictly => there < self.number,
            Before::OrHere => there <= self.number,
        };
        if !before || !self.look.paths.from(there).contains(&self.number) {
            let message =
                "a condition reads earlier cards only; no walk that comes here has been there".to_owned();
            return Err((key, "asks-the-later", message));
        }
        let words = texts(comparison.value.as_ref());
        match asked {
            Asked::Decision(_) => {
                let possible = decisions(holder);
                if possible.is_empty() {
                    return Err((
                        key,
                        "asks-the-unknown",
                        "nothing is decided on that card".to_owned(),
                    ));
                }
                let names: Vec<&str> = possible.iter().map(|decision| decision.name()).collect();
                match words.iter().find(|word| !names.contains(word)) {
                    Some(word) => Err((
                        "value",
                        "unknown-decision",
                        format!("`{word}` is never decided there; allowed: {}", names.join(", ")),
                    )),
                    None => Ok(()),
                }
            }
            Asked::Answer(id) => {
                let element = holder.elements.iter().find(|element| element.id == id);
                let Some(element) = element.filter(|element| element.kind.takes_answer()) else {
                    return Err((key, "asks-the-unknown", "that element takes no answer".to_owned()));
                };
                if !matches!(
                    element.kind,
                    ElementKind::SingleChoice(_) | ElementKind::MultiChoice(_)
                ) {
                    return Ok(());
                }
                let known = |word: &str| {
                    let id = word.parse::<OptionId>().ok();
                    id.is_some_and(|id| element.kind.options().iter().any(|option| option.id == id))
                };
                match words.iter().find(|word| !known(word)) {
                    Some(_) => Err((
                        "value",
                        "unknown-option",
                        "this is no option of that question".to_owned(),
                    )),
                    None => Ok(()),
                }
            }
        }
    }
}

/// What can be decided on a card.
const fn decisions(card: &Card) -> &'static [Decision] {
    match card.kind {
        CardKind::Offer(_) | CardKind::HandOff(_) => &[Decision::Accepted, Decision::Declined],
        CardKind::Confirm(_) => &[Decision::Cancelled, Decision::Kept],
        CardKind::Message(_) | CardKind::Question(_) | CardKind::Jump(_) | CardKind::Outcome(_) => &[],
    }
}

fn texts(value: Option<&Literal>) -> Vec<&str> {
    match value {
        Some(Literal::Text(text)) => vec![text],
        Some(Literal::List(items)) => items.iter().flat_map(|item| texts(Some(item))).collect(),
        _ => Vec::new(),
    }
}
