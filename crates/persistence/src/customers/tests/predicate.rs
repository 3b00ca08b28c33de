//! The rule's predicate and the rule's filter agree on every customer.

use std::collections::BTreeSet;

use bson::doc;
use kale_domain::{
    attribute::{AttributeKey, AttributeValue},
    customer::Customer,
    id::CustomerId,
    metric::{Metric, MetricValue},
    money::{Currency, Money},
};
use kale_rules::{
    arbitrary::{self, TODAY},
    check::check,
    evaluate::evaluate,
    expression::Expression,
    facts::FactMap,
    rule::{Comparison, Literal, Op, Rule, SubjectName},
};
use proptest::test_runner::TestRunner;

use super::{customer_id, put, query, sample, store_all, tenant};
use crate::{
    Reach, Store,
    customers::{Judged, Sort, SortKey, for_each_judged, judge_batch, list, record::records},
    testing,
};

/// How many customers the rules are tried on.
const CUSTOMERS: u128 = 300;
/// How many rules, each of them also negated.
const RULES: usize = 300;

/// An amount in another currency never gets as far as a metric: see the test below.
fn as_derived(mut customer: Customer) -> Customer {
    customer
        .metrics
        .retain(|_, value| !matches!(value, MetricValue::Money(money) if money.currency != Currency::USD));
    customer
}

async fn found(store: &Store, reach: Reach, expression: &Expression) -> BTreeSet<CustomerId> {
    let mut ids = BTreeSet::new();
    for_each_judged(
        store,
        reach,
        &query(Some(expression.clone())),
        Currency::USD,
        |customer| {
            ids.insert(customer.id);
        },
    )
    .await
    .unwrap();
    ids
}

fn judged_true(customers: &[Judged], expression: &Expression) -> BTreeSet<CustomerId> {
    let matching = customers
        .iter()
        .filter(|customer| evaluate(expression, *customer, TODAY).matches());
    matching.map(|customer| customer.id).collect()
}

