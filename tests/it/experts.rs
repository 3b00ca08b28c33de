//! Who looks after which customer.

use actix_web::http::Method;
use kale_testkit::{Answer, Client, TestApp, TestCompany};
use serde_json::{Value, json};

use crate::{
    raw,
    team::{joined, own_id},
};

/// As many customers of the company, `c-0` and so on; half of them pay by the month.
pub(crate) async fn customers(company: &TestCompany, count: usize) -> Vec<String> {
    let mut ids = Vec::new();
    for number in 0..count {
        let contract = if number % 2 == 0 { "Monthly" } else { "Two year" };
        let new = json!({ "external_id": format!("c-{number}"), "attributes": { "contract": contract } });
        let made = company.owner.post("/customers", &new).await.expect(201);
        ids.push(made.string("/id"));
    }
    ids
}

async fn set(client: &Client, customer: &str, experts: &[&str]) -> Answer {
    let path = format!("/customers/{customer}");
    let tag = client.get(&path).await.expect(200).header("etag").unwrap();
    let body = json!({ "experts": experts });
    client
        .json(
            Method::PUT,
            &format!("{path}/experts"),
            &[("if-match", &tag)],
            &body,
        )
        .await
}

pub(crate) async fn external_ids(client: &Client, query: &str) -> Vec<Value> {
    let list = client.get(&format!("/customers{query}")).await.expect(200).json();
    let all = list["data"].as_array().unwrap();
    let mut ids: Vec<Value> = all.iter().map(|one| one["external_ids"][0].clone()).collect();
    ids.sort_by_key(ToString::to_string);
    ids
}

#[actix_web::test]
async fn who_is_given_a_customer_sees_it_at_once_and_no_longer_than_that() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let ids = customers(&company, 2).await;
    let expert = own_id(&company.expert).await;
    let path = format!("/customers/{}", ids[0]);
    drop(company.expert.get(&path).await.expect(404));

    let given = set(&company.owner, &ids[0], &[&expert, &expert])
        .await
        .expect(200);
    assert_eq!(given.json()["experts"], json!([expert]));
    drop(company.expert.get(&path).await.expect(200));
    assert_eq!(external_ids(&company.expert, "").await, ["c-0"]);

    // Made of an older version, nothing is written.
    let stale = [("if-match", "\"v1\"")];
    let body = json!({ "experts": [] });
    let late = format!("{path}/experts");
    let late = company.owner.json(Method::PUT, &late, &stale, &body).await;
    assert_eq!(late.expect(412).problem(), "stale-version");

    drop(set(&company.owner, &ids[0], &[]).await.expect(200));
    drop(company.expert.get(&path).await.expect(404));
    let log = company
        .owner
        .get("/audit?filter[action]=customer_changed")
        .await
        .expect(200);
    let entry = &log.json()["data"][0];
    assert_eq!(
        (&entry["before"]["experts"], &entry["after"]["experts"]),
        (&json!(expert), &json!(""))
    );
    app.stop().await;
}

#[actix_web::test]
async fn many_are_shared_in_turn_and_found_by_who_looks_after_them() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    customers(&company, 8).await;
    let first = own_id(&company.expert).await;
    let (second, nora) = joined(&app, &company, "retention_expert").await;
    let assign = async |body: Value| company.owner.post("/customers/experts/assign", &body).await;

    let monthly = "filter[attributes.contract]=Monthly";
    let body = json!({ "filter": monthly, "experts": [first, second], "by": "round_robin" });
    assert_eq!(assign(body).await.expect(200).json(), json!({ "assigned": 4 }));
    let (one, other) = (
        external_ids(&company.expert, "").await,
        external_ids(&nora, "").await,
    );
    assert_eq!((one.len(), other.len()), (2, 2));
    let both = format!("?filter[expert]={first},{second}");
    assert_eq!(
        external_ids(&company.owner, &both).await,
        ["c-0", "c-2", "c-4", "c-6"]
    );
    let nobodys = external_ids(&company.owner, "?filter[expert]=nobody").await;
    assert_eq!(nobodys, ["c-1", "c-3", "c-5", "c-7"]);

    // Whoever has fewer gets more.
    let rest = json!({ "filter": "filter[expert]=nobody", "experts": [second], "by": "load" });
    assert_eq!(assign(rest).await.expect(200).json()["assigned"], 4);
    let everybody = json!({ "filter": "", "experts": [first, second] });
    assert_eq!(assign(everybody.clone()).await.expect(200).json()["assigned"], 8);
    assert_eq!(assign(everybody).await.expect(200).json()["assigned"], 0);
    assert_eq!(external_ids(&nora, "").await.len(), 8);
    let nobody = json!({ "filter": "", "experts": [] });
    assert_eq!(assign(nobody).await.expect(200).json()["assigned"], 8);
    assert_eq!(external_ids(&nora, "").await.len(), 0);
    app.stop().await;
}

