//! The checks of a tree: warnings while it is saved, refusals when it is published.
//!
//! That ids are unique, sizes bounded and no cycle exists needs no check: no other [`CardTree`] can be made. What is fair
//! to a leaving subscriber is checked by [`fair_exit`](crate::fair_exit::fair_exit).

use std::collections::{BTreeMap, BTreeSet};

use kale_rules::check::Schema;

use crate::{
    card::Card,
    layout::{Layout, Slot},
    offer::OfferKind,
    paths::Paths,
    problem::Problem,
    text::Locale,
    tree::CardTree,
};
use kale_domain::{id::OfferId, reason::ReasonKey};

mod asked;
mod elements;
mod texts;
mod ways;

pub(crate) use self::ways::requires;

/// What a tree is checked against.
#[derive(Debug, Clone)]
pub struct Against<'a> {
    /// What the company's customers have.
    pub schema: &'a Schema,
    /// The language that must be complete.
    pub default_locale: &'a Locale,
    /// The languages whose gaps are listed.
    pub locales: &'a [Locale],
    /// The keys of the reason catalogue that can be used.
    pub reasons: &'a BTreeSet<ReasonKey>,
    /// The company's offers; `None` for a template, which names none.
    pub offers: Option<&'a BTreeMap<OfferId, OfferState>>,
}

/// What the checks ask of an offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferState {
    /// What kind it is.
    pub kind: OfferKind,
    /// Why nobody could carry it out now, if so: `the coupon KEEP30 does not exist in Stripe`.
    pub unavailable: Option<String>,
}

/// Everything that is wrong with a tree, in document order.
#[must_use]
pub fn check(tree: &CardTree, against: &Against<'_>) -> Vec<Problem> {
    let all = tree.all();
    let layout = tree.layout();
    let paths = Paths::new(&all, &layout);
    let look = Look {
        all: &all,
        layout: &layout,
        paths: &paths,
    };
    let mut problems = Vec::new();
    ways::check(&look, &mut problems);
    elements::check(&look, against, &mut problems);
    asked::check(tree, &look, against, &mut problems);
    texts::check(&look, against, &mut problems);
    let place = |problem: &Problem| problem.card.and_then(|card| layout.number(card));
    problems.sort_by_key(|problem| place(problem));
    problems
}

/// A tree seen as a whole.
struct Look<'a> {
    all: &'a [&'a Card],
    layout: &'a Layout,
    paths: &'a Paths<'a>,
}

impl<'a> Look<'a> {
    fn cards(&self) -> impl Iterator<Item = (usize, &'a Card, &'a Slot)> {
        let numbered = self.all.iter().copied().zip(self.layout.slots());
        numbered
            .enumerate()
            .map(|(number, (card, slot))| (number, card, slot))
    }
}

/// A problem of a card, at a place below it.
pub(crate) fn problem(
    card: &Card,
    slot: &Slot,
    at: &str,
    code: &'static str,
    message: impl Into<String>,
) -> Problem {
    let mut problem = Problem::of_tree(code, message);
    problem.field.pointer = format!("{}{at}", slot.pointer);
    problem.card = Some(card.id);
    problem
}

#[cfg(test)]
mod tests;
