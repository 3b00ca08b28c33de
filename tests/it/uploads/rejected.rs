//! Rows that can't be taken: where they stand, why, and what becomes of the others.

use kale_testkit::TestApp;
use serde_json::{Value, json};

use super::step;

/// Twelve rows: ten are wrong, each in its own way.
const FILE: &str = "id,name,email,domain,seats,since,fee,active,country\r\n\
    good-1,Ada,ada@example.com,example.com,3,2024-01-31,10.00,true,DE\r\n\
    bad-1,,not an address,,,,,,\r\n\
    bad-2,,,https://example.com/x,,,,,\r\n\
    bad-3,,,,three,,,,\r\n\
    bad-4,,,,,2024-02-30,,,\r\n\
    bad-5,,,,,,ten,,\r\n\
    bad-6,,,,,,1.005,,\r\n\
    bad-7,,,,,,,perhaps,\r\n\
    bad-8,,,,,,,,Germany\r\n\
    ,No key,,,,,,,\r\n\
    good-2,Grace,,,,,,,\r\n\
    good-1,Twice,,,,,,,\r\n";

fn mapping() -> Value {
    json!({ "mode": "upsert", "columns": {
        "id": { "to": "external_id" }, "name": { "to": "name" }, "email": { "to": "email" },
        "domain": { "to": "domain" }, "seats": { "to": "attributes.seats", "type": "integer" },
        "since": { "to": "attributes.since", "type": "date" },
        "fee": { "to": "amount", "currency": "USD" },
        "active": { "to": "attributes.active", "type": "boolean" },
        "country": { "to": "attributes.country", "type": "country" },
    } })
}

#[actix_web::test]
async fn ten_wrong_rows_are_told_by_line_column_value_and_reason() {
    let app = TestApp::shared();
    let company = app.company("Acme").await;
    let owner = &company.owner;

    let id = owner
        .file_checked(FILE.as_bytes(), "upsert", Some(mapping()))
        .await;

    let upload = owner.get(&format!("/uploads/{id}")).await.expect(200).json();
    let report = &upload["report"];
    assert_eq!(
        (&report["rows"], &report["accepted"], &report["rejected"]),
        (&json!(12), &json!(2), &json!(10))
    );
    let told: Vec<Value> = report["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| {
            assert!(error["reason"].as_str().unwrap().len() > 10, "{error}");
            json!([error["line"], error["column"], error["value"], error["code"]])
        })
        .collect();
    let expected = [
        json!([3, "email", "not an address", "not-an-email"]),
        json!([4, "domain", "https://example.com/x", "not-a-domain"]),
        json!([5, "seats", "three", "not-an-integer"]),
        json!([6, "since", "2024-02-30", "not-a-date"]),
        json!([7, "fee", "ten", "not-a-number"]),
        json!([8, "fee", "1.005", "too-precise"]),
        json!([9, "active", "perhaps", "not-a-boolean"]),
        json!([10, "country", "Germany", "not-a-country"]),
        json!([11, "id", "", "missing-key"]),
        json!([13, null, "good-1", "duplicate-key"]),
    ];
    assert_eq!(told, expected);

    let file = owner.get(&format!("/uploads/{id}/errors.csv")).await.expect(200);
    assert_eq!(
        file.header("content-type").as_deref(),
        Some("text/csv; charset=utf-8")
    );
    let text = file.text();
    let lines: Vec<&str> = text.split("\r\n").collect();
    assert_eq!(lines.len(), 12, "{text}");
    assert_eq!(
        lines[0],
        "rejected_line,rejected_reason,id,name,email,domain,seats,since,fee,active,country"
    );
    assert!(
        lines[3].starts_with("5,seats: expected a whole number"),
        "{}",
        lines[3]
    );
    assert!(lines[3].ends_with(",bad-3,,,,three,,,,"), "{}", lines[3]);
    assert!(lines[10].starts_with("13,"), "{}", lines[10]);
}

#[actix_web::test]
async fn wrong_rows_stop_an_import_and_skip_leaves_them_out() {
    let app = TestApp::shared();
    let company = app.company("Acme").await;
    let owner = &company.owner;
    let id = owner
        .file_checked(FILE.as_bytes(), "upsert", Some(mapping()))
        .await;

    let stopped = step(owner, &id, "import").await.expect(409);
    assert_eq!(stopped.problem(), "has-rejected-rows");
    assert!(
        stopped.string("/detail").contains("10 rows"),
        "{}",
        stopped.text()
    );
    assert!(owner.exported().await.is_empty());

    let job = owner
        .upload_step(&id, "import", &json!({ "rejected": "skip" }))
        .await;
    owner.job_done(&job).await;
    let upload = owner.upload_is(&id, "imported").await;
    assert_eq!(
        upload["summary"],
        json!({ "added": 2, "changed": 0, "unchanged": 0, "skipped": 10, "removed": 0 })
    );
    assert_eq!(owner.exported().await.len(), 2);
    // The first row of a key is the one that counts.
    assert_eq!(super::customer(owner, "good-1").await["name"], "Ada");
}

#[actix_web::test]
async fn a_file_of_wrong_rows_alone_can_not_be_imported() {
    let app = TestApp::shared();
    let company = app.company("Acme").await;
    let owner = &company.owner;
    let file = b"id,seats\r\na,x\r\nb,y\r\n";
    let mapping = json!({ "mode": "upsert", "columns": {
        "id": { "to": "external_id" }, "seats": { "to": "attributes.seats", "type": "integer" },
    } });
    let id = owner.file_checked(file, "upsert", Some(mapping)).await;

    let refused = owner
        .post(&format!("/uploads/{id}/import"), &json!({ "rejected": "skip" }))
        .await;

    assert_eq!(refused.expect(409).problem(), "nothing-to-import");
}

#[actix_web::test]
async fn the_mended_file_of_rejected_rows_can_be_uploaded_as_it_is() {
    let app = TestApp::shared();
    let company = app.company("Acme").await;
    let owner = &company.owner;
    let file = b"id,name,seats\r\na,\"Ada, Countess\",1\r\nb,Grace,two\r\nc,\"=1+1\",three\r\n";
    let mapping = json!({ "mode": "upsert", "columns": {
        "id": { "to": "external_id" }, "name": { "to": "name" },
        "seats": { "to": "attributes.seats", "type": "integer" },
    } });
    let first = owner.file_imported(file, "upsert", Some(mapping.clone())).await;
    let id = first["id"].as_str().unwrap();
    let rejected = owner
        .get(&format!("/uploads/{id}/errors.csv"))
        .await
        .expect(200)
        .text();
    // A spreadsheet must not run what came back.
    assert!(rejected.contains(",'=1+1,"), "{rejected}");

    let mended = rejected.replace(",two", ",2").replace(",three", ",3");
    let second = owner
        .file_imported(mended.as_bytes(), "append", Some(mapping))
        .await;

    assert_eq!(second["summary"]["added"], 2, "{second}");
    let c = super::customer(owner, "c").await;
    assert_eq!(
        (&c["name"], &c["attributes"]["seats"]),
        (&json!("=1+1"), &json!(3))
    );
}
