//! The list by attributes, also while the slots for sorting are being filled.

use actix_web::http::Method;
use kale_testkit::{TestApp, TestCompany};
use serde_json::json;

/// The values of an attribute as a list sorted by it has them; `None` while it can't be sorted by that yet.
async fn sorted(company: &TestCompany, key: &str) -> Option<Vec<u64>> {
    let answer = company
        .owner
        .get(&format!("/customers?limit=200&sort=-attributes.{key}"))
        .await;
    if answer.code() == 409 {
        assert_eq!(answer.problem(), "wrong-state");
        return None;
    }
    let list = answer.expect(200).json();
    let values = list["data"].as_array().unwrap().iter();
    Some(
        values
            .map(|one| one["attributes"][key].as_u64().unwrap())
            .collect(),
    )
}

/// Asks until the list can be sorted; a list that can is in order.
async fn sorted_in_the_end(company: &TestCompany, key: &str, customers: usize) {
    for _ in 0..5_000 {
        if let Some(values) = sorted(company, key).await {
            assert_eq!(values.len(), customers);
            assert!(values.is_sorted_by(|a, b| a >= b), "{key}: {values:?}");
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("nobody can sort by {key}");
}

async fn mark(company: &TestCompany, keys: &[&str]) {
    let path = format!("/companies/{}", company.id);
    let tag = company.owner.get(&path).await.header("etag").unwrap();
    let change = json!({ "sortable_attributes": keys });
    drop(
        company
            .owner
            .json(Method::PATCH, &path, &[("if-match", &tag)], &change)
            .await
            .expect(200),
    );
}

#[actix_web::test]
async fn a_list_is_sorted_by_an_attribute_rightly_or_not_at_all() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let lines: Vec<String> = (0..150)
        .map(|n| {
            let attributes = json!({ "seats": (n * 7) % 150, "age": (n * 11) % 150, "size": (n * 13) % 150 });
            json!({ "external_id": format!("{n}"), "attributes": attributes }).to_string()
        })
        .collect();
    let told = company
        .program
        .send(
            Method::POST,
            "/customers/batch",
            &[("content-type", "application/x-ndjson")],
            lines.join("\n"),
        )
        .await
        .expect(200);
    assert_eq!(told.json()["summary"]["created"], 150);

    mark(&company, &["seats"]).await;
    sorted_in_the_end(&company, "seats", 150).await;
    // Into the slot of another attribute, and beside one that stays.
    mark(&company, &["age"]).await;
    sorted_in_the_end(&company, "age", 150).await;
    mark(&company, &["age", "seats", "size"]).await;
    assert!(sorted(&company, "age").await.is_some(), "its slot did not change");
    sorted_in_the_end(&company, "size", 150).await;
    sorted_in_the_end(&company, "seats", 150).await;
    app.stop().await;
}

#[actix_web::test]
async fn customers_that_came_before_the_first_file_are_sorted_with_it() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    for n in 0..3 {
        let id = format!("/customers-by-external-id/p-{n}");
        let told = json!({ "attributes": { "seats": n * 10 } });
        drop(company.program.put(&id, &told).await.expect(201));
    }
    let _upload = company
        .import(
            b"id,seats\nf-1,5\nf-2,15\nf-3,25\n",
            Some(json!({ "mode": "upsert", "columns": {
                "id": { "to": "external_id" }, "seats": { "to": "attributes.seats", "type": "number" }
            } })),
        )
        .await;
    sorted_in_the_end(&company, "seats", 6).await;
    app.stop().await;
}
