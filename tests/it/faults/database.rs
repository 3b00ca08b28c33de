//! kill -9 of the database.

use std::time::{Duration, Instant};

use actix_web::http::Method;
use kale_testkit::{Answer, Client, Installation, KaleProcess};
use serde_json::{Value, json};

use super::{customers, file, pause, stored_rows};

const ROWS: u32 = 8_000;

async fn asked(client: &Client, method: Method, path: &str, body: &Value) -> (Answer, Duration) {
    let begun = Instant::now();
    let json = [("content-type", "application/json")];
    let body = if body.is_null() {
        Vec::new()
    } else {
        serde_json::to_vec(body).unwrap()
    };
    let headers: &[(&str, &str)] = if body.is_empty() { &[] } else { &json };
    let answer = client.try_send(method.clone(), path, headers, body).await;
    let answer =
        answer.unwrap_or_else(|error| panic!("{method} {path} after {:?}: {error}", begun.elapsed()));
    (answer, begun.elapsed())
}

#[actix_web::test]
async fn a_database_that_is_killed_loses_nothing_acknowledged_and_the_import_goes_on() {
    let installation = Installation::start().await;
    let mongod = installation.mongod();
    let (_, key) = installation.company("undisturbed").await;
    let (_, other) = installation.company("disturbed").await;
    let process = KaleProcess::start(&mongod.uri(), &installation.data_dir()).await;
    let rows = file(ROWS);
    let undisturbed = process.with_token(&key);
    undisturbed.file_imported(&rows, "upsert", None).await;
    let client = process.with_token(&other);
    let id = client.file_checked(&rows, "upsert", None).await;
    let job = client.upload_step(&id, "import", &Value::Null).await;
    let mut acknowledged = Vec::new();
    for number in 0..10 {
        let path = format!("/customers-by-external-id/api-{number}");
        let answer = client
            .put(&path, &json!({ "name": format!("Told {number}") }))
            .await;
        assert!(matches!(answer.code(), 200 | 201), "{}", answer.text());
        acknowledged.push(path);
    }

    mongod.kill9().unwrap();
    for (method, path, body) in [
        (Method::GET, "/customers?limit=1", Value::Null),
        (
            Method::PUT,
            "/customers-by-external-id/api-away",
            json!({ "name": "Away" }),
        ),
        (Method::GET, "/uploads", Value::Null),
    ] {
        let (answer, took) = asked(&client, method, path, &body).await;
        assert_eq!(answer.code(), 503, "{path}: {}", answer.text());
        assert_eq!(answer.problem(), "database-unavailable", "{path}");
        assert!(answer.header("retry-after").is_some(), "{path}");
        assert!(took < Duration::from_secs(5), "{path} took {took:?}");
    }
    assert_eq!(
        asked(&process.stranger(), Method::GET, "/healthz", &Value::Null)
            .await
            .0
            .code(),
        200
    );
    assert_eq!(
        asked(&process.stranger(), Method::GET, "/readyz", &Value::Null)
            .await
            .0
            .code(),
        503
    );
    mongod.restart().unwrap();
    // Connections of before may have been closed meanwhile.
    let client = process.with_token(&other);
    let back = Instant::now();
    while asked(&client, Method::GET, "/customers?limit=1", &Value::Null)
        .await
        .0
        .code()
        != 200
    {
        assert!(
            back.elapsed() < Duration::from_secs(4),
            "not back after {:?}",
            back.elapsed()
        );
        pause(50).await;
    }
    assert_eq!(
        asked(&process.stranger(), Method::GET, "/readyz", &Value::Null)
            .await
            .0
            .code(),
        200
    );

    client.job_done(&job).await;
    let upload = client.upload_is(&id, "imported").await;
    assert_eq!(upload["summary"]["added"], ROWS, "{upload}");
    for path in &acknowledged {
        let _there = client.get(path).await.expect(200);
    }
    let imported: Vec<String> = customers(&client)
        .await
        .into_iter()
        .filter(|line| !line.contains("\"api-"))
        .collect();
    assert_eq!(imported, customers(&undisturbed).await);
    assert_eq!(stored_rows(&mongod.uri()).await, 2 * u64::from(ROWS));
}

#[actix_web::test]
async fn a_database_that_restarts_faster_than_anybody_notices_loses_no_row() {
    let installation = Installation::start().await;
    let mongod = installation.mongod();
    let (_, key) = installation.company("disturbed").await;
    let process = KaleProcess::start(&mongod.uri(), &installation.data_dir()).await;
    let client = process.with_token(&key);
    let rows = file(ROWS);
    let id = client.file_checked(&rows, "upsert", None).await;
    let job = client.upload_step(&id, "import", &Value::Null).await;

    // Rows are written without waiting for the journal: what was in no journal yet is gone, and the driver asks its
    // next question again without a word.
    for wait in [120, 350, 700] {
        pause(wait).await;
        mongod.kill9().unwrap();
        mongod.restart().unwrap();
    }

    client.job_done(&job).await;
    let upload = client.upload_is(&id, "imported").await;
    assert_eq!(upload["summary"]["added"], ROWS, "{upload}");
    assert_eq!(stored_rows(&mongod.uri()).await, u64::from(ROWS));
    assert_eq!(customers(&client).await.len(), usize::try_from(ROWS).unwrap());
}
