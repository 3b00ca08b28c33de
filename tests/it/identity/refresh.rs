//! Sessions at the provider are asked for again, each time by one.

use actix_web::http::Method;
use futures::future::join_all;
use kale_testkit::TestApp;
use mongodb::bson::{DateTime, Document, doc};
use serde_json::Value;

use super::{EMAIL, Linked, browser::Browser, linked};
use crate::raw;

/// What the provider said lasts no longer.
async fn outdate(app: &TestApp) {
    let sessions = raw::collection(app, "identity_sessions").await;
    let past = doc! { "$set": { "fresh_until": DateTime::from_millis(0) } };
    assert_eq!(
        sessions.update_many(doc! {}, past).await.unwrap().modified_count,
        1
    );
}

async fn kept(app: &TestApp) -> Option<Document> {
    raw::collection(app, "identity_sessions")
        .await
        .find_one(doc! {})
        .await
        .unwrap()
}

async fn sessions_there(linked: &Linked) -> usize {
    let path = format!("/user_management/users/{}/sessions", linked.person);
    let list = linked.emulator.ask(Method::GET, &path, &Value::Null).await;
    list["data"].as_array().unwrap().len()
}

#[actix_web::test]
async fn of_twenty_requests_at_once_one_refreshes_and_all_are_answered() {
    let linked = linked("member").await;
    let mut browser = Browser::of(&linked.app);
    drop(browser.sign_in(&linked.emulator, EMAIL).await.expect(303));
    // Two servers that remember nobody yet.
    let (one, two) = (
        linked.app.beside_through(&linked.emulator).await,
        linked.app.beside_through(&linked.emulator).await,
    );
    outdate(&linked.app).await;
    let before = kept(&linked.app).await.unwrap();
    let clients = [one.with_token(browser.token()), two.with_token(browser.token())];

    let asked = (0..20).map(|at| clients[at % 2].get("/me"));
    let answers = join_all(asked).await;

    let codes: Vec<u16> = answers.iter().map(kale_testkit::Answer::code).collect();
    assert_eq!(codes, [200; 20]);
    let after = kept(&linked.app).await.unwrap();
    assert_eq!(after.get_i64("refreshed").unwrap(), 1);
    assert_ne!(
        after.get_str("refresh_token").unwrap(),
        before.get_str("refresh_token").unwrap()
    );
    // The emulator begins a session for each token it gives out: one to sign in, one to refresh.
    assert_eq!(sessions_there(&linked).await, 2);
    let Linked { app, .. } = linked;
    for app in [one, two, app] {
        app.stop().await;
    }
}

#[actix_web::test]
async fn what_the_provider_stands_by_no_more_ends_here() {
    let linked = linked("member").await;
    let mut browser = Browser::of(&linked.app);
    drop(browser.sign_in(&linked.emulator, EMAIL).await.expect(303));
    let beside = linked.app.beside_through(&linked.emulator).await;
    outdate(&linked.app).await;
    // The emulator keeps refresh tokens of a user that is gone from it, and then has nobody to give a new one to.
    let path = format!("/user_management/users/{}", linked.person);
    linked.emulator.ask(Method::DELETE, &path, &Value::Null).await;

    let client = beside.with_token(browser.token());
    assert_eq!(client.get("/me").await.code(), 401);
    assert_eq!(kept(&linked.app).await, None);
    let sign_ins = raw::collection(&linked.app, "sign_ins").await;
    // Only those of the company's two people, who came by links, are left.
    assert_eq!(sign_ins.count_documents(doc! {}).await.unwrap(), 2);
    assert_eq!(linked.company.owner.get("/me").await.code(), 200);
    beside.stop().await;
    linked.app.stop().await;
}

#[actix_web::test]
async fn while_the_provider_is_away_a_sign_in_holds_for_two_minutes_and_is_not_lost() {
    let linked = linked("member").await;
    let mut browser = Browser::of(&linked.app);
    drop(browser.sign_in(&linked.emulator, EMAIL).await.expect(303));
    let beside = linked.app.beside_through(&linked.emulator).await;
    let sessions = raw::collection(&linked.app, "identity_sessions").await;
    let now = linked.app.store().now().as_millisecond();
    let until = async |millis: i64| {
        let end = doc! { "$set": { "fresh_until": DateTime::from_millis(millis), "refreshing_until": null } };
        sessions.update_many(doc! {}, end).await.unwrap()
    };
    let Linked { emulator, app, .. } = linked;
    drop(emulator);

    let client = beside.with_token(browser.token());
    until(now - 60_000).await;
    assert_eq!(client.get("/me").await.code(), 200);
    until(now - 121_000).await;
    assert_eq!(app.with_token(browser.token()).get("/me").await.code(), 401);
    assert!(kept(&app).await.is_some());
    beside.stop().await;
    app.stop().await;
}
