//! Says a checked rule in one English sentence.

use std::collections::BTreeMap;

use kale_domain::{attribute::AttributeKey, metric::MetricKind};

use crate::{
    expression::{DateTest, Expression, Leaf, Subject, Test},
    rule::{Field, Op},
};

/// The words of the company for its attributes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Labels(BTreeMap<AttributeKey, String>);

impl Labels {
    /// With the labels of the attributes; where one is missing, its key is read as words.
    #[must_use]
    pub const fn new(attributes: BTreeMap<AttributeKey, String>) -> Self {
        Self(attributes)
    }

    /// What to call a value inside a sentence.
    #[must_use]
    pub fn of(&self, subject: &Subject) -> String {
        match subject {
            // "Events trend, 30 days" would read as two members of a list.
            Subject::Metric(metric) => lower_first(&metric.title().replace(", ", " over ")),
            Subject::Attribute { key, .. } => match self.0.get(key).map(|label| label.trim()) {
                Some(label) if !label.is_empty() => lower_first(label),
                _ => key.as_str().replace('_', " "),
            },
            Subject::Field(Field::Email) => "e-mail".to_owned(),
            Subject::Field(Field::ExternalId) => "external id".to_owned(),
            Subject::Field(field) => field.name().to_owned(),
        }
    }
}

impl FromIterator<(AttributeKey, String)> for Labels {
    fn from_iter<I: IntoIterator<Item = (AttributeKey, String)>>(labels: I) -> Self {
        Self(labels.into_iter().collect())
    }
}

/// The rule as one sentence, without a full stop: `Contract is Month-to-month, and tenure is less than 6`.
#[must_use]
pub fn sentence(expression: &Expression, labels: &Labels) -> String {
    let words = match expression {
        Expression::All(of) if of.is_empty() => "every customer".to_owned(),
        Expression::Any(of) if of.is_empty() => "no customer".to_owned(),
        Expression::All(of) => members(of, ", and ", labels),
        Expression::Any(of) => members(of, ", or ", labels),
        _ => clause(expression, labels),
    };
    upper_first(&words)
}

/// What a node asks, as a part of a sentence.
pub(crate) fn clause(expression: &Expression, labels: &Labels) -> String {
    match expression {
        Expression::All(of) => group(of, " and ", "everybody", labels),
        Expression::Any(of) => group(of, " or ", "nobody", labels),
        Expression::Not(inner) => match inner.as_ref() {
            // Known not to reach n is known to stay below it.
            Expression::AtLeast { n, of } => {
                format!("fewer than {n} of these: ({})", members(of, "; ", labels))
            }
            _ => format!("it is known that not: {}", clause(inner, labels)),
        },
        Expression::AtLeast { n, of } => format!("at least {n} of these: ({})", members(of, "; ", labels)),
        Expression::AnySubscription(inner) => format!("for one subscription: {}", clause(inner, labels)),
        Expression::Leaf(leaf) => format!("{} {}", labels.of(&leaf.subject), predicate(leaf)),
        Expression::Tag(tag) => format!("it is tagged “{}”", tag.written()),
    }
}

fn group(of: &[Expression], separator: &str, empty: &str, labels: &Labels) -> String {
    match of {
        [] => empty.to_owned(),
        [only] => clause(only, labels),
        _ => format!("({})", members(of, separator, labels)),
    }
}

fn members(of: &[Expression], separator: &str, labels: &Labels) -> String {
    of.iter()
        .map(|child| clause(child, labels))
        .collect::<Vec<_>>()
        .join(separator)
}

/// `is less than 6`.
fn predicate(leaf: &Leaf) -> String {
    let (verb, rest) = words(leaf.op, is_date(leaf), &leaf.shown);
    let verb = match verb {
        Verb::Be => "is",
        Verb::Contain => "contains",
        Verb::StartWith => "starts with",
    };
    format!("{verb} {rest}")
}

