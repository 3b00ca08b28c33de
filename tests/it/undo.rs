//! Undo restores exactly.

use actix_web::http::Method;
use jiff::SignedDuration;
use kale_testkit::{Client, TestApp};
use serde_json::{Value, json};

use crate::{
    held::Held,
    uploads::{customer, step},
};

fn file(rows: std::ops::Range<u32>, plan: &str) -> Vec<u8> {
    let mut file = b"id,name,plan,mrr,seats\r\n".to_vec();
    for number in rows {
        file.extend_from_slice(
            format!(
                "c-{number},Customer {number},{plan},{}.50,{}\r\n",
                number % 300,
                number % 40
            )
            .as_bytes(),
        );
    }
    file
}

async fn personas(owner: &Client) {
    let configuration = json!({
        "categories": [{ "key": "all", "name": "All", "description": "Everybody.", "order": 1 }],
        "personas": [
            {
                "key": "small", "category": "all", "name": "Small", "colour": "stem", "priority": 200,
                "description": "Few seats.",
                "rule": { "attribute": "seats", "op": "lt", "value": 20 }
            },
            {
                "key": "large", "category": "all", "name": "Large", "colour": "leaf", "priority": 100,
                "description": "Many seats.",
                "rule": { "attribute": "seats", "op": "gte", "value": 20 }
            },
        ],
        "note": "For tests"
    });
    let there = owner.get("/personas").await.expect(200);
    let etag = there.header("etag").unwrap();
    let saved = owner
        .json(Method::PUT, "/personas", &[("if-match", &etag)], &configuration)
        .await
        .expect(200)
        .json();
    let job = saved
        .pointer("/job/id")
        .or_else(|| saved.get("job"))
        .and_then(Value::as_str);
    owner.job_done(job.unwrap()).await;
}

fn id(upload: &Value) -> &str {
    upload["id"].as_str().unwrap()
}

#[actix_web::test]
async fn undo_brings_back_every_customer_as_it_was_with_its_persona() {
    let app = TestApp::shared();
    let company = app.company("Acme").await;
    let owner = &company.owner;
    owner.file_imported(&file(0..500, "Team"), "upsert", None).await;
    personas(owner).await;
    let before = owner.exported().await;
    assert!(
        before.iter().any(|line| line.contains("\"persona\":\"small\"")),
        "{}",
        before[0]
    );

    for mode in ["upsert", "replace"] {
        // Half of them change, others are new, and `replace` takes some out.
        let mut other = String::from_utf8(file(250..700, "Business")).unwrap();
        other = other.replace(",0\r\n", ",39\r\n");
        let upload = owner.file_imported(other.as_bytes(), mode, None).await;
        assert_eq!(upload["summary"]["added"], 200, "{upload}");
        let between = owner.exported().await;
        assert_eq!(between.len(), if mode == "upsert" { 700 } else { 450 });
        assert_eq!(customer(owner, "c-280").await["persona"]["key"], "large");

        let undone = owner.upload_undone(id(&upload)).await;

        assert_eq!(undone["status"], "undone");
        let after = owner.exported().await;
        assert_eq!(before.len(), after.len(), "{mode}");
        for (before, after) in before.iter().zip(&after) {
            assert_eq!(before, after, "{mode}");
        }
    }
}

#[actix_web::test]
async fn undo_brings_back_what_people_set_on_customers_that_a_file_took_out() {
    let app = TestApp::shared();
    let company = app.company("Acme").await;
    let owner = &company.owner;
    owner.file_imported(&file(0..10, "Team"), "upsert", None).await;
    personas(owner).await;
    let there = customer(owner, "c-3").await;
    let path = format!("/customers/{}", there["id"].as_str().unwrap());
    let _decided = owner
        .put(
            &format!("{path}/persona"),
            &json!({ "persona": "large", "reason": "agreed on the phone" }),
        )
        .await
        .expect(200);
    let etag = owner.get(&path).await.expect(200).header("etag").unwrap();
    let _tagged = owner
        .json(
            Method::PATCH,
            &path,
            &[("if-match", &etag)],
            &json!({ "tags": ["vip"] }),
        )
        .await
        .expect(200);
    let history = format!("{path}/persona-history");
    let told = owner.get(&history).await.expect(200).json();
    let before = owner.exported().await;

    let upload = owner.file_imported(&file(5..10, "Team"), "replace", None).await;
    assert_eq!(upload["summary"]["removed"], 5);
    drop(owner.get(&path).await.expect(404));
    owner.upload_undone(id(&upload)).await;

    assert_eq!(owner.exported().await, before);
    assert_eq!(owner.get(&history).await.expect(200).json(), told);
    let after = customer(owner, "c-3").await;
    assert_eq!(
        (&after["tags"], &after["persona"]["locked"]),
        (&json!(["vip"]), &json!(true))
    );
}

