//! Cancelling in each state.

use kale_testkit::{TestApp, TestCompany};
use serde_json::{Value, json};

use super::step;
use crate::held::{Held, Standing};

/// What is there before, so that an import has rows to stand at.
const BEFORE: &[u8] = b"id,name,seats\r\nc-2500,Before,1\r\nc-8500,Before,1\r\n";
const STANDS_AT: [&str; 2] = ["c-2500", "c-8500"];

fn long_file() -> Vec<u8> {
    file_of(20_000)
}

fn file_of(rows: u32) -> Vec<u8> {
    let mut file = b"id,name,seats\r\n".to_vec();
    for number in 0..rows {
        file.extend_from_slice(format!("c-{number},Customer {number},{}\r\n", number % 90).as_bytes());
    }
    file
}

/// The upload is cancelled, left nothing beside the customers that were there, and every further step is refused.
async fn is_cancelled(company: &TestCompany, id: &str, before: &[String]) {
    let owner = &company.owner;
    let upload = owner.get(&format!("/uploads/{id}")).await.expect(200).json();
    assert_eq!(upload["status"], "cancelled", "{upload}");
    assert_eq!(upload["job"], Value::Null);
    for refused in ["validate", "import", "undo", "cancel"] {
        let answer = step(owner, id, refused).await;
        assert_eq!(answer.expect(409).problem(), "wrong-state", "{refused}");
    }
    assert_eq!(owner.exported().await, before);
}

#[actix_web::test]
async fn an_upload_that_waits_for_a_person_can_be_cancelled() {
    let app = TestApp::shared();
    let company = app.company("Acme").await;
    let owner = &company.owner;

    let waiting = owner.file_profiled(b"id,name\r\na,Ada\r\n").await;
    let cancelled = step(owner, &waiting, "cancel").await.expect(200).json();
    assert_eq!(cancelled["status"], "cancelled");
    is_cancelled(&company, &waiting, &[]).await;

    let checked = owner.file_checked(b"id,name\r\na,Ada\r\n", "upsert", None).await;
    let _cancelled = step(owner, &checked, "cancel").await.expect(200);
    is_cancelled(&company, &checked, &[]).await;
}

#[actix_web::test]
async fn an_upload_that_was_just_sent_can_be_cancelled_and_stays_so() {
    let app = TestApp::shared();
    let company = app.company("Acme").await;
    let owner = &company.owner;
    let id = owner
        .send_file("a.csv", &long_file())
        .await
        .expect(202)
        .string("/id");

    // A job may take it up at the same moment.
    let _cancelled = step(owner, &id, "cancel").await.expect(200);

    // The job that was to look at it finds that it has nothing to do.
    let mut jobs = owner
        .get("/jobs?filter[kind]=profile_upload")
        .await
        .expect(200)
        .json();
    let job = jobs["data"][0]["id"].take();
    let ended = owner.job_ended(job.as_str().unwrap()).await;
    assert_ne!(ended["state"], "dead", "{ended}");
    is_cancelled(&company, &id, &[]).await;
}

/// Nothing holds a job that only reads, so the file grows until the person is faster than the machine.
#[actix_web::test]
async fn a_job_that_checks_is_stopped_with_its_upload() {
    let app = TestApp::shared();
    let company = app.company("Acme").await;
    let owner = &company.owner;

    for rows in [20_000, 80_000, 320_000] {
        let id = owner.file_mapped(&file_of(rows), "upsert", None).await;
        let job = owner.upload_step(&id, "validate", &Value::Null).await;
        let _cancelled = step(owner, &id, "cancel").await.expect(200);
        let ended = owner.job_ended(&job).await;
        is_cancelled(&company, &id, &[]).await;
        if ended["state"] == "cancelled" {
            return;
        }
        assert_eq!(ended["state"], "succeeded", "{ended}");
    }
    panic!("no check was met by its cancellation");
}

