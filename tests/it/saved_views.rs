//! Kept ways of looking at the customer list.

use actix_web::http::Method;
use kale_testkit::{Client, TestApp};
use serde_json::{Value, json};

async fn names(client: &Client) -> Vec<Value> {
    let list = client.get("/saved-views").await.expect(200).json();
    let mut names: Vec<Value> = list["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["name"].clone())
        .collect();
    names.sort_by_key(ToString::to_string);
    names
}

async fn change(client: &Client, id: &str, tag: &str, body: Value) -> kale_testkit::Answer {
    client
        .json(
            Method::PATCH,
            &format!("/saved-views/{id}"),
            &[("if-match", tag)],
            &body,
        )
        .await
}

#[actix_web::test]
async fn a_view_is_private_until_it_is_shared_and_its_makers_to_change() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let view = json!({ "name": "Mine", "query": "sort=-mrr&q=ada", "columns": ["name", "mrr"] });
    let made = company.owner.post("/saved-views", &view).await.expect(201);
    let (id, tag) = (made.string("/id"), made.header("etag").unwrap());
    assert_eq!(
        (names(&company.owner).await, names(&company.expert).await),
        (vec![json!("Mine")], Vec::new())
    );
    drop(
        change(&company.expert, &id, &tag, json!({ "name": "Theirs" }))
            .await
            .expect(404),
    );

    let shared = change(&company.owner, &id, &tag, json!({ "shared": true }))
        .await
        .expect(200);
    assert_eq!(shared.json()["query"], "sort=-mrr&q=ada");
    assert_eq!(names(&company.expert).await, ["Mine"]);
    let next = shared.header("etag").unwrap();
    for refused in [
        change(&company.expert, &id, &next, json!({ "name": "Theirs" })).await,
        company.expert.delete(&format!("/saved-views/{id}")).await,
    ] {
        assert_eq!(refused.code(), 404, "{}", refused.text());
    }
    drop(
        change(&company.owner, &id, &tag, json!({ "name": "Late" }))
            .await
            .expect(412),
    );
    let list = company
        .owner
        .send(
            Method::PATCH,
            &format!("/saved-views/{id}"),
            &[("content-type", "application/json")],
            "{}",
        )
        .await;
    assert_eq!(list.code(), 428);

    drop(
        company
            .owner
            .delete(&format!("/saved-views/{id}"))
            .await
            .expect(204),
    );
    drop(
        company
            .owner
            .delete(&format!("/saved-views/{id}"))
            .await
            .expect(404),
    );
    assert!(names(&company.expert).await.is_empty());
    app.stop().await;
}

#[actix_web::test]
async fn a_view_holds_a_query_that_the_list_takes() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    for (body, pointer) in [
        (json!({ "name": "", "query": "" }), "#/name"),
        (json!({ "name": "x".repeat(61), "query": "" }), "#/name"),
        (json!({ "name": "x", "query": "company_id=1" }), "#/query"),
        (json!({ "name": "x", "query": "filter[name" }), "#/query"),
    ] {
        let refused = company.owner.post("/saved-views", &body).await.expect(422).json();
        assert_eq!(refused["errors"][0]["pointer"], pointer, "{refused}");
    }
    assert_eq!(
        company.program.get("/saved-views").await.expect(403).problem(),
        "forbidden"
    );
    app.stop().await;
}
