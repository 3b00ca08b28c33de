//! Every state of an upload, and what it shows.

use futures::TryStreamExt as _;
use kale_testkit::TestApp;
use mongodb::bson::{Document, doc};
use serde_json::{Value, json};

use super::{customer, step};
use crate::raw;

const FILE: &[u8] = b"customer_id,name,mrr,seats\r\nC-1,Ada,49.00,3\r\nC-2,Grace,99.50,12\r\n";

/// What people were told of an upload: there is no route for it yet.
async fn told(app: &TestApp, upload: &str) -> Vec<Document> {
    let notifications = raw::collection(app, "notifications").await;
    let of = doc! { "link": format!("/data/uploads/{upload}") };
    notifications.find(of).await.unwrap().try_collect().await.unwrap()
}

#[actix_web::test]
async fn whoever_gave_a_file_that_can_not_be_read_is_told_why() {
    let app = TestApp::shared();
    let company = app.company("Acme").await;
    let owner = &company.owner;
    // Right for mebibytes, so that it is taken and fails only when every row is read.
    let rows = "1,Ada\r\n".repeat(400_000);
    let file = [b"id,name\r\n", rows.as_bytes(), b"x,\0\r\n"].concat();
    let mapping = json!({ "columns": { "id": { "to": "external_id" }, "name": { "to": "name" } } });
    let id = owner.file_mapped(&file, "upsert", Some(mapping)).await;
    let job = owner.upload_step(&id, "validate", &Value::Null).await;
    let _dead = owner.job_ended(&job).await;
    let failed = owner.upload_is(&id, "failed").await;

    let told = told(&app, &id).await;

    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].get_str("severity").ok(), Some("warning"));
    assert_eq!(
        told[0].get_str("title").ok(),
        Some("customers.csv could not be imported")
    );
    assert_eq!(
        told[0].get_str("body").ok(),
        failed["failure"]["message"].as_str()
    );
}

#[actix_web::test]
async fn a_small_file_goes_the_whole_way_and_each_state_shows_what_it_has() {
    let app = TestApp::shared();
    let company = app.company("Acme").await;
    let owner = &company.owner;

    let received = owner.send_file("../folder/customers.csv", FILE).await.expect(202);
    let id = received.string("/id");
    assert_eq!(received.header("location"), Some(format!("/api/v1/uploads/{id}")));
    let received = received.json();
    assert_eq!(received["status"], "received");
    assert_eq!(received["file"]["name"], "customers.csv");
    assert_eq!(received["file"]["bytes"], FILE.len());
    for later in [
        "profile",
        "suggestion",
        "mapping",
        "report",
        "summary",
        "undo_until",
        "failure",
    ] {
        assert_eq!(received[later], Value::Null, "{later}");
    }

    let profiled = owner.upload_is(&id, "awaiting_mapping").await;
    assert_eq!(
        profiled["profile"],
        json!({ "encoding": "utf-8", "delimiter": ",", "rows": 2, "complete": true, "columns": 4 })
    );
    assert_eq!(
        profiled["suggestion"]["columns"]["customer_id"]["to"],
        "external_id"
    );
    assert_eq!(profiled["suggestion"]["columns"]["mrr"]["to"], "amount");
    assert_eq!(
        profiled["suggestion"]["columns"]["seats"]["to"],
        "attributes.seats"
    );
    let profile = owner
        .get(&format!("/uploads/{id}/profile"))
        .await
        .expect(200)
        .json();
    assert_eq!(profile["columns"][3]["samples"], json!(["3", "12"]));
    assert_eq!(profile["suggestion"], profiled["suggestion"]);

    // Without a confirmed mapping nothing goes on.
    assert_eq!(
        step(owner, &id, "validate").await.expect(409).problem(),
        "not-mapped"
    );
    assert_eq!(
        step(owner, &id, "import").await.expect(409).problem(),
        "wrong-state"
    );

    let mapped = owner
        .put(&format!("/uploads/{id}/mapping"), &profiled["suggestion"])
        .await
        .expect(200);
    assert_eq!(mapped.json()["status"], "awaiting_mapping");
    assert_eq!(mapped.json()["mapping"], profiled["suggestion"]);

    let check = owner.upload_step(&id, "validate", &Value::Null).await;
    let validated = owner.upload_is(&id, "validated").await;
    assert_eq!(
        validated["report"],
        json!({ "rows": 2, "accepted": 2, "rejected": 0, "known": 0, "taken_out": 0, "errors": [], "warnings": [] })
    );
    owner.job_done(&check).await;
    let job = owner.get(&format!("/jobs/{check}")).await.expect(200).json();
    assert_eq!(job["subject"], id.as_str());
    assert_eq!(
        (&job["progress"]["done"], &job["progress"]["total"]),
        (&json!(2), &json!(2))
    );
    let none = owner.get(&format!("/uploads/{id}/errors.csv")).await.expect(404);
    assert_eq!(none.problem(), "not-found");
    assert!(
        owner.exported().await.is_empty(),
        "nothing is imported by checking"
    );

    let import = owner.upload_step(&id, "import", &json!({})).await;
    owner.job_done(&import).await;
    let imported = owner.upload_is(&id, "imported").await;
    assert_eq!(
        imported["summary"],
        json!({ "added": 2, "changed": 0, "unchanged": 0, "skipped": 0, "removed": 0 })
    );
    assert_eq!(imported["undo_until"], "2100-01-31T12:00:00Z");
    assert_eq!(imported["job"], Value::Null);
    let grace = customer(owner, "C-2").await;
    assert_eq!(grace["mrr"], json!({ "amount_minor": 9950, "currency": "USD" }));
    assert_eq!(grace["attributes"], json!({ "seats": 12 }));

    let told = told(&app, &id).await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].get_str("kind").ok(), Some("upload_finished"));
    assert_eq!(told[0].get_str("severity").ok(), Some("info"));
    assert_eq!(told[0].get_str("title").ok(), Some("customers.csv is imported"));
    assert_eq!(
        told[0].get_str("body").ok(),
        Some("2 added, 0 changed, 0 unchanged, 0 skipped, 0 removed")
    );

    let undone = owner.upload_undone(&id).await;
    assert_eq!(undone["status"], "undone");
    assert_eq!(undone["summary"]["added"], 2);
    assert_eq!(undone["undo_until"], Value::Null);
    assert!(owner.exported().await.is_empty());

    let list = owner.get("/uploads").await.expect(200).json();
    assert_eq!(list["data"][0]["id"], id.as_str());
    assert_eq!(list["data"][0]["status"], "undone");
    assert_eq!(list["data"][0]["rows"], Value::Null);
}

