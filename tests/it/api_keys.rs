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
async fn a_key_ends_after_ninety_days_where_nobody_says_and_never_where_that_is_said() {
    let app = TestApp::start().await;
    let company = app.company("Globex").await;
    let mut wish = json!({ "name": "Usual", "permissions": ["customers.read"] });
    let usual = company.owner.post("/api-keys", &wish).await.expect(201);
    wish["expires_at"] = json!(null);
    let endless = company.owner.post("/api-keys", &wish).await.expect(201);
    assert!(endless.json()["api_key"]["expires_at"].is_null());
    let works = async |made: &kale_testkit::Answer| {
        let program = app.with_token(&made.string("/token"));
        program.get("/customers").await.code()
    };

    app.advance(SignedDuration::from_hours(90 * 24) - SignedDuration::from_mins(1));
    assert_eq!((works(&usual).await, works(&endless).await), (200, 200));
    app.advance(SignedDuration::from_mins(2));
    assert_eq!((works(&usual).await, works(&endless).await), (401, 200));
    app.stop().await;
}

#[actix_web::test]
async fn a_replaced_key_works_on_for_the_overlap_and_the_next_one_as_long_as_it_was_to() {
    let app = TestApp::start().await;
    let company = app.company("Globex").await;
    // For ten days.
    let end = "2100-01-11T12:00:00Z";
    let wish = json!({ "name": "CRM sync", "permissions": ["customers.read"], "expires_at": end });
    let old = company.owner.post("/api-keys", &wish).await.expect(201);
    let path = format!("/api-keys/{}/rotate", old.string("/api_key/id"));
    app.advance(SignedDuration::from_hours(2 * 24));

    let too_long = company.owner.post(&path, &json!({ "overlap_hours": 169 })).await;
    assert_eq!(
        too_long.expect(422).string("/errors/0/pointer"),
        "#/overlap_hours"
    );
    let plain = json!({});
    let (one, other) = futures::join!(
        company.owner.post(&path, &plain),
        company.owner.post(&path, &plain)
    );
    let mut codes = [one.code(), other.code()];
    codes.sort_unstable();
    assert_eq!(codes, [201, 409], "{} / {}", one.text(), other.text());
    let new = if one.code() == 201 { one } else { other };
    assert_eq!(new.json()["api_key"]["permissions"], json!(["customers.read"]));
    let listed = company.owner.get("/api-keys").await.json();
    let mut keys = listed["data"].as_array().unwrap().iter();
    let replaced = keys.find(|key| key["id"] == old.json()["api_key"]["id"]).unwrap();
    assert_eq!(replaced["replaced_by"], new.json()["api_key"]["id"]);

    let [old, new] = [&old, &new].map(|made| app.with_token(&made.string("/token")));
    app.advance(SignedDuration::from_hours(24) - SignedDuration::from_mins(1));
    drop((
        old.get("/customers").await.expect(200),
        new.get("/customers").await.expect(200),
    ));
    app.advance(SignedDuration::from_mins(2));
    drop((
        old.get("/customers").await.expect(401),
        new.get("/customers").await.expect(200),
    ));
    app.advance(SignedDuration::from_hours(8 * 24));
    drop(new.get("/customers").await.expect(200));
    app.advance(SignedDuration::from_hours(2 * 24));
    drop(new.get("/customers").await.expect(401));
    app.stop().await;
}

#[actix_web::test]
async fn a_leaked_key_is_replaced_without_an_overlap_and_a_dead_one_is_not() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let leaked = company.program_with(&app, &["customers.read"]).await;
    let id = leaked.get("/me").await.string("/api_key");
    let path = format!("/api-keys/{id}/rotate");
    let next = company
        .owner
        .post(&path, &json!({ "overlap_hours": 0 }))
        .await
        .expect(201);
    drop(leaked.get("/customers").await.expect(401));
    drop(
        app.with_token(&next.string("/token"))
            .get("/customers")
            .await
            .expect(200),
    );
    let again = company.owner.post(&path, &json!({})).await.expect(409);
    assert_eq!(again.problem(), "wrong-state");
    let log = company
        .owner
        .get("/audit?filter[action]=api_key_rotated")
        .await
        .expect(200);
    assert_eq!(
        log.json()["data"][0]["after"]["replaced_by"],
        next.json()["api_key"]["id"]
    );
    assert_eq!(log.json()["data"].as_array().unwrap().len(), 1);
    app.stop().await;
}

#[actix_web::test]
async fn the_last_use_of_a_key_is_written_once_a_minute() {
    let app = TestApp::start().await;
    let company = app.company("Globex").await;
    let program = company.program_with(&app, &["customers.read"]).await;
    let id = program.get("/me").await.string("/api_key");
    let last_used = async || {
        let listed = company.owner.get("/api-keys").await.json();
        let mut keys = listed["data"].as_array().unwrap().iter();
        keys.find(|key| key["id"] == id.as_str()).unwrap()["last_used_at"].clone()
    };
    // A change to any key makes this server read all of them anew.
    let read_anew = async || {
        let other = company.program_with(&app, &["customers.read"]).await;
        let other = other.get("/me").await.string("/api_key");
        drop(
            company
                .owner
                .delete(&format!("/api-keys/{other}"))
                .await
                .expect(200),
        );
    };
    let first = last_used().await;
    app.advance(SignedDuration::from_secs(50));
    read_anew().await;
    drop(program.get("/customers").await.expect(200));
    assert_eq!(last_used().await, first, "within the minute it stays as it is");
    app.advance(SignedDuration::from_secs(20));
    read_anew().await;
    drop(program.get("/customers").await.expect(200));
    assert_ne!(last_used().await, first);
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
