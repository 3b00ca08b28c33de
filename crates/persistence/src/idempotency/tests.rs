use kale_domain::id::CompanyId;
use uuid::Uuid;

use super::*;
use crate::testing::{self, TestClock};

const BODY: [u8; 32] = [1; 32];
const ROUTE: &str = "POST /api/v1/things";

fn tenant(number: u128) -> Tenant {
    Tenant::new(CompanyId::from_uuid(Uuid::from_u128(number)))
}

fn answer() -> StoredAnswer {
    StoredAnswer {
        status: 201,
        headers: vec![("location".to_owned(), "/api/v1/things/1".to_owned())],
        body: Some(br#"{"id":"1"}"#.to_vec()),
    }
}

async fn begin(store: &Store, key: &str) -> Begun {
    store
        .idempotency()
        .begin(tenant(1), "usr_1", ROUTE, key, BODY)
        .await
        .unwrap()
}

async fn fresh(store: &Store, key: &str) -> Slot {
    match begin(store, key).await {
        Begun::Fresh(slot) => slot,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_twenty_requests_at_once_one_runs() {
    let store = testing::store().await;

    let requests = (0..20).map(|_| {
        let store = store.clone();
        tokio::spawn(async move { begin(&store, "k").await })
    });
    let begun: Vec<Begun> = futures::future::join_all(requests)
        .await
        .into_iter()
        .map(Result::unwrap)
        .collect();

    assert_eq!(
        begun.iter().filter(|one| matches!(one, Begun::Fresh(_))).count(),
        1
    );
    assert_eq!(
        begun.iter().filter(|one| matches!(one, Begun::Running)).count(),
        19
    );
    store.drop_database().await.unwrap();
}

#[tokio::test]
async fn the_first_answer_is_given_again() {
    let store = testing::store().await;
    let slot = fresh(&store, "k").await;
    assert_eq!(begin(&store, "k").await, Begun::Running);

    assert_eq!(
        store.idempotency().finish(slot, &answer()).await.unwrap(),
        Finished::Kept
    );

    assert_eq!(begin(&store, "k").await, Begun::Replay(answer()));
    assert_eq!(begin(&store, "k").await, Begun::Replay(answer()));
    store.drop_database().await.unwrap();
}

#[tokio::test]
async fn another_body_is_told_apart_while_running_and_afterwards() {
    let store = testing::store().await;
    let kept = store.idempotency();
    let slot = fresh(&store, "k").await;

    let other = async || kept.begin(tenant(1), "usr_1", ROUTE, "k", [2; 32]).await.unwrap();
    assert_eq!(other().await, Begun::OtherBody);
    kept.finish(slot, &answer()).await.unwrap();
    assert_eq!(other().await, Begun::OtherBody);
    store.drop_database().await.unwrap();
}

#[tokio::test]
async fn a_key_counts_for_one_company_one_actor_and_one_route() {
    let store = testing::store().await;
    let kept = store.idempotency();
    let slot = fresh(&store, "k").await;
    kept.finish(slot, &answer()).await.unwrap();

    let scopes = [
        (tenant(2), "usr_1", ROUTE, "k"),
        (tenant(1), "usr_2", ROUTE, "k"),
        (tenant(1), "usr_1", "POST /api/v1/others", "k"),
        (tenant(1), "usr_1", ROUTE, "K"),
        // The same letters, cut elsewhere.
        (tenant(1), "usr_1P", "OST /api/v1/things", "k"),
    ];
    for (tenant, actor, route, key) in scopes {
        let begun = kept.begin(tenant, actor, route, key, BODY).await.unwrap();
        assert!(
            matches!(begun, Begun::Fresh(_)),
            "{actor} {route} {key}: {begun:?}"
        );
    }
    store.drop_database().await.unwrap();
}

#[tokio::test]
async fn an_abandoned_key_is_free_again() {
    let store = testing::store().await;
    let slot = fresh(&store, "k").await;

    store.idempotency().abandon(slot).await.unwrap();

    let again = store
        .idempotency()
        .begin(tenant(1), "usr_1", ROUTE, "k", [2; 32])
        .await
        .unwrap();
    assert!(
        matches!(again, Begun::Fresh(_)),
        "even for another body: {again:?}"
    );
    store.drop_database().await.unwrap();
}

#[tokio::test]
async fn a_request_that_runs_for_more_than_a_minute_is_taken_over_and_can_no_longer_answer() {
    let clock = TestClock::new();
    let store = testing::store_at(&clock).await;
    let kept = store.idempotency();
    let dead = fresh(&store, "k").await;
    let dead_too = Slot {
        tenant: dead.tenant,
        id: dead.id.clone(),
        turn: dead.turn,
    };
    clock.advance(60);
    assert_eq!(begin(&store, "k").await, Begun::Running);
    clock.advance(1);
    assert_eq!(
        kept.begin(tenant(1), "usr_1", ROUTE, "k", [2; 32]).await.unwrap(),
        Begun::OtherBody
    );

    let slot = fresh(&store, "k").await;

    assert_eq!(begin(&store, "k").await, Begun::Running);
    let late = StoredAnswer {
        status: 500,
        ..answer()
    };
    assert_eq!(kept.finish(dead, &late).await.unwrap(), Finished::TakenOver);
    kept.abandon(dead_too).await.unwrap();
    assert_eq!(kept.finish(slot, &answer()).await.unwrap(), Finished::Kept);
    assert_eq!(begin(&store, "k").await, Begun::Replay(answer()));
    store.drop_database().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_twenty_requests_that_find_a_dead_one_one_takes_over() {
    let clock = TestClock::new();
    let store = testing::store_at(&clock).await;
    let _dead = fresh(&store, "k").await;
    clock.advance(61);

    let requests = (0..20).map(|_| {
        let store = store.clone();
        tokio::spawn(async move { begin(&store, "k").await })
    });
    let begun: Vec<Begun> = futures::future::join_all(requests)
        .await
        .into_iter()
        .map(Result::unwrap)
        .collect();

    assert_eq!(
        begun.iter().filter(|one| matches!(one, Begun::Fresh(_))).count(),
        1
    );
    assert_eq!(
        begun.iter().filter(|one| matches!(one, Begun::Running)).count(),
        19
    );
    store.drop_database().await.unwrap();
}

#[tokio::test]
async fn an_answer_is_kept_for_a_day_from_when_it_was_given() {
    let clock = TestClock::new();
    let store = testing::store_at(&clock).await;
    let slot = fresh(&store, "k").await;
    clock.advance(30);
    store.idempotency().finish(slot, &answer()).await.unwrap();

    clock.advance(24 * 3600 - 1);
    assert_eq!(begin(&store, "k").await, Begun::Replay(answer()));
    clock.advance(1);
    let next = store
        .idempotency()
        .begin(tenant(1), "usr_1", ROUTE, "k", [2; 32])
        .await
        .unwrap();
    assert!(matches!(next, Begun::Fresh(_)), "{next:?}");
    store.drop_database().await.unwrap();
}

#[tokio::test]
async fn of_a_body_that_is_too_large_only_the_fact_is_kept() {
    let store = testing::store().await;
    for (key, size, kept) in [("a", MAX_BODY, true), ("b", MAX_BODY + 1, false)] {
        let slot = fresh(&store, key).await;
        let large = StoredAnswer {
            body: Some(vec![7; size]),
            ..answer()
        };
        assert_eq!(
            store.idempotency().finish(slot, &large).await.unwrap(),
            Finished::Kept
        );

        let body = kept.then(|| vec![7; size]);
        assert_eq!(
            begin(&store, key).await,
            Begun::Replay(StoredAnswer { body, ..answer() })
        );
    }
    store.drop_database().await.unwrap();
}
