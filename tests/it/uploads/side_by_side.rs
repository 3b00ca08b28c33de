//! Several imports at once.

use futures::future::{join, join_all};
use kale_testkit::TestApp;
use serde_json::{Value, json};

fn file(prefix: &str, rows: usize) -> Vec<u8> {
    let mut file = b"id,name\r\n".to_vec();
    for number in 0..rows {
        file.extend_from_slice(format!("{prefix}-{number},{prefix} {number}\r\n").as_bytes());
    }
    file
}

#[actix_web::test]
async fn two_companies_import_at_once_and_see_only_their_own() {
    let app = TestApp::shared();
    let (one, other) = (app.company("One").await, app.company("Other").await);

    // The same keys in both.
    let files = (file("k", 3_000), file("k", 2_000));
    join(
        one.owner.file_imported(&files.0, "upsert", None),
        other.owner.file_imported(&files.1, "upsert", None),
    )
    .await;

    assert_eq!(one.owner.exported().await.len(), 3_000);
    assert_eq!(other.owner.exported().await.len(), 2_000);
    let foreign = one.owner.get("/uploads").await.expect(200).json()["data"][0]["id"].clone();
    let hidden = other
        .owner
        .get(&format!("/uploads/{}", foreign.as_str().unwrap()))
        .await;
    assert_eq!(hidden.expect(404).problem(), "not-found");
}

#[actix_web::test]
async fn imports_of_one_company_that_are_asked_for_at_once_all_come_through() {
    let app = TestApp::shared();
    let company = app.company("Acme").await;
    let owner = &company.owner;
    let mut ids = Vec::new();
    for number in 0..4 {
        let rows = file(&format!("f{number}"), 1_500);
        ids.push(owner.file_checked(&rows, "upsert", None).await);
    }

    let jobs = join_all(ids.iter().map(|id| owner.upload_step(id, "import", &Value::Null))).await;
    for job in &jobs {
        owner.job_done(job).await;
    }

    for id in &ids {
        let upload = owner.upload_is(id, "imported").await;
        assert_eq!(upload["summary"]["added"], json!(1_500));
    }
    assert_eq!(owner.exported().await.len(), 6_000);
}

#[actix_web::test]
async fn importing_twice_at_once_imports_once() {
    let app = TestApp::shared();
    let company = app.company("Acme").await;
    let owner = &company.owner;
    let id = owner.file_checked(&file("a", 500), "upsert", None).await;
    let path = format!("/uploads/{id}/import");
    let none = json!({});

    let answers = join_all((0..5).map(|_| owner.post(&path, &none))).await;

    let mut codes: Vec<u16> = answers.iter().map(kale_testkit::Answer::code).collect();
    codes.sort_unstable();
    assert_eq!(codes[0], 202, "{codes:?}");
    assert!(codes[1..].iter().all(|code| *code == 409), "{codes:?}");
    let upload = owner.upload_is(&id, "imported").await;
    assert_eq!(upload["summary"]["added"], 500);
}
