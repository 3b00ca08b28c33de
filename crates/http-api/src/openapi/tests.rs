use std::collections::BTreeSet;

use kale_web::{catalogue, permission};
use serde_json::{Map, Value};

use super::{finish::PROBLEMS, openapi};

/// The operations that need no caller; any other one that says so is a mistake.
const PUBLIC: &[&str] = &[
    "GET /api/version",
    "GET /openapi.json",
    "POST /api/v1/auth/local/link",
    "POST /api/v1/auth/local/verify",
    "POST /api/v1/auth/refresh",
    "POST /api/v1/auth/token",
    "POST /api/v1/invitations/{token}/accept",
    "POST /api/v1/webhooks/workos",
];

fn document() -> Value {
    serde_json::to_value(openapi()).unwrap()
}

/// Every operation as `GET /path` and what it says.
fn operations(document: &Value) -> Vec<(String, &Map<String, Value>)> {
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            all.push((
                format!("{} {path}", method.to_uppercase()),
                operation.as_object().unwrap(),
            ));
        }
    }
    all
}

fn responses(operation: &Map<String, Value>) -> &Map<String, Value> {
    operation["responses"].as_object().unwrap()
}

fn names_header(operation: &Map<String, Value>, name: &str) -> bool {
    let all = operation.get("parameters").and_then(Value::as_array);
    all.into_iter()
        .flatten()
        .any(|one| one["in"] == "header" && one["name"] == name)
}

#[test]
fn the_document_is_openapi_3_1_and_describes_every_resource() {
    let document = document();
    assert_eq!(
        (&document["openapi"], &document["info"]["title"]),
        (&"3.1.0".into(), &"Kale".into())
    );
    assert_eq!(document["servers"][0]["url"], "/");
    let schemes = document["components"]["securitySchemes"].as_object().unwrap();
    assert_eq!(
        schemes.keys().collect::<Vec<_>>(),
        ["bearer", "cookie", "subscriber"]
    );
    assert!(
        operations(&document).len() >= 20,
        "{:?}",
        operations(&document).len()
    );
}

#[test]
fn every_operation_names_a_permission_and_the_public_ones_are_listed_here() {
    assert_eq!(permission::undeclared(&openapi()), Vec::<String>::new());
    let document = document();
    for (name, operation) in operations(&document) {
        let public = operation[permission::EXTENSION] == permission::PUBLIC;
        assert_eq!(public, PUBLIC.contains(&name.as_str()), "{name}");
        let schemes: Vec<&String> = operation["security"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|one| one.as_object().unwrap().keys())
            .collect();
        assert_eq!(
            schemes,
            if public {
                Vec::new()
            } else if operation[permission::EXTENSION] == permission::SUBSCRIBER {
                vec!["subscriber"]
            } else if operation.contains_key("x-subscriber") {
                vec!["bearer", "cookie", "subscriber"]
            } else {
                vec!["bearer", "cookie"]
            },
            "{name}"
        );
    }
}

#[test]
fn every_operation_has_an_id_of_its_own_a_summary_and_a_known_tag() {
    let document = document();
    let tags: Vec<&Value> = document["tags"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tag| &tag["name"])
        .collect();
    let mut ids = BTreeSet::new();
    for (name, operation) in operations(&document) {
        let id = operation["operationId"].as_str().unwrap();
        assert!(id != "handle" && ids.insert(id), "{name}: `{id}`");
        assert!(
            operation["summary"]
                .as_str()
                .is_some_and(|text| text.ends_with('.')),
            "{name}: no summary"
        );
        let own = operation["tags"].as_array().unwrap();
        assert!(
            own.len() == 1 && own.iter().all(|tag| tags.contains(&tag)),
            "{name}: {own:?}"
        );
    }
}

#[test]
fn every_operation_lists_the_problems_that_follow_from_what_it_takes() {
    let document = document();
    for (name, operation) in operations(&document) {
        let public = PUBLIC.contains(&name.as_str());
        let facts: [(bool, &[&str]); 6] = [
            (true, &["400", "500", "503"]),
            (!public, &["401", "403"]),
            (name.contains('{'), &["404"]),
            (operation.contains_key("requestBody"), &["413", "415", "422"]),
            (names_header(operation, "If-Match"), &["412", "428"]),
            (names_header(operation, "Idempotency-Key"), &["409"]),
        ];
        for status in facts.iter().filter(|(holds, _)| *holds).flat_map(|(_, all)| *all) {
            assert!(
                responses(operation).contains_key(*status),
                "{name} lacks {status}"
            );
        }
        for (status, response) in responses(operation)
            .iter()
            .filter(|(status, _)| status.as_str() >= "400")
        {
            let response = resolve(&document, response);
            assert!(
                response["content"]["application/problem+json"]["example"]["code"].is_string(),
                "{name} {status}"
            );
        }
        for code in operation
            .get(PROBLEMS)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            let known = catalogue::find(code.as_str().unwrap());
            let status = known
                .unwrap_or_else(|| panic!("{name}: no problem `{code}`"))
                .status
                .to_string();
            assert!(
                responses(operation).contains_key(&status),
                "{name}: `{code}` is a {status}"
            );
        }
    }
}

