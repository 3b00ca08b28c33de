//! Every change leaves an entry that says who did what to what.

mod reading;

use actix_web::http::Method;
use kale_testkit::{TestApp, TestCompany};
use serde_json::{Value, json};

async fn entries(company: &TestCompany) -> Vec<Value> {
    company.owner.get("/audit?limit=200").await.expect(200).json()["data"]
        .as_array()
        .unwrap()
        .clone()
}

/// The entries since there were so many, oldest first.
async fn since(company: &TestCompany, before: usize) -> Vec<Value> {
    let mut new = entries(company).await;
    new.truncate(new.len() - before);
    new.reverse();
    new
}

fn actions(entries: &[Value]) -> Vec<&str> {
    entries
        .iter()
        .map(|one| one["action"].as_str().unwrap())
        .collect()
}

#[actix_web::test]
async fn every_change_of_customers_and_personas_is_written_down() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let mut seen = entries(&company).await.len();
    let mut expect = async |action: &str, target: &str, actor: &str| {
        let new = since(&company, seen).await;
        assert_eq!(actions(&new), [action], "{new:#?}");
        assert_eq!(
            (&new[0]["target"], &new[0]["actor"]["kind"]),
            (&json!(target), &json!(actor))
        );
        assert!(new[0]["request_id"].is_string());
        seen += 1;
    };
    let customer = json!({ "external_id": "1", "name": "Ada", "attributes": { "tenure": 1 } });
    let made = company.program.post("/customers", &customer).await.expect(201);
    let (id, tag) = (made.string("/id"), made.header("etag").unwrap());
    expect("customer_created", &id, "api_key").await;
    drop(
        company
            .program
            .put("/customers-by-external-id/1", &json!({ "name": "Ada L" }))
            .await
            .expect(200),
    );
    expect("customer_changed", &id, "api_key").await;
    let kind = [("content-type", "application/x-ndjson")];
    let lines = "{\"external_id\":\"2\"}\n{\"external_id\":\"3\"}\n";
    drop(
        company
            .program
            .send(Method::POST, "/customers/batch", &kind, lines)
            .await
            .expect(200),
    );
    expect("customer_changed", "customers", "api_key").await;
    drop(tag);
    let tag = company
        .owner
        .get(&format!("/customers/{id}"))
        .await
        .header("etag")
        .unwrap();
    let tags = json!({ "tags": ["vip"] });
    drop(
        company
            .owner
            .json(
                Method::PATCH,
                &format!("/customers/{id}"),
                &[("if-match", &tag)],
                &tags,
            )
            .await
            .expect(200),
    );
    expect("customer_changed", &id, "user").await;
    drop(
        company
            .owner
            .put(&format!("/customers/{id}/persona"), &json!({ "persona": null }))
            .await
            .expect(200),
    );
    expect("persona_assigned", &id, "user").await;
    drop(
        company
            .owner
            .delete(&format!("/customers/{id}/persona"))
            .await
            .expect(200),
    );
    expect("persona_assigned", &id, "user").await;
    drop(
        company
            .owner
            .post(
                "/customers/personas/reassign",
                &json!({ "ids": [id], "persona": null }),
            )
            .await
            .expect(200),
    );
    expect("personas_reassigned", "customers", "user").await;
    drop(
        company
            .owner
            .post("/customers/export", &json!({ "format": "csv" }))
            .await
            .expect(200),
    );
    expect("customers_exported", "customers", "user").await;
    drop(
        company
            .owner
            .post("/personas/recompute", &json!({}))
            .await
            .expect(202),
    );
    expect("personas_reassigned", "personas", "user").await;
    let personas = json!({
        "categories": [{ "key": "all", "name": "All", "order": 1 }],
        "personas": [{ "key": "new", "category": "all", "name": "New", "priority": 1, "rule": { "attribute": "tenure", "op": "lt", "value": 6 } }]
    });
    drop(
        company
            .owner
            .json(Method::PUT, "/personas", &[("if-match", "\"v0\"")], &personas)
            .await
            .expect(200),
    );
    expect("personas_changed", "personas", "user").await;
    let view = json!({ "name": "Mine", "query": "sort=-mrr" });
    let kept = company.owner.post("/saved-views", &view).await.expect(201);
    let view = kept.string("/id");
    expect("saved_view_created", &view, "user").await;
    let path = format!("/saved-views/{view}");
    let tag = kept.header("etag").unwrap();
    let name = json!({ "name": "Ours" });
    drop(
        company
            .owner
            .json(Method::PATCH, &path, &[("if-match", &tag)], &name)
            .await
            .expect(200),
    );
    expect("saved_view_changed", &view, "user").await;
    drop(company.owner.delete(&path).await.expect(204));
    expect("saved_view_deleted", &view, "user").await;
    app.stop().await;
}

