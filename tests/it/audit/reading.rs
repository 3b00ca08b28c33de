//! The log is narrowed, taken out as a file and sealed.

use actix_web::http::Method;
use kale_testkit::TestApp;
use serde_json::{Value, json};

use super::entries;
use crate::dashboard::browser::{Browser, Manner};

#[actix_web::test]
async fn an_entry_says_where_its_request_came_from() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let agent = [("user-agent", "Sync/1.2"), ("content-type", "application/json")];
    let body = json!({ "external_id": "1" }).to_string();
    drop(
        company
            .program
            .send(Method::POST, "/customers", &agent, body)
            .await
            .expect(201),
    );
    let newest = entries(&company).await.remove(0);
    assert_eq!(
        (&newest["action"], &newest["ip"], &newest["user_agent"]),
        (
            &json!("customer_created"),
            &json!("127.0.0.1"),
            &json!("Sync/1.2")
        )
    );
    app.stop().await;
}

#[actix_web::test]
async fn the_log_is_narrowed_by_what_who_and_when() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    for number in 0..3 {
        let customer = json!({ "external_id": format!("{number}") });
        drop(company.program.post("/customers", &customer).await.expect(201));
    }
    let all = entries(&company).await;
    let newest = &all[0];
    let (target, actor) = (
        newest["target"].as_str().unwrap(),
        newest["actor"]["id"].as_str().unwrap(),
    );
    let found = async |filter: &str| {
        let path = format!("/audit?limit=200&{filter}");
        company.owner.get(&path).await.expect(200).json()["data"]
            .as_array()
            .unwrap()
            .clone()
    };
    assert_eq!(
        found(&format!("filter[target]={target}")).await,
        std::slice::from_ref(newest)
    );
    let made = found("filter[action]=customer_created").await;
    assert_eq!(made.len(), 3);
    let by: Vec<Value> = all
        .iter()
        .filter(|one| one["actor"]["id"] == actor)
        .cloned()
        .collect();
    assert_eq!(found(&format!("filter[actor]={actor}")).await, by);
    let at = newest["at"].as_str().unwrap();
    let before: Vec<Value> = all
        .iter()
        .filter(|one| one["at"].as_str() < Some(at))
        .cloned()
        .collect();
    assert_eq!(found(&format!("filter[at][lt]={at}")).await, before);
    assert_eq!(
        found("filter[at][gte]=2200-01-01T00:00:00Z").await,
        Vec::<Value>::new()
    );
    for wrong in [
        "filter[action]=fly",
        "filter[actor]=me",
        "filter[at][gte]=now",
        "filter[at]=x",
        "filter[ip]=x",
    ] {
        let _refused = company.owner.get(&format!("/audit?{wrong}")).await.expect(400);
        let _refused = company
            .owner
            .get(&format!("/audit/export?{wrong}"))
            .await
            .expect(400);
    }
    app.stop().await;
}

#[actix_web::test]
async fn the_log_is_taken_out_as_a_file_and_that_is_written_down() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let view = json!({ "name": "=1+1", "query": "sort=-mrr" });
    drop(company.owner.post("/saved-views", &view).await.expect(201));
    let before = entries(&company).await;

    let file = company.owner.get("/audit/export").await.expect(200);

    assert_eq!(
        file.header("content-type").as_deref(),
        Some("text/csv; charset=utf-8")
    );
    let text = file.text();
    let ids: Vec<&str> = text
        .lines()
        .skip(1)
        .map(|line| line.split(',').next().unwrap())
        .collect();
    let now = entries(&company).await;
    let all: Vec<&str> = now.iter().map(|one| one["id"].as_str().unwrap()).collect();
    assert_eq!(ids, all);
    assert_eq!(now.len(), before.len() + 1);
    assert_eq!(
        (&now[0]["action"], &now[0]["target"]),
        (&json!("audit_exported"), &json!("audit"))
    );
    let some = company
        .owner
        .get("/audit/export?filter[action]=saved_view_created")
        .await
        .expect(200)
        .text();
    assert_eq!(some.lines().count(), 2, "{some}");
    assert_eq!(
        entries(&company).await[0]["after"],
        json!({ "action": "saved_view_created" })
    );
    drop(company.expert.get("/audit/export").await.expect(403));
    app.stop().await;
}

#[actix_web::test]
async fn the_log_is_sealed_within_seconds_and_says_where_its_chain_ends() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let count = entries(&company).await.len();
    let begun = std::time::Instant::now();
    let head = loop {
        let head = company.owner.get("/audit/head").await.expect(200).json();
        if head["seq"] == count {
            break head;
        }
        assert!(begun.elapsed().as_secs() < 60, "{head}");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    };
    assert_eq!(head["hash"].as_str().unwrap().len(), 64);
    let page = Browser::of(&company.owner)
        .await
        .get("/audit", Manner::Page)
        .await
        .text();
    let noted = format!("{count}:{}", head["hash"].as_str().unwrap());
    assert!(page.contains(&noted), "{page}");
    // It is nobody else's.
    let other = app
        .company("Initech")
        .await
        .owner
        .get("/audit/head")
        .await
        .expect(200)
        .json();
    assert_ne!(other["hash"], head["hash"]);
    drop(company.expert.get("/audit/head").await.expect(403));
    app.stop().await;
}
