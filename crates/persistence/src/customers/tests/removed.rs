//! Customers who were taken out come back as they were, to their own company only.

use bson::{Document, doc};
use proptest::test_runner::TestRunner;

use super::{customer_id, derived, give_to, new, put, query, sample, tenant};
use crate::{
    Reach, Store,
    customers::{bring_back, list, remove},
    testing,
};
use kale_domain::id::{CustomerId, UserId};
use kale_rules::arbitrary;
use uuid::Uuid;

async fn there(store: &Store) -> Vec<Document> {
    let all = store.database().collection::<Document>("customers");
    let found = all.find(doc! {}).sort(doc! { "_id": 1 }).await.unwrap();
    futures::TryStreamExt::try_collect(found).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_was_taken_out_comes_back_as_they_were_and_to_nobody_else() {
    let store = testing::migrated().await;
    let mut runner = TestRunner::deterministic();
    let customers: Vec<_> = (1..6)
        .map(|n| sample(&mut runner, &arbitrary::customer(customer_id(n))))
        .collect();
    let changes: Vec<_> = customers.iter().map(|customer| new(derived(customer))).collect();
    put(&store, tenant(1), &changes).await;
    let ids: Vec<CustomerId> = customers.iter().map(|customer| customer.id).collect();
    give_to(&store, tenant(1), &ids, UserId::from_uuid(Uuid::from_u128(7))).await;
    let before = there(&store).await;

    assert_eq!(remove(&store, tenant(2), &ids).await.unwrap(), 0);
    assert_eq!(remove(&store, tenant(1), &ids[..3]).await.unwrap(), 3);
    assert_eq!(remove(&store, tenant(1), &ids[..3]).await.unwrap(), 0);
    assert_eq!(there(&store).await.len(), 2);
    assert!(!bring_back(&store, tenant(2), &ids).await.unwrap());
    assert_eq!(there(&store).await.len(), 2);

    assert!(bring_back(&store, tenant(1), &ids).await.unwrap());
    assert_eq!(there(&store).await, before);
    assert!(!bring_back(&store, tenant(1), &ids).await.unwrap());
    let reach = Reach::all(tenant(1));
    let (listed, _) = list(&store, reach, &query(None), &[].into(), None, 10)
        .await
        .unwrap();
    assert_eq!(listed.len(), 5);
}
