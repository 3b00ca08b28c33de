//! Every answer that a test sees has to be one that the OpenAPI document describes.

use std::sync::LazyLock;

use actix_web::http::Method;
use serde_json::{Map, Value};

use crate::{
    Answer,
    document::{Operation, document, operations},
};

static OPERATIONS: LazyLock<Vec<Operation>> = LazyLock::new(|| operations(document()));
/// What the edge answers before any operation is asked, on every path alike.
const OF_THE_EDGE: [u16; 4] = [405, 406, 429, 431];

/// What the document does not say of an answer to `path` (with its query); empty where all is as described, or where
/// the path belongs to no operation.
#[must_use]
pub fn undescribed(method: &Method, path: &str, answer: &Answer) -> Vec<String> {
    let (bare, query) = path.split_once('?').unwrap_or((path, ""));
    let mut serving = OPERATIONS
        .iter()
        .filter(|operation| operation.method == *method && operation.serves(bare));
    // `/customers/batch` is nearer than `/customers/{id}`.
    let Some(operation) = serving
        .clone()
        .find(|one| one.path == bare)
        .or_else(|| serving.next())
    else {
        return Vec::new();
    };
    if OF_THE_EDGE.contains(&answer.code()) {
        return Vec::new();
    }
    let said = &operation.said["responses"][answer.status.as_str()];
    let faults = match resolve(said) {
        Value::Object(response) => judge(response, query, answer),
        _ => vec![format!("the status {} is not described", answer.code())],
    };
    faults
        .into_iter()
        .map(|fault| format!("{}: {fault}", operation.name()))
        .collect()
}

fn judge(response: &'static Map<String, Value>, query: &str, answer: &Answer) -> Vec<String> {
    let content = response.get("content").and_then(Value::as_object);
    let Some(content) = content.filter(|content| !content.is_empty()) else {
        return if answer.body.is_empty() {
            Vec::new()
        } else {
            vec!["a body where none is described".to_owned()]
        };
    };
    let sent = answer.header("content-type").unwrap_or_default();
    let media = sent.split(';').next().unwrap_or_default().trim();
    let Some(described) = content.get(media) else {
        // The same lines, asked for with `Accept`.
        return if media == "application/x-ndjson" {
            Vec::new()
        } else {
            vec![format!("the type `{sent}` is not described")]
        };
    };
    // Lines of JSON are no JSON.
    if !media.ends_with("json") || media.ends_with("ndjson") {
        return Vec::new();
    }
    let Ok(value) = serde_json::from_slice::<Value>(&answer.body) else {
        return vec!["the body is no JSON".to_owned()];
    };
    let mut judged = Judge {
        projected: query.split('&').any(|one| one.starts_with("fields=")),
        faults: Vec::new(),
    };
    judged.value(&described["schema"], &value, "#");
    judged.faults
}

/// What a `$ref` leads to, however often.
fn resolve(schema: &'static Value) -> &'static Value {
    let target = schema.get("$ref").and_then(Value::as_str);
    match target.and_then(|target| document().pointer(target.trim_start_matches('#'))) {
        Some(target) => resolve(target),
        None => schema,
    }
}

/// As much of JSON Schema as the document uses, and one rule more: an object with described fields has no others.
struct Judge {
    /// Whether the answer was narrowed to some fields, so that others are absent.
    projected: bool,
    faults: Vec<String>,
}

impl Judge {
    fn value(&mut self, schema: &'static Value, value: &Value, at: &str) {
        let schema = resolve(schema);
        if let Some(all) = schema.get("allOf").and_then(Value::as_array) {
            for one in all {
                self.value(one, value, at);
            }
        }
        for several in ["oneOf", "anyOf"] {
            if let Some(all) = schema.get(several).and_then(Value::as_array) {
                self.one_of(all, value, at);
            }
        }
        if let Some(allowed) = schema.get("enum").and_then(Value::as_array)
            && !allowed.contains(value)
        {
            self.faults.push(format!("{at}: {value} is none of {allowed:?}"));
        }
        if !has_type(schema, value) {
            self.faults
                .push(format!("{at}: {value} is not {}", schema["type"]));
            return;
        }
        self.text(schema, value, at);
        if let Some(items) = schema.get("items")
            && let Some(values) = value.as_array()
        {
            for (index, one) in values.iter().enumerate() {
                self.value(items, one, &format!("{at}/{index}"));
            }
        }
        if let Some(fields) = value.as_object() {
            self.object(schema, fields, at);
        }
    }

    fn one_of(&mut self, all: &'static [Value], value: &Value, at: &str) {
        let mut closest: Option<Vec<String>> = None;
        for one in all {
            let mut alone = Self {
                projected: self.projected,
                faults: Vec::new(),
            };
            alone.value(one, value, at);
            if closest
                .as_ref()
                .is_none_or(|best| alone.faults.len() < best.len())
            {
                closest = Some(alone.faults);
            }
        }
        self.faults.extend(closest.unwrap_or_default());
    }

    fn text(&mut self, schema: &Value, value: &Value, at: &str) {
        if schema["format"] == "date-time"
            && let Some(text) = value.as_str()
            && text.parse::<jiff::Timestamp>().is_err()
        {
            self.faults.push(format!("{at}: `{text}` is no moment"));
        }
        if let (Some(least), Some(number)) = (schema.get("minimum").and_then(Value::as_i64), value.as_i64())
            && number < least
        {
            self.faults.push(format!("{at}: {number} is less than {least}"));
        }
    }

    fn object(&mut self, schema: &'static Value, fields: &Map<String, Value>, at: &str) {
        let required = schema.get("required").and_then(Value::as_array);
        for name in required.into_iter().flatten().filter_map(Value::as_str) {
            // Only things of a list or one thing are narrowed, never what frames them.
            let narrowed = self.projected
                && (at == "#" || at.starts_with("#/data/"))
                && name != "data"
                && name != "page";
            if !fields.contains_key(name) && !narrowed {
                self.faults.push(format!("{at}: `{name}` is missing"));
            }
        }
        let described = schema.get("properties").and_then(Value::as_object);
        let others = schema.get("additionalProperties");
        for (name, value) in fields {
            let at = format!("{at}/{name}");
            match described.and_then(|all| all.get(name)).or(others) {
                Some(schema) if schema.is_object() => self.value(schema, value, &at),
                None if described.is_some() => self.faults.push(format!("{at} is not described")),
                _ => {}
            }
        }
    }
}

fn has_type(schema: &Value, value: &Value) -> bool {
    let is = |name: &str| match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        other => panic!("the document has the type `{other}`"),
    };
    match schema.get("type") {
        None => true,
        Some(Value::String(name)) => is(name),
        Some(names) => names
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .any(is),
    }
}

#[cfg(test)]
mod tests;
