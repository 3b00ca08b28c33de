use kale_domain::{
    attribute::{AttributeKey, AttributeValue},
    metric::{Metric, MetricValue},
    money::{Currency, Money},
};
use serde_json::{Value, json};

use super::*;
use crate::{
    check::{Schema, check},
    facts::FactMap,
    rule::Rule,
};

fn today() -> Date {
    "2026-03-15".parse().unwrap()
}

fn expression(document: &Value) -> Expression {
    check(
        &Rule::parse(document, "#").unwrap(),
        &Schema::empty(Currency::USD),
        "#",
    )
    .unwrap()
}

fn judge(document: &Value, facts: &FactMap) -> Truth {
    evaluate(&expression(document), facts, today())
}

fn attribute(facts: &mut FactMap, key: &str, value: &AttributeValue) {
    facts.set_attribute(key.parse::<AttributeKey>().unwrap(), value);
}

#[test]
fn a_missing_value_is_unknown_also_under_not_and_ne() {
    let facts = FactMap::new();
    for document in [
        json!({"attribute": "tenure", "op": "lt", "value": 6}),
        json!({"attribute": "tenure", "op": "ne", "value": 6}),
        json!({"attribute": "tenure", "op": "not_in", "value": [6]}),
        json!({"not": {"attribute": "tenure", "op": "lt", "value": 6}}),
        json!({"field": "external_id", "op": "ne", "value": "A"}),
        json!({"any_subscription": {"tag": "vip"}}),
    ] {
        assert_eq!(judge(&document, &facts), Truth::Unknown, "{document}");
    }
    assert_eq!(
        judge(&json!({"attribute": "tenure", "op": "is_set"}), &facts),
        Truth::False
    );
    assert_eq!(
        judge(&json!({"attribute": "tenure", "op": "is_not_set"}), &facts),
        Truth::True
    );
    assert_eq!(judge(&json!({"not": {"tag": "vip"}}), &facts), Truth::True);
}

#[test]
fn a_value_of_another_type_or_currency_is_unknown() {
    let mut facts = FactMap::new();
    attribute(&mut facts, "tenure", &AttributeValue::Text("6".to_owned()));
    assert_eq!(
        judge(&json!({"attribute": "tenure", "op": "eq", "value": 6}), &facts),
        Truth::Unknown
    );

    let euros = Money {
        amount_minor: 5_000,
        currency: "EUR".parse().unwrap(),
    };
    facts.set_metric(Metric::Mrr, &MetricValue::Money(euros));
    assert_eq!(
        judge(&json!({"metric": "mrr", "op": "gt", "value": 1}), &facts),
        Truth::Unknown
    );
    assert_eq!(
        judge(&json!({"metric": "mrr", "op": "is_set"}), &facts),
        Truth::True
    );
}

#[test]
fn what_is_known_decides_where_it_can() {
    let unknown = json!({"attribute": "x", "op": "eq", "value": 1});
    let yes = json!({"attribute": "x", "op": "is_not_set"});
    let no = json!({"attribute": "x", "op": "is_set"});
    let facts = FactMap::new();
    for (document, expected) in [
        (json!({"all": [unknown, no]}), Truth::False),
        (json!({"all": [unknown, yes]}), Truth::Unknown),
        (json!({"any": [unknown, yes]}), Truth::True),
        (json!({"any": [unknown, no]}), Truth::Unknown),
        (json!({"at_least": 1, "of": [unknown, yes]}), Truth::True),
        (json!({"at_least": 2, "of": [unknown, yes]}), Truth::Unknown),
        (json!({"at_least": 2, "of": [unknown, no]}), Truth::False),
    ] {
        assert_eq!(judge(&document, &facts), expected, "{document}");
    }
}

#[test]
fn texts_are_compared_folded_and_lists_by_any_element() {
    let mut facts = FactMap::new();
    attribute(
        &mut facts,
        "contract",
        &AttributeValue::Text(" MÜNSTER plan".to_owned()),
    );
    facts.set_external_ids(&["A-1".to_owned(), "B-2".to_owned()]);
    facts.add_tag("VIP ");
    for (document, expected) in [
        (
            json!({"attribute": "contract", "op": "eq", "value": "münster Plan "}),
            true,
        ),
        (
            json!({"attribute": "contract", "op": "contains", "value": "Ster"}),
            true,
        ),
        (
            json!({"attribute": "contract", "op": "starts_with", "value": "plan"}),
            false,
        ),
        (json!({"field": "external_id", "op": "eq", "value": "b-2"}), true),
        (json!({"field": "external_id", "op": "ne", "value": "b-2"}), false),
        (
            json!({"field": "external_id", "op": "not_in", "value": ["C", "D"]}),
            true,
        ),
        (
            json!({"field": "external_id", "op": "starts_with", "value": "b"}),
            true,
        ),
        (json!({"tag": "vip"}), true),
    ] {
        assert_eq!(judge(&document, &facts), Truth::from(expected), "{document}");
    }
}

#[test]
fn the_last_seven_days_end_today_and_begin_six_days_ago() {
    let rule = json!({"metric": "last_active_at", "op": "within_last_days", "value": 7});
    for (day, expected) in [
        ("2026-03-08", false),
        ("2026-03-09", true),
        ("2026-03-15", true),
        ("2026-03-16", false),
    ] {
        let mut facts = FactMap::new();
        facts.set_metric(Metric::LastActiveAt, &MetricValue::Date(day.parse().unwrap()));
        assert_eq!(judge(&rule, &facts), Truth::from(expected), "{day}");
    }
}

#[test]
fn the_first_day_of_all_does_not_overflow() {
    let rule = expression(&json!({"metric": "last_active_at", "op": "within_last_days", "value": 36_500}));
    let mut facts = FactMap::new();
    facts.set_metric(Metric::LastActiveAt, &MetricValue::Date(Date::MIN));
    assert_eq!(evaluate(&rule, &facts, Date::MIN), Truth::False);
}
