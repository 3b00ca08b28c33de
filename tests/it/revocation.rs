//! How soon what was taken away is gone: at once where it happened, within a second on another server, and within five
//! where no stream tells it.
//!
//! A server remembers a caller for five seconds. Each measurement begins with a caller that the other server has just met,
//! so that what is gone within a second was not simply forgotten; the last test shows what happens without the stream.

use std::time::{Duration, Instant};

use kale_application::access::Callers;
use kale_testkit::{Client, TestApp};
use serde_json::json;

use crate::{
    team::{change, joined},
    tokens::{holder, refresh, tokens},
};

/// What counts as soon.
const SOON: Duration = Duration::from_secs(1);
/// How long a server remembers.
const REMEMBERED: Duration = Duration::from_secs(5);
const ROUNDS: usize = 5;

/// Makes a server remember a caller.
async fn meet(client: &Client) {
    drop(client.get("/me").await.expect(200));
    drop(client.get("/me").await.expect(200));
}

/// How long a server still lets somebody in.
async fn let_in_for(client: &Client) -> Duration {
    let begun = Instant::now();
    while client.get("/me").await.code() == 200 {
        assert!(begun.elapsed() < 2 * REMEMBERED, "it never ends");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    begun.elapsed()
}

#[actix_web::test]
async fn a_changed_role_is_felt_on_another_server_within_a_second() {
    let app = TestApp::start().await;
    let other = app.beside().await;
    let company = app.company("Globex").await;
    let (id, _) = joined(&app, &company, "retention_admin").await;
    for round in 0..ROUNDS {
        let browser = app.signed_in(id.parse().unwrap()).await;
        let pair = tokens(&app, &browser).await;
        let elsewhere = other.with_token(browser.token());
        let program = holder(&other, &pair);
        meet(&elsewhere).await;
        meet(&program).await;

        let role = ["retention_expert", "retention_admin"][round % 2];
        drop(
            change(&company.owner, &id, &json!({ "role": role }))
                .await
                .expect(200),
        );

        drop(browser.get("/me").await.expect(401));
        drop(holder(&app, &pair).get("/me").await.expect(401));
        let (browser, program) = futures::join!(let_in_for(&elsewhere), let_in_for(&program));
        assert!(
            browser < SOON && program < SOON,
            "round {round}: {browser:?}, {program:?}"
        );
        assert_eq!(refresh(&other, &pair).await.code(), 401);
        // Who signs in again has the new role.
        let again = app.signed_in(id.parse().unwrap()).await;
        assert_eq!(
            other
                .with_token(again.token())
                .get("/me")
                .await
                .expect(200)
                .json()["role"],
            role
        );
    }
    other.stop().await;
    app.stop().await;
}

#[actix_web::test]
async fn every_way_out_is_felt_on_another_server_within_a_second() {
    let app = TestApp::start().await;
    let other = app.beside().await;
    let company = app.company("Globex").await;
    let (id, _) = joined(&app, &company, "retention_expert").await;
    for way in [
        "sign out",
        "revoke",
        "everywhere",
        "refresh",
        "reuse",
        "deactivate",
    ] {
        let browser = app.signed_in(id.parse().unwrap()).await;
        let pair = tokens(&app, &browser).await;
        let program = holder(&app, &pair);
        let elsewhere = holder(&other, &pair);
        meet(&elsewhere).await;
        meet(&program).await;
        match way {
            "sign out" => drop(program.post("/auth/logout", &json!({})).await.expect(204)),
            "revoke" => {
                let path = format!("/me/sign-ins/{}", pair["sign_in"].as_str().unwrap());
                drop(browser.delete(&path).await.expect(204));
            }
            "everywhere" => drop(browser.delete("/me/sign-ins").await.expect(204)),
            "refresh" => drop(refresh(&app, &pair).await.expect(200)),
            "reuse" => {
                drop(refresh(&app, &pair).await.expect(200));
                drop(refresh(&app, &pair).await.expect(401));
            }
            _ => {
                let path = format!("/users/{id}/deactivate");
                drop(company.owner.post(&path, &json!({})).await.expect(200));
            }
        }
        // At once where it happened.
        drop(program.get("/me").await.expect(401));
        let felt = let_in_for(&elsewhere).await;
        assert!(felt < SOON, "{way}: {felt:?}");
    }
    other.stop().await;
    app.stop().await;
}

#[actix_web::test]
async fn without_the_stream_a_server_believes_what_it_read_for_seconds_and_no_longer() {
    let app = TestApp::start().await;
    let company = app.company("Globex").await;
    let (id, nora) = joined(&app, &company, "retention_admin").await;
    // As a server remembers whose stream is down: nobody tells it anything.
    let deaf = Callers::new(app.store().clone());
    let told = std::sync::Arc::new(Callers::new(app.store().clone()));
    let following = told.follow();
    let knows = async |callers: &Callers| callers.authenticate(nora.token()).await.unwrap().is_some();
    // The stream is open once it has told the first change.
    tokio::time::sleep(SOON).await;
    assert!(knows(&deaf).await && knows(&told).await);

    let begun = Instant::now();
    let role = json!({ "role": "retention_expert" });
    drop(change(&company.owner, &id, &role).await.expect(200));
    while knows(&told).await {
        assert!(begun.elapsed() < SOON, "the stream told nothing");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    tokio::time::sleep(SOON).await;
    assert!(
        knows(&deaf).await,
        "it was told without a stream: the other tests prove nothing"
    );
    while knows(&deaf).await {
        assert!(begun.elapsed() < REMEMBERED + SOON, "it believes for too long");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    drop(following);
    app.stop().await;
}
