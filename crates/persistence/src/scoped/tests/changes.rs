//! The same for what writes.

use kale_domain::{
    id::CustomerId,
    persona::{AssignedBy, PersonaState},
    upload::ImportMode,
};

use super::{SIZE, everything, two};
use crate::{
    Reach, Store, StoreError, Tenant, api_keys,
    customers::{self, Change, PersonaMove},
    file_rows::{self, Batch, IncomingRow, MappedColumns, RowValues},
    saved_views,
    testing::full::{KIND, derived, external_id, persona},
    uploads,
};

async fn by_stranger<T>(
    store: &Store,
    stranger: Tenant,
    work: impl AsyncFnMut(&mut crate::Tx) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    store.transaction(stranger, work).await
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_changes_the_customers_of_another_company() {
    let (store, full, stranger) = two().await;
    let before = everything(&store, &full).await;
    let (reach, id, kinds) = (Reach::all(stranger), full.customers[1], [].into());
    let tags = ["stolen".to_owned()];
    let tagged = by_stranger(&store, stranger, async |tx| {
        customers::update_tags(&store, tx, reach, id, 1, &tags, &kinds).await
    });
    assert_eq!(tagged.await.unwrap(), None);
    let by = AssignedBy::Manual {
        user: None,
        reason: None,
    };
    let to = PersonaState {
        persona: Some(persona(99)),
        by: Some(by),
        since: store.now(),
    };
    let put = by_stranger(&store, stranger, async |tx| {
        customers::set_persona(&store, tx, reach, id, &to, &kinds).await
    });
    assert_eq!(put.await.unwrap(), None);
    let moves: Vec<PersonaMove> = full
        .customers
        .iter()
        .map(|id| PersonaMove {
            customer: *id,
            from: None,
            to: to.clone(),
        })
        .collect();
    customers::move_all(&store, stranger, &moves).await.unwrap();
    let ids: Vec<CustomerId> = full.customers.clone();
    let changes: Vec<Change> = (0..SIZE)
        .map(|n| Change {
            derived: derived(1, n),
            persona: Some(to.clone()),
            exists: true,
        })
        .collect();
    customers::write(&store, stranger, &changes).await.unwrap();
    assert_eq!(customers::remove(&store, stranger, &ids).await.unwrap(), 0);
    store.settle().await.unwrap();

    assert_eq!(everything(&store, &full).await, before);
    // The same by the owner does something.
    customers::move_all(&store, full.tenant, &moves).await.unwrap();
    assert_ne!(everything(&store, &full).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_changes_the_files_of_another_company() {
    let (store, full, stranger) = two().await;
    let before = everything(&store, &full).await;
    let batch = Batch {
        number: full.batch + 1,
        kind: KIND,
        mode: ImportMode::Replace,
        mapped: MappedColumns::default(),
    };
    let theirs = IncomingRow {
        external_id: external_id(1),
        hash: [0; 16],
        values: RowValues::default(),
    };
    let stale =
        |result: Result<(), StoreError>| assert!(matches!(result, Err(StoreError::Stale)), "{result:?}");
    stale(file_rows::fold(&store, stranger, KIND, full.batch, batch.number).await);
    stale(
        file_rows::write_batch(&store, stranger, &batch, vec![theirs])
            .await
            .map(drop),
    );
    stale(
        file_rows::remove_absent(&store, stranger, &batch, |_| false)
            .await
            .map(drop),
    );
    stale(
        by_stranger(&store, stranger, async |tx| {
            file_rows::publish(&store, tx, KIND, batch.number, full.upload.id).await
        })
        .await,
    );
    stale(
        by_stranger(&store, stranger, async |tx| {
            file_rows::unpublish(&store, tx, KIND, full.batch).await.map(drop)
        })
        .await,
    );
    stale(
        by_stranger(&store, stranger, async |tx| {
            uploads::update(&store, tx, &full.upload).await.map(drop)
        })
        .await,
    );

    assert_eq!(everything(&store, &full).await, before);
    // The same by the owner does something.
    file_rows::fold(&store, full.tenant, KIND, full.batch, batch.number)
        .await
        .unwrap();
    assert_ne!(everything(&store, &full).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_changes_views_keys_and_jobs_of_another_company() {
    let (store, full, stranger) = two().await;
    let before = everything(&store, &full).await;
    let updated = by_stranger(&store, stranger, async |tx| {
        saved_views::update(&store, tx, &full.view).await
    });
    assert_eq!(updated.await.unwrap(), None);
    let deleted = by_stranger(&store, stranger, async |tx| {
        saved_views::delete(&store, tx, full.view.owner, full.view.id).await
    });
    assert!(!deleted.await.unwrap());
    let revoked = by_stranger(&store, stranger, async |tx| {
        api_keys::revoke(&store, tx, full.key).await
    });
    assert_eq!(revoked.await.unwrap(), None);
    api_keys::used(&store, stranger, full.key, store.now())
        .await
        .unwrap();
    let cancelled = by_stranger(&store, stranger, async |tx| {
        store.jobs().cancel(tx, full.job).await
    });
    assert!(cancelled.await.unwrap().is_none());
    let retried = by_stranger(&store, stranger, async |tx| {
        store.jobs().retry(tx, full.job).await
    });
    assert!(retried.await.unwrap().is_none());

    assert_eq!(everything(&store, &full).await, before);
    let revoked = by_stranger(&store, full.tenant, async |tx| {
        api_keys::revoke(&store, tx, full.key).await
    });
    assert!(revoked.await.unwrap().is_some());
    assert_ne!(everything(&store, &full).await, before);
}
