//! A checked rule as a MongoDB filter that agrees with the predicate of `kale-rules` on every customer.
//!
//! Three-valued: `not` is pushed down to the leaves, and each leaf says when it is *true* and when it is *false*; a
//! missing value or one of another type is neither, so it matches in no direction. Hence the `$type` guards.

mod leaf;

use bson::{Document, doc};
use jiff::civil::Date;
use kale_rules::expression::Expression;

pub(crate) use self::leaf::literal;

/// The most clauses one *at least n of* may become.
const MAX_CHOICES: usize = 2_000;

/// The rule can't be asked of the database in reasonable time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the filter has too many combinations; use fewer conditions in an \"at least\" group")]
pub(crate) struct TooComplex;

/// The customers of whom the rule holds.
pub(crate) fn filter(expression: &Expression, today: Date) -> Result<Document, TooComplex> {
    when(expression, true, today)
}

/// The customers of whom the rule is known to hold (`wanted`) or known not to hold.
fn when(expression: &Expression, wanted: bool, today: Date) -> Result<Document, TooComplex> {
    match expression {
        Expression::All(of) if wanted => every(of, true, today),
        Expression::All(of) => some(of, false, today),
        Expression::Any(of) if wanted => some(of, true, today),
        Expression::Any(of) => every(of, false, today),
        Expression::Not(inner) => when(inner, !wanted, today),
        Expression::AtLeast { n, of } if wanted => at_least(*n, of, true, today),
        // Known not to reach n: more than len − n of them are known to be false.
        Expression::AtLeast { n, of } => match (of.len() + 1).checked_sub(*n) {
            Some(false_ones) => at_least(false_ones, of, false, today),
            None => Ok(Document::new()),
        },
        // Unknown for everyone as long as no subscriptions are kept.
        Expression::AnySubscription(_) => Ok(nobody()),
        Expression::Leaf(leaf) => Ok(leaf::when(leaf, wanted, today)),
        Expression::Tag(tag) if wanted => Ok(doc! { "facts.t": tag.folded() }),
        Expression::Tag(tag) => Ok(doc! { "facts.t": { "$ne": tag.folded() } }),
    }
}

/// A filter that matches no customer, and costs nothing.
fn nobody() -> Document {
    doc! { "_id": { "$in": [] } }
}

fn clauses(of: &[Expression], wanted: bool, today: Date) -> Result<Vec<Document>, TooComplex> {
    of.iter().map(|inner| when(inner, wanted, today)).collect()
}

fn every(of: &[Expression], wanted: bool, today: Date) -> Result<Document, TooComplex> {
    let all = clauses(of, wanted, today)?;
    Ok(if all.is_empty() {
        Document::new()
    } else {
        doc! { "$and": all }
    })
}

fn some(of: &[Expression], wanted: bool, today: Date) -> Result<Document, TooComplex> {
    let any = clauses(of, wanted, today)?;
    Ok(if any.is_empty() {
        nobody()
    } else {
        doc! { "$or": any }
    })
}

/// At least `n` of them: every choice of n, spelled out, because a filter can't count.
fn at_least(n: usize, of: &[Expression], wanted: bool, today: Date) -> Result<Document, TooComplex> {
    if n == 0 {
        return Ok(Document::new());
    }
    if n > of.len() {
        return Ok(nobody());
    }
    if choices(of.len(), n).is_none_or(|count| count > MAX_CHOICES) {
        return Err(TooComplex);
    }
    let all = clauses(of, wanted, today)?;
    let mut any = Vec::new();
    choose(&all, n, &mut Vec::new(), &mut any);
    Ok(doc! { "$or": any })
}

fn choices(of: usize, n: usize) -> Option<usize> {
    let n = n.min(of - n);
    (0..n).try_fold(1_usize, |count, i| {
        count.checked_mul(of - i).map(|product| product / (i + 1))
    })
}

fn choose(rest: &[Document], n: usize, chosen: &mut Vec<Document>, any: &mut Vec<Document>) {
    if n == 0 {
        any.push(doc! { "$and": chosen.clone() });
        return;
    }
    for (at, clause) in rest.iter().enumerate().take(rest.len() + 1 - n) {
        chosen.push(clause.clone());
        choose(rest.get(at + 1..).unwrap_or_default(), n - 1, chosen, any);
        chosen.pop();
    }
}
