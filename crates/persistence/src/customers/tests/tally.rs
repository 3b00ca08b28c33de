//! Counting: what is exact, what stops at a cap, what is remembered, and how values are shown.

use bson::{Bson, Document};
use kale_domain::attribute::{AttributeKey, AttributeValue};

use super::*;
use crate::{
    StoreError,
    customers::{CAP, Tally, WHOLE, by_attribute, by_persona, count},
    testing,
};

/// So many customers with nothing but what a tally reads.
async fn bare(store: &Store, tenant: Tenant, from: u64, to: u64) {
    let documents: Vec<Document> = (from..to)
        .map(|n| {
            doc! {
                "_id": value::uuid(Uuid::from_u128(u128::from(n) + 1)),
                "company_id": value::uuid(tenant.company().uuid()),
                "persona": { "id": Bson::Null },
                "facts": { "m": if n % 2 == 0 { doc! { "mrr": 100_i64 } } else { doc! {} } },
            }
        })
        .collect();
    let customers = store.database().collection::<Document>("customers");
    customers.insert_many(documents).await.unwrap();
}

fn tally(value: u64, capped: bool) -> Tally {
    Tally { value, capped }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_count_of_a_company_is_exact_until_it_is_a_large_one() {
    let store = testing::migrated().await;
    let (one, reach) = (tenant(1), Reach::all(tenant(1)));
    // A filter that everybody matches.
    let filtered = ListQuery {
        personas: Some(vec![None]),
        ..query(None)
    };
    bare(&store, one, 0, WHOLE).await;
    assert_eq!(
        count(&store, reach, &query(None)).await.unwrap(),
        tally(WHOLE, false)
    );
    assert_eq!(
        count(&store, reach, &filtered).await.unwrap(),
        tally(WHOLE, false)
    );

    bare(&store, one, WHOLE, WHOLE + 3).await;
    assert_eq!(
        count(&store, reach, &query(None)).await.unwrap(),
        tally(WHOLE + 3, false)
    );
    assert_eq!(count(&store, reach, &filtered).await.unwrap(), tally(CAP, true));
    let shares = by_persona(&store, reach, &query(None)).await.unwrap();
    let share = shares.first().unwrap();
    assert_eq!(
        (share.customers, share.mrr_known, share.mrr_minor),
        (WHOLE + 3, WHOLE / 2 + 2, (500_000 + 200))
    );

    // A large company's tallies are remembered: what another process does is seen later, what this one does at once.
    bare(&store, one, WHOLE + 3, WHOLE + 5).await;
    assert_eq!(
        count(&store, reach, &query(None)).await.unwrap(),
        tally(WHOLE + 3, false)
    );
    store.settle().await.unwrap();
    assert_eq!(
        count(&store, reach, &query(None)).await.unwrap(),
        tally(WHOLE + 5, false)
    );
    bare(&store, one, WHOLE + 5, WHOLE + 6).await;
    store
        .transaction::<_, StoreError>(one, async |_| Ok(()))
        .await
        .unwrap();
    let counted = by_persona(&store, reach, &query(None)).await.unwrap();
    assert_eq!(
        counted.iter().map(|share| share.customers).sum::<u64>(),
        WHOLE + 6
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_is_counted_folded_and_shown_in_the_letters_it_came_in() {
    let store = testing::migrated().await;
    let key: AttributeKey = "contract".parse().unwrap();
    let with = |n, text: &str| Derived {
        attributes: [(key.clone(), AttributeValue::Text(text.to_owned()))].into(),
        ..named(n, "Ada")
    };
    let texts = ["Two Year", "TWO YEAR", "two year", "monthly", "Straße"];
    let changes: Vec<Change> = (1..).zip(texts).map(|(n, text)| new(with(n, text))).collect();
    put(&store, tenant(1), &changes).await;
    put(&store, tenant(1), &[new(named(9, "Nobody"))]).await;

    let cells = by_attribute(&store, Reach::all(tenant(1)), &query(None), &key)
        .await
        .unwrap();

    let mut shown: Vec<(Option<&str>, u64)> = cells
        .iter()
        .map(|cell| (cell.value.as_deref(), cell.customers))
        .collect();
    shown.sort_unstable();
    assert_eq!(
        shown,
        [
            (None, 1),
            (Some("Straße"), 1),
            (Some("Two Year"), 3),
            (Some("monthly"), 1)
        ]
    );
}
