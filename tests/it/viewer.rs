//! What lets subscribers in: settings, secrets, tokens.

use actix_web::http::Method;
use jiff::SignedDuration;
use kale_testkit::{Answer, TestApp, TestCompany};
use serde_json::{Value, json};

fn settings(colour: &str) -> Value {
    json!({ "brand_colour": colour, "return_urls": ["https://example.com/account"],
        "origins": ["https://example.com"], "locale": "en" })
}

async fn put(company: &TestCompany, tag: &str, body: &Value) -> Answer {
    let owner = &company.owner;
    owner
        .json(Method::PUT, "/viewer/settings", &[("if-match", tag)], body)
        .await
}

/// A company with one customer, that its systems call `C-1`.
async fn with_customer(app: &TestApp) -> TestCompany {
    let company = app.company("Globex").await;
    let customer = json!({ "external_id": "C-1", "name": "Ada Okafor" });
    drop(company.program.post("/customers", &customer).await.expect(201));
    company
}

#[actix_web::test]
async fn a_colour_on_which_white_words_cannot_be_read_is_refused_and_changes_are_not_lost() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let first = company.owner.get("/viewer/settings").await.expect(200);
    assert_eq!(
        (first.header("etag").as_deref(), &first.json()["version"]),
        (Some("\"v0\""), &json!(0))
    );

    let refused = put(&company, "\"v0\"", &settings("#ffd500"))
        .await
        .expect(422)
        .json();
    assert_eq!(refused["errors"][0]["pointer"], "#/brand_colour");
    assert_eq!(refused["errors"][0]["code"], "low-contrast");

    let saved = put(&company, "\"v0\"", &settings("#0B5FFF")).await.expect(200);
    assert_eq!(saved.json()["brand_colour"], "#0b5fff");
    assert_eq!(saved.header("etag").as_deref(), Some("\"v1\""));
    for stale in ["\"v0\"", "\"v2\""] {
        drop(put(&company, stale, &settings("#0e6a4d")).await.expect(412));
    }
    let again = put(&company, "\"v1\"", &settings("#0e6a4d")).await.expect(200);
    assert_eq!(company.owner.get("/viewer/settings").await.json(), again.json());
    let log = company.owner.get("/audit").await.json();
    assert_eq!(log["data"][0]["after"]["brand_colour"], "#0e6a4d", "{log}");
    app.stop().await;
}

#[actix_web::test]
async fn a_secret_is_shown_once_and_stands_nowhere_in_the_store() {
    let app = TestApp::start().await;
    let company = app.company("Globex").await;
    let key = [("idempotency-key", "one")];
    let name = json!({ "name": "Account server" });
    let made = company
        .owner
        .json(Method::POST, "/viewer/secrets", &key, &name)
        .await
        .expect(201);
    let secret = made.string("/secret");
    let again = company
        .owner
        .json(Method::POST, "/viewer/secrets", &key, &name)
        .await
        .expect(201);
    assert_eq!(again.json()["viewer_secret"], made.json()["viewer_secret"]);
    assert!(again.json().get("secret").is_none_or(Value::is_null));

    let listed = company.owner.get("/viewer/secrets").await.expect(200);
    assert_eq!(listed.json()["data"].as_array().unwrap().len(), 1);
    assert!(!listed.text().contains(&secret));
    // Its end is chance, in letters that may be `_` too.
    let random = secret[secret.len() - 32..].to_owned();
    assert!(
        crate::raw::dump(&app)
            .await
            .iter()
            .all(|text| !text.contains(&random))
    );

    let id = made.string("/viewer_secret/id");
    let revoked = company
        .owner
        .delete(&format!("/viewer/secrets/{id}"))
        .await
        .expect(200)
        .json();
    assert!(revoked["revoked_at"].is_string());
    let twice = company
        .owner
        .delete(&format!("/viewer/secrets/{id}"))
        .await
        .expect(200)
        .json();
    assert_eq!(revoked, twice);
    app.stop().await;
}