#[test]
fn every_body_and_every_answer_has_an_example_that_fits_its_schema() {
    let document = document();
    for (name, operation) in operations(&document) {
        let bodies = operation.get("requestBody").into_iter();
        let answers = responses(operation)
            .iter()
            .filter(|(status, _)| status.starts_with('2'))
            .map(|(_, one)| one);
        for described in bodies.chain(answers) {
            for (media, content) in described
                .get("content")
                .and_then(Value::as_object)
                .into_iter()
                .flatten()
            {
                let examples = content
                    .get("examples")
                    .and_then(Value::as_object)
                    .into_iter()
                    .flatten();
                let all: Vec<&Value> = content
                    .get("example")
                    .into_iter()
                    .chain(examples.map(|(_, one)| &one["value"]))
                    .collect();
                assert!(!all.is_empty(), "{name}: {media} without an example");
                for example in all.into_iter().filter(|_| media == "application/json") {
                    let wrong = misfits(&document, &content["schema"], example, "#");
                    assert!(wrong.is_empty(), "{name}: {wrong:?}");
                }
            }
        }
    }
}

#[test]
fn every_reference_leads_somewhere() {
    let document = document();
    let mut references = Vec::new();
    collect(&document, &mut references);
    assert!(references.len() > 50);
    for reference in references {
        assert!(
            document.pointer(reference.trim_start_matches('#')).is_some(),
            "{reference}"
        );
    }
}

#[test]
fn every_part_of_a_path_is_described_and_written_in_kebab_case() {
    let document = document();
    for (name, operation) in operations(&document) {
        let path = name.split_once(' ').unwrap().1;
        for part in path.split('/').filter(|part| !part.is_empty()) {
            if let Some(parameter) = part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
                let all = operation["parameters"].as_array().unwrap();
                let named = all
                    .iter()
                    .filter(|one| one["in"] == "path" && one["name"] == parameter)
                    .count();
                assert_eq!(named, 1, "{name}: {parameter}");
            } else {
                let legal = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '.';
                assert!(part.chars().all(legal), "{name}: {part}");
            }
        }
    }
}

#[test]
fn the_check_of_examples_finds_what_does_not_fit() {
    let document = document();
    let schema = serde_json::json!({ "$ref": "#/components/schemas/Version" });
    for (example, fits) in [
        (serde_json::json!({ "version": "1", "api": "v1" }), true),
        (serde_json::json!({ "version": "1" }), false),
        (serde_json::json!({ "version": 1, "api": "v1" }), false),
        (
            serde_json::json!({ "version": "1", "api": "v1", "more": true }),
            false,
        ),
    ] {
        assert_eq!(
            misfits(&document, &schema, &example, "#").is_empty(),
            fits,
            "{example}"
        );
    }
}

fn collect<'a>(value: &'a Value, references: &mut Vec<&'a str>) {
    match value {
        Value::Object(fields) => {
            references.extend(fields.get("$ref").and_then(Value::as_str));
            fields.values().for_each(|field| collect(field, references));
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, references)),
        _ => {}
    }
}

fn resolve<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    match value.get("$ref").and_then(Value::as_str) {
        Some(reference) => document.pointer(reference.trim_start_matches('#')).unwrap(),
        None => value,
    }
}

/// Where a value does not fit a schema. Knows what this document uses of JSON Schema, and is stricter in one thing:
/// a field that no schema names is a mistake of the example.
fn misfits(document: &Value, schema: &Value, value: &Value, at: &str) -> Vec<String> {
    let schema = resolve(document, schema);
    for (word, needed) in [("oneOf", 1), ("anyOf", 1)] {
        if let Some(choices) = schema.get(word).and_then(Value::as_array) {
            let fitting = choices
                .iter()
                .filter(|one| misfits(document, one, value, at).is_empty())
                .count();
            return if fitting >= needed {
                Vec::new()
            } else {
                vec![format!("{at} fits none of its schemas")]
            };
        }
    }
    if let Some(allowed) = schema.get("enum").and_then(Value::as_array) {
        return if allowed.contains(value) {
            Vec::new()
        } else {
            vec![format!("{at} is none of {allowed:?}")]
        };
    }
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let types: Vec<&str> = match schema.get("type") {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let fits = types.is_empty() || types.contains(&kind) || (kind == "integer" && types.contains(&"number"));
    if !fits {
        return vec![format!("{at} is {kind}, expected {types:?}")];
    }
    match value {
        Value::Object(fields) => misfits_of_fields(document, schema, fields, at),
        Value::Array(items) => {
            let items = items.iter().enumerate();
            items
                .flat_map(|(n, item)| misfits(document, &schema["items"], item, &format!("{at}/{n}")))
                .collect()
        }
        _ => Vec::new(),
    }
}

fn misfits_of_fields(document: &Value, schema: &Value, fields: &Map<String, Value>, at: &str) -> Vec<String> {
    let parts: Vec<&Value> = match schema.get("allOf").and_then(Value::as_array) {
        Some(parts) => parts.iter().map(|part| resolve(document, part)).collect(),
        None => vec![schema],
    };
    let required = parts
        .iter()
        .filter_map(|part| part.get("required"))
        .filter_map(Value::as_array)
        .flatten();
    let missing = required
        .filter_map(Value::as_str)
        .filter(|name| !fields.contains_key(*name));
    let mut wrong: Vec<String> = missing.map(|name| format!("{at}/{name} is missing")).collect();
    let open = parts.iter().any(|part| part.get("properties").is_none());
    for (name, field) in fields {
        let place = format!("{at}/{name}");
        let named = parts.iter().find_map(|part| part["properties"].get(name));
        match named.or_else(|| parts.iter().find_map(|part| part.get("additionalProperties"))) {
            Some(described) if described.is_object() => {
                wrong.extend(misfits(document, described, field, &place));
            }
            Some(_) => {}
            None if open => {}
            None => wrong.push(format!("{place} is not in the schema")),
        }
    }
    wrong
}
