use futures::future::join_all;
use kale_domain::id::CompanyId;
use uuid::Uuid;

use super::*;
use crate::jobs::tests::store;

const LASTS: Duration = Duration::from_secs(30);

fn tenant() -> Tenant {
    Tenant::new(CompanyId::from_uuid(Uuid::from_u128(1)))
}

fn key() -> LockKey {
    LockKey::of(tenant(), "token")
}

/// Moves the end into the past, as if the holder had slept.
async fn let_expire(locks: &Locks) {
    let update = vec![doc! { "$set": { "until": { "$subtract": ["$$NOW", 1] } } }];
    assert_eq!(
        locks
            .records
            .update_one(doc! { "_id": &key().0 }, update)
            .await
            .unwrap()
            .matched_count,
        1
    );
}

#[tokio::test]
async fn of_many_who_want_a_lock_one_gets_it() {
    let locks = store().await.locks();

    let wanted = (0..12).map(|n| {
        let locks = locks.clone();
        async move { locks.acquire(&key(), &format!("owner {n}"), LASTS).await.unwrap() }
    });
    let got: Vec<LockGuard> = join_all(wanted).await.into_iter().flatten().collect();

    assert_eq!(got.len(), 1);
    assert_eq!(locks.read(&key()).await.unwrap().as_ref(), Some(got[0].lock()));
    let other = LockKey::of_installation(Installation::new(), "token");
    assert!(
        locks
            .acquire(&other, "another key", LASTS)
            .await
            .unwrap()
            .is_some()
    );
}

#[tokio::test]
async fn a_released_lock_is_free_and_its_token_goes_on() {
    let locks = store().await.locks();

    for token in 1..=3 {
        let guard = locks.acquire(&key(), "me", LASTS).await.unwrap().unwrap();
        assert_eq!(guard.token(), token);
        guard.release().await.unwrap();
        assert!(locks.read(&key()).await.unwrap().is_none());
    }
}

#[tokio::test]
async fn a_dropped_lock_is_free_soon() {
    let locks = store().await.locks();
    drop(locks.acquire(&key(), "me", LASTS).await.unwrap().unwrap());

    tokio::time::timeout(Duration::from_mins(1), async {
        while locks.read(&key()).await.unwrap().is_some() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn a_holder_that_slept_can_neither_prolong_nor_release_nor_write() {
    let store = store().await;
    let locks = store.locks();
    let mut stale = locks.acquire(&key(), "stale", LASTS).await.unwrap().unwrap();
    stale.extend(LASTS).await.unwrap();
    let_expire(&locks).await;
    assert!(
        matches!(stale.extend(LASTS).await, Err(StoreError::LeaseLost)),
        "also if nobody took it"
    );
    let fresh = locks.acquire(&key(), "fresh", LASTS).await.unwrap().unwrap();
    assert_eq!(fresh.token(), stale.token() + 1);

    assert!(matches!(stale.extend(LASTS).await, Err(StoreError::LeaseLost)));
    let write = async |guard: &LockGuard| store.transaction(tenant(), async |tx| guard.hold(tx).await).await;
    assert!(matches!(write(&stale).await, Err(StoreError::LeaseLost)));
    assert!(write(&fresh).await.is_ok());
    stale.release().await.unwrap();
    assert_eq!(locks.read(&key()).await.unwrap().unwrap().owner, "fresh");
}

#[tokio::test]
async fn whoever_goes_on_after_an_interruption_takes_its_own_lock_over() {
    let locks = store().await.locks();
    let mut former = locks.acquire(&key(), "job 1", LASTS).await.unwrap().unwrap();

    assert!(locks.take_over(&key(), "job 2", LASTS).await.unwrap().is_none());
    assert!(locks.acquire(&key(), "job 1", LASTS).await.unwrap().is_none());
    let mut present = locks.take_over(&key(), "job 1", LASTS).await.unwrap().unwrap();

    assert_eq!(present.token(), former.token() + 1);
    assert!(matches!(former.extend(LASTS).await, Err(StoreError::LeaseLost)));
    former.release().await.unwrap();
    present.extend(LASTS).await.unwrap();
}
