//! What changes at the provider changes here: its events are read every five seconds.

use std::time::{Duration, Instant};

use actix_web::http::Method;
use kale_testkit::Client;
use mongodb::bson::doc;
use serde_json::{Value, json};

use super::{EMAIL, Linked, browser::Browser, linked};
use crate::raw;

/// Waits until what was signed in is signed in no more.
async fn out(client: &Client) {
    let begun = Instant::now();
    while client.get("/me").await.code() != 401 {
        assert!(begun.elapsed() < Duration::from_mins(1), "they are still in");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[actix_web::test]
async fn another_role_at_the_provider_is_another_role_here_and_ends_the_sign_in() {
    let Linked {
        emulator,
        app,
        membership,
        ..
    } = linked("member").await;
    let mut browser = Browser::of(&app);
    drop(browser.sign_in(&emulator, EMAIL).await.expect(303));
    let client = app.with_token(browser.token());
    drop(client.get("/me").await.expect(200));

    let path = format!("/user_management/organization_memberships/{membership}");
    drop(
        emulator
            .ask(Method::PUT, &path, &json!({ "role_slug": "admin" }))
            .await,
    );
    out(&client).await;

    drop(browser.sign_in(&emulator, EMAIL).await.expect(303));
    let me = app
        .with_token(browser.token())
        .get("/me")
        .await
        .expect(200)
        .json();
    assert_eq!(me["role"], "retention_admin");
    app.stop().await;
}

#[actix_web::test]
async fn who_leaves_the_organization_is_out_here_too() {
    let Linked {
        emulator,
        app,
        membership,
        ..
    } = linked("member").await;
    let mut browser = Browser::of(&app);
    drop(browser.sign_in(&emulator, EMAIL).await.expect(303));
    let client = app.with_token(browser.token());
    drop(client.get("/me").await.expect(200));

    let path = format!("/user_management/organization_memberships/{membership}");
    drop(emulator.ask(Method::DELETE, &path, &Value::Null).await);
    out(&client).await;

    let again = browser.sign_in(&emulator, EMAIL).await;
    assert_eq!(again.code(), 403, "{}", again.text());
    app.stop().await;
}

#[actix_web::test]
async fn an_event_that_can_not_be_done_keeps_none_behind_it_waiting_and_is_done_once_it_can() {
    let Linked {
        emulator,
        app,
        organization,
        membership,
        ..
    } = linked("member").await;
    let other = "maya@globex.example";
    let person = emulator.person(other).await;
    let behind = emulator.member(&person, &organization, "member").await;
    let (mut stuck, mut free) = (Browser::of(&app), Browser::of(&app));
    drop(stuck.sign_in(&emulator, EMAIL).await.expect(303));
    drop(free.sign_in(&emulator, other).await.expect(303));
    let (stuck, free) = (app.with_token(stuck.token()), app.with_token(free.token()));
    drop(stuck.get("/me").await.expect(200));
    drop(free.get("/me").await.expect(200));

    // What can't be read can't be changed.
    let users = raw::collection(&app, "users").await;
    let ruth = doc! { "email": EMAIL };
    let broken = doc! { "$set": { "role": "nonsense" } };
    assert_eq!(
        users
            .update_one(ruth.clone(), broken)
            .await
            .unwrap()
            .modified_count,
        1
    );
    for one in [membership, behind] {
        let path = format!("/user_management/organization_memberships/{one}");
        drop(emulator.ask(Method::DELETE, &path, &Value::Null).await);
    }
    out(&free).await;
    let jobs = raw::collection(&app, "jobs").await;
    let aside = doc! { "kind": "identity_heed" };
    let begun = Instant::now();
    let kept = loop {
        if let Some(kept) = jobs.find_one(aside.clone()).await.unwrap() {
            break kept;
        }
        assert!(begun.elapsed() < Duration::from_mins(1), "it is not set aside");
        tokio::time::sleep(Duration::from_millis(100)).await;
    };
    assert!(!format!("{kept}").contains('@'), "{kept}");

    let mended = doc! { "$set": { "role": "retention_expert" } };
    drop(users.update_one(ruth.clone(), mended).await.unwrap());
    let begun = Instant::now();
    let gone = doc! { "email": EMAIL, "status": "deactivated" };
    while users.count_documents(gone.clone()).await.unwrap() == 0 {
        assert!(begun.elapsed() < Duration::from_mins(1), "it is never done");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let failed = doc! { "kind": "identity_heed", "state": "failed" };
    assert_eq!(jobs.count_documents(failed).await.unwrap(), 0);
    drop(stuck.get("/me").await.expect(401));
    app.stop().await;
}

#[actix_web::test]
async fn the_last_admin_who_leaves_is_out_and_whoever_runs_the_installation_is_told() {
    takes_the_last_admin_away(Method::DELETE, Value::Null).await;
}

#[actix_web::test]
async fn the_last_admin_who_plays_another_part_there_does_so_here_and_it_is_told_too() {
    takes_the_last_admin_away(Method::PUT, json!({ "role_slug": "member" })).await;
}

async fn takes_the_last_admin_away(method: Method, change: Value) {
    let Linked {
        emulator,
        app,
        company,
        membership,
        ..
    } = linked("admin").await;
    let (_, operator) = app.kale_admin(&company).await;
    let told = async || {
        let log = operator
            .get("/installation/audit?filter%5Baction%5D=company_without_admin")
            .await;
        log.expect(200).json()["data"].as_array().unwrap().clone()
    };
    let mut browser = Browser::of(&app);
    drop(browser.sign_in(&emulator, EMAIL).await.expect(303));
    let client = app.with_token(browser.token());
    // Another goes, and one is left: nobody is told of that.
    let owner = company.owner.get("/me").await.expect(200).string("/user/id");
    drop(
        client
            .post(&format!("/users/{owner}/deactivate"), &json!({}))
            .await
            .expect(200),
    );
    assert_eq!(told().await, Vec::<Value>::new());

    let path = format!("/user_management/organization_memberships/{membership}");
    drop(emulator.ask(method, &path, &change).await);
    out(&client).await;

    let entries = told().await;
    assert_eq!(entries.len(), 1, "{entries:?}");
    assert_eq!(entries[0]["target"], company.id.to_string());
    assert_eq!(entries[0]["actor"]["kind"], "system");
    app.stop().await;
}
