//! The list's filters: the same words as in a rule, so that one thing decides what matches.

use kale_domain::{
    attribute::{AttributeKey, AttributeType},
    error::FieldError,
    metric::{Metric, MetricKind},
};
use kale_rules::{
    check::{Schema, check},
    expression::Expression,
    rule::Rule,
};
use serde_json::{Map, Value, json};

/// One filter as it was asked for: `filter[mrr][gte]=1000`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilterTerm {
    /// What is compared: a metric, a field, `tag`, `persona`, or `attributes.<key>`.
    pub name: String,
    /// How; `eq` where none was given.
    pub op: String,
    /// With what; several values are parted by commas.
    pub value: String,
}

impl FilterTerm {
    fn pointer(&self) -> String {
        if self.op == "eq" {
            format!("?filter[{}]", self.name)
        } else {
            format!("?filter[{}][{}]", self.name, self.op)
        }
    }
}

/// What customers are filtered by that is no part of a rule.
const BY_ID: [&str; 2] = ["persona", "expert"];

/// The expression of all terms together; those by persona and expert are left to the caller.
pub(super) fn expression(
    terms: &[FilterTerm],
    schema: &Schema,
) -> Result<Option<Expression>, Vec<FieldError>> {
    let mut wrong = Vec::new();
    let mut all = Vec::new();
    for term in terms.iter().filter(|term| !BY_ID.contains(&term.name.as_str())) {
        match one(term, schema) {
            Ok(expression) => all.push(expression),
            Err(errors) => wrong.extend(errors),
        }
    }
    if !wrong.is_empty() {
        return Err(wrong);
    }
    Ok(if all.is_empty() {
        None
    } else {
        Some(Expression::All(all))
    })
}

fn one(term: &FilterTerm, schema: &Schema) -> Result<Expression, Vec<FieldError>> {
    let pointer = term.pointer();
    let at = |errors: Vec<FieldError>| {
        // A pointer into the rule means nothing to somebody who sent a parameter.
        errors
            .into_iter()
            .map(|error| FieldError {
                pointer: pointer.clone(),
                ..error
            })
            .collect::<Vec<_>>()
    };
    let document = document(term, schema);
    let rule = Rule::parse(&document, "#").map_err(at)?;
    check(&rule, schema, "#").map_err(at)
}

/// The kind of values a name has, as far as its text has to be read for it.
enum Reading {
    Text,
    Number,
    Boolean,
}

fn document(term: &FilterTerm, schema: &Schema) -> Value {
    if term.name == "tag" {
        return json!({ "tag": term.value });
    }
    let mut leaf = Map::new();
    let reading = if let Some(key) = term.name.strip_prefix("attributes.") {
        leaf.insert("attribute".to_owned(), json!(key));
        attribute_reading(key, schema)
    } else if let Ok(metric) = term.name.parse::<Metric>() {
        leaf.insert("metric".to_owned(), json!(term.name));
        metric_reading(metric)
    } else {
        leaf.insert("field".to_owned(), json!(term.name));
        Reading::Text
    };
    let (op, value) = operand(term, &reading);
    leaf.insert("op".to_owned(), json!(op));
    if let Some(value) = value {
        leaf.insert("value".to_owned(), value);
    }
    Value::Object(leaf)
}

fn attribute_reading(key: &str, schema: &Schema) -> Reading {
    let kind = key
        .parse::<AttributeKey>()
        .ok()
        .and_then(|key| schema.attributes.get(&key).copied());
    match kind {
        Some(AttributeType::Number | AttributeType::Integer | AttributeType::Money) => Reading::Number,
        Some(AttributeType::Boolean) => Reading::Boolean,
        _ => Reading::Text,
    }
}

const fn metric_reading(metric: Metric) -> Reading {
    match metric.kind() {
        MetricKind::Text | MetricKind::Date => Reading::Text,
        MetricKind::Bool => Reading::Boolean,
        _ => Reading::Number,
    }
}

/// `eq` of several values is `in`, `ne` of several is `not_in`.
fn operand(term: &FilterTerm, reading: &Reading) -> (String, Option<Value>) {
    let parts: Vec<Value> = term
        .value
        .split(',')
        .map(|part| literal(part.trim(), reading))
        .collect();
    let many = parts.len() > 1;
    match term.op.as_str() {
        "is_set" | "is_not_set" => (term.op.clone(), None),
        "eq" if many => ("in".to_owned(), Some(Value::Array(parts))),
        "ne" if many => ("not_in".to_owned(), Some(Value::Array(parts))),
        "in" | "not_in" | "between" => (term.op.clone(), Some(Value::Array(parts))),
        // A comma may belong to the text.
        "contains" | "starts_with" => (term.op.clone(), Some(json!(term.value))),
        _ => (term.op.clone(), parts.into_iter().next()),
    }
}

fn literal(text: &str, reading: &Reading) -> Value {
    match reading {
        Reading::Number => {
            serde_json::from_str::<serde_json::Number>(text).map_or_else(|_| json!(text), Value::Number)
        }
        Reading::Boolean if text == "true" => json!(true),
        Reading::Boolean if text == "false" => json!(false),
        _ => json!(text),
    }
}