#[actix_web::test]
async fn a_validated_file_can_be_mapped_and_checked_again() {
    let app = TestApp::shared();
    let company = app.company("Acme").await;
    let owner = &company.owner;
    let id = owner.file_checked(FILE, "upsert", None).await;
    let mut mapping = owner.get(&format!("/uploads/{id}")).await.json()["mapping"].clone();
    mapping["columns"]["seats"] = json!({ "to": "ignore" });

    let mapped = owner
        .put(&format!("/uploads/{id}/mapping"), &mapping)
        .await
        .expect(200)
        .json();
    assert_eq!(
        (&mapped["status"], &mapped["report"]),
        (&json!("awaiting_mapping"), &Value::Null)
    );
    assert_eq!(
        step(owner, &id, "import").await.expect(409).problem(),
        "wrong-state"
    );

    let job = owner.upload_step(&id, "validate", &Value::Null).await;
    owner.job_done(&job).await;
    let job = owner.upload_step(&id, "import", &json!({})).await;
    owner.job_done(&job).await;
    assert_eq!(customer(owner, "C-1").await["attributes"], json!({}));
}

#[actix_web::test]
async fn a_mapping_of_somebody_who_read_an_older_version_is_refused() {
    let app = TestApp::shared();
    let company = app.company("Acme").await;
    let owner = &company.owner;
    let id = owner.file_profiled(FILE).await;
    let read = owner.get(&format!("/uploads/{id}")).await.expect(200);
    let (etag, mapping) = (read.header("etag").unwrap(), read.json()["suggestion"].clone());
    let path = format!("/uploads/{id}/mapping");
    let put = actix_web::http::Method::PUT;
    let headers = [("if-match", etag.as_str())];

    let _first = owner
        .json(put.clone(), &path, &headers, &mapping)
        .await
        .expect(200);

    let second = owner.json(put, &path, &headers, &mapping).await;
    assert_eq!(second.expect(412).problem(), "stale-version");
}
