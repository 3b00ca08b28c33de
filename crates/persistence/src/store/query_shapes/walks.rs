//! The same for sessions and events.

use kale_flow::session::SessionState;

use super::{expect, three};
use crate::{
    events::{self, EventFilter},
    sessions::{self, SessionFilter, Whose},
    testing::walks,
};

#[tokio::test(flavor = "multi_thread")]
async fn sessions_are_read_through_their_indexes() {
    let (store, full) = three().await;
    let (tenant, one) = (full.tenant, walks::session(&store, 2, 4));
    let whose = Whose {
        customer: one.customer,
        subscription: one.subscription.as_deref(),
        mode: one.mode,
    };
    let token = walks::claims(tenant, &store, 4);
    let found = sessions::served(&store, tenant, &token);
    expect(&store, "served", "{ company_id: 1, tokens.id: 1 }", found).await;
    let found = sessions::open(&store, tenant, whose, one.workflow);
    expect(&store, "open", "{ company_id: 1, open: 1 }", found).await;
    for (filter, index) in [
        (SessionFilter::default(), "{ company_id: 1, _id: -1 }"),
        (
            SessionFilter {
                workflow: Some(one.workflow),
                ..SessionFilter::default()
            },
            "{ company_id: 1, workflow_id: 1, _id: -1 }",
        ),
        (
            SessionFilter {
                customer: Some(one.customer),
                ..SessionFilter::default()
            },
            "{ company_id: 1, customer_id: 1, _id: -1 }",
        ),
    ] {
        let listed = sessions::list(&store, tenant, &filter, 10, None);
        let page = expect(&store, index, index, listed).await;
        let before = page.get(4).map(|session| session.id);
        let listed = sessions::list(&store, tenant, &filter, 5, before);
        assert_eq!(expect(&store, index, index, listed).await, page[5..10]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn events_and_what_the_sweep_looks_for_are_read_through_their_indexes() {
    let (store, full) = three().await;
    let (tenant, one) = (full.tenant, walks::session(&store, 2, 4));
    for (filter, index) in [
        (EventFilter::default(), "{ company_id: 1, at: -1, _id: -1 }"),
        (
            EventFilter {
                customer: Some(one.customer),
                ..EventFilter::default()
            },
            "{ company_id: 1, customer_id: 1, at: -1, _id: -1 }",
        ),
    ] {
        let listed = events::list(&store, tenant, &filter, 10, None);
        assert_eq!(expect(&store, index, index, listed).await.len(), 10);
    }
    let told = events::of_session(&store, tenant, one.id);
    let told = expect(
        &store,
        "told",
        "{ company_id: 1, session_id: 1, at: 1, _id: 1 }",
        told,
    )
    .await;
    assert_eq!(told.len(), 2);
    let untouched = sessions::untouched(
        &store,
        crate::access::operator(),
        SessionState::InProgress,
        store.now(),
        20,
    );
    let untouched = expect(&store, "idle", "{ state: 1, last_seen_at: 1 }", untouched).await;
    assert_eq!(untouched.sessions.len(), 20);
}
