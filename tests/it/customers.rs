//! Customers as programs tell us about them, and as files give them back.

mod at_once;
mod export;
mod rejected_lines;
mod sorting;

use actix_web::http::Method;
use kale_testkit::TestApp;
use serde_json::{Value, json};

const NDJSON: [(&str, &str); 1] = [("content-type", "application/x-ndjson")];

#[actix_web::test]
async fn a_customer_is_created_once_and_found_where_the_answer_says() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let new = json!({
        "external_id": "7590-VHVEG", "name": "Ada Lovelace", "email": "ada@example.com", "plan": "Team",
        "mrr": { "amount_minor": 2985, "currency": "USD" },
        "attributes": { "contract": "Month-to-month", "tenure": 1, "since": "2024-02-29", "vip": true, "score": 1.5 }
    });
    let made = company.program.post("/customers", &new).await.expect(201);
    let customer = made.json();
    for name in ["name", "email", "plan", "mrr", "attributes"] {
        assert_eq!(customer[name], new[name], "{name}");
    }
    assert_eq!(
        customer["metrics"]["arr"],
        json!({ "amount_minor": 35_820, "currency": "USD" })
    );
    assert_eq!(
        company
            .owner
            .get(&made.header("location").unwrap())
            .await
            .expect(200)
            .json(),
        customer
    );
    assert_eq!(
        company
            .owner
            .get("/customers-by-external-id/7590-VHVEG")
            .await
            .expect(200)
            .json(),
        customer
    );

    let again = company.program.post("/customers", &new).await.expect(409);
    assert_eq!(again.problem(), "already-exists");
    let kinds = company.owner.get("/attributes").await.expect(200).json();
    let kinds: Vec<(&Value, &Value)> = kinds["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (&one["key"], &one["type"]))
        .collect();
    // Programs say less about their values than files: a number is a number, a day a text.
    for (key, kind) in [
        ("contract", "text"),
        ("tenure", "number"),
        ("since", "text"),
        ("vip", "boolean"),
        ("score", "number"),
    ] {
        assert!(kinds.contains(&(&json!(key), &json!(kind))), "{key} in {kinds:?}");
    }
    app.stop().await;
}

#[actix_web::test]
async fn what_an_update_does_not_name_stays() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let put = async |body: Value, status| {
        company
            .program
            .put("/customers-by-external-id/a%2Fb%20c", &body)
            .await
            .expect(status)
            .json()
    };

    let made = put(
        json!({ "name": "Ada", "email": "ada@example.com", "attributes": { "seats": 4, "note": "x" } }),
        201,
    )
    .await;
    assert_eq!(made["external_ids"], json!(["a/b c"]));
    let changed = put(json!({ "name": "Ada L", "attributes": { "note": null } }), 200).await;
    assert_eq!(
        (
            &changed["id"],
            &changed["name"],
            &changed["email"],
            &changed["attributes"]
        ),
        (
            &made["id"],
            &json!("Ada L"),
            &json!("ada@example.com"),
            &json!({ "seats": 4 })
        )
    );
    let refused = company
        .program
        .put(
            "/customers-by-external-id/x",
            &json!({ "attributes": { "seats": "many" } }),
        )
        .await
        .expect(422);
    assert_eq!(refused.json()["errors"][0]["pointer"], "#/attributes/seats");
    drop(
        company
            .program
            .get("/customers-by-external-id/x")
            .await
            .expect(404),
    );
    app.stop().await;
}

