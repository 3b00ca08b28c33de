//! What changes at the provider changes here: its events are read every five seconds.

use std::time::{Duration, Instant};

use actix_web::http::Method;
use kale_testkit::Client;
use serde_json::{Value, json};

use super::{EMAIL, Linked, browser::Browser, linked};

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
