use serde_json::json;

use super::*;

#[test]
fn what_may_be_left_out_gets_its_default() {
    let draft = Draft::parse(&json!({
        "categories": [{"key": "fit", "name": "Fit"}, {"key": "new", "name": " New ", "order": 7}],
        "personas": [{"key": "a", "category": "fit", "name": "A", "priority": 1, "rule": {"tag": "vip"}}],
    }))
    .unwrap();

    assert_eq!(
        draft.categories.iter().map(|c| c.order).collect::<Vec<_>>(),
        [1, 7]
    );
    assert_eq!(draft.categories[1].name, "New");
    let persona = &draft.personas[0];
    assert_eq!(
        (persona.colour, persona.enabled, persona.description.as_str()),
        (Colour::Leaf, true, "")
    );
}

#[test]
fn every_mistake_is_named_at_its_place() {
    let errors = Draft::parse(&json!({
        "categories": [{"key": "Fit!", "nam": "Fit"}],
        "personas": [
            {"key": "a", "category": "fit", "name": "A", "priority": -1, "rule": {"all": [{"metric": "mr", "op": "eq", "value": 1}]}, "colour": "red", "enabled": "yes"},
            7,
        ],
        "persona": [],
    }))
    .unwrap_err();

    let found: Vec<(&str, &str)> = errors
        .iter()
        .map(|e| (e.pointer.as_str(), e.code.as_ref()))
        .collect();
    assert_eq!(
        found,
        [
            ("#/persona", "unknown-key"),
            ("#/categories/0/nam", "unknown-key"),
            ("#/categories/0/key", "invalid-text"),
            ("#/categories/0/name", "missing-key"),
            ("#/personas/0/colour", "wrong-type"),
            ("#/personas/0/enabled", "wrong-type"),
            ("#/personas/0/priority", "wrong-type"),
            ("#/personas/0/rule/all/0/metric", "unknown-metric"),
            ("#/personas/1", "wrong-type"),
        ]
    );
}

#[test]
fn a_list_that_is_missing_or_too_long_is_refused() {
    let pointers = |value: &Value| -> Vec<String> {
        Draft::parse(value)
            .unwrap_err()
            .into_iter()
            .map(|error| error.pointer)
            .collect()
    };
    assert_eq!(pointers(&json!([])), ["#"]);
    assert_eq!(pointers(&json!({"categories": []})), ["#/personas"]);
    assert_eq!(
        pointers(&json!({"categories": [], "personas": vec![0; 101]})),
        ["#/personas"]
    );
}
