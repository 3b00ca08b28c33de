//! Customers are found by the beginning of any word people know them by.

use kale_domain::id::CustomerId;

use super::{customer_id, named, new, put, query, tenant};
use crate::{
    Reach,
    customers::{Derived, ListQuery, list, record::search_words},
    testing,
};

#[tokio::test(flavor = "multi_thread")]
async fn the_beginning_of_any_word_finds_a_customer() {
    let store = testing::migrated().await;
    let ada = Derived {
        email: Some("ada.l@acme-corp.example".parse().unwrap()),
        domain: Some("acme-corp.example".to_owned()),
        external_ids: vec!["ACCT-42".to_owned()],
        ..named(1, "Ada O'Brien")
    };
    let jean = named(2, "Jean-Luc Plan B");
    let other = named(3, "Zoë (Ltd.)");
    put(&store, tenant(1), &[new(ada), new(jean), new(other)]).await;

    for (words, found) in [
        ("o'brien", &[1][..]),
        ("O'BR ad", &[1]),
        ("brien", &[1]),
        ("ada.l@ac", &[1]),
        ("acme-co", &[1]),
        ("corp", &[1]),
        ("acct-4", &[1]),
        ("ACCT", &[1]),
        ("jean-l", &[2]),
        ("luc", &[2]),
        ("plan b", &[2]),
        ("zoë (l", &[3]),
        ("rien", &[]),
        ("ada jean", &[]),
        (".*", &[]),
    ] {
        let query = ListQuery {
            search: Some(words.to_owned()),
            ..query(None)
        };
        let (customers, _) = list(&store, Reach::all(tenant(1)), &query, &[].into(), None, 10)
            .await
            .unwrap();
        let ids: Vec<CustomerId> = customers.into_iter().map(|customer| customer.id).collect();
        let expected: Vec<CustomerId> = found.iter().map(|n| customer_id(*n)).collect();
        assert_eq!(ids, expected, "{words}");
    }
}

#[test]
fn a_word_that_begins_another_one_costs_no_key() {
    let words = search_words(
        &[
            Some("Ada Adams"),
            Some("ada.adams@acme.example"),
            Some("acme.example"),
        ],
        &["ada".to_owned(), "42".to_owned(), "421".to_owned()],
    );

    assert_eq!(
        words,
        [
            "421",
            "acme.example",
            "ada adams",
            "ada.adams@acme.example",
            "adams",
            "example"
        ]
    );
}
