//! `kale demo --json`, as a partner's check starts it: with a database and a folder of its own.

use std::{collections::BTreeSet, time::Duration};

use kale_testkit::{Client, KaleProcess};
use serde_json::{Value, json};

/// The names of an object, in the order of the answer.
fn names(object: &Value) -> Vec<&str> {
    object.as_object().unwrap().keys().map(String::as_str).collect()
}

async fn list(client: &Client, path: &str) -> Vec<Value> {
    let list = client.get(path).await.expect(200).json();
    list["data"].as_array().unwrap().clone()
}

/// The sessions, newest first: their ids and when they began.
async fn sessions(client: &Client) -> Vec<(String, String)> {
    let mut all = Vec::new();
    let mut path = "/sessions?limit=200".to_owned();
    loop {
        let page = client.get(&path).await.expect(200).json();
        let text = |one: &Value, name: &str| one[name].as_str().unwrap().to_owned();
        let sessions = page["data"].as_array().unwrap().iter();
        all.extend(sessions.map(|one| (text(one, "id"), text(one, "started_at"))));
        match page["page"]["next_cursor"].as_str() {
            Some(cursor) => path = format!("/sessions?limit=200&cursor={cursor}"),
            None => return all,
        }
    }
}

fn has_the_fixed_shape(line: &Value) {
    assert_eq!(
        names(line),
        ["url", "sign_in", "api_key", "company", "mongodb_uri", "sandbox"]
    );
    assert_eq!(
        names(&line["sign_in"]),
        ["kale_admin", "retention_admin", "retention_expert"]
    );
    let url = line["url"].as_str().unwrap();
    assert!(url.starts_with("http://127.0.0.1:"), "{line}");
    for (role, link) in line["sign_in"].as_object().unwrap() {
        assert!(link.as_str().unwrap().starts_with(url), "{role}: {link}");
    }
    assert!(line["company"].as_str().unwrap().starts_with("cmp_"), "{line}");
    assert!(
        line["mongodb_uri"].as_str().unwrap().starts_with("mongodb://"),
        "{line}"
    );
    assert_eq!(line["sandbox"], json!({}));
}

/// Of those that the persona of new subscribers without a term takes, how many have left; the figure that the persona
/// is there for.
fn left_of_new_monthly(customers: &[String]) -> (usize, usize) {
    let customers = customers
        .iter()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    let new: Vec<Value> = customers
        .filter(|customer| customer["persona"] == "new_monthly")
        .collect();
    let left = |customer: &&Value| customer["attributes"]["churn"] == "Yes";
    (new.iter().filter(left).count(), new.len())
}

#[actix_web::test]
async fn the_demo_says_where_it_is_and_its_second_start_keeps_what_the_first_one_made() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("demo");
    let (mut process, first) = KaleProcess::start_demo(&data).await;
    has_the_fixed_shape(&first);
    let client = process.with_token(first["api_key"].as_str().unwrap());
    let customers = client.exported().await;
    assert_eq!(customers.len(), 7_043);
    // 56.1 %.
    assert_eq!(left_of_new_monthly(&customers), (740, 1_318));
    let uploads = list(&client, "/uploads").await;
    assert_eq!(uploads.len(), 1);
    let jobs = list(&client, "/jobs?limit=100").await;
    let personas = client.get("/personas").await.expect(200);
    let walked = sessions(&client).await;
    assert_eq!(walked.len(), 300);
    // Spread over 60 days, by customers who are there, and each of them ended somehow.
    let days: BTreeSet<&str> = walked.iter().map(|(_, began)| &began[..10]).collect();
    assert!((59..=61).contains(&days.len()), "{} days", days.len());
    for outcome in ["saved", "cancelled", "escalated"] {
        let ended = list(&client, "/sessions?filter[state]=completed&limit=200").await;
        let so = ended.iter().filter(|one| one["outcome"] == outcome).count();
        assert!(so >= 20, "{so} {outcome}");
    }

    process.terminate();
    let ended = process.ended(Duration::from_mins(1)).await;
    assert!(
        ended.is_some_and(|status| status.success()),
        "{ended:?}: {}",
        process.log()
    );
    let (process, second) = KaleProcess::start_demo(&data).await;

    has_the_fixed_shape(&second);
    assert_eq!(second["company"], first["company"]);
    let client = process.with_token(second["api_key"].as_str().unwrap());
    assert_eq!(list(&client, "/uploads").await, uploads);
    assert_eq!(list(&client, "/jobs?limit=100").await, jobs);
    let kept = client.get("/personas").await.expect(200);
    assert_eq!(
        (kept.header("etag"), kept.json()),
        (personas.header("etag"), personas.json())
    );
    assert_eq!(client.exported().await, customers);
    assert_eq!(sessions(&client).await, walked);
}
