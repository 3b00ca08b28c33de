//! Jobs as people see them.

use std::time::Duration;

use actix_web::http::Method;
use kale_testkit::TestApp;
use serde_json::Value;

#[actix_web::test]
async fn the_progress_of_an_import_grows_up_to_its_rows() {
    let app = TestApp::shared();
    let company = app.company("Acme").await;
    let owner = &company.owner;
    let mut file = b"id,name,seats\r\n".to_vec();
    for number in 0..12_000 {
        file.extend_from_slice(format!("c-{number},Customer {number},{}\r\n", number % 70).as_bytes());
    }
    let id = owner.file_checked(&file, "upsert", None).await;
    let job = owner.upload_step(&id, "import", &Value::Null).await;

    let (mut writing, mut notes) = (Vec::new(), Vec::new());
    let ended = loop {
        let job = owner.get(&format!("/jobs/{job}")).await.expect(200).json();
        let progress = &job["progress"];
        let note = progress["note"].as_str().unwrap().to_owned();
        if note == "Writing rows" {
            assert_eq!(progress["total"], 12_000);
            writing.push(progress["done"].as_u64().unwrap());
        }
        if notes.last() != Some(&note) {
            notes.push(note);
        }
        if job["finished_at"] != Value::Null {
            break job;
        }
    };

    assert_eq!(ended["state"], "succeeded", "{ended}");
    assert_eq!(ended["attempts"], 1);
    assert_eq!(
        (&ended["kind"], &ended["subject"]),
        (&"import_upload".into(), &id.as_str().into())
    );
    assert!(
        writing.is_sorted() && writing.iter().all(|done| *done <= 12_000),
        "{writing:?}"
    );
    writing.dedup();
    assert!(writing.len() >= 2, "it is seen on its way: {writing:?}");
    assert_eq!(
        notes.last().map(String::as_str),
        Some("Updating customers"),
        "{notes:?}"
    );
    assert_eq!(ended["progress"]["done"], 12_000);
}

#[actix_web::test]
async fn an_import_that_a_person_stops_at_its_job_ends_its_upload_too() {
    let app = TestApp::shared();
    let company = app.company("Acme").await;
    let owner = &company.owner;
    let mut file = b"id,name\r\n".to_vec();
    for number in 0..20_000 {
        file.extend_from_slice(format!("c-{number},Customer {number}\r\n").as_bytes());
    }
    let id = owner.file_checked(&file, "upsert", None).await;
    let job = owner.upload_step(&id, "import", &Value::Null).await;
    let path = format!("/jobs/{job}");
    while owner.get(&path).await.expect(200).json()["progress"]["done"] == 0 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }

    let _stopped = owner
        .send(Method::POST, &format!("{path}/cancel"), &[], Vec::new())
        .await
        .expect(200);

    assert_eq!(owner.job_ended(&job).await["state"], "cancelled");
    let upload = owner.get(&format!("/uploads/{id}")).await.expect(200).json();
    assert_eq!(upload["status"], "cancelled", "{upload}");
    assert!(owner.exported().await.is_empty());
}
