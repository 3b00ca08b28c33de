//! When a lane is taken or a card shown: the language of rules, over the customer's facts and over this walk.
//!
//! Beside what a rule about a customer may ask, a condition may ask
//! `{"answer": "elm_…", "op": "eq", "value": "opt_…"}` (what was answered) and
//! `{"decision": "crd_…", "op": "eq", "value": "accepted"}` (what was decided on an offer, hand-off or confirm card).
//! To the rules these are facts under the id's own text; judging stays three-valued, so what was not answered matches
//! nothing but `is_not_set`.

use std::collections::BTreeSet;

use kale_domain::{
    attribute::AttributeKey,
    error::FieldError,
    id::{CardId, ElementId},
};
use kale_rules::rule::{Comparison, Rule, SubjectName};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};
use serde_json::{Map, Value};

use crate::read::{Reader, joined, step};

/// A condition as it is written; well formed, not yet checked against a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition(Rule);

/// What of a walk a condition asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Asked {
    /// The answer to an element.
    Answer(ElementId),
    /// The decision on a card.
    Decision(CardId),
}

impl Asked {
    /// What the name of a fact asks of the walk; `None` where it is the customer's own.
    #[must_use]
    pub fn of(key: &AttributeKey) -> Option<Self> {
        let text = key.as_str();
        text.parse()
            .map(Self::Answer)
            .or_else(|_no_element| text.parse().map(Self::Decision))
            .ok()
    }

    /// The name of the fact.
    #[must_use]
    pub fn key(self) -> Option<AttributeKey> {
        match self {
            Self::Answer(id) => id.to_string().parse().ok(),
            Self::Decision(id) => id.to_string().parse().ok(),
        }
    }
}

impl Condition {
    /// Reads a condition, or says everything that is wrong with it; `base` is its JSON pointer.
    pub fn parse(value: &Value, base: &str) -> Result<Self, Vec<FieldError>> {
        let mut reader = Reader::default();
        let condition = Self::read(value, base, &mut reader);
        reader.finish(condition)
    }

    /// It holds where the element was answered so: `{"answer": element, "op": "eq", "value": value}`.
    pub fn answered(element: ElementId, value: &str) -> Result<Self, Vec<FieldError>> {
        Self::parse(
            &serde_json::json!({"answer": element, "op": "eq", "value": value}),
            "#",
        )
    }

    /// It holds where the card was decided so: `{"decision": card, "op": "eq", "value": decision}`.
    pub fn decided(card: CardId, decision: crate::walk::Decision) -> Result<Self, Vec<FieldError>> {
        Self::parse(
            &serde_json::json!({"decision": card, "op": "eq", "value": decision.name()}),
            "#",
        )
    }

    /// The rule it is, with answers and decisions as facts.
    #[must_use]
    pub const fn rule(&self) -> &Rule {
        &self.0
    }

    /// Everything it asks of the walk.
    #[must_use]
    pub fn asked(&self) -> BTreeSet<Asked> {
        self.comparisons()
            .into_iter()
            .filter_map(|(comparison, _)| subject(comparison))
            .collect()
    }

    /// Its comparisons with their JSON pointers below the condition.
    pub(crate) fn comparisons(&self) -> Vec<(&Comparison, String)> {
        let mut found = Vec::new();
        collect(&self.0, "", &mut found);
        found
    }

    /// The same condition about other cards and elements.
    #[must_use]
    pub fn renamed(&self, rename: &dyn Fn(Asked) -> Asked, value: &dyn Fn(&str) -> Option<String>) -> Self {
        Self(renamed(&self.0, rename, value))
    }

    pub(crate) fn read(value: &Value, at: &str, reader: &mut Reader) -> Option<Self> {
        let mut asked = BTreeSet::new();
        let mut errors = Vec::new();
        let document = to_facts(value, at, &mut asked, &mut errors);
        if !errors.is_empty() {
            return reader.note_all(errors);
        }
        match Rule::parse(&document, at) {
            Ok(rule) => Some(Self(rule)),
            Err(mut errors) => {
                for error in &mut errors {
                    let place = error.pointer.strip_suffix("/attribute");
                    if let Some((at, key)) = place.and_then(|at| {
                        asked
                            .get(&(at.to_owned(), "answer"))
                            .or_else(|| asked.get(&(at.to_owned(), "decision")))
                    }) {
                        error.pointer = step(at, key);
                    }
                }
                reader.note_all(errors)
            }
        }
    }
}