#[actix_web::test]
async fn ten_secrets_may_be_live_and_one_makes_room_by_going() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let mut last = String::new();
    for number in 0..10 {
        let name = json!({ "name": format!("Server {number}") });
        let made = company.owner.post("/viewer/secrets", &name).await.expect(201);
        last = made.string("/viewer_secret/id");
    }
    let one_more = json!({ "name": "One more" });
    let refused = company.owner.post("/viewer/secrets", &one_more).await.expect(409);
    assert_eq!(refused.problem(), "wrong-state");
    drop(
        company
            .owner
            .delete(&format!("/viewer/secrets/{last}"))
            .await
            .expect(200),
    );
    drop(company.owner.post("/viewer/secrets", &one_more).await.expect(201));
    app.stop().await;
}

#[actix_web::test]
async fn a_token_is_made_for_a_customer_that_exists_and_for_addresses_that_are_listed() {
    let app = TestApp::start().await;
    let company = with_customer(&app).await;
    drop(put(&company, "\"v0\"", &settings("#0e6a4d")).await.expect(200));
    let wish = |customer: Value, url: &str| json!({ "customer": customer, "trigger": "cancel_intent", "mode": "live", "return_url": url });
    let good = wish(
        json!({ "external_id": "C-1" }),
        "https://example.com/account/plan",
    );
    let made = company.program.post("/viewer/tokens", &good).await.expect(201);
    assert!(made.string("/token").starts_with("kale1."));
    let handle = made.string("/url").replace(&format!("{}/f/", app.url()), "");
    assert_eq!(handle.len(), 22);
    assert_eq!(made.string("/expires_at"), "2100-01-01T12:15:00Z");
    assert!(
        crate::raw::dump(&app)
            .await
            .iter()
            .all(|text| !text.contains(&handle))
    );

    let id = company
        .program
        .get("/customers-by-external-id/C-1")
        .await
        .string("/id");
    let by_id = wish(json!({ "id": id }), "https://example.com/account");
    drop(company.program.post("/viewer/tokens", &by_id).await.expect(201));

    for (wrong, pointer) in [
        (
            wish(json!({ "external_id": "C-2" }), "https://example.com/account"),
            "#/customer",
        ),
        (wish(json!({}), "https://example.com/account"), "#/customer"),
        (
            wish(
                json!({ "external_id": "C-1", "id": id }),
                "https://example.com/account",
            ),
            "#/customer",
        ),
        (
            wish(json!({ "external_id": "C-1" }), "https://evil.example/"),
            "#/return_url",
        ),
        (
            json!({ "customer": { "id": id }, "trigger": "manual", "mode": "live" }),
            "#/trigger",
        ),
        (
            json!({ "customer": { "id": id }, "trigger": "whim", "mode": "live" }),
            "#/trigger",
        ),
        (
            json!({ "customer": { "id": id }, "trigger": "api", "mode": "preview" }),
            "#/mode",
        ),
        (
            json!({ "customer": { "id": id }, "trigger": "api", "mode": "live",
                "workflow": "wfl_01h455vb4pex5vsknk084sn02q" }),
            "#/workflow",
        ),
    ] {
        let refused = company
            .program
            .post("/viewer/tokens", &wrong)
            .await
            .expect(422)
            .json();
        assert_eq!(refused["errors"][0]["pointer"], pointer, "{wrong}");
    }
    // Who was let in, by whom and for what, is written down; what was refused is not.
    let log = company.owner.get("/audit?limit=200").await.expect(200).json();
    let minted = log["data"].as_array().unwrap().iter();
    let minted: Vec<&Value> = minted
        .filter(|one| one["action"] == "viewer_token_minted")
        .collect();
    assert_eq!(minted.len(), 2, "{minted:#?}");
    assert_eq!(
        (&minted[0]["target"], &minted[0]["actor"]["kind"]),
        (&json!(id), &json!("api_key"))
    );
    assert_eq!(
        minted[0]["after"],
        json!({ "trigger": "cancel_intent", "mode": "live" })
    );
    // Another company's customer does not exist.
    let other = app.company("Initech").await;
    let theirs = json!({ "customer": { "id": id }, "trigger": "api", "mode": "live" });
    let refused = other
        .program
        .post("/viewer/tokens", &theirs)
        .await
        .expect(422)
        .json();
    assert_eq!(refused["errors"][0]["code"], "unknown-customer");
    app.advance(SignedDuration::from_secs(1));
    app.stop().await;
}
