//! The OpenAPI document as tests read it: the list of operations, from which they generate requests.

use std::sync::LazyLock;

use actix_web::http::Method;
use serde_json::Value;

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| serde_json::to_value(kale_http_api::openapi()).unwrap());

/// The document of this version, as JSON.
#[must_use]
pub fn document() -> &'static Value {
    &DOCUMENT
}

/// One operation of the document.
#[derive(Debug, Clone)]
pub struct Operation {
    /// Its method.
    pub method: Method,
    /// Its path, with parameters in braces.
    pub path: String,
    /// Its name in the document.
    pub id: String,
    /// The permission it names; `None` where it names none.
    pub permission: Option<String>,
    /// Whether API keys are refused whatever they hold.
    pub people_only: bool,
    /// Whether it takes `If-Match`.
    pub if_match: bool,
    /// The type of its body and the example of one.
    pub body: Option<(String, Value)>,
    /// The media types of its successes.
    pub answers: Vec<String>,
    /// All that the document says of it.
    pub said: Value,
}

impl Operation {
    /// `GET /api/v1/customers`
    #[must_use]
    pub fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// The parameters of its path, each with the segment it stands behind: `("customers", "id")`.
    #[must_use]
    pub fn path_parameters(&self) -> Vec<(String, String)> {
        let mut before = "";
        let mut found = Vec::new();
        for segment in self.path.split('/') {
            match segment.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
                Some(name) => found.push((before.to_owned(), name.to_owned())),
                None => before = segment,
            }
        }
        found
    }

    /// Whether a path without query is one of this operation.
    #[must_use]
    pub fn serves(&self, path: &str) -> bool {
        let (own, other): (Vec<&str>, Vec<&str>) =
            (self.path.split('/').collect(), path.split('/').collect());
        own.len() == other.len()
            && own
                .iter()
                .zip(&other)
                .all(|(own, other)| own == other || (own.starts_with('{') && !other.is_empty()))
    }
}

/// The operations of a document, in its order.
#[must_use]
pub fn operations(document: &Value) -> Vec<Operation> {
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, said) in item.as_object().unwrap() {
            all.push(operation(path, method, said));
        }
    }
    all
}

fn operation(path: &str, method: &str, said: &Value) -> Operation {
    let text = |name: &str| said.get(name).and_then(Value::as_str).map(str::to_owned);
    let listed = |name: &str| said.get(name).and_then(Value::as_array).into_iter().flatten();
    let body = said.pointer("/requestBody/content").and_then(Value::as_object);
    let body = body.and_then(|all| all.iter().next()).map(|(media, content)| {
        let example = content.get("example").cloned().unwrap_or_default();
        (media.clone(), example)
    });
    let responses = said["responses"].as_object().unwrap();
    let successes = responses.iter().filter(|(status, _)| status.starts_with('2'));
    let answers = successes.flat_map(|(_, response)| {
        let content = response.get("content").and_then(Value::as_object);
        content.into_iter().flat_map(|content| content.keys().cloned())
    });
    Operation {
        method: method.to_uppercase().parse().unwrap(),
        path: path.to_owned(),
        id: text("operationId").unwrap_or_default(),
        permission: text("x-permission"),
        people_only: listed("x-problems").any(|code| code == "people-only"),
        if_match: listed("parameters").any(|one| one["name"] == "If-Match"),
        body,
        answers: answers.collect(),
        said: said.clone(),
    }
}
