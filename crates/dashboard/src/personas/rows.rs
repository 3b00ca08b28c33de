//! A rule's JSON as rows of the editor, with what is wrong written beside them.
//!
//! Read from the JSON, not from the checked rule: what a person typed comes back as they typed it, right or wrong. A
//! part that the rows can't show stays whole, as JSON.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde_json::{Map, Value};

use super::subjects::{self, Subjects};
use crate::view::{
    persona_editor::RuleProblem,
    rule::{Arity, Condition, Join, RuleNode, Subject, ValueKind},
};

/// Turns rules into rows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rows<'a> {
    /// What conditions can be about.
    pub(super) subjects: &'a Subjects,
    /// What is wrong with the rule; its pointers begin at the rule.
    pub(super) wrong: &'a [RuleProblem],
    /// What the parts that have no rows say, by their JSON.
    pub(super) sentences: &'a BTreeMap<String, String>,
}

/// A group, as it lies in the JSON.
struct Group<'v> {
    join: Join,
    children: &'v [Value],
    at: String,
}

impl Rows<'_> {
    /// The whole rule. The outermost node is always a group; a rule that is none stands alone in one.
    pub(super) fn root(self, rule: &Value) -> RuleNode {
        match group(rule, "#") {
            Some(group) => RuleNode::root(group.join, self.children(&group)),
            None => RuleNode::root(Join::All, vec![self.node(rule, "#")]),
        }
    }

    /// The parts that have no rows.
    pub(super) fn opaque(self, rule: &Value) -> Vec<Value> {
        match group(rule, "#") {
            Some(group) => group
                .children
                .iter()
                .flat_map(|child| self.opaque(child))
                .collect(),
            None if self.condition(rule, "#").is_some() => Vec::new(),
            None => vec![rule.clone()],
        }
    }

    fn node(self, value: &Value, at: &str) -> RuleNode {
        if let Some(group) = group(value, at) {
            return RuleNode::group(group.join, self.children(&group));
        }
        if let Some(condition) = self.condition(value, at) {
            return RuleNode::condition(condition);
        }
        let json = value.to_string();
        let sentence = self.sentences.get(&json).cloned();
        RuleNode::opaque(
            json,
            sentence.unwrap_or_else(|| "A part that has no row".to_owned()),
        )
    }

    fn children(self, group: &Group<'_>) -> Vec<RuleNode> {
        let numbered = group.children.iter().enumerate();
        numbered
            .map(|(index, child)| self.node(child, &format!("{}/{index}", group.at)))
            .collect()
    }

    fn condition(self, value: &Value, at: &str) -> Option<Condition> {
        let map = value.as_object()?;
        let (subject, operator, values) = match map.get("tag") {
            Some(Value::String(tag)) if map.len() == 1 => {
                let subject = self.subjects.find(subjects::TAG)?.clone();
                (subject, subjects::TAG.to_owned(), vec![tag.clone()])
            }
            _ => self.comparison(map)?,
        };
        Some(Condition {
            subject,
            operator,
            values,
            error: self.wrong_at(at),
        })
    }

    fn comparison(self, map: &Map<String, Value>) -> Option<(Subject, String, Vec<String>)> {
        let mut sources = ["metric", "attribute", "field"].into_iter();
        let (source, name) = sources.find_map(|source| Some((source, map.get(source)?.as_str()?)))?;
        let op = map.get("op")?.as_str()?;
        let value = map.get("value");
        let subject = self.subject(source, name, op, value);
        let operator = subject.kind.operators().iter().find(|known| known.name == op)?;
        let more = map
            .keys()
            .any(|key| !["op", "value", source].contains(&key.as_str()));
        let values = self.values(&subject, operator.arity, value)?;
        (!more).then(|| (subject, op.to_owned(), values))
    }

    fn subject(self, source: &str, name: &str, op: &str, value: Option<&Value>) -> Subject {
        let key = format!("{source}:{name}");
        let known = self.subjects.find(&key).cloned();
        known.unwrap_or_else(|| subjects::unlisted(&key, expected(op, value)))
    }

    /// The values as they are typed; `None` where one of them has no input.
    fn values(self, subject: &Subject, arity: Arity, value: Option<&Value>) -> Option<Vec<String>> {
        let (list, count) = match (arity, value) {
            (Arity::None, None) => return Some(Vec::new()),
            (Arity::Many, Some(Value::Array(list))) => (list.as_slice(), list.len()),
            (Arity::Two, Some(Value::Array(list))) => (list.as_slice(), 2),
            (Arity::One | Arity::Days, Some(one)) => (std::slice::from_ref(one), 1),
            _ => return None,
        };
        if list.len() != count {
            return None;
        }
        let exponent = if arity == Arity::Days { 0 } else { subject.exponent };
        list.iter()
            .map(|value| self.typed(subject.kind, exponent, value))
            .collect()
    }

    fn typed(self, kind: ValueKind, exponent: u32, value: &Value) -> Option<String> {
        match value {
            // A line break would make two values of one.
            Value::String(text) if !text.contains('\n') => Some(text.clone()),
            Value::Number(number) => Some(major(&number.to_string(), exponent)),
            Value::Bool(flag) => Some(flag.to_string()),
            Value::Object(amount) if kind == ValueKind::Money => {
                let own = amount.get("currency")?.as_str()? == self.subjects.currency().code();
                let minor = amount.get("amount_minor").filter(|_| own && amount.len() == 2)?;
                Some(major(&minor.as_i64()?.to_string(), exponent))
            }
            _ => None,
        }
    }

    /// What is wrong at that place, or below it where no row of its own stands.
    fn wrong_at(self, at: &str) -> String {
        let below = format!("{at}/");
        let here = |problem: &&RuleProblem| problem.pointer == at || problem.pointer.starts_with(&below);
        let first = self.wrong.iter().find(here);
        first.map_or_else(String::new, |problem| problem.message.clone())
    }
}

