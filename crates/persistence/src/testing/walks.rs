//! Sessions with their events, and what lets subscribers in.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use kale_domain::{
    id::{CardId, CustomerId, SessionId},
    subscriber::{Claims, CustomerRef, Mode},
    workflow::Trigger,
};
use kale_flow::{
    event::{UserEvent, event_id},
    session::{Channel, Session},
    text::Locale,
    viewer::ViewerSettings,
    walk::{Status, Walk},
};
use uuid::Uuid;

use super::flows::workflow_id;
use crate::{
    Store, Tenant, events,
    seal::{KeyRing, SealError, SealingKey},
    sessions,
    viewer::{handles, secrets, settings},
};

/// How many sessions every company has.
pub(crate) const SESSIONS: u128 = 30;

/// The customer of session `at`; each has ten.
pub(crate) fn customer_id(at: u128) -> CustomerId {
    CustomerId::from_uuid(Uuid::from_u128(at % (SESSIONS / 10)))
}

/// Session `at` of company `n`.
pub(crate) fn session_id(n: u128, at: u128) -> SessionId {
    SessionId::from_uuid(Uuid::from_u128(n * 1_000_000 + at))
}

/// A token of session `at`.
pub(crate) fn claims(tenant: Tenant, store: &Store, at: u128) -> Claims {
    Claims {
        company: tenant.company(),
        customer: CustomerRef::Id(customer_id(at)),
        subscription: Some(format!("sub_{at}")),
        workflow: None,
        trigger: Trigger::CancelIntent,
        mode: Mode::Live,
        return_url: None,
        locale: None,
        issued_at: store.now(),
        expires_at: store.now() + SignedDuration::from_mins(15),
        token_id: format!("token-of-session-{at}"),
    }
}

/// The first state of session `at` of company `n`.
pub(crate) fn session(store: &Store, n: u128, at: u128) -> Session {
    let card = CardId::from_uuid(Uuid::from_u128(7));
    Session {
        id: session_id(n, at),
        workflow: workflow_id(n),
        trigger: Trigger::CancelIntent,
        mode: Mode::Live,
        channel: Channel::Hosted,
        customer: customer_id(at),
        subscription: Some(format!("sub_{at}")),
        persona: None,
        mrr_at_stake: None,
        locale: Locale::english(),
        return_url: None,
        walk: Walk {
            version: 1,
            step: 1,
            status: Status::InProgress { card },
            trail: vec![card],
            viewed: Vec::new(),
            answers: BTreeMap::new(),
            decisions: BTreeMap::new(),
            offers: Vec::new(),
            last: None,
        },
        returns: 0,
        started_at: store.now(),
        last_seen_at: store.now(),
        ended_at: None,
        revision: 1,
    }
}

/// Event number `position` of a session.
pub(crate) fn event(store: &Store, session: &Session, position: u32) -> UserEvent {
    UserEvent {
        id: event_id(session.id, 0, position),
        session: Some(session.id),
        customer: Some(session.customer),
        name: "card.viewed".to_owned(),
        at: store.now(),
        received_at: store.now(),
        properties: serde_json::Map::new(),
        card: None,
        element: None,
    }
}

/// A ring of one key.
pub(crate) fn ring() -> KeyRing {
    KeyRing::new(
        SealingKey::from_bytes(zeroize::Zeroizing::new([7; 32])),
        Vec::new(),
    )
    .unwrap()
}

/// Fills company `n`.
pub(crate) async fn fill(store: &Store, tenant: Tenant, n: u128) {
    let ring = ring();
    store
        .transaction::<_, SealError>(tenant, async |tx| {
            settings::put(store, tx, &ViewerSettings::default()).await?;
            secrets::create(store, tx, &ring, "Account server", None).await?;
            for at in 0..SESSIONS {
                let session = session(store, n, at);
                sessions::insert(store, tx, &session, &claims(tenant, store, at)).await?;
                let events = [event(store, &session, 0), event(store, &session, 1)];
                events::add(store, tx, &events).await?;
            }
            Ok(())
        })
        .await
        .unwrap();
    secrets::own(store, tenant, &ring).await.unwrap();
    handles::mint(store, tenant, &claims(tenant, store, 0), None)
        .await
        .unwrap();
}
