//! The type check: a rule against what the company's customers have.

use std::collections::BTreeMap;

use kale_domain::{
    attribute::{AttributeKey, AttributeType},
    error::FieldError,
    money::Currency,
    sensitive::sensitive,
};
use rust_decimal::Decimal;

use crate::{
    expression::{Expression, FoldedText, Leaf, Subject, Test},
    kind::Kind,
    literal::{self, Typed},
    read::step,
    rule::{Comparison, MAX_ERRORS, Rule, SubjectName},
};

/// What a rule is checked against.
#[derive(Debug, Clone, PartialEq)]
pub struct Schema {
    /// The attributes the company's files have brought. A rule may name another one: it waits.
    pub attributes: BTreeMap<AttributeKey, AttributeType>,
    /// What the company counts its money in.
    pub currency: Currency,
    /// The percentiles that [`Rule::percentiles`] asked for, as far as there are values; money in minor units.
    pub percentiles: BTreeMap<(SubjectName, Decimal), Decimal>,
    /// Whether rules may use attributes that say who somebody is; a Kale admin decides so, with a reason.
    pub allow_sensitive: bool,
}

impl Schema {
    /// That of a company which has brought nothing yet.
    #[must_use]
    pub const fn empty(currency: Currency) -> Self {
        Self {
            attributes: BTreeMap::new(),
            currency,
            percentiles: BTreeMap::new(),
            allow_sensitive: false,
        }
    }
}

/// Checks a rule against the schema, or says everything that is wrong with it.
///
/// `base` is the JSON pointer of the rule, as for [`Rule::parse`].
pub fn check(rule: &Rule, schema: &Schema, base: &str) -> Result<Expression, Vec<FieldError>> {
    let mut errors = Vec::new();
    let expression = build(rule, base, &mut |comparison, at| {
        leaf(comparison, schema, at).unwrap_or_else(|found| {
            if errors.len() < MAX_ERRORS {
                errors.extend(found);
            }
            unresolved(comparison, schema)
        })
    });
    if errors.is_empty() {
        Ok(expression)
    } else {
        Err(errors)
    }
}

/// Resolves a rule that was checked when it was saved.
///
/// A comparison that does not fit the company's data any more (its attribute came as another type since) is unknown for
/// everyone and shown as waiting, instead of stopping every other rule.
#[must_use]
pub fn resolve(rule: &Rule, schema: &Schema) -> Expression {
    build(rule, "#", &mut |comparison, at| {
        leaf(comparison, schema, at).unwrap_or_else(|_misfit| unresolved(comparison, schema))
    })
}

fn build(rule: &Rule, at: &str, on: &mut impl FnMut(&Comparison, &str) -> Leaf) -> Expression {
    let mut list = |of: &[Rule], key: &str| -> Vec<Expression> {
        of.iter()
            .enumerate()
            .map(|(index, rule)| build(rule, &format!("{at}/{key}/{index}"), on))
            .collect()
    };
    match rule {
        Rule::All(of) => Expression::All(list(of, "all")),
        Rule::Any(of) => Expression::Any(list(of, "any")),
        Rule::AtLeast { n, of } => Expression::AtLeast {
            n: *n,
            of: list(of, "of"),
        },
        Rule::Not(inner) => Expression::Not(Box::new(build(inner, &step(at, "not"), on))),
        Rule::AnySubscription(inner) => {
            Expression::AnySubscription(Box::new(build(inner, &step(at, "any_subscription"), on)))
        }
        Rule::Comparison(comparison) => Expression::Leaf(on(comparison, at)),
        Rule::Tag(tag) => Expression::Tag(FoldedText::new(tag)),
    }
}

/// The subject with its kind, and whether anybody can have a value of it.
fn subject(comparison: &Comparison, schema: &Schema) -> (Subject, Kind, bool) {
    match &comparison.subject {
        SubjectName::Metric(metric) => (
            Subject::Metric(*metric),
            Kind::from(*metric),
            !metric.is_computed(),
        ),
        SubjectName::Field(field) => (Subject::Field(*field), Kind::from(*field), false),
        SubjectName::Attribute(key) => {
            let known = schema.attributes.get(key).copied();
            let kind = known.unwrap_or_else(|| Kind::expected(comparison.op, comparison.value.as_ref()));
            (
                Subject::Attribute {
                    key: key.clone(),
                    kind,
                },
                Kind::from(kind),
                known.is_none(),
            )
        }
    }
}

fn leaf(comparison: &Comparison, schema: &Schema, at: &str) -> Result<Leaf, Vec<FieldError>> {
    if let SubjectName::Attribute(key) = &comparison.subject
        && !schema.allow_sensitive
        && let Some(what) = sensitive(key.as_str())
    {
        let message = format!(
            "`{key}` tells {}, which no rule may use; a Kale admin can allow it, with a reason",
            what.name()
        );
        return Err(vec![FieldError::new(
            step(at, "attribute"),
            "sensitive-attribute",
            message,
        )]);
    }
    let (subject, kind, waiting) = subject(comparison, schema);
    let op = comparison.op;
    if !kind.ops().contains(&op) {
        let allowed: Vec<&str> = kind.ops().iter().map(|op| op.name()).collect();
        let message = format!(
            "`{}` does not fit `{}`, which is {kind}; allowed: {}",
            op.name(),
            comparison.subject.name(),
            allowed.join(", ")
        );
        return Err(vec![FieldError::new(step(at, "op"), "op-not-allowed", message)]);
    }
    let typed = literal::test(comparison, kind, schema, &step(at, "value"))?;
    let Typed { test, shown } = typed;
    let waiting = waiting || test == Test::Unresolved;
    Ok(Leaf {
        subject,
        test,
        op,
        shown,
        waiting,
    })
}

fn unresolved(comparison: &Comparison, schema: &Schema) -> Leaf {
    let (subject, _, _) = subject(comparison, schema);
    let shown = comparison.value.as_ref().map_or_else(String::new, literal::plain);
    Leaf {
        subject,
        test: Test::Unresolved,
        op: comparison.op,
        shown,
        waiting: true,
    }
}

#[cfg(test)]
mod tests;