#[actix_web::test]
async fn only_the_latest_import_can_be_undone_and_only_once() {
    let app = TestApp::shared();
    let company = app.company("Acme").await;
    let owner = &company.owner;
    let first = owner.file_imported(&file(0..5, "Team"), "upsert", None).await;
    let second = owner.file_imported(&file(3..8, "Solo"), "upsert", None).await;

    assert_eq!(
        step(owner, id(&first), "undo").await.expect(409).problem(),
        "superseded"
    );
    let shown = owner
        .get(&format!("/uploads/{}", id(&first)))
        .await
        .expect(200)
        .json();
    assert_eq!(
        (&shown["status"], &shown["undo_until"]),
        (&json!("imported"), &Value::Null)
    );

    owner.upload_undone(id(&second)).await;
    assert_eq!(
        step(owner, id(&second), "undo").await.expect(409).problem(),
        "wrong-state"
    );
    // Undo goes back once: what was before the one before is not kept.
    assert_eq!(
        step(owner, id(&first), "undo").await.expect(409).problem(),
        "superseded"
    );
    assert_eq!(owner.exported().await.len(), 5);

    let again = owner.file_imported(&file(3..8, "Solo"), "upsert", None).await;
    assert_eq!(
        again["summary"], second["summary"],
        "an undone import left no trace"
    );
}

#[actix_web::test]
async fn an_import_can_be_undone_for_thirty_days() {
    let app = TestApp::start().await;
    let company = app.company("Acme").await;
    let upload = company
        .owner
        .file_imported(&file(0..5, "Team"), "upsert", None)
        .await;

    app.advance(SignedDuration::from_hours(24 * 30 + 1));

    // Sessions don't last as long; the program's key does.
    let program = &company.program;
    let late = step(program, id(&upload), "undo").await;
    assert_eq!(late.expect(409).problem(), "too-late");
    assert_eq!(program.exported().await.len(), 5);
    app.stop().await;
}

#[actix_web::test]
async fn undo_while_the_customers_still_follow_the_import_wins() {
    let app = TestApp::shared();
    let company = app.company("Acme").await;
    let owner = &company.owner;
    owner.file_imported(&file(0..200, "Team"), "upsert", None).await;
    let before = owner.exported().await;

    for _ in 0..3 {
        let upload = owner
            .file_checked(&file(100..6_000, "Business"), "upsert", None)
            .await;
        let last = Held::customer(app.mongodb_uri(), company.id, "c-199").await;
        let import = owner.upload_step(&upload, "import", &json!({})).await;
        owner.upload_is(&upload, "imported").await;
        // The rows are live; the job still brings the customers up to them.
        let undo = owner.upload_step(&upload, "undo", &Value::Null).await;
        last.let_go().await;
        owner.job_done(&undo).await;
        owner.job_done(&import).await;

        let after = owner.exported().await;
        assert_eq!(after.len(), before.len());
        assert_eq!(after, before);
    }
}

#[actix_web::test]
async fn the_next_import_does_not_cut_an_undo_short() {
    let app = TestApp::shared();
    let company = app.company("Acme").await;
    let owner = &company.owner;
    owner.file_imported(&file(0..200, "Team"), "upsert", None).await;
    let before = owner.exported().await;
    let next = owner
        .file_checked(b"id,name\r\nnew,Ada\r\n", "upsert", None)
        .await;
    let upload = owner
        .file_imported(&file(100..6_000, "Business"), "upsert", None)
        .await;

    let undo = owner.upload_step(id(&upload), "undo", &Value::Null).await;
    let import = owner.upload_step(&next, "import", &json!({})).await;
    owner.job_done(&undo).await;
    owner.job_done(&import).await;

    let after: Vec<String> = owner
        .exported()
        .await
        .into_iter()
        .filter(|line| !line.contains("\"new\""))
        .collect();
    assert_eq!(after.len(), before.len());
    assert_eq!(after, before);
}

/// The files that were uploaded are gone.
fn without_files(folder: &std::path::Path) -> usize {
    let mut removed = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            removed += without_files(&path);
        } else if path.to_string_lossy().contains("upl") {
            std::fs::remove_file(&path).unwrap();
            removed += 1;
        }
    }
    removed
}

#[actix_web::test]
async fn an_import_that_was_cancelled_before_it_wrote_leaves_the_one_before_to_be_undone() {
    let app = TestApp::start().await;
    let company = app.company("Acme").await;
    let owner = &company.owner;
    owner.file_imported(&file(0..5, "Team"), "upsert", None).await;
    let before = owner.exported().await;
    let upload = owner.file_imported(&file(3..8, "Solo"), "upsert", None).await;
    let other = owner.file_checked(&file(0..9, "Business"), "upsert", None).await;
    // It is tried, and comes to no row.
    assert_ne!(without_files(app.data_dir()), 0);
    let rejected = json!({ "rejected": "skip" });
    let job = owner.upload_step(&other, "import", &rejected).await;
    for tries in 0.. {
        let seen = owner.get(&format!("/jobs/{job}")).await.expect(200).json();
        if !seen["last_error"].is_null() || seen["state"] == "failed" {
            break;
        }
        assert!(tries < 600, "{seen}");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    drop(step(owner, &other, "cancel").await);

    let undone = owner.upload_undone(id(&upload)).await;
    assert_eq!(undone["status"], "undone");
    assert_eq!(owner.exported().await, before);
    app.stop().await;
}
