use serde_json::{Value, json};

use super::*;
use crate::expression::{Compare, DateTest, NumberTest};

fn schema() -> Schema {
    let mut schema = Schema::empty(Currency::USD);
    for (name, kind) in [
        ("contract", AttributeType::Text),
        ("tenure", AttributeType::Integer),
        ("paperless", AttributeType::Boolean),
        ("since", AttributeType::Date),
        ("fee", AttributeType::Money),
        ("market", AttributeType::Country),
    ] {
        schema.attributes.insert(name.parse().unwrap(), kind);
    }
    schema
}

fn checked(document: &Value, schema: &Schema) -> Result<Expression, Vec<FieldError>> {
    check(&Rule::parse(document, "#").unwrap(), schema, "#")
}

fn refused(document: &Value, pointer: &str, code: &str) -> String {
    let errors = checked(document, &schema()).expect_err(&document.to_string());
    assert_eq!(errors.len(), 1, "{errors:?}");
    assert_eq!(
        (errors[0].pointer.as_str(), errors[0].code.as_ref()),
        (pointer, code),
        "{document}: {errors:?}"
    );
    errors[0].message.clone()
}

fn only_leaf(document: &Value, schema: &Schema) -> Leaf {
    match checked(document, schema) {
        Ok(Expression::Leaf(leaf)) => leaf,
        other => panic!("{document}: {other:?}"),
    }
}

#[test]
fn a_value_of_the_wrong_type_is_refused_where_it_stands() {
    for (document, pointer) in [
        (
            json!({"attribute": "tenure", "op": "lt", "value": "six"}),
            "#/value",
        ),
        (
            json!({"attribute": "contract", "op": "eq", "value": 1}),
            "#/value",
        ),
        (
            json!({"attribute": "paperless", "op": "eq", "value": "yes"}),
            "#/value",
        ),
        (
            json!({"attribute": "since", "op": "after", "value": 2026}),
            "#/value",
        ),
        (json!({"metric": "mrr", "op": "in", "value": 5}), "#/value"),
        (
            json!({"metric": "mrr", "op": "in", "value": [5, "x", 7]}),
            "#/value/1",
        ),
        (
            json!({"metric": "mrr", "op": "in", "value": [5, {"company_percentile": 75}]}),
            "#/value/1",
        ),
        (
            json!({"metric": "auto_renew", "op": "eq", "value": {"company_percentile": 75}}),
            "#/value",
        ),
        (
            json!({"attribute": "contract", "op": "eq", "value": ["a"]}),
            "#/value",
        ),
        (
            json!({"field": "lifecycle", "op": "in", "value": "active"}),
            "#/value",
        ),
    ] {
        refused(&document, pointer, "wrong-type");
    }
}

#[test]
fn an_operator_that_does_not_fit_is_answered_with_those_that_do() {
    let message = refused(
        &json!({"attribute": "contract", "op": "lt", "value": "a"}),
        "#/op",
        "op-not-allowed",
    );
    assert!(
        message.contains("allowed: eq, ne, in, not_in, contains, starts_with, is_set, is_not_set"),
        "{message}"
    );
    refused(
        &json!({"field": "lifecycle", "op": "contains", "value": "act"}),
        "#/op",
        "op-not-allowed",
    );
    refused(
        &json!({"metric": "mrr", "op": "before", "value": "2026-01-01"}),
        "#/op",
        "op-not-allowed",
    );
}

#[test]
fn a_number_no_such_value_can_have_is_refused() {
    refused(
        &json!({"metric": "quantity", "op": "gte", "value": -1}),
        "#/value",
        "out-of-range",
    );
    refused(
        &json!({"metric": "quantity", "op": "gte", "value": 1.5}),
        "#/value",
        "not-whole",
    );
    refused(
        &json!({"metric": "csat_90d", "op": "lt", "value": 80}),
        "#/value",
        "bad-unit",
    );
    let message = refused(
        &json!({"metric": "mrr", "op": "gte", "value": 19.99}),
        "#/value",
        "not-whole",
    );
    assert!(message.contains("1999 is USD 19.99"), "{message}");
    for days in [json!(0), json!(-3), json!(1.5), json!(36_501)] {
        refused(
            &json!({"metric": "last_active_at", "op": "within_last_days", "value": days}),
            "#/value",
            "out-of-range",
        );
    }
}