#[actix_web::test]
async fn a_job_that_imports_is_stopped_with_its_upload() {
    let app = TestApp::shared();
    let company = app.company("Acme").await;
    let owner = &company.owner;
    owner.file_imported(BEFORE, "upsert", None).await;
    let before = owner.exported().await;
    let id = owner.file_checked(&long_file(), "upsert", None).await;
    let import = Standing::import(owner, app.mongodb_uri(), company.id, &id, STANDS_AT).await;
    let job = import.job.clone();

    let _cancelled = step(owner, &id, "cancel").await.expect(200);
    import.let_it_hear(owner).await;

    assert_eq!(owner.job_ended(&job).await["state"], "cancelled");
    is_cancelled(&company, &id, &before).await;
    // What it had written is nobody's: the next import sees none of it.
    let next = owner
        .file_imported(b"id,name\r\nc-1,Ada\r\n", "append", None)
        .await;
    assert_eq!(next["summary"]["added"], 1, "{next}");
    let customer = super::customer(owner, "c-1").await;
    assert_eq!(
        (&customer["name"], &customer["attributes"]),
        (&json!("Ada"), &json!({}))
    );
    assert_eq!(owner.exported().await.len(), 3);
}

#[actix_web::test]
async fn a_job_that_is_cancelled_before_its_turn_cancels_its_upload() {
    let app = TestApp::shared();
    let company = app.company("Acme").await;
    let owner = &company.owner;
    owner.file_imported(BEFORE, "upsert", None).await;
    let before = owner.exported().await;
    let first = owner.file_checked(&long_file(), "upsert", None).await;
    let second = owner.file_checked(b"id,name\r\na,Ada\r\n", "upsert", None).await;
    let runs = Standing::import(owner, app.mongodb_uri(), company.id, &first, STANDS_AT).await;
    let waits = owner.upload_step(&second, "import", &json!({})).await;

    drop(
        owner
            .post(&format!("/jobs/{waits}/cancel"), &json!({}))
            .await
            .expect(200),
    );
    assert_eq!(owner.job_ended(&waits).await["state"], "cancelled");
    is_cancelled(&company, &second, &before).await;

    let job = runs.job.clone();
    drop(
        owner
            .post(&format!("/jobs/{job}/cancel"), &json!({}))
            .await
            .expect(200),
    );
    runs.let_it_hear(owner).await;
    assert_eq!(owner.job_ended(&job).await["state"], "cancelled");
    is_cancelled(&company, &first, &before).await;
}

#[actix_web::test]
async fn an_import_whose_rows_are_live_is_not_stopped_before_its_customers_follow() {
    let app = TestApp::shared();
    let company = app.company("Acme").await;
    let owner = &company.owner;
    owner.file_imported(BEFORE, "upsert", None).await;
    let before = owner.exported().await;
    let id = owner.file_checked(&long_file(), "upsert", None).await;
    let customer = Held::customer(app.mongodb_uri(), company.id, "c-8500").await;
    let job = owner.upload_step(&id, "import", &json!({})).await;
    drop(owner.upload_is(&id, "imported").await);

    let path = format!("/jobs/{job}/cancel");
    let refused = owner.post(&path, &json!({})).await.expect(409);
    customer.let_go().await;
    assert_eq!(refused.problem(), "wrong-state");
    assert!(
        refused.text().contains("undo the upload instead"),
        "{}",
        refused.text()
    );
    assert_eq!(owner.job_ended(&job).await["state"], "succeeded");
    assert_eq!(owner.exported().await.len(), 20_000);

    // Nor is what takes an import back.
    let customer = Held::customer(app.mongodb_uri(), company.id, "c-8500").await;
    let job = owner.upload_step(&id, "undo", &Value::Null).await;
    let path = format!("/jobs/{job}/cancel");
    let refused = owner.post(&path, &json!({})).await.expect(409);
    customer.let_go().await;
    assert!(
        refused.text().contains("customers match their files"),
        "{}",
        refused.text()
    );
    owner.job_done(&job).await;
    assert_eq!(owner.exported().await, before);
}

#[actix_web::test]
async fn what_is_imported_is_undone_and_not_cancelled() {
    let app = TestApp::shared();
    let company = app.company("Acme").await;
    let owner = &company.owner;
    let upload = owner.file_imported(b"id,name\r\na,Ada\r\n", "upsert", None).await;
    let id = upload["id"].as_str().unwrap();

    assert_eq!(
        step(owner, id, "cancel").await.expect(409).problem(),
        "wrong-state"
    );

    assert_eq!(owner.exported().await.len(), 1);
}
