//! Reads a rule from JSON by hand, so that every mistake is named at its place.

use kale_domain::{attribute::AttributeKey, error::FieldError, metric::Metric};
use serde_json::{Map, Value};

use crate::{
    rule::{Comparison, Field, MAX_DEPTH, MAX_ERRORS, MAX_NODES, MAX_TEXT, Op, Rule, SubjectName},
    suggestion::{hint, nearest},
};

/// The keys that say what a node is.
const FORMS: [&str; 9] = [
    "all",
    "any",
    "not",
    "any_subscription",
    "at_least",
    "metric",
    "attribute",
    "field",
    "tag",
];
/// How many unknown keys of one object are told.
pub(crate) const MAX_KEYS: usize = 20;
/// Every key a node may have.
const KEYS: [&str; 12] = [
    "all",
    "any",
    "not",
    "any_subscription",
    "at_least",
    "of",
    "metric",
    "attribute",
    "field",
    "op",
    "value",
    "tag",
];

/// Reads one rule at the JSON pointer `base`.
pub(crate) fn rule(value: &Value, base: &str) -> Result<Rule, Vec<FieldError>> {
    let mut reader = Reader {
        errors: Vec::new(),
        nodes: 0,
    };
    match reader.rule(value, base, 1) {
        Some(rule) if reader.errors.is_empty() => Ok(rule),
        _ => Err(reader.errors),
    }
}

/// A key as a step of a JSON pointer.
pub(crate) fn step(at: &str, key: &str) -> String {
    format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"))
}

/// What a JSON value is, for a message.
pub(crate) const fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

struct Reader {
    errors: Vec<FieldError>,
    nodes: usize,
}

impl Reader {
    fn wrong<T>(
        &mut self,
        at: impl Into<String>,
        code: &'static str,
        message: impl Into<String>,
    ) -> Option<T> {
        if self.errors.len() < MAX_ERRORS {
            self.errors.push(FieldError::new(at, code, message));
        }
        None
    }

