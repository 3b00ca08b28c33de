//! Properties of rules, against a judge written apart: slow, over the JSON document and the customer's record.

use kale_domain::{
    attribute::AttributeValue,
    customer::Customer,
    fold::fold,
    id::CustomerId,
    metric::{Metric, MetricValue},
};
use proptest::prelude::*;
use serde_json::Value;

use crate::{
    arbitrary::{self, TODAY},
    check::{check, resolve},
    evaluate::evaluate,
    expression::Expression,
    facts::FactMap,
    flip::nearest_flip,
    rule::Rule,
    sentence::{Labels, sentence},
    trace::{Trace, trace},
    truth::Truth,
};

/// What the oracle knows of a value: a word for its type and every value as text or number.
#[derive(Debug)]
enum Known {
    Texts(Vec<String>),
    Number(f64),
    Money(f64, String),
    Bool(bool),
    Date(String),
}

fn known(document: &Value, customer: &Customer) -> Option<Known> {
    if let Some(name) = document["metric"].as_str() {
        return Some(match customer.metrics.get(&name.parse::<Metric>().unwrap())? {
            MetricValue::Number(number) => Known::Number(number.to_string().parse().unwrap()),
            MetricValue::Count(number) => Known::Number(number.to_string().parse().unwrap()),
            MetricValue::Money(money) => Known::Money(
                money.amount_minor.to_string().parse().unwrap(),
                money.currency.to_string(),
            ),
            MetricValue::Date(date) => Known::Date(date.to_string()),
            MetricValue::Bool(holds) => Known::Bool(*holds),
            MetricValue::Text(text) => Known::Texts(vec![text.clone()]),
        });
    }
    if let Some(name) = document["attribute"].as_str() {
        return Some(match customer.attributes.get(&name.parse().unwrap())? {
            AttributeValue::Number(number) => Known::Number(number.to_string().parse().unwrap()),
            AttributeValue::Integer(number) => Known::Number(number.to_string().parse().unwrap()),
            AttributeValue::Money(money) => Known::Money(
                money.amount_minor.to_string().parse().unwrap(),
                money.currency.to_string(),
            ),
            AttributeValue::Date(date) => Known::Date(date.to_string()),
            AttributeValue::Boolean(holds) => Known::Bool(*holds),
            AttributeValue::Text(text) | AttributeValue::Country(text) => Known::Texts(vec![text.clone()]),
        });
    }
    let texts: Vec<String> = match document["field"].as_str().unwrap() {
        "lifecycle" => customer
            .lifecycle
            .map(|l| l.name().to_owned())
            .into_iter()
            .collect(),
        "tier" => customer.tier.clone().into_iter().collect(),
        "locale" => customer.locale.clone().into_iter().collect(),
        "name" => customer.name.clone().into_iter().collect(),
        "email" => customer
            .email
            .iter()
            .map(|email| email.as_str().to_owned())
            .collect(),
        "domain" => customer.domain.clone().into_iter().collect(),
        "external_id" => customer.external_ids.clone(),
        other => panic!("{other}"),
    };
    (!texts.is_empty()).then_some(Known::Texts(texts))
}

/// `None` is unknown.
fn oracle(document: &Value, customer: &Customer) -> Option<bool> {
    let judged = |of: &Value| -> Vec<Option<bool>> {
        of.as_array()
            .unwrap()
            .iter()
            .map(|rule| oracle(rule, customer))
            .collect()
    };
    if let Some(of) = document.get("all") {
        let judged = judged(of);
        return if judged.contains(&Some(false)) {
            Some(false)
        } else if judged.contains(&None) {
            None
        } else {
            Some(true)
        };
    }
    if let Some(of) = document.get("any") {
        let judged = judged(of);
        return if judged.contains(&Some(true)) {
            Some(true)
        } else if judged.contains(&None) {
            None
        } else {
            Some(false)
        };
    }
    if let Some(inner) = document.get("not") {
        return oracle(inner, customer).map(|holds| !holds);
    }
    if document.get("any_subscription").is_some() {
        return None;
    }
    if let Some(n) = document.get("at_least") {
        let judged = judged(&document["of"]);
        let n = usize::try_from(n.as_u64().unwrap()).unwrap();
        let holding = judged.iter().filter(|truth| **truth == Some(true)).count();
        let unknown = judged.iter().filter(|truth| truth.is_none()).count();
        return if holding >= n {
            Some(true)
        } else if holding + unknown < n {
            Some(false)
        } else {
            None
        };
    }
    if let Some(tag) = document.get("tag") {
        return Some(
            customer
                .tags
                .iter()
                .any(|word| fold(word) == fold(tag.as_str().unwrap())),
        );
    }
    compared(document, known(document, customer))
}

