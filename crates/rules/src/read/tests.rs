use serde_json::json;

use super::*;
use crate::rule::Literal;

fn errors(value: &Value) -> Vec<(String, String)> {
    let Err(errors) = Rule::parse(value, "#") else {
        panic!("{value} was read")
    };
    errors
        .into_iter()
        .map(|error| (error.pointer, error.code.into_owned()))
        .collect()
}

fn has(value: &Value, pointer: &str, code: &str) {
    let found = errors(value);
    assert!(
        found.contains(&(pointer.to_owned(), code.to_owned())),
        "{value}: {found:?}"
    );
}

#[test]
fn the_rule_of_the_design_is_read() {
    let document = json!({"all": [
        {"attribute": "contract", "op": "eq", "value": "Month-to-month"},
        {"attribute": "tenure", "op": "lt", "value": 6},
    ]});
    let rule = Rule::parse(&document, "#").unwrap();

    assert_eq!(rule.children().len(), 2);
    assert_eq!(serde_json::to_value(&rule).unwrap(), document);
}

#[test]
fn every_mistake_is_named_at_its_place_at_once() {
    let document = json!({"all": [
        {"metric": "tenure_day", "op": "less", "value": 6},
        {"field": "lifecicle", "op": "eq", "value": "active"},
        {"attribute": "Contract!", "op": "eq", "value": null},
        {"any": []},
        {"all": [{"tag": "vip"}], "any": [{"tag": "vip"}]},
        {"at_least": 3, "of": [{"tag": "a"}, {"tag": "b"}]},
        {"metric": "mrr", "op": "is_set", "value": 1},
        {"metric": "mrr", "op": "gt"},
        {"metric": "mrr", "value": 1},
        7,
    ]});

    let expected = [
        ("#/all/0/metric", "unknown-metric"),
        ("#/all/0/op", "unknown-op"),
        ("#/all/1/field", "unknown-field"),
        ("#/all/2/attribute", "invalid-attribute"),
        ("#/all/2/value", "wrong-type"),
        ("#/all/3/any", "empty-group"),
        ("#/all/4", "ambiguous-rule"),
        ("#/all/5/at_least", "out-of-range"),
        ("#/all/6/value", "unexpected-value"),
        ("#/all/7/value", "missing-value"),
        ("#/all/8/op", "missing-op"),
        ("#/all/9", "wrong-type"),
    ];
    let expected: Vec<(String, String)> = expected
        .into_iter()
        .map(|(pointer, code)| (pointer.to_owned(), code.to_owned()))
        .collect();
    assert_eq!(errors(&document), expected);
}

#[test]
fn a_slip_of_the_hand_is_answered_with_the_right_word() {
    for (document, word) in [
        (
            json!({"metric": "tenure_day", "op": "lt", "value": 6}),
            "`tenure_days`",
        ),
        (json!({"metric": "mrr", "op": ">=", "value": 6}), "`gte`"),
        (
            json!({"field": "lifecicle", "op": "eq", "value": "x"}),
            "`lifecycle`",
        ),
        (json!({"metrics": "mrr", "op": "eq", "value": 6}), "`metric`"),
    ] {
        let errors = Rule::parse(&document, "#").unwrap_err();
        assert!(
            errors
                .iter()
                .any(|error| error.message.contains(&format!("did you mean {word}"))),
            "{errors:?}"
        );
    }
}

#[test]
fn an_unknown_key_is_refused_and_its_pointer_escaped() {
    has(&json!({"tag": "vip", "a/b~c": 1}), "#/a~1b~0c", "unknown-key");
    has(&json!({"tag": "vip", "value": 1}), "#/value", "unknown-key");
    has(
        &json!({"metric": "mrr", "op": "gt", "value": {"company_percentile": 75, "of": 1}}),
        "#/value/of",
        "unknown-key",
    );
    has(&json!({}), "#", "unknown-rule");
}

#[test]
fn twelve_deep_is_read_and_thirteen_is_not() {
    let nested = |depth: usize| (1..depth).fold(json!({"tag": "vip"}), |inner, _| json!({"not": inner}));

    assert!(Rule::parse(&nested(12), "#").is_ok());
    has(&nested(13), &format!("#{}", "/not".repeat(12)), "rule-too-deep");
}

