//! kill -9 of the database.

use std::time::{Duration, Instant};

use actix_web::http::Method;
use kale_testkit::{Answer, Client, Installation, KaleProcess};
use serde_json::{Value, json};

use super::{customers, file, pause, stored_rows};
use crate::held::{Held, progress_after};

const ROWS: u32 = 8_000;
/// A row that is there before, for an import to stand at.
const BEFORE: &[u8] = b"id,name,plan,mrr,seats,since\r\nc-5000,Before,Plan 1,1.25,1,2024-01-11\r\n";

/// How long the product may be away after its database is back. The promises, an answer within 5 s and back within 2 s
/// of a primary, are figures and not tested here: what is tested is that nothing hangs and that nobody has to help.
const PATIENCE: Duration = Duration::from_mins(1);

/// Asks; a client that gets no answer within a minute gives up, and the test fails.
async fn asked(client: &Client, method: Method, path: &str, body: &Value) -> Answer {
    let json = [("content-type", "application/json")];
    let body = if body.is_null() {
        Vec::new()
    } else {
        serde_json::to_vec(body).unwrap()
    };
    let headers: &[(&str, &str)] = if body.is_empty() { &[] } else { &json };
    let answer = client.try_send(method.clone(), path, headers, body).await;
    answer.unwrap_or_else(|error| panic!("{method} {path}: {error}"))
}

#[actix_web::test]
async fn a_database_that_is_killed_loses_nothing_acknowledged_and_the_import_goes_on() {
    let installation = Installation::start().await;
    let mongod = installation.mongod();
    let (_, key) = installation.company("undisturbed").await;
    let (tenant, other) = installation.company("disturbed").await;
    let process = KaleProcess::start(&mongod.uri(), &installation.data_dir()).await;
    let rows = file(ROWS);
    let undisturbed = process.with_token(&key);
    undisturbed.file_imported(BEFORE, "upsert", None).await;
    undisturbed.file_imported(&rows, "upsert", None).await;
    let client = process.with_token(&other);
    client.file_imported(BEFORE, "upsert", None).await;
    let id = client.file_checked(&rows, "upsert", None).await;
    // The import stands in its midst until the database is killed, and with it what holds the row.
    let _held = Held::row(&mongod.uri(), tenant.company(), "c-5000").await;
    let job = client.upload_step(&id, "import", &Value::Null).await;
    progress_after(&client, &job, 0).await;
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
        let answer = asked(&client, method, path, &body).await;
        assert_eq!(answer.code(), 503, "{path}: {}", answer.text());
        assert_eq!(answer.problem(), "database-unavailable", "{path}");
        assert!(answer.header("retry-after").is_some(), "{path}");
    }
    assert_eq!(
        asked(&process.stranger(), Method::GET, "/healthz", &Value::Null)
            .await
            .code(),
        200
    );
    assert_eq!(
        asked(&process.stranger(), Method::GET, "/readyz", &Value::Null)
            .await
            .code(),
        503
    );
    mongod.restart().unwrap();
    // Connections of before may have been closed meanwhile.
    let client = process.with_token(&other);
    let back = Instant::now();
    while asked(&client, Method::GET, "/customers?limit=1", &Value::Null)
        .await
        .code()
        != 200
    {
        assert!(back.elapsed() < PATIENCE, "not back after {:?}", back.elapsed());
        pause(50).await;
    }
    assert_eq!(
        asked(&process.stranger(), Method::GET, "/readyz", &Value::Null)
            .await
            .code(),
        200
    );

    client.job_done(&job).await;
    let upload = client.upload_is(&id, "imported").await;
    assert_eq!(upload["summary"]["added"], ROWS - 1, "{upload}");
    assert_eq!(upload["summary"]["changed"], 1, "{upload}");
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
    for rows in [500, 2_500, 4_500] {
        let begun = Instant::now();
        while stored_rows(&mongod.uri()).await < rows {
            assert!(begun.elapsed() < PATIENCE, "{}", process.log());
            pause(5).await;
        }
        mongod.kill9().unwrap();
        mongod.restart().unwrap();
    }

    client.job_done(&job).await;
    let ended = client.get(&format!("/jobs/{job}")).await.expect(200).json();
    assert!(ended["attempts"].as_u64() > Some(1), "no kill met it: {ended}");
    let upload = client.upload_is(&id, "imported").await;
    assert_eq!(upload["summary"]["added"], ROWS, "{upload}");
    assert_eq!(stored_rows(&mongod.uri()).await, u64::from(ROWS));
    assert_eq!(customers(&client).await.len(), usize::try_from(ROWS).unwrap());
}