fn compared(document: &Value, known: Option<Known>) -> Option<bool> {
    let op = document["op"].as_str().unwrap();
    match op {
        "is_set" => return Some(known.is_some()),
        "is_not_set" => return Some(known.is_none()),
        _ => {}
    }
    let value = &document["value"];
    let listed: Vec<Value> = value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
    match known? {
        Known::Bool(actual) => Some((actual == value.as_bool()?) == (op == "eq")),
        Known::Texts(texts) => {
            if document["attribute"] == "since" || document["metric"] == "last_active_at" {
                return None;
            }
            let literals: Option<Vec<String>> =
                listed.iter().map(|literal| literal.as_str().map(fold)).collect();
            let literals = literals?;
            let texts: Vec<String> = texts.iter().map(|text| fold(text)).collect();
            let any =
                |test: &dyn Fn(&str, &str) -> bool| texts.iter().any(|t| literals.iter().any(|l| test(t, l)));
            match op {
                "eq" | "in" => Some(any(&|t, l| t == l)),
                "ne" | "not_in" => Some(!any(&|t, l| t == l)),
                "contains" => Some(any(&|t, l| t.contains(l))),
                "starts_with" => Some(any(&|t, l| t.starts_with(l))),
                _ => None,
            }
        }
        Known::Date(actual) => {
            if op == "within_last_days" {
                let day = |text: &str| -> jiff::civil::Date { text.parse().unwrap() };
                let ago = (TODAY - day(&actual)).get_days();
                return Some(ago >= 0 && i64::from(ago) < value.as_i64()?);
            }
            // Only rules about days read one; ISO days sort like texts.
            let about_days = document["attribute"] == "since" || document["metric"] == "last_active_at";
            let literals: Option<Vec<&str>> = listed.iter().map(Value::as_str).collect();
            let literals = literals?;
            about_days.then(|| ordered(op, &actual.as_str(), &literals))
        }
        Known::Number(actual) => {
            let money = document["attribute"] == "fee" || document["metric"] == "mrr";
            let literals: Option<Vec<f64>> = listed.iter().map(Value::as_f64).collect();
            if money || op == "within_last_days" {
                None
            } else {
                literals.map(|literals| ordered(op, &actual, &literals))
            }
        }
        Known::Money(actual, currency) => {
            let money = document["attribute"] == "fee" || document["metric"] == "mrr";
            let known_percentile = |v: &Value| document["metric"] == "mrr" && v["company_percentile"] == 75;
            let literals: Option<Vec<f64>> = listed
                .iter()
                .map(|v| v.as_f64().or_else(|| known_percentile(v).then_some(1_000.0)))
                .collect();
            let literals = literals.filter(|_| money && currency == "USD");
            literals.map(|literals| ordered(op, &actual, &literals))
        }
    }
}

fn ordered<T: PartialOrd>(op: &str, actual: &T, literals: &[T]) -> bool {
    match op {
        "eq" | "in" => literals.contains(actual),
        "ne" | "not_in" => !literals.contains(actual),
        "lt" | "before" => *actual < literals[0],
        "lte" => *actual <= literals[0],
        "gt" | "after" => *actual > literals[0],
        "gte" => *actual >= literals[0],
        "between" => literals[0] <= *actual && *actual <= literals[1],
        other => panic!("{other}"),
    }
}

fn customer() -> impl Strategy<Value = Customer> {
    arbitrary::customer(CustomerId::from_uuid(uuid::Uuid::nil()))
}

fn truth(known: Option<bool>) -> Truth {
    known.map_or(Truth::Unknown, Truth::from)
}

/// Judges with given truths of the leaves, in their order.
fn with_truths(expression: &Expression, truths: &[Truth], next: &mut usize) -> Truth {
    let children: Vec<Truth> = expression
        .children()
        .iter()
        .map(|child| with_truths(child, truths, next))
        .collect();
    let count = |wanted: Truth| children.iter().filter(|truth| **truth == wanted).count();
    let needed = match expression {
        Expression::Leaf(_) | Expression::Tag(_) => {
            *next += 1;
            return truths[*next - 1];
        }
        Expression::AnySubscription(_) => return Truth::Unknown,
        Expression::Not(_) => return children[0].negated(),
        Expression::All(of) => of.len(),
        Expression::Any(_) => 1,
        Expression::AtLeast { n, .. } => *n,
    };
    if count(Truth::True) >= needed {
        Truth::True
    } else if count(Truth::True) + count(Truth::Unknown) < needed {
        Truth::False
    } else {
        Truth::Unknown
    }
}