#[test]
fn two_hundred_nodes_are_read_and_one_more_is_refused_once() {
    let of = |count: usize| json!({"any": vec![json!({"tag": "vip"}); count]});

    assert!(Rule::parse(&of(199), "#").is_ok());
    assert_eq!(
        errors(&of(5_000)),
        [("#/any/199".to_owned(), "rule-too-large".to_owned())]
    );
}

#[test]
fn a_list_of_five_hundred_and_one_and_a_text_of_five_hundred_and_one_are_refused() {
    let list = |count: usize| json!({"metric": "mrr", "op": "in", "value": vec![1; count]});
    let text = |count: usize| json!({"tag": "é".repeat(count)});

    assert!(Rule::parse(&list(500), "#").is_ok());
    has(&list(501), "#/value", "list-length");
    has(&list(0), "#/value", "list-length");
    assert!(Rule::parse(&text(500), "#").is_ok());
    has(&text(501), "#/tag", "text-too-long");
    has(&json!({"tag": "  "}), "#/tag", "empty-text");
}

#[test]
fn numbers_are_read_exactly_and_written_as_they_were() {
    for (text, expected) in [
        ("0.1", "0.1"),
        ("-0.3", "-0.3"),
        ("1e3", "1000"),
        ("1.5E-7", "0.00000015"),
        ("9007199254740993", "9007199254740993"),
    ] {
        let value: Value =
            serde_json::from_str(&format!(r#"{{"metric":"mrr","op":"gt","value":{text}}}"#)).unwrap();
        let rule = Rule::parse(&value, "#").unwrap();
        let Rule::Comparison(Comparison {
            value: Some(Literal::Number(number)),
            ..
        }) = &rule
        else {
            panic!()
        };
        assert_eq!(number.normalize().to_string(), expected);
        assert_eq!(
            Rule::parse(&serde_json::to_value(&rule).unwrap(), "#").unwrap(),
            rule
        );
    }
    has(
        &json!({"metric": "mrr", "op": "gt", "value": 1e300}),
        "#/value",
        "out-of-range",
    );
}

#[test]
fn a_percentile_and_an_amount_survive_writing() {
    for value in [
        json!({"company_percentile": 75}),
        json!({"company_percentile": 2.5}),
        json!({"amount_minor": 1999, "currency": "EUR"}),
    ] {
        let document = json!({"metric": "mrr", "op": "gte", "value": value});
        assert_eq!(
            serde_json::to_value(Rule::parse(&document, "#").unwrap()).unwrap(),
            document
        );
    }
    has(
        &json!({"metric": "mrr", "op": "gte", "value": {"company_percentile": 101}}),
        "#/value/company_percentile",
        "out-of-range",
    );
    has(
        &json!({"metric": "mrr", "op": "gte", "value": {"amount_minor": 1, "currency": "XAU"}}),
        "#/value/currency",
        "unknown-currency",
    );
    has(
        &json!({"metric": "mrr", "op": "gte", "value": {"amount_minor": 1.5, "currency": "EUR"}}),
        "#/value/amount_minor",
        "wrong-type",
    );
}

#[test]
fn serde_reads_the_same_and_says_the_same() {
    let rule: Rule = serde_json::from_str(r#"{"tag":"vip"}"#).unwrap();
    assert_eq!(rule, Rule::Tag("vip".to_owned()));

    let error = serde_json::from_str::<Rule>(r#"{"metric":"mrr","op":"=","value":1}"#).unwrap_err();
    assert!(error.to_string().contains("#/op: `=` is no operator"), "{error}");
}

#[test]
fn a_thousand_mistakes_are_answered_with_a_hundred() {
    let hostile: Map<String, Value> = (0..1_000).map(|n| (format!("k{n}"), json!(1))).collect();
    assert_eq!(errors(&Value::Array(vec![])).len(), 1);
    assert_eq!(errors(&json!({"all": vec![hostile; 50]})).len(), MAX_ERRORS);
}
