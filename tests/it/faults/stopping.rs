//! SIGTERM: a deployment asks a server to end while another one runs.

use std::time::{Duration, Instant};

use actix_web::http::Method;
use futures::future::join;
use kale_testkit::{Installation, KaleProcess};
use serde_json::{Value, json};

use super::{customers, file, pause};
use crate::held::{Held, progress_after};

/// The promise is 10 s, which is the sum of what the server grants its requests and its jobs. Here it only has to end
/// by itself, long before anybody would give up: a busy machine may take longer for the rest.
const EXIT: Duration = Duration::from_secs(40);
/// How long the other server may take to find the job. Whether it waited for the lease to run out is told by the
/// number of its tries.
const PATIENCE: Duration = Duration::from_mins(1);

#[actix_web::test]
async fn a_server_that_is_asked_to_end_says_so_finishes_its_answers_and_gives_its_jobs_back() {
    let installation = Installation::start().await;
    let (tenant, key) = installation.company("acme").await;
    let uri = installation.mongod().uri();
    let mut leaving = KaleProcess::start(&uri, &installation.data_dir()).await;
    let client = leaving.with_token(&key);
    let mut there = file(3_000);
    there.extend_from_slice(b"c-5000,Before,Plan 1,1.25,1,2024-01-11\r\n");
    client.file_imported(&there, "upsert", None).await;
    let before = customers(&client).await;
    let id = client.file_checked(&file(10_000), "upsert", None).await;
    // The import stands in its midst for as long as the leaving server is there.
    let held = Held::row(&uri, tenant.company(), "c-5000").await;
    let job = client.upload_step(&id, "import", &Value::Null).await;
    progress_after(&client, &job, 0).await;
    let staying = KaleProcess::start(&uri, &installation.data_dir()).await;
    let probe = leaving.stranger();
    let ready = probe.get("/readyz").await;
    assert_eq!(ready.code(), 200);

    let in_flight = async {
        let body = serde_json::to_vec(&json!({ "format": "ndjson" })).unwrap();
        let headers = [("content-type", "application/json")];
        client
            .try_send(Method::POST, "/customers/export", &headers, body)
            .await
    };
    let begun = Instant::now();
    let terminate = async {
        pause(5).await;
        leaving.terminate();
        // Whoever still has a connection is told to go elsewhere, as soon as the signal has reached the process.
        loop {
            let told = probe.try_send(Method::GET, "/readyz", &[], Vec::new()).await;
            if !told.as_ref().is_ok_and(|told| told.code() == 200) {
                break told;
            }
        }
    };
    let (exported, told) = join(in_flight, terminate).await;
    let exported = exported.expect("an answer under way is finished").expect(200);
    assert!(exported.text().lines().count() >= before.len());
    assert_eq!(told.expect("readiness is still answered").code(), 503);

    let status = leaving.ended(EXIT).await;
    let took = begun.elapsed();
    assert!(
        status.is_some_and(|status| status.success()),
        "{status:?} after {took:?}: {}",
        leaving.log()
    );
    held.let_go().await;

    // The lease was given back: nobody waits for it to run out.
    let client = staying.with_token(&key);
    let given_back = Instant::now();
    loop {
        let job = client.get(&format!("/jobs/{job}")).await.expect(200).json();
        if matches!(job["state"].as_str(), Some("leased" | "succeeded")) {
            break;
        }
        assert!(given_back.elapsed() < PATIENCE, "{job}");
        pause(20).await;
    }
    client.job_done(&job).await;
    let ended = client.get(&format!("/jobs/{job}")).await.expect(200).json();
    assert_eq!(ended["attempts"], 1, "a hand-over is no try: {ended}");
    let upload = client.upload_is(&id, "imported").await;
    assert_eq!(upload["summary"]["added"], 6_999, "{upload}");
    assert_eq!(upload["summary"]["changed"], 1, "{upload}");
    assert_eq!(upload["summary"]["unchanged"], 3_000);
    assert_eq!(customers(&client).await.len(), 10_000);
}

#[actix_web::test]
async fn a_client_that_sends_slowly_does_not_hold_a_server_that_is_asked_to_end() {
    use tokio::io::AsyncWriteExt as _;
    let installation = Installation::start().await;
    let (tenant, key) = installation.company("acme").await;
    let uri = installation.mongod().uri();
    let mut leaving = KaleProcess::start(&uri, &installation.data_dir()).await;
    let client = leaving.with_token(&key);
    client
        .file_imported(
            b"id,name,plan,mrr,seats,since\r\nc-5000,Before,Plan 1,1.25,1,2024-01-11\r\n",
            "upsert",
            None,
        )
        .await;
    let id = client.file_checked(&file(10_000), "upsert", None).await;
    // There is a job to be ended too.
    let _held = Held::row(&uri, tenant.company(), "c-5000").await;
    let job = client.upload_step(&id, "import", &Value::Null).await;
    progress_after(&client, &job, 0).await;
    let address = leaving.url().trim_start_matches("http://");
    let mut slow = tokio::net::TcpStream::connect(address).await.unwrap();
    let head = format!(
        "POST /api/v1/uploads/customer-data HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {key}\r\n\
         content-type: multipart/form-data; boundary=b\r\ncontent-length: 100000\r\n\r\n--b\r\n\
         content-disposition: form-data; name=\"file\"; filename=\"x.csv\"\r\n\r\nid,name\r\n"
    );
    slow.write_all(head.as_bytes()).await.unwrap();
    // A byte now and then, so that nobody gives up on it for its silence; the whole would take half a day.
    let dripping = actix_web::rt::spawn(async move {
        while slow.write_all(b"x").await.is_ok() {
            pause(400).await;
        }
    });
    pause(1_000).await;

    leaving.terminate();
    let status = leaving.ended(EXIT).await;

    dripping.abort();
    assert!(status.is_some(), "it never ended: {}", leaving.log());
}