fn group<'v>(value: &'v Value, at: &str) -> Option<Group<'v>> {
    let map = value.as_object()?;
    let of = |join, list: &'v Value, at: String| {
        let children = list.as_array()?;
        Some(Group { join, children, at })
    };
    if let (Some(least), Some(list), 2) = (map.get("at_least"), map.get("of"), map.len()) {
        let least = u32::try_from(least.as_u64()?).ok()?;
        return of(Join::AtLeast(least), list, format!("{at}/of"));
    }
    if map.len() != 1 {
        return None;
    }
    if let Some(list) = map.get("all") {
        return of(Join::All, list, format!("{at}/all"));
    }
    if let Some(list) = map.get("any") {
        return of(Join::Any, list, format!("{at}/any"));
    }
    let inner = map.get("not")?;
    match inner.as_object() {
        Some(any) if any.len() == 1 => match any.get("any") {
            Some(list) => of(Join::None, list, format!("{at}/not/any")),
            // "Not this" and "none of: this" are the same.
            None => alone(inner, at),
        },
        _ => alone(inner, at),
    }
}

/// `not` of a single condition. Its pointer has no list, so that only the row itself can carry what is wrong.
fn alone<'v>(inner: &'v Value, at: &str) -> Option<Group<'v>> {
    let plain = inner.as_object()?.contains_key("op") || inner.as_object()?.contains_key("tag");
    plain.then(|| Group {
        join: Join::None,
        children: std::slice::from_ref(inner),
        at: format!("{at}/not"),
    })
}

/// What an attribute nobody has brought yet is going to hold, as far as the comparison tells.
fn expected(op: &str, value: Option<&Value>) -> ValueKind {
    if matches!(op, "before" | "after" | "within_last_days") {
        return ValueKind::Date;
    }
    let first = match value {
        Some(Value::Array(list)) => list.first(),
        other => other,
    };
    match first {
        Some(Value::Number(_)) => ValueKind::Number,
        Some(Value::Bool(_)) => ValueKind::Bool,
        _ => ValueKind::Text,
    }
}

