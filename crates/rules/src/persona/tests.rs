use kale_domain::money::Currency;
use serde_json::{Value, json};

use super::*;
use crate::{draft::Draft, facts::FactMap};

fn configuration(personas: &Value) -> Configuration {
    let document = json!({
        "categories": [{"key": "fit", "name": "Fit"}, {"key": "new", "name": "New"}],
        "personas": personas,
    });
    let mut next = 0;
    Draft::parse(&document).unwrap().into_configuration(3, |_| {
        next += 1;
        PersonaId::from_uuid(uuid::Uuid::from_u128(next))
    })
}

fn persona(key: &str, priority: u32, rule: &Value) -> Value {
    json!({"key": key, "category": "fit", "name": key, "priority": priority, "rule": rule})
}

fn today() -> Date {
    "2026-03-15".parse().unwrap()
}

#[test]
fn the_highest_enabled_match_wins_whatever_the_order_of_the_list() {
    let vip = json!({"tag": "vip"});
    let mut off = persona("off", 900, &vip);
    off["enabled"] = json!(false);
    let personas = json!([
        persona("low", 10, &vip),
        off,
        persona("high", 500, &vip),
        persona("other", 700, &json!({"tag": "x"}))
    ]);
    let checked = configuration(&personas)
        .check(&Schema::empty(Currency::USD))
        .unwrap();
    let mut facts = FactMap::new();

    assert_eq!(checked.assign(&facts, today()), None);
    facts.add_tag("vip");
    let id = checked.assign(&facts, today()).copied().unwrap();
    assert_eq!(checked.persona(id).unwrap().key.as_str(), "high");
    assert_eq!(checked.version(), 3);
}

#[test]
fn an_unknown_rule_assigns_nobody() {
    let personas = json!([persona(
        "fading",
        10,
        &json!({"not": {"metric": "events_trend_30d", "op": "gte", "value": 0}})
    )]);
    let checked = configuration(&personas)
        .check(&Schema::empty(Currency::USD))
        .unwrap();
    assert_eq!(checked.assign(&FactMap::new(), today()), None);
    assert_eq!(
        checked.waiting_for().into_iter().collect::<Vec<_>>(),
        ["events_trend_30d"]
    );
}

#[test]
fn everything_wrong_with_a_configuration_is_told_at_once() {
    let vip = json!({"tag": "vip"});
    let mut stray = persona("b", 10, &vip);
    stray["category"] = json!("nowhere");
    let mut nameless = persona(
        "b",
        11,
        &json!({"all": [{"metric": "mrr", "op": "contains", "value": "x"}]}),
    );
    nameless["name"] = json!("x".repeat(81));
    let personas = json!([
        persona("a", 10, &vip),
        stray,
        nameless,
        persona("c", 2_000_000, &vip)
    ]);

    let errors = configuration(&personas)
        .check(&Schema::empty(Currency::USD))
        .unwrap_err();
    let found: Vec<(&str, &str)> = errors
        .iter()
        .map(|e| (e.pointer.as_str(), e.code.as_ref()))
        .collect();
    assert_eq!(
        found,
        [
            ("#/personas/1/category", "unknown-category"),
            ("#/personas/1/priority", "duplicate-priority"),
            ("#/personas/2/name", "name-length"),
            ("#/personas/2/key", "duplicate-key"),
            ("#/personas/3/priority", "out-of-range"),
            ("#/personas/2/rule/all/0/op", "op-not-allowed"),
        ]
    );
}

#[test]
fn a_hundred_and_one_personas_are_refused() {
    let mut configuration = configuration(&json!([persona("a", 1, &json!({"tag": "vip"}))]));
    let one = configuration.personas[0].clone();
    configuration.personas = (0..101)
        .map(|priority| Persona {
            priority,
            ..one.clone()
        })
        .collect();
    let errors = configuration.check(&Schema::empty(Currency::USD)).unwrap_err();
    assert_eq!(
        (errors[0].pointer.as_str(), errors[0].code.as_ref()),
        ("#/personas", "too-many")
    );
}

#[test]
fn a_stored_configuration_survives_its_attributes_coming_as_another_type() {
    let rule = json!({"attribute": "tenure", "op": "lt", "value": 6});
    let configuration = configuration(&json!([
        persona("a", 1, &rule),
        persona("b", 0, &json!({"tag": "vip"}))
    ]));
    let mut schema = Schema::empty(Currency::USD);
    schema.attributes.insert(
        "tenure".parse().unwrap(),
        kale_domain::attribute::AttributeType::Text,
    );
    assert!(configuration.check(&schema).is_err());

    let mut facts = FactMap::new();
    facts.add_tag("vip");
    let resolved = configuration.resolve(&schema);
    let id = resolved.assign(&facts, today()).copied().unwrap();
    assert_eq!(resolved.persona(id).unwrap().key.as_str(), "b");
}
