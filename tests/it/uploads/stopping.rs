//! Cancelling in each state.

use kale_testkit::{TestApp, TestCompany};
use serde_json::{Value, json};

use super::step;

fn long_file() -> Vec<u8> {
    let mut file = b"id,name,seats\r\n".to_vec();
    for number in 0..20_000 {
        file.extend_from_slice(format!("c-{number},Customer {number},{}\r\n", number % 90).as_bytes());
    }
    file
}

/// The upload is cancelled, shows no trace, and every further step is refused.
async fn is_cancelled(company: &TestCompany, id: &str) {
    let owner = &company.owner;
    let upload = owner.get(&format!("/uploads/{id}")).await.expect(200).json();
    assert_eq!(upload["status"], "cancelled", "{upload}");
    assert_eq!(upload["job"], Value::Null);
    for refused in ["validate", "import", "undo", "cancel"] {
        let answer = step(owner, id, refused).await;
        assert_eq!(answer.expect(409).problem(), "wrong-state", "{refused}");
    }
    assert!(owner.exported().await.is_empty());
}

#[actix_web::test]
async fn an_upload_that_waits_for_a_person_can_be_cancelled() {
    let app = TestApp::shared();
    let company = app.company("Acme").await;
    let owner = &company.owner;

    let waiting = owner.file_profiled(b"id,name\r\na,Ada\r\n").await;
    let cancelled = step(owner, &waiting, "cancel").await.expect(200).json();
    assert_eq!(cancelled["status"], "cancelled");
    is_cancelled(&company, &waiting).await;

    let checked = owner.file_checked(b"id,name\r\na,Ada\r\n", "upsert", None).await;
    let _cancelled = step(owner, &checked, "cancel").await.expect(200);
    is_cancelled(&company, &checked).await;
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
    is_cancelled(&company, &id).await;
}

#[actix_web::test]
async fn a_job_that_checks_or_imports_is_stopped_with_its_upload() {
    let app = TestApp::shared();
    let company = app.company("Acme").await;
    let owner = &company.owner;
    let file = long_file();

    let id = owner.file_mapped(&file, "upsert", None).await;
    let job = owner.upload_step(&id, "validate", &Value::Null).await;
    let _cancelled = step(owner, &id, "cancel").await.expect(200);
    assert_eq!(owner.job_ended(&job).await["state"], "cancelled");
    is_cancelled(&company, &id).await;

    let id = owner.file_checked(&file, "upsert", None).await;
    let job = owner.upload_step(&id, "import", &json!({})).await;
    let (mut seen, mut last) = (Vec::new(), 0);
    while last < 2_000 {
        let job = owner.get(&format!("/jobs/{job}")).await.expect(200).json();
        assert_eq!(job["finished_at"], Value::Null, "too fast to be cancelled: {job}");
        last = job["progress"]["done"].as_u64().unwrap();
        seen.push(last);
    }
    assert!(seen.is_sorted(), "progress went back: {seen:?}");
    let _cancelled = step(owner, &id, "cancel").await.expect(200);
    assert_eq!(owner.job_ended(&job).await["state"], "cancelled");
    is_cancelled(&company, &id).await;

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
    assert_eq!(owner.exported().await.len(), 1);
}

#[actix_web::test]
async fn a_job_that_is_cancelled_before_its_turn_cancels_its_upload() {
    let app = TestApp::shared();
    let company = app.company("Acme").await;
    let owner = &company.owner;
    let first = owner.file_checked(&long_file(), "upsert", None).await;
    let second = owner.file_checked(b"id,name\r\na,Ada\r\n", "upsert", None).await;
    let runs = owner.upload_step(&first, "import", &json!({})).await;
    let waits = owner.upload_step(&second, "import", &json!({})).await;

    for (job, upload) in [(&waits, &second), (&runs, &first)] {
        let path = format!("/jobs/{job}/cancel");
        drop(owner.post(&path, &json!({})).await.expect(200));
        assert_eq!(owner.job_ended(job).await["state"], "cancelled");
        is_cancelled(&company, upload).await;
    }
}

#[actix_web::test]
async fn an_import_whose_rows_are_live_is_not_stopped_before_its_customers_follow() {
    let app = TestApp::shared();
    let company = app.company("Acme").await;
    let owner = &company.owner;
    let id = owner.file_checked(&long_file(), "upsert", None).await;
    let job = owner.upload_step(&id, "import", &json!({})).await;
    drop(owner.upload_is(&id, "imported").await);

    let path = format!("/jobs/{job}/cancel");
    let refused = owner.post(&path, &json!({})).await.expect(409);
    assert_eq!(refused.problem(), "wrong-state");
    assert!(
        refused.text().contains("undo the upload instead"),
        "{}",
        refused.text()
    );
    assert_eq!(owner.job_ended(&job).await["state"], "succeeded");
    assert_eq!(owner.exported().await.len(), 20_000);

    // Nor is what takes an import back.
    let job = owner.upload_step(&id, "undo", &Value::Null).await;
    let path = format!("/jobs/{job}/cancel");
    let refused = owner.post(&path, &json!({})).await.expect(409);
    assert!(
        refused.text().contains("customers match their files"),
        "{}",
        refused.text()
    );
    owner.job_done(&job).await;
    assert!(owner.exported().await.is_empty());
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