fn leaf_truths(expression: &Expression, facts: &FactMap) -> Vec<Truth> {
    match expression {
        Expression::Leaf(_) | Expression::Tag(_) => vec![evaluate(expression, facts, TODAY)],
        _ => expression
            .children()
            .iter()
            .flat_map(|child| leaf_truths(child, facts))
            .collect(),
    }
}

/// The fewest leaves that flip it, by trying everything; `None` where nothing does.
fn fewest(expression: &Expression, truths: &[Truth], matches: bool) -> Option<usize> {
    let mut fewest = None;
    for number in 0..3_usize.pow(u32::try_from(truths.len()).unwrap()) {
        let mut digits = number;
        let tried: Vec<Truth> = truths
            .iter()
            .map(|truth| {
                let digit = digits % 3;
                digits /= 3;
                [*truth, Truth::True, Truth::False][digit]
            })
            .collect();
        let changed = tried.iter().zip(truths).filter(|(a, b)| a != b).count();
        if with_truths(expression, &tried, &mut 0).matches() != matches && fewest.is_none_or(|f| changed < f)
        {
            fewest = Some(changed);
        }
    }
    fewest
}

fn texts(trace: &Trace) -> Vec<&str> {
    std::iter::once(trace.text.as_str())
        .chain(trace.children.iter().flat_map(texts))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_predicate_agrees_with_a_judge_written_apart(rule in arbitrary::rule(), customer in customer()) {
        let expression = check(&rule, &arbitrary::schema(), "#").unwrap();
        let document = serde_json::to_value(&rule).unwrap();
        prop_assert_eq!(
            evaluate(&expression, &FactMap::of(&customer), TODAY),
            truth(oracle(&document, &customer)),
            "{}", document
        );
    }

    #[test]
    fn not_never_matches_what_is_unknown(rule in arbitrary::rule(), facts in arbitrary::facts()) {
        let schema = arbitrary::schema();
        let plain = evaluate(&check(&rule, &schema, "#").unwrap(), &facts, TODAY);
        let not = evaluate(&check(&Rule::Not(Box::new(rule)), &schema, "#").unwrap(), &facts, TODAY);
        prop_assert_eq!(not, plain.negated());
        prop_assert!(plain != Truth::Unknown || !not.matches());
    }

    #[test]
    fn a_rule_is_read_as_it_was_written(rule in arbitrary::rule()) {
        let document = serde_json::to_value(&rule).unwrap();
        prop_assert_eq!(Rule::parse(&document, "#"), Ok(rule));
    }

    #[test]
    fn what_was_checked_resolves_to_the_same(rule in arbitrary::rule()) {
        let schema = arbitrary::schema();
        prop_assert_eq!(Ok(resolve(&rule, &schema)), check(&rule, &schema, "#"));
    }

    #[test]
    fn every_rule_can_be_said_and_traced(expression in arbitrary::expression(), facts in arbitrary::facts()) {
        let labels = Labels::default();
        let said = sentence(&expression, &labels);
        prop_assert!(said.len() > 5 && said.trim() == said, "{}", said);
        let trace = trace(&expression, &facts, TODAY, &labels);
        prop_assert_eq!(trace.truth, evaluate(&expression, &facts, TODAY));
        prop_assert!(texts(&trace).iter().all(|text| !text.is_empty()));
    }

    #[test]
    fn the_nearest_flip_flips_and_nothing_nearer_does(expression in arbitrary::expression(), facts in arbitrary::facts()) {
        let mut truths = leaf_truths(&expression, &facts);
        prop_assume!(truths.len() <= 7);
        let matches = evaluate(&expression, &facts, TODAY).matches();
        let flip = nearest_flip(&expression, &facts, TODAY, &Labels::default());

        prop_assert_eq!(flip.as_ref().map(|flip| flip.changes.len()), fewest(&expression, &truths, matches));
        if let Some(flip) = flip {
            prop_assert_eq!(flip.matches, !matches);
            for change in &flip.changes {
                prop_assert!(truths[change.leaf] != change.to);
                truths[change.leaf] = change.to;
            }
            prop_assert_eq!(with_truths(&expression, &truths, &mut 0).matches(), !matches);
        }
    }
}
