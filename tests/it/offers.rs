//! What a company offers.

use actix_web::http::Method;
use kale_testkit::{Answer, Client, TestApp};
use serde_json::{Value, json};

async fn change(client: &Client, id: &str, tag: &str, body: &Value) -> Answer {
    let place = format!("/offers/{id}");
    client
        .json(Method::PATCH, &place, &[("if-match", tag)], body)
        .await
}

#[actix_web::test]
async fn an_offer_is_made_changed_and_archived_and_its_kind_stays() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let owner = &company.owner;
    let credit = json!({ "amount": { "amount_minor": 500, "currency": "USD" } });
    let new = json!({ "name": "Five dollars", "kind": "credit", "params": credit });
    let made = owner.post("/offers", &new).await.expect(201);
    let id = made.string("/id");
    assert_eq!(made.json()["params"], credit);

    let changed = change(owner, &id, "\"v1\"", &json!({ "name": "Five", "archived": true }))
        .await
        .expect(200);
    assert_eq!(changed.json()["params"], credit);
    let listed = company.expert.get("/offers").await.expect(200).json();
    assert_eq!(listed["data"], json!([changed.json()]));
    drop(change(owner, &id, "\"v1\"", &json!({})).await.expect(412));
    drop(company.expert.post("/offers", &new).await.expect(403));
    for (body, pointer) in [
        (json!({ "params": { "months": 3 } }), "#/params"),
        (json!({ "name": " " }), "#/name"),
        (json!({ "kind": "pause" }), "#/kind"),
    ] {
        let refused = change(owner, &id, "\"v2\"", &body).await.expect(422).json();
        let at = refused["errors"][0]["pointer"].as_str().unwrap();
        assert!(at.starts_with(pointer), "{refused}");
    }
    app.stop().await;
}

#[actix_web::test]
async fn what_the_parameters_of_a_kind_may_not_be_is_said_at_its_place() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    for (kind, params, pointer) in [
        (
            "apply_discount",
            json!({ "percent": 120, "months": 3 }),
            "#/params/percent",
        ),
        ("apply_discount", json!({ "percent": 20 }), "#/params"),
        ("pause", json!({ "months": 3, "price": 0 }), "#/params/price"),
        ("holiday", json!({}), "#/kind"),
    ] {
        let body = json!({ "name": "X", "kind": kind, "params": params });
        let refused = company.owner.post("/offers", &body).await.expect(422).json();
        let at = refused["errors"][0]["pointer"].as_str().unwrap();
        assert!(at.starts_with(pointer), "{refused}");
    }
    app.stop().await;
}
