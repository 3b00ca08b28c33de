//! SIGTERM: a deployment asks a server to end while another one runs.

use std::time::{Duration, Instant};

use actix_web::http::Method;
use futures::future::join;
use kale_testkit::{Installation, KaleProcess};
use serde_json::{Value, json};

use super::{customers, file, pause};

/// The promise is 10 s.
const EXIT: Duration = Duration::from_secs(10);

#[actix_web::test]
async fn a_server_that_is_asked_to_end_says_so_finishes_its_answers_and_gives_its_jobs_back() {
    let installation = Installation::start().await;
    let (_, key) = installation.company("acme").await;
    let uri = installation.mongod().uri();
    let mut leaving = KaleProcess::start(&uri, &installation.data_dir()).await;
    let client = leaving.with_token(&key);
    client.file_imported(&file(3_000), "upsert", None).await;
    let before = customers(&client).await;
    let id = client.file_checked(&file(40_000), "upsert", None).await;
    let job = client.upload_step(&id, "import", &Value::Null).await;
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
        // Whoever still has a connection is told to go elsewhere.
        probe.try_send(Method::GET, "/readyz", &[], Vec::new()).await
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

    // The lease was given back: nobody waits for it to run out.
    let client = staying.with_token(&key);
    let given_back = Instant::now();
    loop {
        let job = client.get(&format!("/jobs/{job}")).await.expect(200).json();
        if matches!(job["state"].as_str(), Some("leased" | "succeeded")) {
            break;
        }
        assert!(given_back.elapsed() < Duration::from_secs(5), "{job}");
        pause(20).await;
    }
    client.job_done(&job).await;
    let ended = client.get(&format!("/jobs/{job}")).await.expect(200).json();
    assert_eq!(ended["attempts"], 1, "a hand-over is no try: {ended}");
    let upload = client.upload_is(&id, "imported").await;
    assert_eq!(upload["summary"]["added"], 37_000, "{upload}");
    assert_eq!(upload["summary"]["unchanged"], 3_000);
    assert_eq!(customers(&client).await.len(), 40_000);
}

#[actix_web::test]
async fn a_client_that_sends_slowly_does_not_hold_a_server_that_is_asked_to_end() {
    use tokio::io::AsyncWriteExt as _;
    let installation = Installation::start().await;
    let (_, key) = installation.company("acme").await;
    let uri = installation.mongod().uri();
    let mut leaving = KaleProcess::start(&uri, &installation.data_dir()).await;
    let client = leaving.with_token(&key);
    let id = client.file_checked(&file(40_000), "upsert", None).await;
    let _job = client.upload_step(&id, "import", &Value::Null).await;
    let address = leaving.url().trim_start_matches("http://");
    let mut slow = tokio::net::TcpStream::connect(address).await.unwrap();
    let head = format!(
        "POST /api/v1/uploads/customer-data HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {key}\r\n\
         content-type: multipart/form-data; boundary=b\r\ncontent-length: 100000\r\n\r\n--b\r\n\
         content-disposition: form-data; name=\"file\"; filename=\"x.csv\"\r\n\r\nid,name\r\n"
    );
    slow.write_all(head.as_bytes()).await.unwrap();
    pause(300).await;

    let begun = Instant::now();
    leaving.terminate();
    let status = leaving.ended(EXIT * 3).await;

    let took = begun.elapsed();
    assert!(status.is_some(), "it never ended: {}", leaving.log());
    assert!(took <= EXIT, "it took {took:?}");
}
