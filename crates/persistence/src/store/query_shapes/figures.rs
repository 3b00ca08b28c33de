//! The same for roll-ups, for what is still to be counted, and for what customers did.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::date;
use kale_domain::id::{CompanyId, CustomerId, PersonaId, WorkflowId};
use kale_flow::{
    outcome::Outcome,
    session::Channel,
    walk::{Afterthought, Status},
};
use kale_measures::cell::{Cell, Numbers, Place};
use uuid::Uuid;

use super::{expect, three};
use crate::{
    Store, StoreError, Tenant, events,
    rollups::{self, RollupFilter},
    sessions,
    testing::walks,
    usage,
};

/// The customer whose sessions all have ended.
fn gone() -> CustomerId {
    CustomerId::from_uuid(Uuid::from_u128(77))
}

/// Four sessions of that customer that have ended.
async fn end_some(store: &Store, tenant: Tenant) {
    store
        .transaction::<_, StoreError>(tenant, async |tx| {
            for at in 100..104 {
                let mut session = walks::session(store, 2, at);
                session.customer = gone();
                session.ended_at = Some(store.now());
                session.walk.status = Status::Completed {
                    outcome: Outcome::Saved,
                    page: None,
                    afterthought: Afterthought::Closed,
                };
                sessions::insert(store, tx, &session, &walks::claims(tenant, store, at)).await?;
            }
            Ok(())
        })
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_to_be_counted_is_found_through_its_indexes() {
    let (store, full) = three().await;
    let tenant = full.tenant;
    end_some(&store, tenant).await;
    let index = "{ company_id: 1, dirty: 1, _id: 1 }";
    let dirty = expect(&store, "dirty", index, sessions::dirty(&store, tenant, 10)).await;
    assert_eq!(dirty.len(), 10);
    let customers = BTreeSet::from([gone()]);
    let kin = sessions::kin(&store, tenant, &customers);
    let index = "{ company_id: 1, customer_id: 1, _id: -1 }";
    assert_eq!(expect(&store, "kin", index, kin).await.len(), 4);

    // Whole families, to the end.
    let (mut after, mut seen, mut slices) = (None, 0, 0);
    loop {
        let found = expect(&store, "slice", index, rollups::slice(&store, tenant, after, 12));
        let found = found.await;
        let Some(last) = found.last() else { break };
        after = Some(last.session.customer);
        (seen, slices) = (seen + found.len(), slices + 1);
    }
    assert_eq!(seen, dirty_sessions(&store, tenant).await);
    assert!(slices > 2);

    let operator = crate::access::operator();
    let index = "{ company_id: 1, dirty: 1, _id: 1 }";
    let found = sessions::dirty_companies(&store, operator);
    assert_eq!(expect(&store, "companies", index, found).await.len(), 3);
    let found = usage::dirty_companies(&store, operator);
    assert_eq!(expect(&store, "companies", index, found).await.len(), 0);
}

async fn dirty_sessions(store: &Store, tenant: Tenant) -> usize {
    sessions::dirty(store, tenant, 1_000).await.unwrap().len()
}

fn place(workflow: u128, day: i8, version: u32) -> Place {
    Place {
        workflow: WorkflowId::from_uuid(Uuid::from_u128(workflow)),
        version,
        persona: version
            .is_multiple_of(2)
            .then(|| PersonaId::from_uuid(Uuid::from_u128(u128::MAX))),
        channel: if version.is_multiple_of(3) {
            Channel::Api
        } else {
            Channel::Hosted
        },
        day: date(2026, 11, day),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_are_read_through_their_keys_and_no_company_reads_another_ones() {
    let (store, full) = three().await;
    let mut numbers = Numbers::new();
    for workflow in 1..4 {
        for day in 1..21 {
            for version in 1..4 {
                let cells = BTreeMap::from([(Cell::Outcome(Outcome::Saved), i64::from(day))]);
                numbers.insert(place(workflow, day, version), cells);
            }
        }
    }
    let state = rollups::state(&store, full.tenant).await.unwrap();
    rollups::count(&store, full.tenant, &state, &[], &numbers, "UTC")
        .await
        .unwrap();
    // Whoever began from the same state is too late.
    let late = rollups::count(&store, full.tenant, &state, &[], &numbers, "UTC").await;
    assert!(matches!(late, Err(StoreError::Stale)), "{late:?}");

    let mut filter = RollupFilter {
        workflow: Some(place(2, 1, 1).workflow),
        from: date(2026, 11, 5),
        to: date(2026, 11, 9),
        persona: None,
        version: None,
        channel: None,
    };
    let found = numbers_of(&store, full.tenant, "{ _id: 1 }", &filter).await;
    assert_eq!(found.len(), 5 * 3);
    assert!(
        found
            .iter()
            .all(|(place, cells)| numbers.get(place) == Some(cells))
    );
    filter.workflow = None;
    let index = "{ company_id: 1, epoch: 1, day: 1, _id: 1 }";
    let found = numbers_of(&store, full.tenant, index, &filter).await;
    assert_eq!(found.len(), 5 * 3 * 3);

    let other = Tenant::new(CompanyId::from_uuid(Uuid::from_u128(999)));
    assert_eq!(
        rollups::read(&store, other, &filter).await.unwrap(),
        Numbers::new()
    );
    filter.version = Some(2);
    assert_eq!(
        rollups::read(&store, full.tenant, &filter).await.unwrap().len(),
        5 * 3
    );
    filter.persona = Some(None);
    assert_eq!(
        rollups::read(&store, full.tenant, &filter).await.unwrap().len(),
        0
    );
}

/// Without the read of the state, which is one of its own.
async fn numbers_of(store: &Store, tenant: Tenant, index: &str, filter: &RollupFilter) -> Numbers {
    let (found, entries) = super::profiled(store, rollups::read(store, tenant, filter)).await;
    let of_rollups: Vec<bson::Document> = entries
        .into_iter()
        .filter(|entry| entry.get_str("ns").is_ok_and(|name| name.ends_with(".rollups")))
        .collect();
    super::wrong(&of_rollups, index, false).unwrap();
    found.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn use_of_the_product_is_counted_and_read_through_its_keys() {
    let (store, full) = three().await;
    let tenant = full.tenant;
    let session = walks::session(&store, 2, 4);
    let told: Vec<_> = (0..20_u128)
        .map(|number| {
            let mut event = walks::event(&store, &session, 0);
            event.id = Uuid::from_u128(number);
            event.session = None;
            event.name = format!("event {}", number % 2);
            (event, Some(date(2026, 11, 5)))
        })
        .collect();
    let taken = events::tell(&store, tenant, &told).await.unwrap();
    assert_eq!((taken.accepted, taken.duplicates), (20, 0));
    let again = events::tell(&store, tenant, &told).await.unwrap();
    assert_eq!((again.accepted, again.duplicates), (0, 20));

    // The groups are fewer than what they are made of: what is looked at is what is counted, and no more.
    let (counted, entries) = super::profiled(&store, usage::count(&store, tenant, 15)).await;
    assert_eq!(counted.unwrap(), 15);
    let looked: Vec<(&str, i64)> = entries
        .iter()
        .map(|entry| {
            (
                entry.get_str("planSummary").unwrap(),
                super::number(entry, "docsExamined"),
            )
        })
        .collect();
    assert_eq!(looked, [("IXSCAN { company_id: 1, dirty: 1, _id: 1 }", 15)]);
    assert_eq!(usage::count(&store, tenant, 15).await.unwrap(), 5);
    assert_eq!(usage::count(&store, tenant, 15).await.unwrap(), 0);
    let days = (date(2026, 11, 5), date(2026, 11, 5));
    let customers = BTreeSet::from([session.customer]);
    let used = usage::of_customers(&store, tenant, &customers, days);
    let used = expect(&store, "used", "{ _id: 1 }", used).await;
    let counts: Vec<u64> = used[&session.customer].iter().map(|used| used.count).collect();
    assert_eq!(counts, [10, 10]);
}