fn evaluated_true(customers: &[(Customer, FactMap)], expression: &Expression) -> BTreeSet<CustomerId> {
    let matching = customers
        .iter()
        .filter(|(_, facts)| evaluate(expression, facts, TODAY).matches());
    matching.map(|(customer, _)| customer.id).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filter_finds_exactly_those_of_whom_the_rule_holds() {
    let store = testing::migrated().await;
    let (ours, reach) = (tenant(1), Reach::all(tenant(1)));
    let mut runner = TestRunner::deterministic();
    let customers: Vec<Customer> = (0..CUSTOMERS)
        .map(|n| as_derived(sample(&mut runner, &arbitrary::customer(customer_id(n)))))
        .collect();
    store_all(&store, ours, &customers).await;
    // The same people at another company, whom nobody may find.
    let others: Vec<Customer> = customers
        .iter()
        .map(|other| Customer {
            id: customer_id(other.id.uuid().as_u128() + 1_000),
            ..other.clone()
        })
        .collect();
    store_all(&store, tenant(2), &others).await;
    let judged = judge_batch(&store, ours, Currency::USD, None, 1_000)
        .await
        .unwrap();
    assert_eq!(judged.len(), customers.len());
    let customers: Vec<(Customer, FactMap)> = customers
        .into_iter()
        .map(|customer| (FactMap::of(&customer), customer))
        .map(|(facts, of)| (of, facts))
        .collect();

    let (mut matched, mut unmatched, mut unknown) = (0, 0, 0);
    for _ in 0..RULES {
        let expression = sample(&mut runner, &arbitrary::expression());
        let negated = Expression::Not(Box::new(expression.clone()));
        let mut known = 0;
        for expression in [expression, negated] {
            let expected = evaluated_true(&customers, &expression);
            assert_eq!(
                judged_true(&judged, &expression),
                expected,
                "judged from the store: {expression:#?}"
            );
            assert_eq!(
                found(&store, reach, &expression).await,
                expected,
                "found by the filter: {expression:#?}"
            );
            known += expected.len();
            matched += expected.len();
            unmatched += customers.len() - expected.len();
        }
        unknown += customers.len() - known;
    }
    // All three outcomes came up often, else the test says little.
    assert!(
        matched > 10_000 && unmatched > 10_000 && unknown > 10_000,
        "{matched} {unmatched} {unknown}"
    );
}

/// The negation that a database offers by itself, which takes unknown for false.
async fn naively_denied(store: &Store, expression: &Expression) -> u64 {
    let filter = crate::rules::filter(expression, TODAY).unwrap();
    let denied = crate::scoped::within(tenant(1), doc! { "$nor": [filter] });
    records(store).raw().count_documents(denied).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filter_that_knows_two_values_only_would_be_noticed() {
    let store = testing::migrated().await;
    let mut runner = TestRunner::deterministic();
    let customers: Vec<Customer> = (0..60)
        .map(|n| as_derived(sample(&mut runner, &arbitrary::customer(customer_id(n)))))
        .collect();
    store_all(&store, tenant(1), &customers).await;
    let customers: Vec<(Customer, FactMap)> = customers
        .iter()
        .map(|customer| (customer.clone(), FactMap::of(customer)))
        .collect();

    let mut wrong = 0;
    for _ in 0..40 {
        let expression = sample(&mut runner, &arbitrary::expression());
        let denied = evaluated_true(&customers, &Expression::Not(Box::new(expression.clone())));
        if naively_denied(&store, &expression).await != u64::try_from(denied.len()).unwrap() {
            wrong += 1;
        }
    }
    assert!(wrong > 20, "{wrong}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_rules_read_survives_the_store() {
    let store = testing::migrated().await;
    let mut runner = TestRunner::deterministic();
    let customers: Vec<Customer> = (0..100)
        .map(|n| as_derived(sample(&mut runner, &arbitrary::customer(customer_id(n)))))
        .collect();
    store_all(&store, tenant(1), &customers).await;

    let by_age = crate::customers::ListQuery {
        sort: Sort {
            key: SortKey::CreatedAt,
            descending: false,
        },
        ..query(None)
    };
    let (read, _) = list(&store, Reach::all(tenant(1)), &by_age, &[].into(), None, 1_000)
        .await
        .unwrap();
    assert_eq!(read.len(), customers.len());
    for (read, written) in read.iter().zip(&customers) {
        assert_eq!(read.id, written.id);
        assert_eq!(FactMap::of(read), FactMap::of(written));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_amount_in_another_currency_is_no_metric() {
    let store = testing::migrated().await;
    let mut foreign = super::named(1, "Foreign");
    let euros = Money {
        amount_minor: 5_000,
        currency: "EUR".parse().unwrap(),
    };
    foreign.metrics.insert(Metric::Mrr, MetricValue::Money(euros));
    put(&store, tenant(1), &[super::new(foreign)]).await;

    let rule = comparison(
        SubjectName::Metric(Metric::Mrr),
        Op::Gte,
        Some(Literal::Number(1.into())),
    );
    assert_eq!(found(&store, Reach::all(tenant(1)), &rule).await, BTreeSet::new());
    let judged = judge_batch(&store, tenant(1), Currency::USD, None, 1)
        .await
        .unwrap();
    assert_eq!(judged_true(&judged, &rule), BTreeSet::new());
}

fn comparison(subject: SubjectName, op: Op, value: Option<Literal>) -> Expression {
    let rule = Rule::Comparison(Comparison { subject, op, value });
    check(&rule, &arbitrary::schema(), "#").unwrap()
}

/// Texts with signs that mean something to a pattern, to BSON or to nobody.
const ODD: &str = "a\nb,a\0b,\t,\\E.*,[x],(?i)x,é.,😀😀,$where,^a,a|b,-,a\u{2028}b,x\u{7f}y,#c,a b,ÅNGSTRÖM";

#[tokio::test(flavor = "multi_thread")]
async fn no_sign_in_a_text_means_anything_else() {
    let store = testing::migrated().await;
    let reach = Reach::all(tenant(1));
    let key: AttributeKey = "contract".parse().unwrap();
    let mut runner = TestRunner::deterministic();
    let customers: Vec<Customer> = (0..)
        .zip(ODD.split(','))
        .map(|(n, text)| {
            let customer = as_derived(sample(&mut runner, &arbitrary::customer(customer_id(n))));
            let attribute = AttributeValue::Text(format!("x{text}x"));
            Customer {
                attributes: [(key.clone(), attribute)].into(),
                ..customer
            }
        })
        .collect();
    store_all(&store, tenant(1), &customers).await;
    let customers: Vec<(Customer, FactMap)> = customers
        .iter()
        .map(|customer| (customer.clone(), FactMap::of(customer)))
        .collect();

    for text in ODD.split(',') {
        let tests = [
            (Op::Contains, text.to_owned()),
            (Op::StartsWith, format!("x{text}")),
            (Op::Eq, format!("x{text}x")),
        ];
        for (op, text) in tests {
            let rule = comparison(
                SubjectName::Attribute(key.clone()),
                op,
                Some(Literal::Text(text.clone())),
            );
            let negated = Expression::Not(Box::new(rule.clone()));
            assert!(!evaluated_true(&customers, &rule).is_empty(), "{text:?}");
            for rule in [rule, negated] {
                let expected = evaluated_true(&customers, &rule);
                assert_eq!(found(&store, reach, &rule).await, expected, "{rule:?}");
            }
        }
    }
}
