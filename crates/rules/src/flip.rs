//! The nearest flip: the fewest changes of a customer that would change what a rule says.

use jiff::civil::Date;
use serde::Serialize;

use crate::{
    evaluate::evaluate,
    expression::Expression,
    facts::Facts,
    sentence::{Labels, wish},
    trace::actual,
    truth::Truth,
};

/// What would have to change so that a rule that matches stops matching, or the other way round.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Flip {
    /// Whether the rule would match then.
    pub matches: bool,
    /// The changes, in the order of the rule; all of them together flip it.
    pub changes: Vec<Change>,
}

/// One comparison or tag that would have to come out otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// Which, counted over the comparisons and tags of the rule from 0.
    pub leaf: usize,
    /// What it would have to come to.
    pub to: Truth,
    /// In words: `tenure would have to be less than 6 (is 9)`.
    pub text: String,
}

/// The fewest comparisons and tags whose outcome would have to change so that the rule flips between matching and not.
///
/// Among equally few, those that stand first in the rule. Every comparison is taken as changeable by itself: that two of
/// them look at the same value is not considered. `None` where nothing of this kind can flip it (a rule that
/// rests on `any_subscription`, which is unknown for everyone, or an empty group).
#[must_use]
pub fn nearest_flip<F: Facts + ?Sized>(
    expression: &Expression,
    facts: &F,
    today: Date,
    labels: &Labels,
) -> Option<Flip> {
    let matches = evaluate(expression, facts, today).matches();
    let goal = if matches { Goal::NotTrue } else { Goal::True };
    let planner = Planner { facts, today, labels };
    let mut changes = planner.plan(expression, goal, 0)?;
    changes.sort_by_key(|change| change.leaf);
    Some(Flip {
        matches: !matches,
        changes,
    })
}

/// What a node has to come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Goal {
    True,
    False,
    NotTrue,
    NotFalse,
}

impl Goal {
    /// What the node below a `not` has to come to.
    const fn negated(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            Self::NotTrue => Self::NotFalse,
            Self::NotFalse => Self::NotTrue,
        }
    }

    const fn reached(self, truth: Truth) -> bool {
        match self {
            Self::True => matches!(truth, Truth::True),
            Self::False => matches!(truth, Truth::False),
            Self::NotTrue => !matches!(truth, Truth::True),
            Self::NotFalse => !matches!(truth, Truth::False),
        }
    }

    /// Whether it is reached by making leaves hold, rather than by making them fail.
    const fn wants_true(self) -> bool {
        matches!(self, Self::True | Self::NotFalse)
    }
}

struct Planner<'a, F: ?Sized> {
    facts: &'a F,
    today: Date,
    labels: &'a Labels,
}

impl<F: Facts + ?Sized> Planner<'_, F> {
    /// The fewest changes that bring the node to the goal. `first` is the number of its first leaf.
    ///
    /// Exact, because the nodes below a node share no leaves: what one costs does not depend on the others.
    fn plan(&self, expression: &Expression, goal: Goal, first: usize) -> Option<Vec<Change>> {
        match expression {
            Expression::Leaf(_) | Expression::Tag(_) => Some(self.leaf(expression, goal, first)),
            // Unknown for everyone, and no change of the customer makes it known.
            Expression::AnySubscription(_) => goal.reached(Truth::Unknown).then(Vec::new),
            Expression::Not(inner) => self.plan(inner, goal.negated(), first),
            Expression::All(of) => {
                self.cheapest(of, goal, if goal.wants_true() { of.len() } else { 1 }, first)
            }
            Expression::Any(of) => {
                self.cheapest(of, goal, if goal.wants_true() { 1 } else { of.len() }, first)
            }
            Expression::AtLeast { n, of } => {
                // Fewer than n hold exactly where more than (all − n) don't.
                let needed = if goal.wants_true() {
                    *n
                } else {
                    (of.len() + 1).saturating_sub(*n)
                };
                self.cheapest(of, goal, needed, first)
            }
        }
    }

    /// The `needed` nodes that come to the goal with the fewest changes; `None` where so many can't.
    fn cheapest(&self, of: &[Expression], goal: Goal, needed: usize, first: usize) -> Option<Vec<Change>> {
        let mut plans = Vec::with_capacity(of.len());
        let mut number = first;
        for child in of {
            plans.extend(self.plan(child, goal, number));
            number += leaves(child);
        }
        // Stable: among equals the first of the rule stays first.
        plans.sort_by_key(Vec::len);
        (plans.len() >= needed).then(|| plans.into_iter().take(needed).flatten().collect())
    }

    fn leaf(&self, expression: &Expression, goal: Goal, number: usize) -> Vec<Change> {
        if goal.reached(evaluate(expression, self.facts, self.today)) {
            return Vec::new();
        }
        let to = Truth::from(goal.wants_true());
        vec![Change {
            leaf: number,
            to,
            text: self.text(expression, goal.wants_true()),
        }]
    }

    fn text(&self, expression: &Expression, holds: bool) -> String {
        match expression {
            Expression::Leaf(leaf) => {
                let actual = actual(leaf, self.facts);
                let actual = actual.as_deref().unwrap_or("not known");
                format!(
                    "{} would have to {} (is {actual})",
                    self.labels.of(&leaf.subject),
                    wish(leaf, holds)
                )
            }
            Expression::Tag(tag) if holds => format!("it would have to be tagged “{}”", tag.written()),
            Expression::Tag(tag) => format!("it would have to lose the tag “{}”", tag.written()),
            _ => String::new(),
        }
    }
}

fn leaves(expression: &Expression) -> usize {
    match expression {
        Expression::Leaf(_) | Expression::Tag(_) => 1,
        _ => expression.children().iter().map(leaves).sum(),
    }
}

#[cfg(test)]
mod tests;