/// What a comparison asks of the walk.
pub(crate) fn subject(comparison: &Comparison) -> Option<Asked> {
    match &comparison.subject {
        SubjectName::Attribute(key) => Asked::of(key),
        SubjectName::Metric(_) | SubjectName::Field(_) => None,
    }
}

fn collect<'a>(rule: &'a Rule, at: &str, found: &mut Vec<(&'a Comparison, String)>) {
    if let Rule::Comparison(comparison) = rule {
        found.push((comparison, at.to_owned()));
        return;
    }
    let many = match rule {
        Rule::All(_) => "all",
        Rule::Any(_) => "any",
        Rule::AtLeast { .. } => "of",
        Rule::Not(inner) => return collect(inner, &format!("{at}/not"), found),
        Rule::AnySubscription(inner) => return collect(inner, &format!("{at}/any_subscription"), found),
        Rule::Comparison(_) | Rule::Tag(_) => return,
    };
    for (index, child) in rule.children().iter().enumerate() {
        collect(child, &format!("{at}/{many}/{index}"), found);
    }
}

/// The document with `answer` and `decision` written as facts.
fn to_facts(
    value: &Value,
    at: &str,
    asked: &mut BTreeSet<(String, &'static str)>,
    errors: &mut Vec<FieldError>,
) -> Value {
    match value {
        Value::Array(items) => {
            let items = items.iter().enumerate();
            let items = items.map(|(index, item)| to_facts(item, &format!("{at}/{index}"), asked, errors));
            Value::Array(items.collect())
        }
        Value::Object(node) => {
            let mut facts = Map::new();
            for (key, value) in node {
                let place = step(at, key);
                let (name, value) = match key.as_str() {
                    "answer" => (known::<ElementId>(value, &place, errors), value),
                    "decision" => (known::<CardId>(value, &place, errors), value),
                    "attribute" => (reserved(value, &place, errors), value),
                    // A literal is a value, whatever its keys.
                    "value" => {
                        facts.insert(key.clone(), value.clone());
                        continue;
                    }
                    _ => {
                        facts.insert(key.clone(), to_facts(value, &place, asked, errors));
                        continue;
                    }
                };
                let own = ["answer", "decision"].into_iter().find(|own| own == key);
                if let (Some(own), true) = (own, name) {
                    asked.insert((at.to_owned(), own));
                }
                if facts.insert("attribute".to_owned(), value.clone()).is_some() {
                    errors.push(FieldError::new(
                        at,
                        "ambiguous-rule",
                        "a comparison is about one thing; this has several of `answer`, `decision` and `attribute`",
                    ));
                }
            }
            Value::Object(facts)
        }
        other => other.clone(),
    }
}

fn known<I: std::str::FromStr<Err = kale_domain::id::ParseIdError>>(
    value: &Value,
    at: &str,
    errors: &mut Vec<FieldError>,
) -> bool {
    let parsed = value.as_str().map(str::parse::<I>);
    match parsed {
        Some(Ok(_)) => return true,
        Some(Err(error)) => errors.push(FieldError::new(at, "invalid-id", error.to_string())),
        None => errors.push(FieldError::new(
            at,
            "wrong-type",
            "expected an identifier as text",
        )),
    }
    false
}

/// An attribute may not be named like an answer or a decision.
fn reserved(value: &Value, at: &str, errors: &mut Vec<FieldError>) -> bool {
    let key = value.as_str().and_then(|text| text.parse::<AttributeKey>().ok());
    if key.as_ref().and_then(Asked::of).is_some() {
        errors.push(FieldError::new(
            at,
            "reserved-attribute",
            "this is the id of an element or a card; ask for it with `answer` or `decision`",
        ));
    }
    false
}

/// The document with facts about the walk written as `answer` and `decision` again.
fn from_facts(value: Value) -> Value {
    match value {
        Value::Array(items) => Value::Array(items.into_iter().map(from_facts).collect()),
        Value::Object(node) => {
            let node = node.into_iter().map(|(key, value)| {
                let asked = (key == "attribute")
                    .then(|| value.as_str()?.parse::<AttributeKey>().ok())
                    .flatten()
                    .and_then(|key| Asked::of(&key));
                match asked {
                    Some(Asked::Answer(_)) => ("answer".to_owned(), value),
                    Some(Asked::Decision(_)) => ("decision".to_owned(), value),
                    None if key == "value" => (key, value),
                    None => (key, from_facts(value)),
                }
            });
            Value::Object(node.collect())
        }
        other => other,
    }
}

fn renamed(rule: &Rule, rename: &dyn Fn(Asked) -> Asked, value: &dyn Fn(&str) -> Option<String>) -> Rule {
    let all = |of: &[Rule]| of.iter().map(|rule| renamed(rule, rename, value)).collect();
    match rule {
        Rule::All(of) => Rule::All(all(of)),
        Rule::Any(of) => Rule::Any(all(of)),
        Rule::AtLeast { n, of } => Rule::AtLeast { n: *n, of: all(of) },
        Rule::Not(inner) => Rule::Not(Box::new(renamed(inner, rename, value))),
        Rule::AnySubscription(inner) => Rule::AnySubscription(Box::new(renamed(inner, rename, value))),
        Rule::Tag(tag) => Rule::Tag(tag.clone()),
        Rule::Comparison(comparison) => {
            let Some(key) = subject(comparison).and_then(|asked| rename(asked).key()) else {
                return rule.clone();
            };
            Rule::Comparison(Comparison {
                subject: SubjectName::Attribute(key),
                op: comparison.op,
                value: comparison
                    .value
                    .as_ref()
                    .map(|literal| literal_renamed(literal, value)),
            })
        }
    }
}

fn literal_renamed(
    literal: &kale_rules::rule::Literal,
    value: &dyn Fn(&str) -> Option<String>,
) -> kale_rules::rule::Literal {
    use kale_rules::rule::Literal;
    match literal {
        Literal::Text(text) => Literal::Text(value(text).unwrap_or_else(|| text.clone())),
        Literal::List(items) => {
            Literal::List(items.iter().map(|item| literal_renamed(item, value)).collect())
        }
        other => other.clone(),
    }
}

impl Serialize for Condition {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let document = serde_json::to_value(&self.0).map_err(ser::Error::custom)?;
        from_facts(document).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Condition {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        Self::parse(&value, "#").map_err(|errors| de::Error::custom(joined(&errors)))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use uuid::Uuid;

    use super::*;

    fn element() -> ElementId {
        ElementId::from_uuid(Uuid::from_u128(1))
    }

    /// Answers are told to rules as facts under the id's own text.
    #[test]
    fn an_identifier_is_a_legal_name_of_a_fact() {
        let id = ElementId::from_uuid(Uuid::from_u128(u128::MAX)).to_string();

        assert!(id.parse::<AttributeKey>().is_ok());
    }

    #[test]
    fn a_condition_is_written_as_it_was_read() {
        let card = CardId::from_uuid(Uuid::from_u128(2));
        let document = json!({"all": [
            {"answer": element(), "op": "eq", "value": "opt_1"},
            {"not": {"decision": card, "op": "eq", "value": "accepted"}},
            {"attribute": "answer", "op": "eq", "value": "x"},
            {"metric": "tenure_days", "op": "gt", "value": 3},
        ]});
        let condition = Condition::parse(&document, "#").unwrap();

        assert_eq!(serde_json::to_value(&condition).unwrap(), document);
        assert_eq!(
            condition.asked(),
            BTreeSet::from([Asked::Answer(element()), Asked::Decision(card)])
        );
        let pointers: Vec<String> = condition.comparisons().into_iter().map(|(_, at)| at).collect();
        assert_eq!(pointers, ["/all/0", "/all/1/not", "/all/2", "/all/3"]);
    }

    #[test]
    fn mistakes_are_told_at_their_place() {
        let codes = |value: Value| -> Vec<(String, String)> {
            Condition::parse(&value, "#/when")
                .unwrap_err()
                .into_iter()
                .map(|error| (error.pointer, error.code.into_owned()))
                .collect()
        };
        let one = |at: &str, code: &str| vec![(at.to_owned(), code.to_owned())];

        assert_eq!(
            codes(json!({"any": [{"answer": "crd_1", "op": "eq", "value": 1}]})),
            one("#/when/any/0/answer", "invalid-id")
        );
        assert_eq!(
            codes(json!({"decision": 1, "op": "is_set"})),
            one("#/when/decision", "wrong-type")
        );
        assert_eq!(
            codes(json!({"attribute": element(), "op": "is_set"})),
            one("#/when/attribute", "reserved-attribute")
        );
        assert_eq!(
            codes(json!({"answer": element(), "attribute": "a", "op": "is_set"})),
            one("#/when", "ambiguous-rule")
        );
        assert_eq!(
            codes(json!({"answer": element(), "op": "equals", "value": 1})),
            one("#/when/op", "unknown-op")
        );
    }
}
