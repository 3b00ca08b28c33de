//! What a refused line of a batch leaves behind: nothing.

use actix_web::http::Method;
use kale_testkit::{TestApp, TestCompany};
use serde_json::{Value, json};

async fn batch(company: &TestCompany, lines: &[Value]) -> Value {
    let body = lines.iter().map(Value::to_string).collect::<Vec<_>>().join("\n");
    let kind = [("content-type", "application/x-ndjson")];
    company
        .program
        .send(Method::POST, "/customers/batch", &kind, body)
        .await
        .expect(200)
        .json()
}

#[actix_web::test]
async fn a_rejected_line_defines_no_attribute_and_no_kind() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;

    let answer = batch(
        &company,
        &[
            json!({ "external_id": "1", "email": "nobody", "attributes": { "seats": "many", "planted": 1 } }),
            json!({ "external_id": "2", "attributes": { "seats": 45 } }),
        ],
    )
    .await;

    let status: Vec<&Value> = answer["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| &line["status"])
        .collect();
    assert_eq!(status, ["rejected", "created"], "{answer}");
    let list = company.owner.get("/attributes").await.expect(200).json();
    let keys: Vec<&Value> = list["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["key"])
        .collect();
    assert_eq!(keys, ["seats"], "{list}");
    app.stop().await;
}

#[actix_web::test]
async fn a_company_defines_no_more_attributes_than_one_customer_can_hold() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let line = |n: usize| {
        let attributes: Value = (0..200).map(|at| (format!("a_{n}_{at}"), json!(1))).collect();
        json!({ "external_id": n.to_string(), "attributes": attributes })
    };

    let answer = batch(&company, &[line(1), line(2), line(3)]).await;

    let rejected = &answer["data"][2];
    assert_eq!(
        answer["summary"],
        json!({ "created": 2, "updated": 0, "rejected": 1 })
    );
    assert_eq!(rejected["errors"][0]["code"], "too-many", "{rejected}");
    let small = json!({ "external_id": "4", "attributes": { "a_1_0": 2, "last": true } });
    assert_eq!(batch(&company, &[small]).await["summary"]["created"], 1);
    app.stop().await;
}

#[actix_web::test]
async fn an_amount_that_no_sum_could_hold_is_refused() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let amount =
        |minor: i64| json!({ "external_id": "1", "mrr": { "amount_minor": minor, "currency": "USD" } });

    for minor in [i64::MAX, i64::MIN, 1_000_000_000_001] {
        let refused = company
            .program
            .post("/customers", &amount(minor))
            .await
            .expect(422);
        assert_eq!(refused.json()["errors"][0]["pointer"], "#/mrr/amount_minor");
    }
    drop(
        company
            .program
            .post("/customers", &amount(1_000_000_000_000))
            .await
            .expect(201),
    );
    app.stop().await;
}
