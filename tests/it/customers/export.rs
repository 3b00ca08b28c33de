//! Customers as files: what a spreadsheet gets, and what comes back from it.

use actix_web::http::Method;
use kale_testkit::{TestApp, TestCompany};
use serde_json::{Value, json};

use super::NDJSON;

async fn export(company: &TestCompany, format: &str, filter: &str) -> String {
    let answer = company
        .owner
        .post(
            "/customers/export",
            &json!({ "format": format, "filter": filter }),
        )
        .await
        .expect(200);
    assert_eq!(
        answer.header("content-disposition").unwrap(),
        format!("attachment; filename=\"customers.{format}\"")
    );
    answer.text()
}

#[actix_web::test]
async fn what_a_spreadsheet_would_run_is_disarmed_and_comes_back_exactly() {
    let app = TestApp::shared();
    let (globex, initech) = (app.company("Globex").await, app.company("Initech").await);
    let names = [
        "=1+2",
        "+A1",
        "-2+3",
        "@SUM(A1)",
        "\tx=1",
        "'=already",
        "'plain",
        "-12.5",
        "a,b \"q\"",
        "two\nlines",
        "=cmd|' /C calc'!A0",
        "é漢字",
    ];
    let lines: Vec<String> = names
        .iter()
        .enumerate()
        .map(|(n, name)| {
            json!({ "external_id": format!("{n:02}"), "attributes": { "note": name } }).to_string()
        })
        .collect();
    drop(
        globex
            .program
            .send(Method::POST, "/customers/batch", &NDJSON, lines.join("\n"))
            .await
            .expect(200),
    );
    let notes = async |company: &TestCompany| {
        let mut notes: Vec<(String, String)> = export(company, "ndjson", "")
            .await
            .lines()
            .map(|line| {
                let one: Value = serde_json::from_str(line).unwrap();
                (
                    one["external_ids"][0].as_str().unwrap().to_owned(),
                    one["attributes"]["note"].as_str().unwrap().to_owned(),
                )
            })
            .collect();
        notes.sort_unstable();
        notes
    };
    let there = notes(&globex).await;
    assert_eq!(there.len(), names.len());

    let csv = export(&globex, "csv", "").await;
    assert!(csv.starts_with("id,external_id,name,email,domain,persona,lifecycle,tier,plan,mrr,currency,tags,attributes.note\r\n"), "{csv}");
    for armed in [",=", ",+", ",@", ",-2", ",\t", ",\"=", ",\"+", ",\"@", ",\"\t"] {
        assert!(!csv.contains(armed), "{armed:?} in {csv}");
    }
    assert!(csv.contains(",-12.5\r\n"), "a number is no formula: {csv}");
    let mapping = json!({ "mode": "upsert", "columns": {
        "external_id": { "to": "external_id" }, "attributes.note": { "to": "attributes.note", "type": "text" }
    } });
    let _upload = initech.import(csv.as_bytes(), Some(mapping)).await;
    let back = notes(&initech).await;
    // Cells of files are trimmed; that aside every text is as it was.
    let trimmed: Vec<(String, String)> = there
        .into_iter()
        .map(|(id, note)| (id, note.trim().to_owned()))
        .collect();
    assert_eq!(back, trimmed);
    app.stop().await;
}

#[actix_web::test]
async fn an_export_takes_the_filters_of_the_list() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    for (id, contract) in [("1", "Two year"), ("2", "Monthly"), ("3", "Two year")] {
        let new = json!({ "external_id": id, "attributes": { "contract": contract } });
        drop(company.program.post("/customers", &new).await.expect(201));
    }
    let two = export(
        &company,
        "ndjson",
        "filter[attributes.contract]=Two year&sort=-created_at",
    )
    .await;
    assert_eq!(two.lines().count(), 2, "{two}");
    for (filter, code) in [
        ("limit=5", "unknown-parameter"),
        ("filter[nobody]=1", ""),
        ("sort=nobody", ""),
    ] {
        let refused = company
            .owner
            .post("/customers/export", &json!({ "format": "csv", "filter": filter }))
            .await
            .expect(422)
            .json();
        assert_eq!(refused["errors"][0]["pointer"], "#/filter", "{refused}");
        assert!(
            code.is_empty() || refused["errors"][0]["code"] == code,
            "{refused}"
        );
    }
    drop(
        company
            .owner
            .post("/customers/export", &json!({ "format": "xlsx" }))
            .await
            .expect(422),
    );
    app.stop().await;
}
