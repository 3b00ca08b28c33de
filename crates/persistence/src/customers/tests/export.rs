//! A file says of a customer what everybody else reads of it.

use futures::TryStreamExt as _;
use kale_domain::{
    customer::{Customer, Lifecycle},
    metric::{Metric, MetricValue},
    money::Currency,
};
use kale_rules::arbitrary;
use proptest::test_runner::TestRunner;

use super::{customer_id, query, sample, store_all, tenant};
use crate::{
    Reach,
    customers::{Exported, ExportedValue, export, get},
    testing,
};

fn assert_same(exported: &Exported, customer: &Customer) {
    let fields = exported.fields().unwrap();
    assert_eq!(fields.external_ids, customer.external_ids);
    assert_eq!(fields.name, customer.name.as_deref());
    assert_eq!(
        fields.email,
        customer.email.as_ref().map(kale_domain::email::Email::as_str)
    );
    assert_eq!(fields.domain, customer.domain.as_deref());
    assert_eq!(fields.persona, customer.persona.persona);
    assert_eq!(fields.lifecycle, customer.lifecycle.map(Lifecycle::name));
    assert_eq!(fields.tier, customer.tier.as_deref());
    let plan = match customer.metrics.get(&Metric::Plan) {
        Some(MetricValue::Text(plan)) => Some(plan.as_str()),
        _ => None,
    };
    assert_eq!(fields.plan, plan);
    let mrr = match customer.metrics.get(&Metric::Mrr) {
        Some(MetricValue::Money(mrr)) => Some(*mrr),
        _ => None,
    };
    assert_eq!(fields.mrr, mrr);
    assert_eq!(fields.tags, customer.tags);
    let exported: Vec<(String, String)> = fields
        .attributes
        .iter()
        .map(|(key, value)| {
            let text = match value {
                ExportedValue::Text(text) => (*text).to_owned(),
                ExportedValue::Other(value) => value.to_string(),
            };
            ((*key).to_owned(), text)
        })
        .collect();
    let known: Vec<(String, String)> = customer
        .attributes
        .iter()
        .map(|(key, value)| (key.to_string(), value.to_string()))
        .collect();
    assert_eq!(exported, known);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_customer_is_exported_as_it_is_read() {
    const CUSTOMERS: u128 = 300;
    let store = testing::migrated().await;
    let mut runner = TestRunner::deterministic();
    let customers: Vec<Customer> = (0..CUSTOMERS)
        .map(|n| {
            let mut customer = sample(&mut runner, &arbitrary::customer(customer_id(n)));
            customer.metrics.retain(
                |_, value| !matches!(value, MetricValue::Money(money) if money.currency != Currency::USD),
            );
            customer
        })
        .collect();
    store_all(&store, tenant(1), &customers).await;
    let reach = Reach::all(tenant(1));

    let exported: Vec<Exported> = export(&store, reach, &query(None))
        .await
        .unwrap()
        .try_collect()
        .await
        .unwrap();

    assert_eq!(exported.len(), customers.len());
    for one in &exported {
        let customer = get(&store, reach, one.id, &[].into()).await.unwrap().unwrap();
        assert_same(one, &customer);
    }
}
