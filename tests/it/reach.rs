//! An expert reaches the customers assigned to them, and no other one exists for them.

mod pages;
mod table;
mod walk;

use actix_web::http::Method;
use kale_domain::id::{CustomerId, UserId};
use kale_testkit::{Operation, TestApp, TestCompany, document, operations};
use mongodb::bson::doc;
use serde_json::{Value, json};

use crate::raw;

/// Puts a customer into an expert's care, even of one who does not exist.
pub(crate) async fn assign(app: &TestApp, customer: &str, expert: UserId) {
    let id = raw::uuid(customer.parse::<CustomerId>().unwrap().uuid().as_bytes());
    let expert = raw::uuid(expert.uuid().as_bytes());
    let customers = raw::collection(app, "customers").await;
    let done = customers
        .update_one(doc! { "_id": id }, doc! { "$set": { "experts": [expert] } })
        .await
        .unwrap();
    assert_eq!(done.modified_count, 1);
}

pub(crate) async fn expert_of(company: &TestCompany) -> UserId {
    let me = company.expert.get("/me").await.expect(200);
    me.string("/user/id").parse().unwrap()
}

/// Four of them, `c-0` to `c-3`; each has a motto that nobody else has.
async fn customers(company: &TestCompany) -> Vec<String> {
    let mut ids = Vec::new();
    for (number, contract) in ["Two year", "Monthly", "Two year", "Monthly"].iter().enumerate() {
        let new = json!({
            "external_id": format!("c-{number}"), "name": format!("Customer {number}"), "tier": "gold",
            "attributes": { "contract": contract, "tenure": number, "motto": format!("motto{number}") }
        });
        ids.push(
            company
                .program
                .post("/customers", &new)
                .await
                .expect(201)
                .string("/id"),
        );
    }
    ids
}

fn of_one_customer() -> Vec<Operation> {
    let mut all = operations(document());
    all.retain(|one| one.method == Method::GET && one.path.starts_with("/api/v1/customers/{id}"));
    all
}

#[actix_web::test]
async fn an_expert_reads_assigned_customers_and_the_others_do_not_exist() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let ids = customers(&company).await;
    let expert = expert_of(&company).await;
    assign(&app, &ids[0], expert).await;
    assign(&app, &ids[1], expert).await;
    // In the care of somebody else.
    assign(&app, &ids[2], UserId::from_uuid(company.id.uuid())).await;

    let reads = of_one_customer();
    assert!(reads.len() >= 5, "{reads:#?}");
    for operation in reads {
        for (at, id) in ids.iter().enumerate() {
            let answer = company.expert.get(&operation.path.replace("{id}", id)).await;
            let expected = if at < 2 { 200 } else { 404 };
            assert_eq!(
                answer.code(),
                expected,
                "{} {at}: {}",
                operation.name(),
                answer.text()
            );
            assert_eq!(
                company
                    .owner
                    .get(&operation.path.replace("{id}", id))
                    .await
                    .code(),
                200
            );
        }
    }
    for (at, expected) in [(0, 200), (1, 200), (2, 404), (3, 404)] {
        drop(
            company
                .expert
                .get(&format!("/customers-by-external-id/c-{at}"))
                .await
                .expect(expected),
        );
    }
    app.stop().await;
}

#[actix_web::test]
async fn lists_counts_and_searches_of_an_expert_stay_within_reach() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let ids = customers(&company).await;
    let expert = expert_of(&company).await;
    assign(&app, &ids[0], expert).await;
    assign(&app, &ids[1], expert).await;

    let seen = async |query: &str| -> (Vec<Value>, Value) {
        let list = company
            .expert
            .get(&format!("/customers?include=count{query}"))
            .await
            .expect(200)
            .json();
        let found = list["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["external_ids"][0].clone())
            .collect();
        (found, list["page"]["count"]["value"].clone())
    };
    assert_eq!(seen("").await, (vec![json!("c-0"), json!("c-1")], json!(2)));
    assert_eq!(seen("&sort=-name&limit=1").await, (vec![json!("c-1")], json!(2)));
    assert_eq!(seen("&q=customer").await.1, 2);
    for nothing in [
        "&q=c-3",
        "&filter[external_id]=c-2",
        "&filter[attributes.tenure][gte]=2",
    ] {
        assert_eq!(seen(nothing).await, (Vec::new(), json!(0)), "{nothing}");
    }
    assert_eq!(
        seen("&filter[attributes.contract]=Two%20year").await.0,
        [json!("c-0")]
    );
    assert_eq!(seen("&filter[persona]=unassigned&filter[tier]=gold").await.1, 2);

    // What is counted elsewhere, too.
    assert_eq!(
        company.expert.get("/personas").await.expect(200).json()["unassigned"],
        2
    );
    assert_eq!(
        company.owner.get("/personas").await.expect(200).json()["unassigned"],
        4
    );
    let broken = company
        .expert
        .get("/personas/breakdown?attribute=contract")
        .await
        .expect(200)
        .json();
    assert_eq!(broken["data"][0]["customers"], 2);

    let export = company
        .expert
        .post("/customers/export", &json!({ "format": "csv" }))
        .await
        .expect(403);
    assert!(export.text().contains("customers.export"));
    app.stop().await;
}

#[actix_web::test]
async fn an_expert_without_customers_has_an_empty_list() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let _ids = customers(&company).await;

    let list = company
        .expert
        .get("/customers?include=count")
        .await
        .expect(200)
        .json();

    assert_eq!(
        list,
        json!({ "data": [], "page": { "next_cursor": null, "has_more": false, "count": { "value": 0, "capped": false } } })
    );
    app.stop().await;
}
