//! Shows how a rule came to its answer about one customer: every node with its value and its truth.

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::Serialize;

use crate::{
    evaluate::evaluate,
    expression::{Expression, Leaf},
    facts::{Fact, Facts},
    literal::money_text,
    sentence::{Labels, clause},
    truth::Truth,
};

/// One node of a rule with what it came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Trace {
    /// What it asks: `tenure is less than 6`, `all of these`.
    pub text: String,
    /// Which value it tests (`tenure_days`, `attributes.contract`), so that the reader's source can be looked up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The customer's value in words; `None` where it is not known, and on groups and tags.
    pub actual: Option<String>,
    /// What it came to.
    pub truth: Truth,
    /// Whether nobody can have a value for it yet.
    pub waiting: bool,
    /// The nodes below.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub children: Vec<Self>,
}

/// The truth table of a rule about one customer, in the shape of the rule.
///
/// Below `any_subscription` nothing is said as long as no subscriptions are kept: its nodes are unknown.
#[must_use]
pub fn trace<F: Facts + ?Sized>(expression: &Expression, facts: &F, today: Date, labels: &Labels) -> Trace {
    let text = match expression {
        Expression::All(_) => "all of these".to_owned(),
        Expression::Any(_) => "any of these".to_owned(),
        Expression::Not(_) => "it is known that not".to_owned(),
        Expression::AtLeast { n, .. } => format!("at least {n} of these"),
        Expression::AnySubscription(_) => "for one subscription".to_owned(),
        Expression::Leaf(_) | Expression::Tag(_) => clause(expression, labels),
    };
    let truth = evaluate(expression, facts, today);
    match expression {
        Expression::Leaf(leaf) => Trace {
            text,
            subject: Some(leaf.subject.to_string()),
            actual: actual(leaf, facts),
            truth,
            waiting: leaf.waiting,
            children: Vec::new(),
        },
        Expression::AnySubscription(inner) => {
            let mut below = trace(inner, facts, today, labels);
            forget(&mut below);
            Trace {
                text,
                subject: None,
                actual: None,
                truth,
                waiting: true,
                children: vec![below],
            }
        }
        _ => {
            let children = expression
                .children()
                .iter()
                .map(|child| trace(child, facts, today, labels))
                .collect();
            Trace {
                text,
                subject: None,
                actual: None,
                truth,
                waiting: false,
                children,
            }
        }
    }
}

/// The customer's own values say nothing of one subscription.
fn forget(trace: &mut Trace) {
    trace.actual = None;
    trace.truth = Truth::Unknown;
    trace.waiting = true;
    trace.children.iter_mut().for_each(forget);
}

/// The customer's value in words; `None` where it is not known.
pub(crate) fn actual<F: Facts + ?Sized>(leaf: &Leaf, facts: &F) -> Option<String> {
    let fact = leaf.fact(facts)?;
    if let Some(written) = facts.written(&leaf.subject) {
        return Some(written);
    }
    Some(match fact {
        Fact::Text(text) => text.to_owned(),
        Fact::Texts(texts) => texts.join(", "),
        Fact::Number(number) => number.normalize().to_string(),
        Fact::Integer(number) => number.to_string(),
        Fact::Money(money) => money_text(Decimal::from(money.amount_minor), money.currency),
        Fact::Bool(holds) => holds.to_string(),
        Fact::Date(date) => date.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use kale_domain::{
        attribute::{AttributeKey, AttributeValue},
        money::Currency,
    };
    use serde_json::json;

    use super::*;
    use crate::{
        check::{Schema, check},
        facts::FactMap,
        rule::Rule,
    };

    #[test]
    fn every_node_shows_its_value_and_its_truth() {
        let rule = json!({"all": [
            {"attribute": "contract", "op": "eq", "value": "Month-to-month"},
            {"attribute": "tenure", "op": "lt", "value": 6},
            {"any_subscription": {"attribute": "tenure", "op": "lt", "value": 100}},
        ]});
        let rule = Rule::parse(&rule, "#").unwrap();
        let expression = check(&rule, &Schema::empty(Currency::USD), "#").unwrap();
        let mut facts = FactMap::new();
        let key = |text: &str| text.parse::<AttributeKey>().unwrap();
        facts.set_attribute(
            key("contract"),
            &AttributeValue::Text("Month-to-Month".to_owned()),
        );
        facts.set_attribute(key("tenure"), &AttributeValue::Integer(9));

        let trace = trace(
            &expression,
            &facts,
            "2026-03-15".parse().unwrap(),
            &Labels::default(),
        );

        assert_eq!(trace.truth, Truth::False);
        let rows: Vec<(&str, Option<&str>, Truth)> = trace
            .children
            .iter()
            .map(|row| (row.text.as_str(), row.actual.as_deref(), row.truth))
            .collect();
        assert_eq!(
            rows,
            [
                ("contract is Month-to-month", Some("Month-to-Month"), Truth::True),
                ("tenure is less than 6", Some("9"), Truth::False),
                ("for one subscription", None, Truth::Unknown),
            ]
        );
        assert_eq!(trace.children[1].subject.as_deref(), Some("attributes.tenure"));
        assert_eq!(trace.children[2].children[0].truth, Truth::Unknown);
    }
}