#[test]
fn a_range_has_two_ends_and_the_lower_first() {
    refused(
        &json!({"attribute": "tenure", "op": "between", "value": [1]}),
        "#/value",
        "list-length",
    );
    refused(
        &json!({"attribute": "tenure", "op": "between", "value": [1, 2, 3]}),
        "#/value",
        "list-length",
    );
    refused(
        &json!({"attribute": "tenure", "op": "between", "value": [2, 1]}),
        "#/value",
        "reversed-range",
    );
    refused(
        &json!({"attribute": "since", "op": "between", "value": ["2026-02-01", "2026-01-01"]}),
        "#/value",
        "reversed-range",
    );
}

#[test]
fn words_of_closed_lists_are_checked() {
    let message = refused(
        &json!({"field": "lifecycle", "op": "eq", "value": "canceling"}),
        "#/value",
        "unknown-lifecycle",
    );
    assert!(message.contains("did you mean `cancelling`?"), "{message}");
    refused(
        &json!({"field": "lifecycle", "op": "in", "value": ["active", "gone"]}),
        "#/value/1",
        "unknown-lifecycle",
    );
    refused(
        &json!({"attribute": "market", "op": "eq", "value": "Germany"}),
        "#/value",
        "invalid-country",
    );
    for day in ["2026-02-30", "20260201", "2026-02-01T00:00", "yesterday"] {
        refused(
            &json!({"attribute": "since", "op": "after", "value": day}),
            "#/value",
            "invalid-date",
        );
    }
}

#[test]
fn money_is_in_the_companys_currency() {
    let amount = |currency: &str| json!({"metric": "mrr", "op": "gte", "value": {"amount_minor": 1999, "currency": currency}});
    refused(&amount("EUR"), "#/value/currency", "wrong-currency");

    let test = NumberTest::Compare(Compare::Gte, Decimal::from(1999));
    let expected = Test::Money {
        currency: Currency::USD,
        test,
    };
    assert_eq!(only_leaf(&amount("USD"), &schema()).test(), &expected);
    assert_eq!(
        only_leaf(&json!({"metric": "mrr", "op": "gte", "value": 1999}), &schema()).test(),
        &expected
    );
}

#[test]
fn every_mistake_is_told_at_once_with_its_place() {
    let document = json!({"all": [
        {"attribute": "tenure", "op": "lt", "value": "six"},
        {"not": {"any": [{"tag": "vip"}, {"attribute": "contract", "op": "gt", "value": 1}]}},
        {"at_least": 1, "of": [{"any_subscription": {"field": "lifecycle", "op": "eq", "value": "x"}}]},
    ]});
    let rule = Rule::parse(&document, "#/rule").unwrap();

    let pointers: Vec<String> = check(&rule, &schema(), "#/rule")
        .unwrap_err()
        .into_iter()
        .map(|error| error.pointer)
        .collect();
    assert_eq!(
        pointers,
        [
            "#/rule/all/0/value",
            "#/rule/all/1/not/any/1/op",
            "#/rule/all/2/of/0/any_subscription/value"
        ]
    );
}

#[test]
fn a_sensitive_attribute_is_refused_unless_a_kale_admin_allowed_it() {
    let document = json!({"attribute": "senior_citizen", "op": "eq", "value": true});
    let message = refused(&document, "#/attribute", "sensitive-attribute");
    assert!(message.contains("tells age"), "{message}");

    let allowed = Schema {
        allow_sensitive: true,
        ..schema()
    };
    assert!(checked(&document, &allowed).is_ok());
}