/// A number of minor units as it is typed: `2985` with two places is `29.85`.
fn major(number: &str, exponent: u32) -> String {
    if exponent == 0 {
        return number.to_owned();
    }
    match number.parse::<Decimal>() {
        Ok(minor) => (minor * Decimal::new(1, exponent)).normalize().to_string(),
        Err(_no_plain_decimal) => number.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::subjects::tests::telco;
    use super::*;
    use crate::view::rule::Part;

    fn root(rule: &Value, wrong: &[RuleProblem]) -> (Join, Vec<RuleNode>) {
        let subjects = telco();
        let sentences = BTreeMap::new();
        let rows = Rows {
            subjects: &subjects,
            wrong,
            sentences: &sentences,
        };
        match rows.root(rule).part {
            Part::Group {
                join,
                children,
                root: true,
            } => (join, children),
            other => panic!("{other:?}"),
        }
    }

    fn condition(node: &RuleNode) -> &Condition {
        match &node.part {
            Part::Condition(condition) => condition,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn amounts_are_shown_in_major_units() {
        let rule = json!({ "all": [
            { "metric": "mrr", "op": "between", "value": [2985, 8000] },
            { "attribute": "total_charges", "op": "gt", "value": { "amount_minor": 1050, "currency": "USD" } },
            { "attribute": "tenure", "op": "lt", "value": 6 },
        ] });
        let (join, children) = root(&rule, &[]);

        assert_eq!(join, Join::All);
        assert_eq!(condition(&children[0]).values, ["29.85", "80"]);
        assert_eq!(condition(&children[1]).values, ["10.5"]);
        assert_eq!(condition(&children[2]).values, ["6"]);
    }

    #[test]
    fn a_single_condition_is_wrapped_and_a_negation_is_a_group() {
        let (join, children) = root(&json!({ "attribute": "churn", "op": "eq", "value": true }), &[]);
        assert_eq!(
            (join, condition(&children[0]).values[0].as_str()),
            (Join::All, "true")
        );

        let none = json!({ "not": { "any": [{ "tag": "vip" }] } });
        assert_eq!(root(&none, &[]).0, Join::None);
        assert_eq!(root(&json!({ "not": { "tag": "vip" } }), &[]).0, Join::None);
        let several = json!({ "at_least": 2, "of": [{ "tag": "a" }, { "tag": "b" }] });
        assert_eq!(root(&several, &[]).0, Join::AtLeast(2));
    }

    #[test]
    fn what_has_no_row_is_kept_whole() {
        for part in [
            json!({ "metric": "mrr", "op": "gte", "value": { "company_percentile": 75 } }),
            json!({ "any_subscription": { "tag": "vip" } }),
            json!({ "attribute": "churn", "op": "ne", "value": true }),
            json!({ "not": { "all": [{ "tag": "vip" }] } }),
            json!({ "attribute": "contract", "op": "eq", "value": "a\nb" }),
            json!({ "metric": "mrr", "op": "gt", "value": { "amount_minor": 5, "currency": "EUR" } }),
        ] {
            let (_, children) = root(&json!({ "all": [part.clone()] }), &[]);
            match &children[0].part {
                Part::Opaque { json, .. } => assert_eq!(serde_json::from_str::<Value>(json).unwrap(), part),
                other => panic!("{other:?}"),
            }
        }
    }

    #[test]
    fn what_is_wrong_stands_beside_its_row_only() {
        let rule = json!({ "all": [
            { "tag": "vip" },
            { "any": [{ "attribute": "tenure", "op": "lt", "value": "six" }] },
        ] });
        let wrong = [RuleProblem {
            pointer: "#/all/1/any/0/value".to_owned(),
            message: "a number".to_owned(),
        }];
        let (_, children) = root(&rule, &wrong);

        assert_eq!(condition(&children[0]).error, "");
        match &children[1].part {
            Part::Group { children, .. } => assert_eq!(condition(&children[0]).error, "a number"),
            other => panic!("{other:?}"),
        }
    }
}
