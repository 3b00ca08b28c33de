use kale_domain::money::Currency;
use serde_json::{Value, json};

use super::*;
use crate::{
    check::{Schema, check},
    rule::Rule,
};

fn said(document: &Value) -> String {
    let rule = Rule::parse(document, "#").unwrap();
    let labels = Labels::from_iter([("contract".parse().unwrap(), "Contract".to_owned())]);
    sentence(
        &check(&rule, &Schema::empty(Currency::USD), "#").unwrap(),
        &labels,
    )
}

#[test]
fn the_rule_of_the_design_reads_like_a_sentence() {
    let document = json!({"all": [
        {"attribute": "contract", "op": "eq", "value": "Month-to-month"},
        {"attribute": "tenure", "op": "lt", "value": 6},
    ]});
    assert_eq!(
        said(&document),
        "Contract is Month-to-month, and tenure is less than 6"
    );
}

#[test]
fn groups_in_groups_stay_readable() {
    let document = json!({"all": [
        {"any": [{"metric": "urgent_open", "op": "gte", "value": 1}, {"metric": "bad_ratings_90d", "op": "gte", "value": 2}]},
        {"not": {"field": "lifecycle", "op": "in", "value": ["past_due", "churned"]}},
        {"at_least": 2, "of": [{"tag": "vip"}, {"metric": "events_trend_30d", "op": "lt", "value": -0.3}]},
    ]});
    assert_eq!(
        said(&document),
        "(urgent open is at least 1 or bad ratings over 90 days is at least 2), and it is known that not: \
         lifecycle is one of past due, churned, and at least 2 of these: (it is tagged “vip”; events trend over 30 \
         days is less than -0.3)"
    );
}

#[test]
fn every_operator_has_its_words() {
    for (document, expected) in [
        (
            json!({"metric": "mrr", "op": "gte", "value": 1999}),
            "MRR is at least USD 19.99",
        ),
        (
            json!({"metric": "mrr", "op": "gte", "value": {"company_percentile": 75}}),
            "MRR is at least the company's percentile 75",
        ),
        (
            json!({"metric": "mrr", "op": "between", "value": [0, 5000]}),
            "MRR is between USD 0.00 and USD 50.00",
        ),
        (
            json!({"metric": "auto_renew", "op": "ne", "value": true}),
            "Auto renew is not true",
        ),
        (
            json!({"metric": "first_value_at", "op": "is_not_set"}),
            "First value at is not known",
        ),
        (
            json!({"metric": "last_active_at", "op": "lte", "value": "2026-03-01"}),
            "Last active at is on or before 2026-03-01",
        ),
        (
            json!({"metric": "last_active_at", "op": "within_last_days", "value": 7}),
            "Last active at is within the last 7 days",
        ),
        (
            json!({"field": "email", "op": "contains", "value": "@"}),
            "E-mail contains @",
        ),
        (
            json!({"field": "name", "op": "starts_with", "value": "A, B"}),
            "Name starts with “A, B”",
        ),
    ] {
        assert_eq!(said(&document), expected);
    }
}
