//! What breaks from outside, with real processes: the server is killed, the database is killed, a deployment asks the
//! server to end. The program has to be built before: `cargo build -p kale`.

mod control;
mod database;
mod figures;
mod keys;
mod sealing;
mod server;
mod starting;
mod stopping;

use std::time::Duration;

use kale_testkit::Client;
use serde_json::Value;

/// How long anything here may take that a broken program would never do.
const PATIENCE: Duration = Duration::from_mins(5);

/// A file of customers; the same number of rows gives the same file.
pub(crate) fn file(rows: u32) -> Vec<u8> {
    let mut file = b"id,name,plan,mrr,seats,since\r\n".to_vec();
    for number in 0..rows {
        let line = format!(
            "c-{number},Customer {number},Plan {},{}.25,{},2024-0{}-11\r\n",
            number % 7,
            number % 400,
            number % 90,
            1 + number % 9,
        );
        file.extend_from_slice(line.as_bytes());
    }
    file
}

/// The customers without their ids, which are another company's own.
async fn customers(client: &Client) -> Vec<String> {
    let mut all: Vec<String> = client
        .exported()
        .await
        .iter()
        .map(|line| {
            let mut customer: Value = serde_json::from_str(line).unwrap();
            customer.as_object_mut().unwrap().remove("id");
            customer.to_string()
        })
        .collect();
    all.sort_unstable();
    all
}

pub(crate) async fn pause(millis: u64) {
    tokio::time::sleep(Duration::from_millis(millis)).await;
}

/// How many rows the store has of all companies, whoever sees them.
async fn stored_rows(mongodb_uri: &str) -> u64 {
    collection(mongodb_uri, "file_rows")
        .await
        .count_documents(mongodb::bson::doc! {})
        .await
        .unwrap()
}

/// A way to the database behind the product's back.
async fn collection(mongodb_uri: &str, name: &str) -> mongodb::Collection<mongodb::bson::Document> {
    let client = mongodb::Client::with_uri_str(mongodb_uri).await.unwrap();
    client.database("kale").collection(name)
}
