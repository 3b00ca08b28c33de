use kale_domain::{
    attribute::{AttributeKey, AttributeValue},
    money::Currency,
};
use serde_json::{Value, json};

use super::*;
use crate::{
    check::{Schema, check},
    facts::FactMap,
    rule::Rule,
};

fn flipped(document: &Value, facts: &FactMap) -> Option<(bool, Vec<String>)> {
    let rule = Rule::parse(document, "#").unwrap();
    let expression = check(&rule, &Schema::empty(Currency::USD), "#").unwrap();
    let today = "2026-03-15".parse().unwrap();
    let flip = nearest_flip(&expression, facts, today, &Labels::default())?;
    Some((
        flip.matches,
        flip.changes.into_iter().map(|change| change.text).collect(),
    ))
}

fn customer() -> FactMap {
    let mut facts = FactMap::new();
    let key = |text: &str| text.parse::<AttributeKey>().unwrap();
    facts.set_attribute(
        key("contract"),
        &AttributeValue::Text("Month-to-month".to_owned()),
    );
    facts.set_attribute(key("tenure"), &AttributeValue::Integer(9));
    facts.add_tag("beta");
    facts
}

#[test]
fn one_value_away_is_said_with_the_value_it_has() {
    let document = json!({"all": [
        {"attribute": "contract", "op": "eq", "value": "Month-to-month"},
        {"attribute": "tenure", "op": "lt", "value": 6},
    ]});
    let changes = vec!["tenure would have to be less than 6 (is 9)".to_owned()];
    assert_eq!(flipped(&document, &customer()), Some((true, changes)));
}

#[test]
fn a_match_is_left_by_the_opposite_of_one_comparison() {
    let document = json!({"all": [
        {"attribute": "contract", "op": "starts_with", "value": "Month"},
        {"attribute": "tenure", "op": "gte", "value": 6},
    ]});
    let changes =
        vec!["contract would have to start with something other than Month (is Month-to-month)".to_owned()];
    assert_eq!(flipped(&document, &customer()), Some((false, changes)));

    let document = json!({"any": [{"attribute": "tenure", "op": "gte", "value": 6}, {"tag": "beta"}]});
    let changes = vec![
        "tenure would have to be less than 6 (is 9)".to_owned(),
        "it would have to lose the tag “beta”".to_owned(),
    ];
    assert_eq!(flipped(&document, &customer()), Some((false, changes)));
}

#[test]
fn what_has_to_become_untrue_is_said_in_english() {
    let one = |op: &str, value: Value| {
        let document = json!({"attribute": "contract", "op": op, "value": value});
        flipped(&document, &customer()).map(|(_, changes)| changes.concat())
    };
    let is = "(is Month-to-month)";
    assert_eq!(
        one("eq", json!("Month-to-month")).as_deref(),
        Some(format!("contract would have to be other than Month-to-month {is}").as_str())
    );
    assert_eq!(
        one("contains", json!("to")).as_deref(),
        Some(format!("contract would have to be without to {is}").as_str())
    );
    let document = json!({"attribute": "contract", "op": "is_set"});
    let (_, changes) = flipped(&document, &customer()).unwrap();
    assert_eq!(changes, [format!("contract would have to be unknown {is}")]);
}

#[test]
fn the_cheaper_way_is_taken_and_the_unknown_is_named() {
    let document = json!({"any": [
        {"all": [{"tag": "vip"}, {"attribute": "tenure", "op": "lt", "value": 6}]},
        {"not": {"attribute": "seats", "op": "lt", "value": 5}},
    ]});
    let changes = vec!["seats would have to be at least 5 (is not known)".to_owned()];
    assert_eq!(flipped(&document, &customer()), Some((true, changes)));
}

#[test]
fn what_rests_on_subscriptions_can_not_be_flipped() {
    let document = json!({"all": [{"tag": "vip"}, {"any_subscription": {"tag": "vip"}}]});
    assert_eq!(flipped(&document, &customer()), None);
}
