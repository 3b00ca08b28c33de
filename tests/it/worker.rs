//! Jobs as people see them.

use std::fmt::Write as _;

use actix_web::http::Method;
use kale_testkit::TestApp;
use serde_json::{Value, json};

use crate::held::{Held, Standing, progress_after};

fn file(rows: u32) -> Vec<u8> {
    let mut file = "id,name,seats\r\n".to_owned();
    for number in 0..rows {
        write!(file, "c-{number},Customer {number},{}\r\n", number % 70).unwrap();
    }
    file.into_bytes()
}

#[actix_web::test]
async fn the_progress_of_an_import_grows_up_to_its_rows() {
    let app = TestApp::shared();
    let company = app.company("Acme").await;
    let owner = &company.owner;
    let there = b"id,name,seats\r\nc-2500,Before,1\r\nc-8500,Before,1\r\n";
    owner.file_imported(there, "upsert", None).await;
    let id = owner.file_checked(&file(12_000), "upsert", None).await;

    // It comes to the first of two rows that it can't write yet, then to the second, then to its end.
    let first = Held::row(app.mongodb_uri(), company.id, "c-2500").await;
    let second = Held::row(app.mongodb_uri(), company.id, "c-8500").await;
    let job = owner.upload_step(&id, "import", &Value::Null).await;
    let early = progress_after(owner, &job, 0).await;
    first.let_go().await;
    let late = progress_after(owner, &job, early["done"].as_u64().unwrap()).await;
    let running = owner.get(&format!("/jobs/{job}")).await.expect(200).json();
    second.let_go().await;
    let ended = owner.job_ended(&job).await;

    for seen in [&early, &late] {
        assert_eq!(
            (&seen["note"], &seen["total"]),
            (&json!("Writing rows"), &json!(12_000))
        );
        assert!(seen["done"].as_u64().unwrap() < 12_000, "{seen}");
    }
    assert_eq!(running["state"], "leased", "{running}");
    assert_eq!(ended["state"], "succeeded", "{ended}");
    assert_eq!(ended["attempts"], 1);
    assert_eq!(
        (&ended["kind"], &ended["subject"]),
        (&"import_upload".into(), &id.as_str().into())
    );
    assert_eq!(
        (&ended["progress"]["note"], &ended["progress"]["done"]),
        (&json!("11998 customers added, 2 updated"), &json!(12_000))
    );
}

#[actix_web::test]
async fn an_import_that_a_person_stops_at_its_job_ends_its_upload_too() {
    let app = TestApp::shared();
    let company = app.company("Acme").await;
    let owner = &company.owner;
    let there = b"id,name,seats\r\nc-2500,Before,1\r\nc-8500,Before,1\r\n";
    owner.file_imported(there, "upsert", None).await;
    let before = owner.exported().await;
    let id = owner.file_checked(&file(20_000), "upsert", None).await;
    let import = Standing::import(owner, app.mongodb_uri(), company.id, &id, ["c-2500", "c-8500"]).await;
    let (job, path) = (import.job.clone(), format!("/jobs/{}", import.job));

    let _stopped = owner
        .send(Method::POST, &format!("{path}/cancel"), &[], Vec::new())
        .await
        .expect(200);
    import.let_it_hear(owner).await;

    assert_eq!(owner.job_ended(&job).await["state"], "cancelled");
    let upload = owner.get(&format!("/uploads/{id}")).await.expect(200).json();
    assert_eq!(upload["status"], "cancelled", "{upload}");
    assert_eq!(owner.exported().await, before);
}
