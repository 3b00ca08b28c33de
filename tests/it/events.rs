//! Events: told by programs and from inside sessions, once however often they are sent.

mod repeated;

use actix_web::http::Method;
use kale_testkit::{Client, TestApp};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    reach::{assign, expert_of},
    walking::{Walking, start},
};

/// A client's own id of an event.
pub(crate) fn event_id(number: u64) -> Uuid {
    let mut tail = [7; 10];
    tail[2..].copy_from_slice(&number.to_be_bytes());
    uuid::Builder::from_unix_timestamp_millis(1_795_000_000_000 + number, &tail).into_uuid()
}

/// Something that happened to a customer.
pub(crate) fn happened(number: u64, customer: &Value) -> Value {
    json!({ "id": event_id(number), "name": "report.exported", "at": "2099-12-31T10:00:00Z", "customer": customer })
}

/// The id of the customer that the company's systems call so.
pub(crate) async fn customer(client: &Client, external_id: &str) -> Value {
    let path = format!("/customers-by-external-id/{external_id}");
    client.get(&path).await.expect(200).json()["id"].clone()
}

async fn names(client: &Client, query: &str) -> Vec<String> {
    let list = client.get(&format!("/events{query}")).await.expect(200).json();
    let data = list["data"].as_array().unwrap();
    data.iter()
        .map(|event| event["name"].as_str().unwrap().to_owned())
        .collect()
}

#[actix_web::test]
async fn a_batch_takes_what_is_right_says_what_is_wrong_and_knows_what_it_was_told_before() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let made = json!({ "external_id": "C-1" });
    drop(company.program.post("/customers", &made).await.expect(201));
    let id = customer(&company.program, "C-1").await;
    let mut named = happened(4, &id);
    named["name"] = json!("session.ended");
    let mut nobody = happened(5, &id);
    nobody["customer"] = Value::Null;
    let mut other = happened(6, &id);
    other["customer"] = json!("cus_01h455vb4pex5vsknk084sn02q");
    let batch = json!({ "events": [
        happened(1, &id), happened(2, &id), happened(1, &id), named, nobody, other, 7
    ] });

    let taken = company
        .program
        .post("/events/batch", &batch)
        .await
        .expect(200)
        .json();

    assert_eq!((&taken["accepted"], &taken["duplicates"]), (&json!(2), &json!(1)));
    let wrong: Vec<(&str, &str)> = taken["rejected"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["pointer"].as_str().unwrap(), one["code"].as_str().unwrap()))
        .collect();
    assert_eq!(
        wrong,
        [
            ("#/events/3/name", "reserved-name"),
            ("#/events/4/customer", "missing"),
            ("#/events/5/customer", "unknown-customer"),
            ("#/events/6", "wrong-type"),
        ]
    );
    // The whole batch again, and one of it alone.
    let again = company
        .program
        .post("/events/batch", &batch)
        .await
        .expect(200)
        .json();
    assert_eq!((&again["accepted"], &again["duplicates"]), (&json!(0), &json!(3)));
    let one = company
        .program
        .post("/events", &happened(2, &id))
        .await
        .expect(200)
        .json();
    assert_eq!(one, json!({ "accepted": 0, "duplicates": 1, "rejected": [] }));
    let refused = company
        .program
        .post("/events", &json!({ "id": 7 }))
        .await
        .expect(422);
    assert_eq!(refused.json()["errors"][0]["pointer"], "#/id");
    assert_eq!(
        names(&company.owner, "").await,
        ["report.exported", "report.exported"]
    );
    let many: Vec<Value> = (0..501).map(|number| happened(number, &id)).collect();
    let refused = company
        .program
        .post("/events/batch", &json!({ "events": many }))
        .await;
    assert_eq!(refused.expect(422).json()["errors"][0]["code"], "too-many");
    app.stop().await;
}