#[actix_web::test]
async fn customers_are_given_to_people_of_the_company_alone() {
    let app = TestApp::shared();
    let (company, other) = (app.company("Globex").await, app.company("Quartz").await);
    let ids = customers(&company, 1).await;
    let (sent_away, _) = joined(&app, &company, "retention_expert").await;
    let path = format!("/users/{sent_away}/deactivate");
    drop(company.owner.post(&path, &json!({})).await.expect(200));

    for nobody in [own_id(&other.expert).await, sent_away] {
        let own = own_id(&company.expert).await;
        let refused = set(&company.owner, &ids[0], &[&own, &nobody]).await.expect(422);
        assert_eq!(refused.string("/errors/0/pointer"), "#/experts/1");
        let body = json!({ "filter": "", "experts": [nobody] });
        let refused = company.owner.post("/customers/experts/assign", &body).await;
        assert_eq!(refused.expect(422).string("/errors/0/pointer"), "#/experts/0");
        // Whoever that is, they look after nobody here.
        let theirs = external_ids(&company.owner, &format!("?filter[expert]={nobody}")).await;
        assert_eq!(theirs, [Value::Null; 0]);
    }
    for wrong in [
        json!({ "experts": [] }),
        json!({ "ids": [], "filter": "", "experts": [] }),
        json!({ "filter": "filter[flavour]=x", "experts": [] }),
        json!({ "filter": "" }),
        json!({ "filter": "", "experts": [], "by": "lot" }),
    ] {
        let refused = company.owner.post("/customers/experts/assign", &wrong).await;
        drop(refused.expect(422));
    }
    let odd = company
        .owner
        .get("/customers?filter[expert]=ada")
        .await
        .expect(400);
    assert_eq!(odd.string("/errors/0/pointer"), "?filter[expert]");
    let still = company.owner.get(&format!("/customers/{}", ids[0])).await.json();
    assert_eq!(still["experts"], json!([]));
    app.stop().await;
}

#[actix_web::test]
async fn who_is_removed_looks_after_nobody_and_leaves_nothing_of_theirs() {
    let app = TestApp::start().await;
    let company = app.company("Globex").await;
    let ids = customers(&company, 2).await;
    let (id, nora) = joined(&app, &company, "retention_expert").await;
    let own = own_id(&company.expert).await;
    drop(set(&company.owner, &ids[0], &[&id]).await.expect(200));
    drop(set(&company.owner, &ids[1], &[&id, &own]).await.expect(200));
    for (name, shared) in [("Mine", false), ("Ours", true)] {
        let view = json!({ "name": name, "query": "sort=-mrr", "shared": shared });
        drop(nora.post("/saved-views", &view).await.expect(201));
    }
    let user: kale_domain::id::UserId = id.parse().unwrap();
    let user = raw::uuid(user.uuid().as_bytes());
    let told = mongodb::bson::doc! {
        "company_id": raw::uuid(company.id.uuid().as_bytes()), "user_id": user, "dedupe_key": "one",
    };
    let notifications = raw::collection(&app, "notifications").await;
    drop(notifications.insert_one(told).await.unwrap());

    drop(company.owner.delete(&format!("/users/{id}")).await.expect(204));

    let experts =
        async |id: &str| company.owner.get(&format!("/customers/{id}")).await.json()["experts"].clone();
    assert_eq!(
        (experts(&ids[0]).await, experts(&ids[1]).await),
        (json!([]), json!([own]))
    );
    let nobodys = external_ids(&company.owner, "?filter[expert]=nobody").await;
    assert_eq!(nobodys, ["c-0"]);
    let views = company.owner.get("/saved-views").await.json()["data"].clone();
    let names: Vec<&Value> = views.as_array().unwrap().iter().map(|one| &one["name"]).collect();
    assert_eq!(names, ["Ours"]);
    // What they shared goes on under whoever removed them.
    let shared = format!("/saved-views/{}", views[0]["id"].as_str().unwrap());
    drop(company.owner.delete(&shared).await.expect(204));
    let left = raw::dump(&app).await;
    let text = format!("{user:?}");
    let traces: Vec<&String> = left.iter().filter(|one| one.contains(&text)).collect();
    assert!(traces.iter().all(|one| one.contains("\"action\"")), "{traces:?}");
    app.stop().await;
}