#[actix_web::test]
async fn a_batch_answers_for_every_line_and_can_be_sent_again() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let lines = [
        r#"{"external_id":"1","name":"Ada"}"#,
        r#"{"external_id":"2","email":"no address"}"#,
        "{oops",
        r#"{"name":"nobody"}"#,
        r#"{"external_id":"3","company_id":"cmp_x"}"#,
        "[1]",
        r#"{"external_id":"1","plan":"Team"}"#,
        "",
        r#"{"external_id":"4","attributes":{"seats":45}}"#,
    ]
    .join("\n");
    let send = async || {
        company
            .program
            .send(Method::POST, "/customers/batch", &NDJSON, lines.clone())
            .await
            .expect(200)
            .json()
    };
    let first = send().await;
    assert_eq!(
        first["summary"],
        json!({ "created": 2, "updated": 1, "rejected": 5 })
    );
    let told: Vec<(u64, &str, Option<&str>)> = first["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            (
                one["line"].as_u64().unwrap(),
                one["status"].as_str().unwrap(),
                one["errors"][0]["pointer"].as_str(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            (1, "created", None),
            (2, "rejected", Some("#/email")),
            (3, "rejected", Some("#")),
            (4, "rejected", Some("#/external_id")),
            (5, "rejected", Some("#/company_id")),
            (6, "rejected", Some("#")),
            (7, "updated", None),
            (9, "created", None),
        ]
    );
    let before = company.owner.get("/customers").await.json();
    assert_eq!(before["data"].as_array().unwrap().len(), 2);
    assert_eq!(
        send().await["summary"],
        json!({ "created": 0, "updated": 3, "rejected": 5 })
    );
    let after = company
        .owner
        .get("/customers-by-external-id/1")
        .await
        .expect(200)
        .json();
    assert_eq!((&after["name"], &after["plan"]), (&json!("Ada"), &json!("Team")));
    assert_eq!(
        company.owner.get("/customers").await.json()["data"]
            .as_array()
            .unwrap()
            .len(),
        2
    );

    let as_lines = [NDJSON[0], ("accept", "application/x-ndjson")];
    let answer = company
        .program
        .send(Method::POST, "/customers/batch", &as_lines, lines.clone())
        .await
        .expect(200);
    assert_eq!(answer.text().lines().count(), 8);
    let too_many = "{\"external_id\":\"1\"}\n".repeat(1_001);
    drop(
        company
            .program
            .send(Method::POST, "/customers/batch", &NDJSON, too_many)
            .await
            .expect(413),
    );
    app.stop().await;
}

#[actix_web::test]
async fn tags_are_set_whole_and_found() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let made = company
        .program
        .post("/customers", &json!({ "external_id": "1" }))
        .await
        .expect(201);
    let path = format!("/customers/{}", made.string("/id"));
    let set = async |tag: &str, tags: Value| {
        company
            .owner
            .json(
                Method::PATCH,
                &path,
                &[("if-match", tag)],
                &json!({ "tags": tags }),
            )
            .await
    };
    let tag = made.header("etag").unwrap();
    for (wrong, pointer) in [
        (json!([""]), "#/tags/0"),
        (json!(["ok", "x".repeat(61)]), "#/tags/1"),
        (json!(["a\nb"]), "#/tags/0"),
        (
            json!(
                vec!["t"; 51]
                    .iter()
                    .enumerate()
                    .map(|(n, t)| format!("{t}{n}"))
                    .collect::<Vec<_>>()
            ),
            "#/tags",
        ),
    ] {
        assert_eq!(
            set(&tag, wrong).await.expect(422).json()["errors"][0]["pointer"],
            pointer
        );
    }
    let changed = set(&tag, json!(["vip", " beta "])).await.expect(200);
    assert_eq!(changed.json()["tags"], json!(["vip", "beta"]));
    let count = async |tag: &str| {
        company
            .owner
            .get(&format!("/customers?include=count&filter[tag]={tag}"))
            .await
            .expect(200)
            .json()["page"]["count"]["value"]
            .clone()
    };
    assert_eq!(
        (count("vip").await, count("beta").await, count("other").await),
        (json!(1), json!(1), json!(0))
    );
    drop(set(&changed.header("etag").unwrap(), json!([])).await.expect(200));
    assert_eq!(count("vip").await, 0);
    app.stop().await;
}

#[actix_web::test]
async fn a_customer_says_where_its_values_come_from() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let _upload = company.import(b"id,name,seats\n1,Ada,5\n", Some(json!({ "mode": "upsert", "columns": {
        "id": { "to": "external_id" }, "name": { "to": "name" }, "seats": { "to": "attributes.seats", "type": "integer" }
    } }))).await;
    let id = company
        .program
        .put(
            "/customers-by-external-id/1",
            &json!({ "email": "ada@example.com" }),
        )
        .await
        .expect(200)
        .string("/id");

    let sources = company
        .owner
        .get(&format!("/customers/{id}/sources"))
        .await
        .expect(200)
        .json();
    let mut from: Vec<(&str, &Value)> = sources["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["connection"].as_str().unwrap(), &one["fields"]))
        .collect();
    from.sort_by_key(|(connection, _)| *connection);
    assert_eq!(from.len(), 2, "{sources}");
    assert_eq!(
        (from[0].0, &from[0].1["email"]),
        ("api", &json!("ada@example.com"))
    );
    assert_eq!((from[1].0, &from[1].1["name"]), ("files", &json!("Ada")));
    let metrics = company
        .owner
        .get(&format!("/customers/{id}/metrics"))
        .await
        .expect(200)
        .json();
    let catalogue = company.owner.get("/api/v1/metrics").await.expect(200).json();
    assert_eq!(
        metrics["data"].as_array().unwrap().len(),
        catalogue["data"].as_array().unwrap().len()
    );
    app.stop().await;
}
