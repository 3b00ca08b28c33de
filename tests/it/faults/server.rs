//! kill -9 of the server.

use std::time::{Duration, Instant};

use kale_testkit::{Client, Installation, KaleProcess};
use serde_json::json;

use super::{customers, file, pause, stored_rows};

const ROWS: u32 = 5_000;
/// A lease that nobody prolongs ends after 15 s; looking for such leases, and the work itself, take their time too.
const RESUMED: Duration = Duration::from_mins(1);

/// Moves an upload on to its end, whatever moment the server was killed at.
async fn drive(client: &Client, id: &str) -> bool {
    let path = format!("/uploads/{id}");
    let none = Vec::new;
    let get = actix_web::http::Method::GET;
    let post = actix_web::http::Method::POST;
    let Ok(upload) = client.try_send(get, &path, &[], none()).await else {
        return false;
    };
    let upload = upload.expect(200).json();
    let next = match upload["status"].as_str().unwrap() {
        "awaiting_mapping" => {
            if upload["mapping"].is_null() {
                let body = serde_json::to_vec(&upload["suggestion"]).unwrap();
                let json = [("content-type", "application/json")];
                let put = actix_web::http::Method::PUT;
                // Killed in the middle, it is asked for again.
                drop(
                    client
                        .try_send(put, &format!("{path}/mapping"), &json, body)
                        .await,
                );
                return false;
            }
            "validate"
        }
        "validated" => "import",
        "imported" => return true,
        status => {
            assert!(!matches!(status, "failed" | "cancelled"), "{upload}");
            return false;
        }
    };
    drop(
        client
            .try_send(post, &format!("{path}/{next}"), &[], none())
            .await,
    );
    false
}

#[actix_web::test]
async fn a_server_that_is_killed_again_and_again_imports_every_row_once() {
    let installation = Installation::start().await;
    let (_, key) = installation.company("undisturbed").await;
    let uri = installation.mongod().uri();
    let mut process = KaleProcess::start(&uri, &installation.data_dir()).await;
    let rows = file(ROWS);
    let undisturbed = process.with_token(&key);
    undisturbed.file_imported(&rows, "upsert", None).await;
    let expected = customers(&undisturbed).await;
    assert_eq!(expected.len(), 5_000);

    // Several companies at once, so that each kill meets jobs at several places.
    let mut uploads = Vec::new();
    for number in 0..5 {
        let (_, key) = installation.company(&format!("disturbed-{number}")).await;
        let client = process.with_token(&key);
        let sent = client.send_file("customers.csv", &rows).await.expect(202);
        uploads.push((key, sent.string("/id")));
    }
    // Each is some hundred milliseconds ahead of the next; the kills come at odd times.
    let mut kills = [700_u64, 2_300].into_iter();
    let begun = Instant::now();
    let mut next = kills.next();
    let mut since = Instant::now();
    loop {
        let mut done = 0;
        for (number, (key, id)) in (0_u64..).zip(&uploads) {
            let client = process.with_token(key);
            let late = since.elapsed() < Duration::from_millis(150 * number);
            done += usize::from(!late && drive(&client, id).await);
        }
        if next.is_some_and(|millis| since.elapsed() > Duration::from_millis(millis)) {
            process.kill9();
            process = KaleProcess::start(&uri, &installation.data_dir()).await;
            since = Instant::now();
            next = kills.next();
        }
        if done == uploads.len() && next.is_none() {
            break;
        }
        assert!(begun.elapsed() < RESUMED * 2, "{}", process.log());
        pause(20).await;
    }

    let mut tries = Vec::new();
    for (key, id) in &uploads {
        let client = process.with_token(key);
        let jobs = client.get("/jobs?limit=100").await.expect(200).json();
        for job in jobs["data"].as_array().unwrap() {
            let ended = client.job_ended(job["id"].as_str().unwrap()).await;
            assert_eq!(ended["state"], "succeeded", "{ended}");
            tries.push(ended["attempts"].as_u64().unwrap());
        }
        let upload = client.upload_is(id, "imported").await;
        assert_eq!(
            upload["summary"],
            json!({ "added": ROWS, "changed": 0, "unchanged": 0, "skipped": 0, "removed": 0 })
        );
        assert_eq!(customers(&client).await, expected);
    }
    assert!(
        tries.iter().any(|tries| *tries > 1),
        "no job was met by a kill: {tries:?}"
    );
    assert_eq!(stored_rows(&uri).await, 6 * u64::from(ROWS));
}
