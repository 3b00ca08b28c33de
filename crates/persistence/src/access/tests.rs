//! What opens what, and for how long.

use std::collections::BTreeSet;

use bson::doc;
use jiff::SignedDuration;
use kale_domain::{
    access::{Permission, Role},
    company::CompanyStatus,
    secret::Token,
    sign_in::{ABSOLUTE, IDLE, IMPERSONATION, Impersonation, LINK, SignInLimits},
    subscriber::sign,
    user::{User, UserStatus},
};

use super::{by_api_key, by_email, by_link, by_operator, by_sign_in, by_subscriber_token, operator};
use crate::{
    Store, StoreError, Tenant, api_keys,
    seal::SealError,
    sign_ins::{self, Link},
    testing::{
        self, TestClock,
        people::{company, company_id, insert_company, insert_user, user, user_id},
        walks,
    },
    value,
    viewer::secrets,
};

const DAY: i64 = 24 * 60 * 60;

async fn at_work(clock: &std::sync::Arc<TestClock>) -> (Store, User) {
    let store = testing::migrated_at(clock).await;
    insert_company(&store, &company(&store, 1)).await;
    let ada = user(&store, 10, Some(company_id(1)), Role::RetentionAdmin);
    insert_user(&store, &ada).await;
    (store, ada)
}

/// The first company stands there now.
async fn stand(store: &Store, status: CompanyStatus) {
    let company = crate::companies::read(store, company_id(1))
        .await
        .unwrap()
        .unwrap();
    let turned = store.installation_transaction::<_, StoreError>(operator(), async |tx| {
        crate::companies::set_status(store, tx, operator(), &company, status).await
    });
    assert_eq!(turned.await.unwrap().status, status);
}

async fn set(store: &Store, collection: &str, id: uuid::Uuid, field: &str, value: impl serde::Serialize) {
    let change = doc! { "$set": { field: bson::serialize_to_bson(&value).unwrap() } };
    let records = store.database().collection::<bson::Document>(collection);
    assert_eq!(
        records
            .update_one(doc! { "_id": value::uuid(id) }, change)
            .await
            .unwrap()
            .matched_count,
        1
    );
}

