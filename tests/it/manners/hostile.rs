//! Words that a database would obey are refused, or are only words.

use actix_web::http::Method;
use kale_testkit::TestApp;
use serde_json::json;

#[actix_web::test]
async fn operators_in_a_query_are_refused() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    drop(
        company
            .program
            .post(
                "/customers",
                &json!({ "external_id": "1", "attributes": { "seats": 1 } }),
            )
            .await
            .expect(201),
    );
    for query in [
        "filter[name][$ne]=x",
        "filter[name][$where]=1",
        "filter[$where]=1",
        "filter[$or][0][name]=x",
        "filter[attributes.$where]=1",
        "filter[attributes.seats][$gt]=0",
        "filter[company_id]=x",
        "filter[facts.a.seats]=1",
        "filter[_id]=1",
        "sort=$where",
        "sort=company_id",
        "sort=-_id",
        "fields=$where",
        "q[$regex]=.*",
        "filter[name][$regex]=.*",
    ] {
        let refused = company.owner.get(&format!("/customers?{query}")).await;
        assert_eq!(refused.code(), 400, "{query}: {}", refused.text());
    }
    app.stop().await;
}

#[actix_web::test]
async fn operators_in_values_are_only_texts() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let hostile = [
        "$where",
        "{\"$ne\":null}",
        "$set",
        "'; return true; //",
        "a.$b",
        "\u{0}null",
        ".*",
        "$$ROOT",
    ];
    for (number, text) in hostile.iter().enumerate() {
        let text = text.replace('\u{0}', "");
        let new = json!({
            "external_id": format!("{text}{number}"), "name": text, "plan": text, "tier": text,
            "attributes": { "note": text }
        });
        let made = company.program.post("/customers", &new).await.expect(201).json();
        assert_eq!(
            (&made["name"], &made["attributes"]["note"]),
            (&json!(text), &json!(text))
        );
    }
    let count = async |query: &str| {
        let list = company
            .owner
            .get(&format!("/customers?include=count&{query}"))
            .await
            .expect(200)
            .json();
        list["page"]["count"]["value"].as_u64().unwrap()
    };
    assert_eq!(count("filter[attributes.note]=$where").await, 1);
    assert_eq!(count("filter[name]=.*").await, 1);
    assert_eq!(count("filter[attributes.note]=%7B%22$ne%22:null%7D").await, 1);
    assert_eq!(count("filter[attributes.note]=nothing").await, 0);
    // The one that is called so, not everybody.
    assert_eq!(count("q=.*").await, 1);
    assert_eq!(count("filter[attributes.note]=%24%24ROOT").await, 1);
    app.stop().await;
}

#[actix_web::test]
async fn operators_in_bodies_are_refused() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    for body in [
        json!({ "external_id": { "$ne": null } }),
        json!({ "external_id": "1", "name": { "$gt": "" } }),
        json!({ "external_id": "1", "mrr": { "$gt": 0 } }),
        json!({ "external_id": "1", "attributes": { "$where": "1" } }),
        json!({ "external_id": "1", "attributes": { "a.b": "1" } }),
        json!({ "external_id": "1", "attributes": { "seats": { "$inc": 1 } } }),
        json!({ "external_id": "1", "attributes": { "seats": [1, 2] } }),
        json!({ "external_id": "1", "attributes": { "__proto__": "x", "": "y" } }),
    ] {
        let refused = company.program.post("/customers", &body).await;
        assert_eq!(refused.code(), 422, "{body}: {}", refused.text());
        let kind = [("content-type", "application/x-ndjson")];
        let batch = company
            .program
            .send(Method::POST, "/customers/batch", &kind, body.to_string())
            .await
            .expect(200);
        assert_eq!(batch.json()["summary"]["rejected"], 1, "{body}");
    }
    for rule in [
        json!({ "$where": "this.x" }),
        json!({ "attribute": "$where", "op": "eq", "value": 1 }),
        json!({ "attribute": "seats", "op": "$ne", "value": 1 }),
        json!({ "attribute": "seats", "op": "eq", "value": { "$gt": 0 } }),
        json!({ "all": [{ "$expr": {} }] }),
    ] {
        let refused = company.owner.post("/rules/check", &json!({ "rule": rule })).await;
        assert_eq!(refused.code(), 422, "{rule}: {}", refused.text());
    }
    let list = company
        .owner
        .get("/customers?include=count")
        .await
        .expect(200)
        .json();
    assert_eq!(list["page"]["count"]["value"], 0);
    app.stop().await;
}

#[actix_web::test]
async fn a_mapping_can_not_name_an_operator() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let id = company
        .upload("x.csv", b"id,$where\n1,2\n")
        .await
        .expect(202)
        .string("/id");
    let _profiled = company.owner.upload_is(&id, "awaiting_mapping").await;
    for target in [
        "attributes.$where",
        "attributes.a.b",
        "company_id",
        "attributes.",
        "$set",
    ] {
        let mapping = json!({ "mode": "upsert", "columns": { "id": { "to": "external_id" }, "$where": { "to": target, "type": "text" } } });
        let refused = company
            .owner
            .put(&format!("/uploads/{id}/mapping"), &mapping)
            .await;
        assert_eq!(refused.code(), 422, "{target}: {}", refused.text());
    }
    app.stop().await;
}
