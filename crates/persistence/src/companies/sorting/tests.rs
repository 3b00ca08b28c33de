use super::*;
use crate::{
    companies,
    testing::{
        self,
        full::fill,
        people::{company, company_id, insert_company},
    },
};

fn keys(names: &[&str]) -> Vec<AttributeKey> {
    names.iter().map(|name| name.parse().unwrap()).collect()
}

async fn wish(store: &Store, tenant: Tenant, names: &[&str]) -> Sorting {
    let mut changed = companies::get(store, tenant).await.unwrap();
    changed.sortable_attributes = keys(names);
    store
        .transaction::<_, StoreError>(tenant, async |tx| companies::update(store, tx, &changed).await)
        .await
        .unwrap();
    sorting(store, tenant).await.unwrap()
}

fn slots(sorting: &Sorting, names: &[&str]) -> Vec<Option<usize>> {
    keys(names).iter().map(|key| sorting.slot(key)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slot_counts_when_every_customer_has_it_and_not_before() {
    let store = testing::migrated().await;
    let tenant = fill(&store, 1, 3).await.tenant;

    let first = wish(&store, tenant, &["a", "b"]).await;
    assert_eq!(slots(&first, &["a", "b", "c"]), [None, None, None]);
    slots_filled(&store, tenant, &first).await.unwrap();
    let filled = sorting(&store, tenant).await.unwrap();
    assert_eq!(slots(&filled, &["a", "b", "c"]), [Some(0), Some(1), None]);

    // What keeps its slot is never out of order.
    let second = wish(&store, tenant, &["a", "c", "b"]).await;
    assert_eq!(slots(&second, &["a", "c", "b"]), [Some(0), None, None]);
    let other = wish(&store, tenant, &["a", "b"]).await;
    assert_eq!(slots(&other, &["a", "b"]), [Some(0), None]);
    // A job that began before the last change has filled the slots with something else.
    slots_filled(&store, tenant, &second).await.unwrap();
    assert_eq!(sorting(&store, tenant).await.unwrap(), other);
    slots_filled(&store, tenant, &other).await.unwrap();
    assert!(sorting(&store, tenant).await.unwrap().is_complete());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_company_without_customers_has_nothing_to_wait_for() {
    let store = testing::migrated().await;
    insert_company(&store, &company(&store, 1)).await;
    let sorting = wish(&store, Tenant::new(company_id(1)), &["a", "b"]).await;
    assert_eq!(slots(&sorting, &["a", "b"]), [Some(0), Some(1)]);
}