/// Each character of a token changed, one at a time.
fn tampered(token: &str) -> Vec<String> {
    (0..token.len())
        .map(|at| {
            let mut bytes = token.as_bytes().to_vec();
            bytes[at] = if bytes[at] == b'0' { b'1' } else { b'0' };
            String::from_utf8(bytes).unwrap()
        })
        .chain([
            token[..token.len() - 1].to_owned(),
            format!("{token}0"),
            String::new(),
        ])
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_opens_its_users_company_and_nothing_once_it_is_ended() {
    let (store, ada) = at_work(&TestClock::new()).await;
    let (sign_in, token) = sign_ins::begin(&store, ada.id, "Firefox").await.unwrap();

    let presence = by_sign_in(&store, token.reveal()).await.unwrap().unwrap();
    assert_eq!((presence.user.id, presence.sign_in.id), (ada.id, sign_in.id));
    assert_eq!(presence.reach().unwrap().tenant(), Tenant::new(company_id(1)));
    assert_eq!(presence.reach().unwrap().expert(), None);
    assert!(presence.installation().is_none());

    for wrong in tampered(token.reveal()) {
        assert!(by_sign_in(&store, &wrong).await.unwrap().is_none(), "{wrong}");
    }
    // Somebody else can't end it.
    assert!(!sign_ins::end(&store, user_id(11), sign_in.id).await.unwrap());
    assert!(by_sign_in(&store, token.reveal()).await.unwrap().is_some());
    assert!(sign_ins::end(&store, ada.id, sign_in.id).await.unwrap());
    assert!(by_sign_in(&store, token.reveal()).await.unwrap().is_none());
    // A stamp that comes late brings nothing back.
    sign_ins::seen(&store, &sign_in, store.now()).await.unwrap();
    assert!(by_sign_in(&store, token.reveal()).await.unwrap().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_that_nobody_uses_ends_after_its_idle_time() {
    let clock = TestClock::new();
    let (store, ada) = at_work(&clock).await;
    let (_, token) = sign_ins::begin(&store, ada.id, "Firefox").await.unwrap();

    clock.advance(IDLE.as_secs() - 1);
    assert!(by_sign_in(&store, token.reveal()).await.unwrap().is_some());
    clock.advance(1);
    assert!(by_sign_in(&store, token.reveal()).await.unwrap().is_none());
    assert!(
        sign_ins::list(&store, ada.id, SignInLimits::WIDEST)
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_that_is_used_every_day_ends_after_its_absolute_time() {
    let clock = TestClock::new();
    let (store, ada) = at_work(&clock).await;
    let (sign_in, token) = sign_ins::begin(&store, ada.id, "Firefox").await.unwrap();

    let mut days = 0;
    while let Some(presence) = by_sign_in(&store, token.reveal()).await.unwrap() {
        sign_ins::seen(&store, &presence.sign_in, store.now())
            .await
            .unwrap();
        // A request that began earlier says so later: the later stamp counts.
        sign_ins::seen(&store, &sign_in, sign_in.last_seen_at)
            .await
            .unwrap();
        clock.advance(DAY);
        days += 1;
    }
    assert_eq!(SignedDuration::from_secs(days * DAY), ABSOLUTE);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_who_left_and_a_company_that_is_suspended_open_nothing() {
    let (store, ada) = at_work(&TestClock::new()).await;
    let (_, token) = sign_ins::begin(&store, ada.id, "Firefox").await.unwrap();
    let permissions = BTreeSet::from([Permission::ALL[0]]);
    let (_, key) = store
        .transaction::<_, StoreError>(Tenant::new(company_id(1)), async |tx| {
            api_keys::create(&store, tx, "CI", permissions.clone(), None, None).await
        })
        .await
        .unwrap();
    let opens = async || {
        let person = by_sign_in(&store, token.reveal()).await.unwrap().is_some();
        let program = by_api_key(&store, key.reveal()).await.unwrap().is_some();
        (person, program)
    };
    assert_eq!(opens().await, (true, true));

    for status in [UserStatus::Deactivated, UserStatus::Invited] {
        set(&store, "users", ada.id.uuid(), "status", status).await;
        assert_eq!(opens().await, (false, true), "{status:?}");
        assert!(by_email(&store, &ada.email).await.unwrap().is_empty());
    }
    set(&store, "users", ada.id.uuid(), "status", UserStatus::Active).await;
    assert_eq!(by_email(&store, &ada.email).await.unwrap().len(), 1);
    let purge_at = store.now();
    for status in [CompanyStatus::Suspended, CompanyStatus::Deleted { purge_at }] {
        stand(&store, status).await;
        assert_eq!(opens().await, (false, false), "{status:?}");
    }
    stand(&store, CompanyStatus::Active).await;
    assert_eq!(opens().await, (true, true));
    assert!(
        by_operator(&store, operator(), company_id(1))
            .await
            .unwrap()
            .is_some()
    );
    assert!(
        by_operator(&store, operator(), company_id(2))
            .await
            .unwrap()
            .is_none()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn each_role_reaches_what_is_its_own() {
    let (store, _) = at_work(&TestClock::new()).await;
    let expert = user(&store, 11, Some(company_id(1)), Role::RetentionExpert);
    let admin = user(&store, 12, None, Role::KaleAdmin);
    for user in [&expert, &admin] {
        insert_user(&store, user).await;
    }
    let (_, token) = sign_ins::begin(&store, expert.id, "").await.unwrap();
    let presence = by_sign_in(&store, token.reveal()).await.unwrap().unwrap();
    assert_eq!(presence.reach().unwrap().expert(), Some(expert.id));
    assert!(presence.installation().is_none());

    let (sign_in, token) = sign_ins::begin(&store, admin.id, "").await.unwrap();
    let presence = by_sign_in(&store, token.reveal()).await.unwrap().unwrap();
    assert_eq!(presence.reach(), None);
    let installation = presence.installation().unwrap();
    sign_ins::act_in(&store, installation, sign_in.id, Some(company_id(1)))
        .await
        .unwrap();
    let presence = by_sign_in(&store, token.reveal()).await.unwrap().unwrap();
    assert_eq!(presence.reach().unwrap().tenant(), Tenant::new(company_id(1)));
    assert_eq!(presence.reach().unwrap().expert(), None);
    // In a company that is suspended there is nothing to do, but the way out stays open.
    stand(&store, CompanyStatus::Suspended).await;
    let presence = by_sign_in(&store, token.reveal()).await.unwrap().unwrap();
    assert_eq!(presence.reach(), None);
    sign_ins::act_in(&store, installation, sign_in.id, None)
        .await
        .unwrap();
    assert!(
        by_sign_in(&store, token.reveal())
            .await
            .unwrap()
            .unwrap()
            .company
            .is_none()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_impersonation_that_counts_no_more_is_no_part_of_a_presence() {
    let clock = TestClock::new();
    let (store, ada) = at_work(&clock).await;
    let admin = user(&store, 12, None, Role::KaleAdmin);
    insert_user(&store, &admin).await;
    let (sign_in, token) = sign_ins::begin(&store, admin.id, "").await.unwrap();
    let presence = async || by_sign_in(&store, token.reveal()).await.unwrap().unwrap();
    let installation = presence().await.installation().unwrap();
    let company = Some(company_id(1));
    sign_ins::act_in(&store, installation, sign_in.id, company)
        .await
        .unwrap();
    let whom = Impersonation {
        user: ada.id,
        version: ada.version,
        until: store.now() + IMPERSONATION,
    };
    let begun = store
        .transaction::<_, StoreError>(Tenant::new(company_id(1)), async |tx| {
            sign_ins::impersonate(&store, tx, sign_in.id, Some(whom)).await
        })
        .await
        .unwrap();
    assert!(begun);
    let seen = presence().await;
    assert_eq!((seen.user.id, seen.sign_in.impersonating), (ada.id, Some(whom)));
    assert_eq!(seen.impersonated_by.unwrap().id, admin.id);

    clock.advance(IMPERSONATION.as_secs());
    let own = presence().await;
    assert_eq!((own.user.id, own.sign_in.impersonating), (admin.id, None));
    assert!(own.impersonated_by.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn of_twenty_who_use_a_link_at_once_one_gets_in() {
    let (store, ada) = at_work(&TestClock::new()).await;
    for browser in [None, Some("cookie")] {
        let token = sign_ins::mint_link(&store, ada.id, browser.map(sign_ins::Browser::of).as_ref())
            .await
            .unwrap()
            .token;
        let uses = (0..20).map(|_| {
            let (store, text) = (store.clone(), token.reveal().to_owned());
            tokio::spawn(async move { by_link(&store, &text, browser).await.unwrap() })
        });
        let links: Vec<Link> = futures::future::join_all(uses)
            .await
            .into_iter()
            .map(Result::unwrap)
            .collect();
        assert_eq!(
            links.iter().filter(|link| **link == Link::Used(ada.id)).count(),
            1,
            "{links:?}"
        );
        assert_eq!(
            links.iter().filter(|link| **link == Link::Dead).count(),
            19,
            "{links:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_works_in_the_browser_that_asked_for_it_and_for_fifteen_minutes() {
    let clock = TestClock::new();
    let (store, ada) = at_work(&clock).await;
    let bound = sign_ins::mint_link(&store, ada.id, Some(&sign_ins::Browser::of("cookie")))
        .await
        .unwrap()
        .token;
    let free = sign_ins::mint_link(&store, ada.id, None).await.unwrap().token;
    assert_eq!(
        sign_ins::peek_link(&store, bound.reveal()).await.unwrap(),
        Some(true)
    );
    assert_eq!(
        sign_ins::peek_link(&store, free.reveal()).await.unwrap(),
        Some(false)
    );

    for other in [None, Some("another"), Some("")] {
        assert_eq!(
            by_link(&store, bound.reveal(), other).await.unwrap(),
            Link::OtherBrowser
        );
    }
    for wrong in tampered(bound.reveal()) {
        assert_eq!(
            by_link(&store, &wrong, Some("cookie")).await.unwrap(),
            Link::Dead,
            "{wrong}"
        );
        assert_eq!(sign_ins::peek_link(&store, &wrong).await.unwrap(), None);
    }
    clock.advance(LINK.as_secs() - 1);
    assert_eq!(
        by_link(&store, bound.reveal(), Some("cookie")).await.unwrap(),
        Link::Used(ada.id)
    );
    assert_eq!(
        by_link(&store, bound.reveal(), Some("cookie")).await.unwrap(),
        Link::Dead
    );
    clock.advance(1);
    assert_eq!(by_link(&store, free.reveal(), None).await.unwrap(), Link::Dead);
    assert_eq!(sign_ins::peek_link(&store, free.reveal()).await.unwrap(), None);
    // No token opens the door of another kind.
    assert!(by_sign_in(&store, free.reveal()).await.unwrap().is_none());
    assert!(by_api_key(&store, free.reveal()).await.unwrap().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_works_until_it_is_revoked_or_runs_out() {
    let clock = TestClock::new();
    let (store, ada) = at_work(&clock).await;
    insert_company(&store, &company(&store, 2)).await;
    let ours = Tenant::new(company_id(1));
    let end = store.now() + SignedDuration::from_secs(60);
    let make = async |expires| {
        store
            .transaction::<_, StoreError>(ours, async |tx| {
                api_keys::create(
                    &store,
                    tx,
                    "CI",
                    Permission::ALL.iter().copied().collect(),
                    Some(ada.id),
                    expires,
                )
                .await
            })
            .await
            .unwrap()
    };
    let (key, token) = make(None).await;
    let (_, short) = make(Some(end)).await;
    let holder = by_api_key(&store, token.reveal()).await.unwrap().unwrap();
    assert_eq!(
        (holder.key.id, holder.company.id, holder.reach().tenant()),
        (key.id, company_id(1), ours)
    );
    for wrong in tampered(token.reveal()) {
        assert!(by_api_key(&store, &wrong).await.unwrap().is_none(), "{wrong}");
    }

    clock.advance(59);
    assert!(by_api_key(&store, short.reveal()).await.unwrap().is_some());
    clock.advance(1);
    assert!(by_api_key(&store, short.reveal()).await.unwrap().is_none());

    let revoke = async |tenant| {
        store
            .transaction::<_, StoreError>(tenant, async |tx| api_keys::revoke(&store, tx, key.id).await)
            .await
            .unwrap()
    };
    assert_eq!(revoke(Tenant::new(company_id(2))).await, None);
    assert!(by_api_key(&store, token.reveal()).await.unwrap().is_some());
    let revoked = revoke(ours).await.unwrap();
    clock.advance(5);
    assert_eq!(revoke(ours).await.unwrap(), revoked);
    assert!(by_api_key(&store, token.reveal()).await.unwrap().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_of_another_process_is_known_at_once_and_a_revoked_one_is_dead_at_once_where_it_was_revoked()
{
    let (store, ada) = at_work(&TestClock::new()).await;
    let tenant = Tenant::new(company_id(1));
    let ring = walks::ring();
    let made = async |name| {
        store
            .transaction::<_, SealError>(tenant, async |tx| {
                secrets::create(&store, tx, &ring, name, Some(ada.id)).await
            })
            .await
            .unwrap()
    };
    let signed = |secret: &Token| {
        let token = sign(&walks::claims(tenant, &store, 1), secret.reveal().as_bytes());
        token.reveal().to_owned()
    };
    let opens = async |token: &str| {
        let ticket = by_subscriber_token(&store, &ring, token).await.unwrap();
        ticket.is_some()
    };
    let (first, of_first) = made("first").await;
    let (second, of_second) = made("second").await;

    // As if another process made the second one after this one has read them.
    let stored = store.database().collection::<bson::Document>("viewer_secrets");
    let one = doc! { "_id": value::uuid(second.id.uuid()) };
    let record = stored.find_one_and_delete(one).await.unwrap().unwrap();
    assert!(opens(&signed(&of_first)).await);
    assert!(!opens(&signed(&of_second)).await);
    drop(stored.insert_one(record).await.unwrap());
    assert!(opens(&signed(&of_second)).await);

    let revoked =
        store.transaction::<_, StoreError>(tenant, async |tx| secrets::revoke(&store, tx, first.id).await);
    assert!(revoked.await.unwrap().is_some());
    assert!(!opens(&signed(&of_first)).await);
    assert!(opens(&signed(&of_second)).await);
}
