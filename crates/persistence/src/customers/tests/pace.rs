//! How fast customers are judged. No test that can fail: it prints, in a release build, for `docs/performance.md`.

use std::{io::Write as _, time::Instant};

use kale_domain::{
    attribute::AttributeValue,
    id::{CustomerId, PersonaId},
    metric::{Metric, MetricValue},
    money::{Currency, Money},
    persona::{AssignedBy, PersonaState},
};
use kale_rules::{
    arbitrary::TODAY,
    check::{Schema, check},
    evaluate::evaluate,
    expression::Expression,
    rule::Rule,
};
use rust_decimal::Decimal;
use serde_json::json;
use uuid::Uuid;

use super::{at, named, put, tenant};
use crate::{
    Store,
    customers::{Change, Derived, Judged, judge_batch, move_judged},
    testing,
};

const CUSTOMERS: u128 = 100_000;
const ATTRIBUTES: u128 = 20;
const RULES: u128 = 20;

/// Ids without an order, as they are made of external ids.
fn scattered(n: u128) -> CustomerId {
    CustomerId::from_uuid(Uuid::from_u128(
        n.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835),
    ))
}

fn customer(n: u128) -> Change {
    let number = |part: u128| i64::try_from(n * 7 % part).unwrap();
    let attributes = (0..ATTRIBUTES).map(|at| {
        let value = match at % 4 {
            0 => AttributeValue::Text(format!("Value {}", number(5 + at))),
            1 => AttributeValue::Integer(number(60 + at)),
            2 => AttributeValue::Number(Decimal::new(number(10_000), 2)),
            _ => AttributeValue::Boolean(number(2) == 0),
        };
        (format!("attribute_{at}").parse().unwrap(), value)
    });
    let mrr = Money {
        amount_minor: number(20_000),
        currency: Currency::USD,
    };
    let by = AssignedBy::Rule {
        version: 1,
        as_of: at(1),
    };
    Change {
        derived: Derived {
            id: scattered(n),
            attributes: attributes.collect(),
            metrics: [
                (Metric::Mrr, MetricValue::Money(mrr)),
                (Metric::Plan, MetricValue::Text(format!("Plan {}", number(3)))),
            ]
            .into(),
            email: Some(format!("person{n}@example.com").parse().unwrap()),
            ..named(n, &format!("Customer {n}"))
        },
        persona: Some(PersonaState {
            persona: None,
            by: Some(by),
            since: at(1),
        }),
        exists: false,
    }
}

/// Rules of three conditions each, most of which hold of few.
fn rules() -> Vec<Expression> {
    let mut schema = Schema::empty(Currency::USD);
    schema.attributes = customer(0)
        .derived
        .attributes
        .iter()
        .map(|(key, value)| (key.clone(), value.kind()))
        .collect();
    (0..RULES)
        .map(|n| {
            let document = json!({ "all": [
                { "attribute": format!("attribute_{}", n / 4 * 4), "op": "in", "value": ["value 1", "value 2"] },
                { "attribute": format!("attribute_{}", n / 4 * 4 + 1), "op": "gte", "value": 40 + n },
                { "any": [
                    { "metric": "mrr", "op": "lt", "value": 100 * n },
                    { "attribute": format!("attribute_{}", n / 4 * 4 + 2), "op": "between", "value": [n, n + 5] },
                ] },
            ] });
            check(&Rule::parse(&document, "#").unwrap(), &schema, "#").unwrap()
        })
        .collect()
}

/// As the job does it: the database looks for the next ones while these are judged.
async fn judge(store: &Store, rules: &[Expression]) -> (usize, usize) {
    let (mut read, mut matched) = (0, 0);
    let mut batch: Vec<Judged> = judge_batch(store, tenant(1), Currency::USD, None, 5_000)
        .await
        .unwrap();
    while let Some(last) = batch.last() {
        let next = judge_batch(store, tenant(1), Currency::USD, Some(last.id), 5_000);
        let holds = |customer: &&Judged| {
            rules
                .iter()
                .any(|rule| evaluate(rule, *customer, TODAY).matches())
        };
        let (next, found) = futures::future::join(next, async { batch.iter().filter(holds).count() }).await;
        read += batch.len();
        matched += found;
        batch = next.unwrap();
    }
    (read, matched)
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes a while and only prints: run it with --release -- --ignored pace"]
async fn pace_of_judging_a_hundred_thousand_customers() {
    let store = testing::migrated().await;
    let mut n = 0;
    while n < CUSTOMERS {
        let batch: Vec<Change> = (n..n + 2_000).map(customer).collect();
        put(&store, tenant(1), &batch).await;
        n += 2_000;
    }
    let rules = rules();
    for _ in 0..5 {
        let begun = Instant::now();
        let (read, matched) = judge(&store, &rules).await;
        let seconds = begun.elapsed().as_secs_f64();
        let pace = f64::from(u32::try_from(read).unwrap()) / seconds;
        writeln!(
            std::io::stdout(),
            "{read} customers, {matched} matched, {pace:.0} customers/s"
        )
        .unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes a while and only prints: run it with --release -- --ignored pace"]
async fn pace_of_moving_twenty_thousand_customers() {
    let store = testing::migrated().await;
    for n in 0..10 {
        let batch: Vec<Change> = (n * 2_000..(n + 1) * 2_000).map(customer).collect();
        put(&store, tenant(1), &batch).await;
    }
    for round in 1..5 {
        let begun = Instant::now();
        let (mut after, mut moved) = (None, 0);
        loop {
            let batch = judge_batch(&store, tenant(1), Currency::USD, after, 5_000)
                .await
                .unwrap();
            let Some(last) = batch.last() else { break };
            after = Some(last.id);
            let to = PersonaState {
                persona: Some(PersonaId::from_uuid(Uuid::from_u128(round))),
                by: Some(AssignedBy::Rule {
                    version: 1,
                    as_of: at(1),
                }),
                since: at(2),
            };
            let moves: Vec<(&Judged, PersonaState)> =
                batch.iter().map(|customer| (customer, to.clone())).collect();
            move_judged(&store, tenant(1), &moves).await.unwrap();
            moved += batch.len();
        }
        let pace = f64::from(u32::try_from(moved).unwrap()) / begun.elapsed().as_secs_f64();
        writeln!(std::io::stdout(), "{moved} moved, {pace:.0} customers/s").unwrap();
    }
}
