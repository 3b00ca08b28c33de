//! Customers on a real database.

mod export;
mod keyset;
mod moves;
mod predicate;
mod removed;
mod search;
mod tally;

use bson::doc;
use jiff::Timestamp;
use kale_domain::{
    customer::Customer,
    id::{CompanyId, CustomerId},
    money::Currency,
};
use kale_rules::{arbitrary, expression::Expression};
use proptest::{
    strategy::{Strategy, ValueTree as _},
    test_runner::TestRunner,
};
use uuid::Uuid;

use super::{Change, Derived, ListQuery, Sort, SortKey, record::records, write};
use crate::{Reach, Store, Tenant, value};

pub(crate) fn tenant(n: u128) -> Tenant {
    Tenant::new(CompanyId::from_uuid(Uuid::from_u128(n)))
}

pub(crate) fn customer_id(n: u128) -> CustomerId {
    CustomerId::from_uuid(Uuid::from_u128(n))
}

/// One random value; the same ones in every run.
pub(crate) fn sample<S: Strategy>(runner: &mut TestRunner, strategy: &S) -> S::Value {
    strategy.new_tree(runner).unwrap().current()
}

/// What source records would have to say for this customer to come out.
pub(crate) fn derived(customer: &Customer) -> Derived {
    Derived {
        id: customer.id,
        external_ids: customer.external_ids.clone(),
        name: customer.name.clone(),
        email: customer.email.clone(),
        domain: customer.domain.clone(),
        lifecycle: customer.lifecycle,
        tier: customer.tier.clone(),
        locale: customer.locale.clone(),
        metrics: customer.metrics.clone(),
        currency: Currency::USD,
        attributes: customer.attributes.clone(),
        sortable: Vec::new(),
        links: Vec::new(),
        applied: [0; 16],
    }
}

/// Somebody of whom nothing is known but the name.
pub(crate) fn named(n: u128, name: &str) -> Derived {
    let mut runner = TestRunner::deterministic();
    let nobody = sample(&mut runner, &arbitrary::customer(customer_id(n)));
    Derived {
        external_ids: vec![format!("ext-{n}")],
        name: Some(name.to_owned()),
        email: None,
        domain: None,
        lifecycle: None,
        tier: None,
        locale: None,
        metrics: [].into(),
        attributes: [].into(),
        ..derived(&nobody)
    }
}

pub(crate) fn new(derived: Derived) -> Change {
    Change {
        derived,
        persona: None,
        exists: false,
    }
}

/// Writes customers as the derivation does: in a batch, then acknowledged by a majority, which is what readers see.
pub(crate) async fn put(store: &Store, tenant: Tenant, changes: &[Change]) {
    write(store, tenant, changes).await.unwrap();
    store.settle().await.unwrap();
}

/// Writes customers as the derivation does, and the tags that people put on them.
pub(crate) async fn store_all(store: &Store, tenant: Tenant, customers: &[Customer]) {
    let changes: Vec<Change> = customers.iter().map(|customer| new(derived(customer))).collect();
    put(store, tenant, &changes).await;
    let tagged: Vec<&Customer> = customers
        .iter()
        .filter(|customer| !customer.tags.is_empty())
        .collect();
    store
        .transaction::<_, crate::StoreError>(tenant, async |tx| {
            for customer in &tagged {
                let (id, kinds) = (customer.id, [].into());
                super::update_tags(store, tx, Reach::all(tenant), id, 1, &customer.tags, &kinds)
                    .await?
                    .unwrap();
            }
            Ok(())
        })
        .await
        .unwrap();
}

/// Makes an expert look after these customers.
pub(crate) async fn give_to(
    store: &Store,
    tenant: Tenant,
    ids: &[CustomerId],
    expert: kale_domain::id::UserId,
) {
    let ids: Vec<bson::Uuid> = ids.iter().map(|id| value::uuid(id.uuid())).collect();
    let filter = crate::scoped::within(tenant, doc! { "_id": { "$in": ids } });
    let change = doc! { "$push": { "experts": value::uuid(expert.uuid()) } };
    records(store).raw().update_many(filter, change).await.unwrap();
}

pub(crate) fn query(matching: Option<Expression>) -> ListQuery {
    ListQuery {
        matching,
        experts: None,
        personas: None,
        search: None,
        sort: Sort {
            key: SortKey::Name,
            descending: false,
        },
        today: arbitrary::TODAY,
    }
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}