#[actix_web::test]
async fn every_change_of_people_keys_and_files_is_written_down() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let seen = entries(&company).await.len();

    let id = company.import(b"id,name\n1,Ada\n", None).await;
    let undone = company
        .owner
        .post(&format!("/uploads/{id}/undo"), &json!({}))
        .await
        .expect(202);
    company
        .owner
        .job_done(undone.header("location").unwrap().rsplit('/').next().unwrap())
        .await;
    let other = company
        .upload("x.csv", b"id,name\n2,Bo\n")
        .await
        .expect(202)
        .string("/id");
    drop(company.owner.upload_is(&other, "awaiting_mapping").await);
    drop(
        company
            .owner
            .post(&format!("/uploads/{other}/cancel"), &json!({}))
            .await
            .expect(200),
    );
    let key = json!({ "name": "Sync", "permissions": ["customers.read"] });
    let key = company.owner.post("/api-keys", &key).await.expect(201);
    drop(
        company
            .owner
            .delete(&format!("/api-keys/{}", key.string("/api_key/id")))
            .await
            .expect(200),
    );
    let user = company
        .expert
        .get("/me")
        .await
        .string("/user/id")
        .parse()
        .unwrap();
    let (second, third) = (app.signed_in(user).await, app.signed_in(user).await);
    let ended = third.get("/me").await.string("/sign_in");
    drop(
        company
            .expert
            .delete(&format!("/me/sign-ins/{ended}"))
            .await
            .expect(204),
    );
    drop(second.post("/auth/logout", &json!({})).await.expect(204));

    let new = since(&company, seen).await;
    assert_eq!(
        actions(&new),
        [
            "upload_received",
            "upload_mapped",
            "upload_imported",
            "upload_undone",
            "upload_received",
            "upload_cancelled",
            "api_key_created",
            "api_key_revoked",
            "signed_in",
            "signed_in",
            "sign_in_revoked",
            "signed_out",
        ]
    );
    // No secret stands in any of them.
    let all = Value::from(entries(&company).await).to_string();
    for secret in [
        key.string("/token").as_str(),
        second.token(),
        company.owner.token(),
    ] {
        assert!(!all.contains(secret) && !all.contains(&secret[secret.len() - 20..]));
    }
    app.stop().await;
}

#[actix_web::test]
async fn what_is_refused_leaves_no_entry() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let made = company
        .program
        .post("/customers", &json!({ "external_id": "1" }))
        .await
        .expect(201)
        .string("/id");
    let seen = entries(&company).await.len();

    drop(
        company
            .expert
            .post("/customers", &json!({ "external_id": "2" }))
            .await
            .expect(403),
    );
    drop(
        company
            .program
            .post("/customers", &json!({ "external_id": "1" }))
            .await
            .expect(409),
    );
    drop(
        company
            .program
            .post("/customers", &json!({ "external_id": "" }))
            .await
            .expect(422),
    );
    drop(
        company
            .owner
            .json(
                Method::PATCH,
                &format!("/customers/{made}"),
                &[("if-match", "\"v9\"")],
                &json!({ "tags": [] }),
            )
            .await
            .expect(412),
    );
    drop(
        company
            .owner
            .put(
                &format!("/customers/{made}/persona"),
                &json!({ "persona": "nobody" }),
            )
            .await
            .expect(422),
    );

    assert_eq!(entries(&company).await.len(), seen);
    app.stop().await;
}

#[actix_web::test]
async fn the_log_is_read_page_by_page_newest_first() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    for number in 0..7 {
        drop(
            company
                .program
                .post("/customers", &json!({ "external_id": format!("{number}") }))
                .await
                .expect(201),
        );
    }
    let all = entries(&company).await;
    let mut walked = Vec::new();
    let mut path = "/audit?limit=3".to_owned();
    loop {
        let page = company.owner.get(&path).await.expect(200).json();
        walked.extend(page["data"].as_array().unwrap().clone());
        let Some(next) = page["page"]["next_cursor"].as_str() else {
            break;
        };
        path = format!("/audit?limit=3&cursor={next}");
    }
    assert_eq!(walked, all);
    drop(company.expert.get("/audit").await.expect(403));
    app.stop().await;
}
