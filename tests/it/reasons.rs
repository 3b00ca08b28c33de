//! The catalogue of why people leave.

use actix_web::http::Method;
use kale_testkit::{Answer, Client, TestApp};
use serde_json::{Value, json};

async fn list(client: &Client) -> Vec<Value> {
    let all = client.get("/reasons").await.expect(200).json();
    all["data"].as_array().unwrap().clone()
}

async fn change(client: &Client, key: &str, tag: &str, body: &Value) -> Answer {
    let place = format!("/reasons/{key}");
    client
        .json(Method::PATCH, &place, &[("if-match", tag)], body)
        .await
}

#[actix_web::test]
async fn a_company_has_the_built_in_reasons_once_however_many_look_first() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;

    let looks = futures::future::join_all((0..8).map(|_| list(&company.expert))).await;

    for look in &looks {
        assert_eq!(look, &looks[0]);
    }
    let keys: Vec<&str> = looks[0].iter().map(|one| one["key"].as_str().unwrap()).collect();
    assert_eq!(
        (keys.len(), keys[0], keys[20]),
        (21, "price_too_high", "no_answer")
    );
    assert_eq!(looks[0][0]["text"]["en"], "It costs more than I want to pay");
    assert_eq!(looks[0][0]["provider_codes"]["stripe"][0], "too_expensive");
    app.stop().await;
}

#[actix_web::test]
async fn a_reason_is_added_changed_and_archived_and_its_key_stays_taken() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let owner = &company.owner;
    let new = json!({
        "key": "too_far", "category": "life", "title": " Too far ", "text": { "en": "Too far away", "de": "Zu weit" }
    });
    let made = owner.post("/reasons", &new).await.expect(201);
    assert_eq!(
        (made.string("/title"), made.json()["order"].clone()),
        ("Too far".to_owned(), json!(220))
    );
    assert_eq!(
        owner.post("/reasons", &new).await.expect(409).problem(),
        "already-exists"
    );

    let archived = change(
        owner,
        "too_far",
        "\"v1\"",
        &json!({ "archived": true, "order": 5 }),
    )
    .await
    .expect(200);
    assert_eq!(archived.header("etag").as_deref(), Some("\"v2\""));
    assert_eq!(
        list(owner).await[0]["key"],
        "too_far",
        "in its order, archived or not"
    );
    assert_eq!(
        owner.post("/reasons", &new).await.expect(409).problem(),
        "already-exists"
    );
    let late = change(owner, "too_far", "\"v1\"", &json!({ "archived": false })).await;
    assert_eq!(late.expect(412).problem(), "stale-version");
    drop(change(owner, "nobodys", "\"v1\"", &json!({})).await.expect(404));
    drop(
        change(&company.expert, "too_far", "\"v2\"", &json!({}))
            .await
            .expect(403),
    );

    for (body, pointer) in [
        (json!({ "text": { "en": " " } }), "#/text"),
        (json!({ "text": { "english": "x" } }), "#/text"),
        (json!({ "title": "" }), "#/title"),
        (json!({ "category": "weather" }), "#/category"),
        (
            json!({ "provider_codes": { "paypal": ["x"] } }),
            "#/provider_codes",
        ),
        (json!({ "key": "other_key" }), "#/key"),
    ] {
        let refused = change(owner, "too_far", "\"v2\"", &body).await.expect(422).json();
        let at = refused["errors"][0]["pointer"].as_str().unwrap();
        assert!(at.starts_with(pointer), "{refused}");
    }
    app.stop().await;
}
