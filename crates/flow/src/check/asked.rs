//! Conditions read what was asked earlier, and what exists.

use kale_rules::{
    check::{Schema, check as check_rule},
    rule::{Comparison, Literal},
};

use super::{Against, Look, problem};
use crate::{
    card::{Card, CardKind},
    condition::{Asked, Condition, subject},
    element::{Element, ElementKind},
    layout::Slot,
    problem::Problem,
    tree::CardTree,
    version::walk_schema,
    walk::Decision,
};
use kale_domain::id::OptionId;

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

    fn about(&self, asked: Asked, comparison: &Comparison) -> Result<(), Wrong> {
        let (key, holder) = match asked {
            Asked::Answer(id) => ("answer", self.tree.element(id).map(|(card, _)| card)),
            Asked::Decision(id) => ("decision", self.tree.card(id)),
        };
        let unknown = |message: &str| (key, "asks-the-unknown", message.to_owned());
        let holder = holder.ok_or_else(|| unknown("this was taken out of the tree"))?;
        let there = self.look.layout.number(holder.id).unwrap_or(usize::MAX);
        let before = match self.before {
            Before::Strictly => there < self.number,
            Before::OrHere => there <= self.number,
        };
        if !before || !self.look.paths.from(there).contains(&self.number) {
            let message = "a condition reads earlier cards only; no walk that comes here has been there";
            return Err((key, "asks-the-later", message.to_owned()));
        }
        let words = texts(comparison.value.as_ref());
        match asked {
            Asked::Decision(_) if decisions(holder).is_empty() => {
                Err(unknown("nothing is decided on that card"))
            }
            Asked::Decision(_) => possible(holder, &words),
            Asked::Answer(id) => {
                let mut elements = holder.elements.iter();
                let element = elements.find(|element| element.id == id && element.kind.takes_answer());
                let element = element.ok_or_else(|| unknown("that element takes no answer"))?;
                of_options(element, &words)
            }
        }
    }
}

/// The key of the comparison that is wrong, the code, the words.
type Wrong = (&'static str, &'static str, String);

/// Whether a decision on the card can have these names.
fn possible(card: &Card, words: &[&str]) -> Result<(), Wrong> {
    let names: Vec<&str> = decisions(card).iter().map(|decision| decision.name()).collect();
    let never = words.iter().find(|word| !names.contains(word));
    never.map_or(Ok(()), |word| {
        let message = format!("`{word}` is never decided there; allowed: {}", names.join(", "));
        Err(("value", "unknown-decision", message))
    })
}

/// Whether a choice has these options; of anything else every value may be asked.
fn of_options(element: &Element, words: &[&str]) -> Result<(), Wrong> {
    let is_choice = matches!(
        element.kind,
        ElementKind::SingleChoice(_) | ElementKind::MultiChoice(_)
    );
    let known = |word: &&str| {
        let id = word.parse::<OptionId>().ok();
        id.is_some_and(|id| element.kind.options().iter().any(|option| option.id == id))
    };
    if is_choice && !words.iter().all(known) {
        let message = "this is no option of that question".to_owned();
        return Err(("value", "unknown-option", message));
    }
    Ok(())
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
