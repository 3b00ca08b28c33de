//! A file becomes customers.

mod mapping;
mod model;
mod modes;
mod rejected;
mod side_by_side;
mod stopping;
mod whole_way;

use actix_web::http::Method;
use kale_testkit::{Answer, Client, TELCO, TestApp};
use serde_json::{Value, json};

/// Asks for a step of an upload, for answers that are refusals.
pub(crate) async fn step(client: &Client, id: &str, step: &str) -> Answer {
    client
        .send(Method::POST, &format!("/uploads/{id}/{step}"), &[], Vec::new())
        .await
}

/// The customer of an external id.
pub(crate) async fn customer(client: &Client, external_id: &str) -> Value {
    client
        .get(&format!("/customers-by-external-id/{external_id}"))
        .await
        .expect(200)
        .json()
}

#[actix_web::test]
async fn the_telco_file_becomes_7043_customers() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;

    company.import(TELCO, None).await;

    let list = company
        .owner
        .get("/customers?limit=1&include=count")
        .await
        .expect(200)
        .json();
    assert_eq!(list["page"]["count"], json!({ "value": 7043, "capped": false }));
}

#[actix_web::test]
async fn the_template_can_be_imported_as_it_is() {
    let app = TestApp::shared();
    let company = app.company("Initech").await;
    let template = company
        .owner
        .get("/upload-templates/customer-data")
        .await
        .expect(200);
    assert_eq!(
        template.header("content-disposition").as_deref(),
        Some("attachment; filename=\"customer-data.csv\"")
    );

    let upload = company.owner.file_imported(&template.body, "upsert", None).await;

    assert_eq!(upload["report"]["rejected"], 0, "{upload}");
    assert_eq!(upload["summary"]["added"], 2);
    let customer = customer(&company.owner, "C-1001").await;
    assert_eq!(customer["name"], "Northwind Traders");
    assert_eq!(
        customer["mrr"],
        json!({ "amount_minor": 4900, "currency": "USD" })
    );
    assert_eq!(customer["attributes"]["country"], "DE");
    assert_eq!(customer["attributes"]["signup_date"], "2024-03-18");
}
