//! Pairs of tokens, and codes.

use std::sync::Arc;

use jiff::SignedDuration;
use kale_domain::{
    access::Role,
    secret::Token,
    sign_in::{ABSOLUTE, ACCESS, IDLE, LINK},
    user::User,
};
use proptest::{
    strategy::{Strategy as _, ValueTree as _},
    test_runner::TestRunner,
};

use super::{Browser, CODE_TRIES, Link, Minted, Pair, begin_pair, mint_link};
use crate::{
    Store, Tenant,
    access::{Refresh, by_access_token, by_code, by_refresh_token, by_sign_in},
    testing::{
        self, TestClock,
        people::{company, company_id, insert_company, insert_user, user},
    },
};

/// How many orders are tried.
const HISTORIES: usize = 40;

async fn at_work(clock: &Arc<TestClock>) -> (Store, User) {
    let store = testing::migrated_at(clock).await;
    insert_company(&store, &company(&store, 1)).await;
    let ada = user(&store, 10, Some(company_id(1)), Role::RetentionAdmin);
    insert_user(&store, &ada).await;
    (store, ada)
}

async fn opens(store: &Store, access: &Token) -> bool {
    by_access_token(store, access.reveal()).await.unwrap().is_some()
}

async fn next(store: &Store, refresh: &Token) -> Option<Box<Pair>> {
    match by_refresh_token(store, refresh.reveal()).await.unwrap() {
        Refresh::Next(pair, _) => Some(pair),
        Refresh::Reused(..) | Refresh::Dead => None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_access_token_works_for_a_quarter_of_an_hour_and_the_pair_after_it_replaces_it() {
    let clock = TestClock::new();
    let (store, ada) = at_work(&clock).await;
    let first = begin_pair(&store, ada.id, "curl").await.unwrap();
    assert!(opens(&store, &first.access).await);
    // No token opens the door of another kind.
    assert!(by_sign_in(&store, first.access.reveal()).await.unwrap().is_none());
    assert!(!opens(&store, &first.refresh).await);
    assert!(next(&store, &first.access).await.is_none());

    let second = next(&store, &first.refresh).await.unwrap();
    assert!(!opens(&store, &first.access).await);
    assert!(opens(&store, &second.access).await);
    assert_eq!(second.sign_in.id, first.sign_in.id);

    clock.advance(ACCESS.as_secs());
    assert!(!opens(&store, &second.access).await);
    let third = next(&store, &second.refresh).await.unwrap();
    assert!(opens(&store, &third.access).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_token_ends_unused_after_a_fortnight_and_in_any_case_after_ninety_days() {
    let clock = TestClock::new();
    let (store, ada) = at_work(&clock).await;
    let mut pair = Box::new(begin_pair(&store, ada.id, "curl").await.unwrap());
    let idle = begin_pair(&store, ada.id, "curl").await.unwrap();
    let mut passed = SignedDuration::ZERO;
    let step = SignedDuration::from_secs(IDLE.as_secs() - 1);
    while passed + step < ABSOLUTE {
        clock.advance(step.as_secs());
        passed += step;
        pair = next(&store, &pair.refresh).await.unwrap();
    }
    assert!(next(&store, &idle.refresh).await.is_none());

    clock.advance((ABSOLUTE - passed).as_secs());
    assert!(next(&store, &pair.refresh).await.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_made_up_refresh_token_ends_nobodys_sign_in() {
    let (store, ada) = at_work(&TestClock::new()).await;
    let pair = begin_pair(&store, ada.id, "curl").await.unwrap();
    let text = pair.refresh.reveal();
    let (head, secret) = text.split_at(text.len() - 43);
    // Who knows the id of a sign-in, which is no secret, has nothing of its family.
    for made_up in [
        "A".repeat(43),
        "A".repeat(22) + &secret[22..],
        secret.to_uppercase(),
    ] {
        let answer = by_refresh_token(&store, &format!("{head}{made_up}"))
            .await
            .unwrap();
        assert!(matches!(answer, Refresh::Dead), "{answer:?}");
    }
    assert!(next(&store, &pair.refresh).await.is_some());
    let again = by_refresh_token(&store, text).await.unwrap();
    let Refresh::Reused(sign_in, Some(tenant)) = again else {
        panic!("{again:?}");
    };
    assert_eq!(
        (sign_in.id, tenant),
        (pair.sign_in.id, Tenant::new(company_id(1)))
    );
}

/// Refreshes several at a time, each with one of the tokens issued so far; answers how many pairs are live afterwards.
async fn play(store: &Store, ada: &User, rounds: &[Vec<usize>]) -> (usize, usize, usize) {
    let mut issued = vec![begin_pair(store, ada.id, "curl").await.unwrap()];
    for round in rounds {
        let turns = round.iter().map(|at| {
            let (store, token) = (store.clone(), issued[at % issued.len()].refresh.clone());
            tokio::spawn(async move { next(&store, &token).await })
        });
        let won: Vec<_> = futures::future::join_all(turns).await;
        issued.extend(won.into_iter().filter_map(|one| one.unwrap().map(|pair| *pair)));
    }
    let mut live = 0;
    for pair in &issued {
        live += usize::from(opens(store, &pair.access).await);
    }
    let mut refreshing = 0;
    for pair in &issued {
        let (_, hash) = crate::token::read(crate::token::Kind::Refresh, pair.refresh.reveal()).unwrap();
        let kept = bson::doc! { "pair.refresh": crate::value::binary(hash) };
        let found = super::records(store).count_documents(kept).await.unwrap();
        refreshing += usize::try_from(found).unwrap();
    }
    (live, refreshing, issued.len())
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_the_order_of_refreshes_one_pair_of_a_family_lives_at_most() {
    let (store, ada) = at_work(&TestClock::new()).await;
    let mut runner = TestRunner::deterministic();
    let round = proptest::collection::vec(0..8_usize, 1..5);
    let rounds = proptest::collection::vec(round, 1..6);
    let (mut rivals, mut turns) = (0, 0);
    for _ in 0..HISTORIES {
        let rounds = rounds.new_tree(&mut runner).unwrap().current();
        rivals += rounds.iter().filter(|round| round.len() > 1).count();
        // The store keeps exactly one as long as nobody has ended the sign-in.
        let (access, refresh, issued) = play(&store, &ada, &rounds).await;
        assert_eq!((access, refresh), (1, 1), "{rounds:?}");
        turns += issued;
    }
    assert!(
        rivals > HISTORIES && turns > 2 * HISTORIES,
        "{rivals} rivalries, {turns} turns"
    );
}

async fn asked(store: &Store, ada: &User, nonce: &str) -> (Token, String) {
    let Minted { token, code } = mint_link(store, ada.id, Some(&Browser::of(nonce))).await.unwrap();
    (token, code.unwrap().reveal().to_owned())
}

fn wrong(code: &str) -> &'static str {
    if code == "000000" { "111111" } else { "000000" }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_signs_in_once_where_it_was_asked_for_and_takes_its_link_along() {
    let clock = TestClock::new();
    let (store, ada) = at_work(&clock).await;
    let (link, code) = asked(&store, &ada, "here").await;
    assert!(
        code.len() == 6 && code.bytes().all(|b| b.is_ascii_digit()),
        "{code}"
    );

    assert_eq!(by_code(&store, &code, "elsewhere").await.unwrap(), Link::Dead);
    assert_eq!(by_code(&store, &code, "here").await.unwrap(), Link::Used(ada.id));
    assert_eq!(by_code(&store, &code, "here").await.unwrap(), Link::Dead);
    let link = crate::access::by_link(&store, link.reveal(), Some("here")).await;
    assert_eq!(link.unwrap(), Link::Dead);

    let (_, late) = asked(&store, &ada, "here").await;
    clock.advance(LINK.as_secs());
    assert_eq!(by_code(&store, &late, "here").await.unwrap(), Link::Dead);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_five_wrong_codes_the_right_one_is_wrong_and_the_link_works_still() {
    let (store, ada) = at_work(&TestClock::new()).await;
    let (link, code) = asked(&store, &ada, "here").await;
    let guesses = (0..20).map(|_| {
        let (store, guess) = (store.clone(), wrong(&code));
        tokio::spawn(async move { by_code(&store, guess, "here").await.unwrap() })
    });
    for guess in futures::future::join_all(guesses).await {
        assert_eq!(guess.unwrap(), Link::Dead);
    }
    assert_eq!(by_code(&store, &code, "here").await.unwrap(), Link::Dead);
    let link = crate::access::by_link(&store, link.reveal(), Some("here")).await;
    assert_eq!(link.unwrap(), Link::Used(ada.id));

    // A stranger's guesses take none of the owner's.
    let (_, code) = asked(&store, &ada, "owner").await;
    for _ in 0..=CODE_TRIES {
        assert_eq!(
            by_code(&store, wrong(&code), "stranger").await.unwrap(),
            Link::Dead
        );
    }
    for _ in 1..CODE_TRIES {
        assert_eq!(by_code(&store, wrong(&code), "owner").await.unwrap(), Link::Dead);
    }
    assert_eq!(by_code(&store, &code, "owner").await.unwrap(), Link::Used(ada.id));
}