#[test]
fn what_nobody_has_yet_is_valid_and_waits() {
    let document = json!({"all": [
        {"metric": "tenure_days", "op": "lt", "value": 6},
        {"metric": "mrr", "op": "gte", "value": {"company_percentile": 75}},
        {"metric": "plan", "op": "eq", "value": "Pro"},
        {"attribute": "contract", "op": "eq", "value": "Two year"},
        {"attribute": "completed", "op": "eq", "value": true},
        {"any_subscription": {"tag": "vip"}},
    ]});
    let waiting: Vec<String> = checked(&document, &schema())
        .unwrap()
        .waiting_for()
        .into_iter()
        .collect();
    assert_eq!(
        waiting,
        ["attributes.completed", "mrr", "subscriptions", "tenure_days"]
    );
}

#[test]
fn the_type_of_a_waiting_attribute_is_that_of_its_literal() {
    for (op, value, kind) in [
        ("eq", json!("a"), AttributeType::Text),
        ("contains", json!("a"), AttributeType::Text),
        ("eq", json!(1), AttributeType::Number),
        ("between", json!([1, 2]), AttributeType::Number),
        ("eq", json!(true), AttributeType::Boolean),
        ("after", json!("2026-01-01"), AttributeType::Date),
        (
            "between",
            json!(["2026-01-01", "2026-02-01"]),
            AttributeType::Date,
        ),
        ("within_last_days", json!(7), AttributeType::Date),
        (
            "gt",
            json!({"amount_minor": 1, "currency": "USD"}),
            AttributeType::Money,
        ),
    ] {
        let leaf = only_leaf(
            &json!({"attribute": "later", "op": op, "value": value}),
            &schema(),
        );
        assert_eq!(
            leaf.subject(),
            &Subject::Attribute {
                key: "later".parse().unwrap(),
                kind
            },
            "{op}"
        );
        assert!(leaf.is_waiting());
    }
}

#[test]
fn a_percentile_is_resolved_where_it_is_known() {
    let document = json!({"metric": "mrr", "op": "gte", "value": {"company_percentile": 75}});
    let rule = Rule::parse(&document, "#").unwrap();
    let mut schema = schema();
    for asked in rule.percentiles() {
        schema.percentiles.insert(asked, Decimal::new(50_005, 1));
    }

    let leaf = only_leaf(&document, &schema);
    let test = NumberTest::Compare(Compare::Gte, Decimal::new(50_005, 1));
    assert_eq!(
        leaf.test(),
        &Test::Money {
            currency: Currency::USD,
            test
        }
    );
    assert!(!leaf.is_waiting());
    assert_eq!(
        only_leaf(&document, &Schema::empty(Currency::USD)).test(),
        &Test::Unresolved
    );
}

#[test]
fn before_is_less_than_a_day() {
    let leaf = only_leaf(
        &json!({"attribute": "since", "op": "before", "value": "2026-03-01"}),
        &schema(),
    );
    let expected = DateTest::Compare(Compare::Lt, "2026-03-01".parse().unwrap());
    assert_eq!(leaf.test(), &Test::Date(expected));
}

#[test]
fn a_saved_rule_that_does_not_fit_any_more_waits_instead_of_failing() {
    let document = json!({"any": [
        {"attribute": "tenure", "op": "eq", "value": "long"},
        {"attribute": "paperless", "op": "eq", "value": true},
    ]});
    let rule = Rule::parse(&document, "#").unwrap();
    assert!(check(&rule, &schema(), "#").is_err());

    let resolved = resolve(&rule, &schema());
    assert_eq!(
        resolved.waiting_for().into_iter().collect::<Vec<_>>(),
        ["attributes.tenure"]
    );
    let Expression::Leaf(leaf) = &resolved.children()[0] else {
        panic!()
    };
    assert_eq!(leaf.test(), &Test::Unresolved);
}
