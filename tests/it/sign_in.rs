//! Signing in with a link that works once, and out.

use actix_web::http::Method;
use jiff::SignedDuration;
use kale_domain::id::UserId;
use kale_testkit::{Client, TestApp};
use serde_json::json;

async fn user(client: &Client) -> UserId {
    client
        .get("/me")
        .await
        .expect(200)
        .string("/user/id")
        .parse()
        .unwrap()
}

#[actix_web::test]
async fn a_link_signs_in_once() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let link = app.link(user(&company.expert).await).await;
    let body = json!({ "token": link.reveal() });

    let signed_in = app.stranger().post("/auth/local/verify", &body).await.expect(200);
    assert_eq!(signed_in.json()["token_type"], "Bearer");
    assert_eq!(signed_in.header("set-cookie"), None);
    let client = app.with_token(&signed_in.string("/access_token"));
    assert_eq!(
        client.get("/me").await.expect(200).json()["role"],
        "retention_expert"
    );

    let again = app.stranger().post("/auth/local/verify", &body).await.expect(401);
    assert_eq!(again.problem(), "sign-in-link-dead");
    app.stop().await;
}

#[actix_web::test]
async fn of_ten_uses_of_one_link_at_once_one_signs_in() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let link = app.link(user(&company.owner).await).await;
    let body = json!({ "token": link.reveal() });
    let stranger = app.stranger();

    let tries = (0..10).map(|_| stranger.post("/auth/local/verify", &body));
    let answers = futures::future::join_all(tries).await;

    assert_eq!(answers.iter().filter(|one| one.code() == 200).count(), 1);
    assert_eq!(answers.iter().filter(|one| one.code() == 401).count(), 9);
    app.stop().await;
}

#[actix_web::test]
async fn an_old_or_altered_link_is_as_dead_as_an_unknown_one() {
    let app = TestApp::start().await;
    let company = app.company("Globex").await;
    let owner = user(&company.owner).await;
    let (old, altered) = (app.link(owner).await, app.link(owner).await);
    let altered = altered.reveal().replacen(
        |c: char| c == altered.reveal().chars().next_back().unwrap(),
        "!",
        1,
    );
    app.advance(SignedDuration::from_mins(16));
    let mut answers = Vec::new();
    for token in [
        old.reveal(),
        &altered,
        "kale_lnk_01h455vb4pex5vsknk084sn02q_x",
        "",
        "x",
    ] {
        let refused = app
            .stranger()
            .post("/auth/local/verify", &json!({ "token": token }))
            .await
            .expect(401)
            .json();
        answers.push((
            refused["code"].clone(),
            refused["detail"].clone(),
            refused["title"].clone(),
        ));
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
    app.stop().await;
}

#[actix_web::test]
async fn known_and_unknown_addresses_are_answered_alike() {
    let app = TestApp::start().await;
    let _company = app.company("Globex").await;
    let ask = async |email: &str| {
        app.stranger()
            .post("/auth/local/link", &json!({ "email": email }))
            .await
            .expect(202)
            .json()
    };

    let (known, unknown) = (
        ask("ada@globex.example").await,
        ask("nobody@globex.example").await,
    );

    let lengths = |one: &serde_json::Value| (one["nonce"].as_str().unwrap().len(), one["expires_in"].clone());
    assert_eq!(lengths(&known), lengths(&unknown));
    assert_ne!(known["nonce"], unknown["nonce"]);
    let refused = app
        .stranger()
        .post("/auth/local/link", &json!({ "email": "no address" }))
        .await
        .expect(422);
    assert_eq!(refused.json()["errors"][0]["pointer"], "#/email");
    app.stop().await;
}

#[actix_web::test]
async fn signing_out_ends_the_token_at_once_and_no_other() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let other = app.signed_in(user(&company.owner).await).await;

    let out = company.owner.post("/auth/logout", &json!({})).await.expect(204);
    assert!(out.header("set-cookie").unwrap().starts_with("kale=;"));

    assert_eq!(company.owner.get("/me").await.problem(), "unauthenticated");
    drop(company.owner.get("/customers").await.expect(401));
    drop(other.get("/me").await.expect(200));
    app.stop().await;
}

#[actix_web::test]
async fn a_sign_in_is_ended_by_its_owner_from_elsewhere() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let lost = app.signed_in(user(&company.owner).await).await;
    let id = lost.get("/me").await.string("/sign_in");
    drop(lost.get("/customers").await.expect(200));

    let list = company.owner.get("/me/sign-ins").await.expect(200).json();
    let current: Vec<bool> = list["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["current"].as_bool().unwrap())
        .collect();
    assert_eq!(current, [false, true]);
    // A colleague can't.
    drop(
        company
            .expert
            .delete(&format!("/me/sign-ins/{id}"))
            .await
            .expect(404),
    );
    drop(lost.get("/customers").await.expect(200));

    drop(
        company
            .owner
            .delete(&format!("/me/sign-ins/{id}"))
            .await
            .expect(204),
    );
    drop(lost.get("/customers").await.expect(401));
    drop(
        company
            .owner
            .delete(&format!("/me/sign-ins/{id}"))
            .await
            .expect(404),
    );
    app.stop().await;
}

#[actix_web::test]
async fn a_sign_in_that_is_not_used_ends_by_itself() {
    let app = TestApp::start().await;
    let company = app.company("Globex").await;
    let expires = company
        .owner
        .get("/me/sign-ins")
        .await
        .expect(200)
        .string("/data/0/expires_at");
    let expires: jiff::Timestamp = expires.parse().unwrap();
    let begun = company
        .owner
        .get("/me/sign-ins")
        .await
        .string("/data/0/last_seen_at");
    let idle = expires.duration_since(begun.parse().unwrap());

    app.advance(idle + SignedDuration::from_secs(61));
    // What the process remembers of a caller is forgotten with any other sign-in's end.
    drop(app.stranger().get("/customers").await.expect(401));
    tokio::time::sleep(std::time::Duration::from_millis(5_200)).await;

    drop(company.owner.get("/customers").await.expect(401));
    app.stop().await;
}

#[actix_web::test]
async fn programs_have_no_sign_ins() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    assert_eq!(
        company.program.get("/me/sign-ins").await.expect(403).problem(),
        "people-only"
    );
    let out = company
        .program
        .send(Method::POST, "/auth/logout", &[], "")
        .await
        .expect(403);
    assert_eq!(out.problem(), "people-only");
    let me = company.program.get("/me").await.expect(200).json();
    assert_eq!(
        (&me["kind"], &me["user"], &me["csrf_token"]),
        (&json!("api_key"), &json!(null), &json!(null))
    );
    app.stop().await;
}