/// What would have to be so that the test holds (`be less than 6`) or does not (`be at least 6`).
pub(crate) fn wish(leaf: &Leaf, holds: bool) -> String {
    let wanted = if holds { Some(leaf.op) } else { opposite(leaf.op) };
    match wanted {
        // `be not Yes` is no English.
        Some(Op::Ne) => return format!("be other than {}", leaf.shown),
        Some(Op::IsNotSet) => return "be unknown".to_owned(),
        _ => {}
    }
    let (verb, rest) = words(wanted.unwrap_or(leaf.op), is_date(leaf), &leaf.shown);
    match (wanted, verb) {
        (Some(_), Verb::Be) => format!("be {rest}"),
        (Some(_), Verb::Contain) => format!("contain {rest}"),
        (Some(_), Verb::StartWith) => format!("start with {rest}"),
        (None, Verb::Be) => format!("be other than {rest}"),
        (None, Verb::Contain) => format!("be without {rest}"),
        (None, Verb::StartWith) => format!("start with something other than {rest}"),
    }
}

#[derive(Clone, Copy)]
enum Verb {
    Be,
    Contain,
    StartWith,
}

fn words(op: Op, date: bool, shown: &str) -> (Verb, String) {
    let relation = match op {
        Op::Contains => return (Verb::Contain, shown.to_owned()),
        Op::StartsWith => return (Verb::StartWith, shown.to_owned()),
        Op::IsSet => return (Verb::Be, "known".to_owned()),
        Op::IsNotSet => return (Verb::Be, "not known".to_owned()),
        Op::WithinLastDays if shown == "1" => return (Verb::Be, "today".to_owned()),
        Op::WithinLastDays => return (Verb::Be, format!("within the last {shown} days")),
        Op::Eq => return (Verb::Be, shown.to_owned()),
        Op::Ne => "not",
        Op::Lt | Op::Before if date => "before",
        Op::Lte if date => "on or before",
        Op::Gt | Op::After if date => "after",
        Op::Gte if date => "on or after",
        Op::Lt | Op::Before => "less than",
        Op::Lte => "at most",
        Op::Gt | Op::After => "more than",
        Op::Gte => "at least",
        Op::Between => "between",
        Op::In => "one of",
        Op::NotIn => "none of",
    };
    (Verb::Be, format!("{relation} {shown}"))
}

/// The operator that holds of a known value exactly where the other does not, if the language has one.
const fn opposite(op: Op) -> Option<Op> {
    match op {
        Op::Eq => Some(Op::Ne),
        Op::Ne => Some(Op::Eq),
        Op::Lt | Op::Before => Some(Op::Gte),
        Op::Lte => Some(Op::Gt),
        Op::Gt | Op::After => Some(Op::Lte),
        Op::Gte => Some(Op::Lt),
        Op::In => Some(Op::NotIn),
        Op::NotIn => Some(Op::In),
        Op::IsSet => Some(Op::IsNotSet),
        Op::IsNotSet => Some(Op::IsSet),
        Op::Between | Op::Contains | Op::StartsWith | Op::WithinLastDays => None,
    }
}

fn is_date(leaf: &Leaf) -> bool {
    let of_days = match &leaf.subject {
        Subject::Metric(metric) => metric.kind() == MetricKind::Date,
        Subject::Attribute { .. } | Subject::Field(_) => false,
    };
    of_days
        || matches!(leaf.op, Op::Before | Op::After)
        || matches!(
            leaf.test,
            Test::Date(DateTest::Compare(..) | DateTest::Between(..))
        )
}

/// `Contract` → `contract`, but `MRR` and `CSAT over 90 days` stay.
fn lower_first(words: &str) -> String {
    let mut chars = words.chars();
    match (chars.next(), chars.clone().next()) {
        (Some(first), Some(second)) if first.is_uppercase() && second.is_lowercase() => {
            first.to_lowercase().chain(chars).collect()
        }
        _ => words.to_owned(),
    }
}

fn upper_first(words: &str) -> String {
    let mut chars = words.chars();
    chars
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

#[cfg(test)]
mod tests;