    fn rule(&mut self, value: &Value, at: &str, depth: usize) -> Option<Rule> {
        if depth > MAX_DEPTH {
            return self.wrong(
                at,
                "rule-too-deep",
                format!("groups may nest {MAX_DEPTH} deep; this is one deeper"),
            );
        }
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            if self.nodes == MAX_NODES + 1 {
                self.wrong::<()>(
                    at,
                    "rule-too-large",
                    format!("a rule may have {MAX_NODES} groups and comparisons; this is one more"),
                );
            }
            return None;
        }
        let Value::Object(node) = value else {
            let message = format!(
                "expected a rule, an object such as {{\"all\": [..]}}, not {}",
                kind_of(value)
            );
            return self.wrong(at, "wrong-type", message);
        };
        let form = self.form(node, at)?;
        match form {
            "all" => Some(Rule::All(self.group(node, "all", at, depth)?)),
            "any" => Some(Rule::Any(self.group(node, "any", at, depth)?)),
            "not" => Some(Rule::Not(Box::new(self.inner(node, "not", at, depth)?))),
            "any_subscription" => Some(Rule::AnySubscription(Box::new(self.inner(
                node,
                "any_subscription",
                at,
                depth,
            )?))),
            "at_least" => self.at_least(node, at, depth),
            "tag" => self.tag(node, at),
            _ => self.comparison(node, form, at),
        }
    }

    /// Which form the node has; reports what does not belong to it.
    fn form(&mut self, node: &Map<String, Value>, at: &str) -> Option<&'static str> {
        let found: Vec<&'static str> = FORMS
            .into_iter()
            .filter(|form| node.contains_key(*form))
            .collect();
        let form = match found.as_slice() {
            [form] => Some(*form),
            [] => None,
            [_, ..] => {
                let message = format!("a rule is one thing at a time; this has {}", found.join(" and "));
                self.wrong::<()>(at, "ambiguous-rule", message);
                None
            }
        };
        let allowed: &[&str] = match form {
            Some("at_least") => &["at_least", "of"],
            Some("metric") => &["metric", "op", "value"],
            Some("attribute") => &["attribute", "op", "value"],
            Some("field") => &["field", "op", "value"],
            Some("all") => &["all"],
            Some("any") => &["any"],
            Some("not") => &["not"],
            Some("any_subscription") => &["any_subscription"],
            Some("tag") => &["tag"],
            _ => &KEYS,
        };
        for key in node
            .keys()
            .filter(|key| !allowed.contains(&key.as_str()))
            .take(MAX_KEYS)
        {
            // A hostile key may be as long as the body; nobody needs to read all of it again.
            let shown: String = key.chars().take(64).collect();
            let message = format!(
                "unknown key `{shown}`; allowed here: {}{}",
                allowed.join(", "),
                hint(key, KEYS)
            );
            self.wrong::<()>(step(at, &shown), "unknown-key", message);
        }
        if found.is_empty() {
            let message = format!("expected one of the keys {}", FORMS.join(", "));
            self.wrong::<()>(at, "unknown-rule", message);
        }
        form
    }

    fn group(&mut self, node: &Map<String, Value>, key: &str, at: &str, depth: usize) -> Option<Vec<Rule>> {
        let at = step(at, key);
        let Some(value) = node.get(key) else {
            return self.wrong(
                at,
                "missing-key",
                format!("`{key}` is missing: expected a list of rules"),
            );
        };
        let Value::Array(items) = value else {
            return self.wrong(
                at,
                "wrong-type",
                format!("expected a list of rules, not {}", kind_of(value)),
            );
        };
        if items.is_empty() {
            return self.wrong(at, "empty-group", "expected at least one rule in the list");
        }
        let mut rules = Vec::with_capacity(items.len().min(MAX_NODES));
        for (index, item) in items.iter().enumerate() {
            rules.extend(self.rule(item, &format!("{at}/{index}"), depth + 1));
            if self.nodes > MAX_NODES {
                return None;
            }
        }
        // Where one is wrong the whole rule is refused; the count still serves the check of `at_least`.
        (rules.len() == items.len()).then_some(rules)
    }

    fn inner(&mut self, node: &Map<String, Value>, key: &str, at: &str, depth: usize) -> Option<Rule> {
        self.rule(node.get(key)?, &step(at, key), depth + 1)
    }

    fn at_least(&mut self, node: &Map<String, Value>, at: &str, depth: usize) -> Option<Rule> {
        let of = self.group(node, "of", at, depth);
        let count = node.get("of").and_then(Value::as_array).map_or(0, Vec::len);
        let n = node
            .get("at_least")
            .and_then(Value::as_u64)
            .and_then(|n| usize::try_from(n).ok());
        match n {
            Some(n) if n >= 1 && (n <= count || count == 0) => Some(Rule::AtLeast { n, of: of? }),
            _ => self.wrong(
                step(at, "at_least"),
                "out-of-range",
                format!(
                    "expected a whole number from 1 to {}, the length of `of`",
                    count.max(1)
                ),
            ),
        }
    }

    fn tag(&mut self, node: &Map<String, Value>, at: &str) -> Option<Rule> {
        self.text(node.get("tag")?, &step(at, "tag")).map(Rule::Tag)
    }

    fn comparison(&mut self, node: &Map<String, Value>, form: &str, at: &str) -> Option<Rule> {
        let subject = self.subject(node.get(form)?, form, &step(at, form));
        let op = self.op(node.get("op"), &step(at, "op"));
        let at = step(at, "value");
        let value = match (op, node.get("value")) {
            (Some(op), Some(_)) if op.is_presence() => {
                return self.wrong(at, "unexpected-value", format!("`{}` takes no value", op.name()));
            }
            (Some(op), None) if op.is_presence() => None,
            (_, None) => {
                return self.wrong(
                    at,
                    "missing-value",
                    "`value` is missing: what is it compared with?",
                );
            }
            (_, Some(value)) => Some(self.literal(value, &at)?),
        };
        Some(Rule::Comparison(Comparison {
            subject: subject?,
            op: op?,
            value,
        }))
    }

    fn subject(&mut self, value: &Value, form: &str, at: &str) -> Option<SubjectName> {
        let name = self.text(value, at)?;
        match form {
            "metric" => match name.parse::<Metric>() {
                Ok(metric) => Some(SubjectName::Metric(metric)),
                Err(_not_in_catalogue) => {
                    let near = hint(&name, Metric::ALL.iter().map(|metric| metric.name()));
                    let message = format!(
                        "`{name}` is no metric of the catalogue, which `GET /api/v1/metrics` lists{near}"
                    );
                    self.wrong(at, "unknown-metric", message)
                }
            },
            "attribute" => match name.parse::<AttributeKey>() {
                Ok(key) => Some(SubjectName::Attribute(key)),
                Err(error) => self.wrong(
                    at,
                    "invalid-attribute",
                    format!("`{name}` is no attribute name: {error}"),
                ),
            },
            _ => {
                let names = Field::ALL.map(Field::name);
                let field = Field::ALL.into_iter().find(|field| field.name() == name);
                if field.is_none() {
                    let message = format!(
                        "`{name}` is no field; allowed: {}{}",
                        names.join(", "),
                        hint(&name, names)
                    );
                    return self.wrong(at, "unknown-field", message);
                }
                field.map(SubjectName::Field)
            }
        }
    }

    fn op(&mut self, value: Option<&Value>, at: &str) -> Option<Op> {
        let names = Op::ALL.map(Op::name);
        let Some(value) = value else {
            return self.wrong(
                at,
                "missing-op",
                format!("`op` is missing; allowed: {}", names.join(", ")),
            );
        };
        let name = self.text(value, at)?;
        let op = Op::ALL.into_iter().find(|op| op.name() == name);
        if op.is_none() {
            let near = spelled_out(&name).or_else(|| nearest(&name, names));
            let near = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
            let message = format!("`{name}` is no operator; allowed: {}{near}", names.join(", "));
            return self.wrong(at, "unknown-op", message);
        }
        op
    }

    fn text(&mut self, value: &Value, at: &str) -> Option<String> {
        let Value::String(text) = value else {
            return self.wrong(at, "wrong-type", format!("expected text, not {}", kind_of(value)));
        };
        if text.trim().is_empty() {
            return self.wrong(
                at,
                "empty-text",
                "expected a text that is not blank; `is_not_set` asks for a missing value",
            );
        }
        if text.chars().count() > MAX_TEXT {
            return self.wrong(
                at,
                "text-too-long",
                format!("expected at most {MAX_TEXT} characters"),
            );
        }
        Some(text.clone())
    }
}

/// What people write for an operator out of habit.
fn spelled_out(name: &str) -> Option<&'static str> {
    match name {
        "=" | "==" | "is" | "equals" => Some("eq"),
        "!=" | "<>" | "is_not" | "neq" => Some("ne"),
        "<" | "less_than" => Some("lt"),
        "<=" | "le" | "at_most" => Some("lte"),
        ">" | "greater_than" => Some("gt"),
        ">=" | "ge" | "at_least" => Some("gte"),
        "nin" | "none_of" => Some("not_in"),
        "exists" => Some("is_set"),
        _ => None,
    }
}

mod literal;
#[cfg(test)]
mod tests;