#[actix_web::test]
async fn a_subscriber_tells_of_their_own_session_only_and_a_beacon_says_who_it_is_in_its_body() {
    let app = TestApp::start().await;
    let walking = Walking::new(&app).await;
    let subscriber = walking.subscriber(&app).await;
    // Nothing begins a session but beginning it.
    let early = json!({ "id": event_id(1), "name": "ui.hover", "at": "2100-01-01T12:00:00Z" });
    drop(subscriber.post("/events", &early).await.expect(404));
    let session = start(&subscriber).await.expect(201).json()["session"]["id"].clone();

    let told = subscriber.post("/events", &early).await.expect(200).json();
    assert_eq!(told["accepted"], 1);
    for (field, value, code) in [
        ("name", json!("card.viewed"), "reserved-name"),
        ("name", json!("report.exported"), "reserved-name"),
        (
            "session",
            json!("ses_01h455vb4pex5vsknk084sn02q"),
            "unknown-session",
        ),
        (
            "customer",
            json!("cus_01h455vb4pex5vsknk084sn02q"),
            "unknown-customer",
        ),
    ] {
        let mut wrong = early.clone();
        wrong[field] = value;
        let refused = subscriber.post("/events", &wrong).await.expect(422);
        assert_eq!(refused.json()["errors"][0]["code"], code);
    }

    let text = [("content-type", "text/plain;charset=UTF-8")];
    let stranger = app.stranger();
    let beacon = |token: Option<&str>| {
        let mut event = early.clone();
        event["id"] = json!(event_id(2));
        let mut body = json!({ "events": [event] });
        if let Some(token) = token {
            body["token"] = json!(token);
        }
        body.to_string()
    };
    let send =
        async |client: &Client, body: String| client.send(Method::POST, "/events/batch", &text, body).await;
    let taken = send(&stranger, beacon(Some(subscriber.token())))
        .await
        .expect(200);
    assert_eq!(taken.json()["accepted"], 1);
    drop(send(&stranger, beacon(None)).await.expect(401));
    drop(send(&stranger, beacon(Some("kale1.e30.AAAA"))).await.expect(401));
    // Whatever the request itself brings along is no credential of a beacon.
    drop(send(&walking.company.program, beacon(None)).await.expect(401));
    let token = walking.company.program.token().to_owned();
    drop(send(&stranger, beacon(Some(&token))).await.expect(401));

    let path = format!(
        "?filter[session]={}&filter[name]=ui.hover",
        session.as_str().unwrap()
    );
    assert_eq!(
        names(&walking.company.owner, &path).await,
        ["ui.hover", "ui.hover"]
    );
    app.stop().await;
}

#[actix_web::test]
async fn a_cookie_sends_no_beacon() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let cookie = format!("kale={}", company.owner.token());
    let stranger = app.stranger();
    let send = async |media: &str| {
        let headers = [
            ("content-type", media),
            ("cookie", &cookie),
            ("sec-fetch-site", "same-origin"),
        ];
        let body = r#"{"events":[]}"#;
        stranger.send(Method::POST, "/events/batch", &headers, body).await
    };
    // The same cookie is good for what only our own pages can send.
    drop(send("application/json").await.expect(200));
    drop(send("text/plain").await.expect(401));
    app.stop().await;
}

#[actix_web::test]
async fn an_expert_sees_what_happened_to_their_customers_and_a_customer_of_others_is_none() {
    let app = TestApp::shared();
    let (company, other) = (app.company("Globex").await, app.company("Quartz").await);
    for name in ["C-1", "C-2"] {
        let new = json!({ "external_id": name });
        drop(company.program.post("/customers", &new).await.expect(201));
    }
    let (one, two) = (
        customer(&company.program, "C-1").await,
        customer(&company.program, "C-2").await,
    );
    let batch = json!({ "events": [happened(1, &one), happened(2, &two), happened(3, &two)] });
    drop(company.program.post("/events/batch", &batch).await.expect(200));
    let expert = expert_of(&company).await;
    assert_eq!(names(&company.expert, "").await.len(), 0);
    assign(&app, one.as_str().unwrap(), expert).await;
    assert_eq!(names(&company.expert, "").await.len(), 1);
    assert_eq!(names(&company.owner, "").await.len(), 3);
    let page = company.owner.get("/events?limit=2").await.expect(200).json();
    let cursor = page["page"]["next_cursor"].as_str().unwrap();
    assert_eq!(
        names(&company.owner, &format!("?limit=2&cursor={cursor}"))
            .await
            .len(),
        1
    );

    let taken = other
        .program
        .post("/events/batch", &batch)
        .await
        .expect(200)
        .json();
    assert_eq!(taken["accepted"], 0);
    assert_eq!(taken["rejected"][0]["code"], "unknown-customer");
    assert_eq!(names(&other.owner, "").await.len(), 0);
    app.stop().await;
}
