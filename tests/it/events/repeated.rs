//! A batch that is sent again: at once to two processes, and after an answer that was lost.

use futures::future::join_all;
use kale_testkit::{Installation, KaleProcess};
use serde_json::{Value, json};
use tokio::{
    io::AsyncWriteExt as _,
    net::TcpStream,
    time::{Duration, sleep},
};

use super::{customer, happened};

/// What the clock of real processes makes of a time.
fn yesterday(mut event: Value) -> Value {
    event["at"] = json!("2026-11-01T10:00:00Z");
    event
}

#[actix_web::test]
async fn a_batch_sent_a_hundred_times_at_once_to_two_processes_is_stored_once() {
    let installation = Installation::start().await;
    let (_, key) = installation.company("globex").await;
    let (uri, folder) = (installation.mongod().uri(), installation.data_dir());
    let one = KaleProcess::start(&uri, &folder).await;
    let two = KaleProcess::start(&uri, &folder).await;
    let clients = [one.with_token(&key), two.with_token(&key)];
    let new = json!({ "external_id": "C-1" });
    drop(clients[0].post("/customers", &new).await.expect(201));
    let id = customer(&clients[0], "C-1").await;
    let events: Vec<Value> = (0..50).map(|number| yesterday(happened(number, &id))).collect();
    let batch = json!({ "events": events });

    let sent = clients.iter().cycle().take(100);
    let answers = join_all(sent.map(|client| client.post("/events/batch", &batch))).await;

    let (mut accepted, mut duplicates) = (0, 0);
    for answer in answers {
        let taken = answer.expect(200).json();
        accepted += taken["accepted"].as_u64().unwrap();
        duplicates += taken["duplicates"].as_u64().unwrap();
    }
    assert_eq!((accepted, duplicates), (50, 99 * 50));
    let listed = clients[1].get("/events?limit=200").await.expect(200).json();
    assert_eq!(listed["data"].as_array().unwrap().len(), 50);

    // The answer is lost: the connection is gone before anybody reads it.
    let more: Vec<Value> = (50..70).map(|number| yesterday(happened(number, &id))).collect();
    let body = json!({ "events": more }).to_string();
    let address = one.url().strip_prefix("http://").unwrap();
    let mut connection = TcpStream::connect(address).await.unwrap();
    let head = format!(
        "POST /api/v1/events/batch HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {key}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    connection.write_all(head.as_bytes()).await.unwrap();
    connection.write_all(body.as_bytes()).await.unwrap();
    connection.flush().await.unwrap();
    // It is carried out, and nobody hears of it.
    let stored = async || {
        let listed = clients[1].get("/events?limit=200").await.expect(200).json();
        listed["data"].as_array().unwrap().len()
    };
    while stored().await < 70 {
        sleep(Duration::from_millis(20)).await;
    }
    drop(connection);
    let again = clients[1].post("/events/batch", &json!({ "events": more })).await;
    assert_eq!(
        again.expect(200).json(),
        json!({ "accepted": 0, "duplicates": 20, "rejected": [] })
    );
    assert_eq!(stored().await, 70);
}
