//! Customers while something else happens: others create them, personas are renamed, somebody has just written.

use actix_web::http::Method;
use futures::TryStreamExt as _;
use kale_testkit::TestApp;
use mongodb::bson::{Document, doc};
use serde_json::{Value, json};

#[actix_web::test]
async fn of_eight_that_create_one_customer_at_once_one_has_created_it() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    for round in 0..3 {
        let id = format!("new-{round}");
        let tries = (0..8).map(|n| {
            let new = json!({ "external_id": id, "name": format!("Try {n}"), "attributes": { "seats": n } });
            let program = &company.program;
            async move { program.post("/customers", &new).await }
        });
        let answers = futures::future::join_all(tries).await;

        let mut codes: Vec<u16> = answers.iter().map(kale_testkit::Answer::code).collect();
        codes.sort_unstable();
        assert_eq!(codes, [vec![201], vec![409; 7]].concat());
        let created = answers.iter().find(|one| one.code() == 201).unwrap().json();
        let there = company
            .owner
            .get(&format!("/customers-by-external-id/{id}"))
            .await
            .expect(200)
            .json();
        assert_eq!(
            (&there["name"], &there["attributes"]),
            (&created["name"], &created["attributes"])
        );
        for refused in answers.iter().filter(|one| one.code() == 409) {
            assert_eq!(refused.problem(), "already-exists");
        }
    }
    let log = company.owner.get("/audit").await.expect(200).json();
    let entries = log["data"].as_array().unwrap().iter();
    let created = entries.filter(|entry| entry["action"] == "customer_created");
    assert_eq!(created.count(), 3, "{log}");
    app.stop().await;
}

fn personas(name: &str) -> Value {
    json!({
        "categories": [{ "key": "all", "name": "All", "order": 1 }],
        "personas": [{
            "key": "any", "category": "all", "name": name, "priority": 1,
            "rule": { "attribute": "seats", "op": "gte", "value": 0 }
        }]
    })
}

#[actix_web::test]
async fn a_renamed_persona_changes_the_tag_of_its_customers() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let save = async |tag: &str, name: &str| {
        let body = personas(name);
        let saved = company
            .owner
            .json(Method::PUT, "/personas", &[("if-match", tag)], &body)
            .await
            .expect(200);
        company.owner.job_done(&saved.string("/job")).await;
    };
    save("\"v0\"", "Before").await;
    let made = company
        .program
        .post(
            "/customers",
            &json!({ "external_id": "1", "attributes": { "seats": 4 } }),
        )
        .await
        .expect(201);
    let path = made.header("location").unwrap();
    let read = company.owner.get(&path).await.expect(200);
    let tag = read.header("etag").unwrap();
    assert_eq!(read.json()["persona"]["name"], "Before");

    save("\"v1\"", "After").await;

    let again = company
        .owner
        .send(Method::GET, &path, &[("if-none-match", &tag)], "")
        .await
        .expect(200);
    assert_eq!(again.json()["persona"]["name"], "After");
    assert_eq!(again.json()["version"], read.json()["version"]);
    let now = again.header("etag").unwrap();
    drop(
        company
            .owner
            .send(Method::GET, &path, &[("if-none-match", &now)], "")
            .await
            .expect(304),
    );
    // The customer is at the version that was read: neither name stands in the way of a change.
    let tags = json!({ "tags": ["vip"] });
    drop(
        company
            .owner
            .json(Method::PATCH, &path, &[("if-match", &tag)], &tags)
            .await
            .expect(200),
    );
    app.stop().await;
}

#[actix_web::test]
async fn what_was_written_is_read_and_filtered_by_at_once() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    // Each read is remembered; each write brings an attribute nobody has heard of.
    for n in 0..5 {
        let key = format!("key_{n}");
        let told = json!({ "attributes": { key.as_str(): "Yes" } });
        drop(company.program.put("/customers-by-external-id/1", &told).await);
        let list = company
            .owner
            .get(&format!("/customers?include=count&filter[attributes.{key}]=yes"))
            .await
            .expect(200)
            .json();
        assert_eq!(list["page"]["count"], json!({ "value": 1, "capped": false }));
        assert_eq!(list["data"][0]["attributes"][&key], "Yes");
    }
    app.stop().await;
}

#[actix_web::test]
async fn reading_a_customer_again_asks_the_database_once() {
    let app = TestApp::start().await;
    let company = app.company("Globex").await;
    let made = company
        .program
        .post(
            "/customers",
            &json!({ "external_id": "1", "attributes": { "seats": 4 } }),
        )
        .await
        .expect(201);
    let path = made.header("location").unwrap();
    let client = mongodb::Client::with_uri_str(app.mongodb_uri()).await.unwrap();
    let database = client.default_database().unwrap();

    // A machine that is busy elsewhere may take longer than a thing is remembered.
    let mut asked = Vec::new();
    for _ in 0..5 {
        drop(company.program.get(&path).await.expect(200));
        database.run_command(doc! { "profile": 2 }).await.unwrap();
        drop(company.program.get(&path).await.expect(200));
        database.run_command(doc! { "profile": 0 }).await.unwrap();
        let profile = database.collection::<Document>("system.profile");
        let reads = doc! { "ns": { "$regex": "(customers|companies|persona_versions|api_keys)$" } };
        let found = profile.find(reads).await.unwrap();
        asked = found.try_collect::<Vec<_>>().await.unwrap();
        profile.drop().await.unwrap();
        if asked.len() == 1 {
            break;
        }
    }
    assert_eq!(asked.len(), 1, "{asked:?}");
    app.stop().await;
}
