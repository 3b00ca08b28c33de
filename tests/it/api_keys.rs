//! Keys of programs.

use jiff::SignedDuration;
use kale_testkit::TestApp;
use serde_json::json;

#[actix_web::test]
async fn a_key_is_shown_once_and_does_what_it_may() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let wish = json!({ "name": " CRM sync ", "permissions": ["customers.read"] });
    let made = company.owner.post("/api-keys", &wish).await.expect(201);
    let token = made.string("/token");
    assert_eq!(made.header("cache-control").as_deref(), Some("no-store"));
    assert_eq!(made.json()["api_key"]["name"], "CRM sync");
    assert!(token.ends_with(&made.string("/api_key/hint")));

    let listed = company.owner.get("/api-keys").await.expect(200);
    assert!(!listed.text().contains(&token) && listed.text().contains(&made.string("/api_key/id")));
    let program = app.with_token(&token);
    drop(program.get("/customers").await.expect(200));
    assert!(
        program
            .post("/customers", &json!({ "external_id": "1" }))
            .await
            .expect(403)
            .text()
            .contains("customers.write")
    );
    let last_used = company.owner.get("/api-keys").await.json()["data"][0]["last_used_at"].clone();
    assert!(last_used.is_string(), "{last_used}");
    app.stop().await;
}

#[actix_web::test]
async fn a_revoked_key_stops_at_once_and_stays_in_the_list() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let program = company.program_with(&app, &["customers.read"]).await;
    drop(program.get("/customers").await.expect(200));
    let id = program.get("/me").await.string("/api_key");

    let revoked = company
        .owner
        .delete(&format!("/api-keys/{id}"))
        .await
        .expect(200)
        .json();
    assert!(revoked["revoked_at"].is_string());
    assert_eq!(
        program.get("/customers").await.expect(401).problem(),
        "unauthenticated"
    );

    assert_eq!(
        company
            .owner
            .delete(&format!("/api-keys/{id}"))
            .await
            .expect(200)
            .json(),
        revoked
    );
    let listed = company.owner.get("/api-keys").await.json();
    assert_eq!(listed["data"][0], revoked);
    app.stop().await;
}

#[actix_web::test]
async fn a_key_works_until_its_end() {
    let app = TestApp::start().await;
    let company = app.company("Globex").await;
    let wish = |at: &str| json!({ "name": "Short", "permissions": ["customers.read"], "expires_at": at });
    let refused = company
        .owner
        .post("/api-keys", &wish("2099-01-01T00:00:00Z"))
        .await
        .expect(422);
    assert_eq!(refused.json()["errors"][0]["pointer"], "#/expires_at");

    let made = company
        .owner
        .post("/api-keys", &wish("2100-01-01T13:00:00Z"))
        .await
        .expect(201);
    app.advance(SignedDuration::from_mins(61));
    drop(
        app.with_token(&made.string("/token"))
            .get("/customers")
            .await
            .expect(401),
    );
    app.stop().await;
}

#[actix_web::test]
async fn an_altered_key_opens_nothing() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let token = company.program.token();
    drop(app.with_token(token).get("/me").await.expect(200));
    let other_end = format!(
        "{}{}",
        &token[..token.len() - 1],
        if token.ends_with('A') { 'B' } else { 'A' }
    );
    for wrong in [
        &other_end,
        &token[..token.len() - 1],
        &format!("{token}A"),
        &token.to_uppercase(),
        &token[5..],
    ] {
        drop(app.with_token(wrong).get("/me").await.expect(401));
    }
    app.stop().await;
}

#[actix_web::test]
async fn what_is_wrong_with_a_wish_is_told_all_at_once() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let refused = company
        .owner
        .post("/api-keys", &json!({ "name": " ", "permissions": [] }))
        .await
        .expect(422)
        .json();
    let pointers: Vec<_> = refused["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["pointer"].clone())
        .collect();
    assert_eq!(pointers, ["#/name", "#/permissions"]);
    let unknown = json!({ "name": "x", "permissions": ["customers.fly"] });
    drop(company.owner.post("/api-keys", &unknown).await.expect(422));
    app.stop().await;
}
