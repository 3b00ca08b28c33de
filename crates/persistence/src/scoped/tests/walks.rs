//! The same for sessions, their events, and what lets subscribers in.

use kale_domain::workflow::Trigger;
use kale_flow::viewer::{Colour, ViewerSettings};

use super::{Sees, everything, two};
use crate::{
    StoreError,
    access::by_subscriber_token,
    events::{self, EventFilter},
    seal::SealError,
    sessions::{self, Served, SessionFilter, Whose},
    testing::walks::{claims, event, ring, session, session_id},
    viewer::{secrets, settings},
};

#[tokio::test(flavor = "multi_thread")]
async fn nobody_reads_the_sessions_of_another_company() {
    let (store, full, stranger) = two().await;
    let id = session_id(1, 4);
    let one = session(&store, 1, 4);
    let whose = Whose {
        customer: one.customer,
        subscription: one.subscription.as_deref(),
        mode: one.mode,
    };
    let token = claims(full.tenant, &store, 4);
    for (tenant, sees) in [(full.tenant, Sees(true)), (stranger, Sees(false))] {
        sees.some("session", sessions::get(&store, tenant, id).await);
        sees.some("open", sessions::open(&store, tenant, whose, one.workflow).await);
        let newest = sessions::newest_open(&store, tenant, whose, Trigger::CancelIntent).await;
        sees.some("newest", newest);
        let served = sessions::served(&store, tenant, &token).await;
        sees.some(
            "served",
            served.map(|served| (served != Served::Nothing).then_some(())),
        );
        let all = SessionFilter::default();
        sees.many("sessions", sessions::list(&store, tenant, &all, 50, None).await);
        sees.many("events", events::of_session(&store, tenant, id).await);
        let all = EventFilter::default();
        sees.many("all events", events::list(&store, tenant, &all, 50, None).await);
        sees.many("secrets", secrets::list(&store, tenant).await);
        let settings = settings::get(&store, tenant).await;
        sees.some(
            "settings",
            settings.map(|settings| (settings.version > 0).then_some(())),
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_changes_the_sessions_of_another_company() {
    let (store, full, stranger) = two().await;
    let before = everything(&store, &full).await;
    let secret = secrets::list(&store, full.tenant).await.unwrap().remove(0).id;
    for (tenant, allowed) in [(stranger, false), (full.tenant, true)] {
        let written = store
            .transaction::<_, StoreError>(tenant, async |tx| {
                let one = session(&store, 1, 4);
                sessions::write(&store, tx, &one, None).await.map(drop)
            })
            .await;
        assert_eq!(written.is_ok(), allowed);
        let revoked = store
            .transaction::<_, StoreError>(tenant, async |tx| secrets::revoke(&store, tx, secret).await)
            .await;
        assert_eq!(revoked.unwrap().is_some(), allowed);
        let changed = store
            .transaction::<_, StoreError>(tenant, async |tx| {
                let settings = ViewerSettings {
                    brand_colour: Colour::BLACK,
                    version: 1,
                    ..ViewerSettings::default()
                };
                settings::put(&store, tx, &settings).await
            })
            .await;
        assert_eq!(changed.is_ok(), allowed);
        if !allowed {
            assert_eq!(everything(&store, &full).await, before);
        }
    }
    assert_ne!(everything(&store, &full).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_session_a_token_and_an_event_are_there_once() {
    let (store, full, _) = two().await;
    let insert = async |at: u128, like: u128, token: u128| {
        store
            .transaction::<_, StoreError>(full.tenant, async |tx| {
                let mut session = session(&store, 1, like);
                session.id = session_id(1, at);
                let claims = claims(full.tenant, &store, token);
                sessions::insert(&store, tx, &session, &claims).await
            })
            .await
    };
    // The customer, subscription, workflow and mode of one that is open; the token of another.
    assert!(matches!(insert(100, 4, 100).await, Err(StoreError::Duplicate)));
    assert!(matches!(insert(101, 101, 4).await, Err(StoreError::Duplicate)));
    insert(102, 102, 102).await.unwrap();
    let again = store
        .transaction::<_, StoreError>(full.tenant, async |tx| {
            events::add(&store, tx, &[event(&store, &session(&store, 1, 4), 0)]).await
        })
        .await;
    assert!(matches!(again, Err(StoreError::Duplicate)), "{again:?}");
    let stale = store
        .transaction::<_, StoreError>(full.tenant, async |tx| {
            let mut late = session(&store, 1, 4);
            late.revision = 2;
            sessions::write(&store, tx, &late, None).await
        })
        .await;
    assert!(matches!(stale, Err(StoreError::Stale)), "{stale:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_opens_the_company_whose_secret_signed_it_and_a_foreign_ring_opens_no_secret() {
    let (store, full, _) = two().await;
    let ring = ring();
    let secret = secrets::own(&store, full.tenant, &ring).await.unwrap();
    let claims = claims(full.tenant, &store, 4);
    let token = kale_domain::subscriber::sign(&claims, &secret);
    let ticket = by_subscriber_token(&store, &ring, token.reveal()).await.unwrap();
    assert_eq!(ticket.unwrap().tenant(), full.tenant);
    let forged = kale_domain::subscriber::sign(&claims, b"guessed");
    let ticket = by_subscriber_token(&store, &ring, forged.reveal()).await.unwrap();
    assert!(ticket.is_none());

    let key = crate::seal::SealingKey::from_bytes(zeroize::Zeroizing::new([8; 32]));
    let other = crate::seal::KeyRing::new(key, Vec::new()).unwrap();
    let unknown = by_subscriber_token(&store, &other, token.reveal()).await;
    assert!(
        matches!(unknown, Err(SealError::UnknownKey { .. })),
        "{unknown:?}"
    );
}
