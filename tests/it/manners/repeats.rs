//! `Idempotency-Key`: a request that is sent twice acts once.

use actix_web::http::Method;
use kale_testkit::{Answer, Client, TestApp, document, operations};
use serde_json::{Value, json};

async fn post(client: &Client, path: &str, key: &str, body: &Value) -> Answer {
    client
        .json(Method::POST, path, &[("idempotency-key", key)], body)
        .await
}

fn replayed(answer: &Answer) -> bool {
    answer.header("idempotent-replayed").as_deref() == Some("true")
}

#[actix_web::test]
async fn every_post_that_creates_or_acts_takes_a_key() {
    let all = operations(document())
        .into_iter()
        .filter(|one| one.method == Method::POST);
    let takes = |one: &kale_testkit::Operation| {
        one.said["parameters"]
            .as_array()
            .into_iter()
            .flatten()
            .any(|one| one["name"] == "Idempotency-Key")
    };
    let without: Vec<String> = all.filter(|one| !takes(one)).map(|one| one.id).collect();
    // Sending these again does what they did, or nothing.
    assert_eq!(
        without,
        [
            "ask_for_sign_in_link",
            "use_sign_in_link",
            "sign_out",
            "refresh_tokens",
            "get_tokens",
            "enter_company",
            "leave_company",
            "resume_company",
            "suspend_company",
            "put_customers",
            "export_customers",
            "tell_event",
            "tell_events",
            "accept_invitation",
            "leave_company_for_good",
            "preview_personas",
            "check_rule",
            "start_session",
            "leave_session",
            "take_step",
            "upload_customer_data",
            "deactivate_user",
            "impersonate_user",
            "reactivate_user",
            "resend_invitation",
            "hear_workos",
        ]
        .map(str::to_owned)
        .to_vec()
        .into_iter()
        .collect::<Vec<_>>()
    );
}

#[actix_web::test]
async fn the_same_request_again_acts_once_and_answers_the_same() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let customer = json!({ "external_id": "1", "name": "Ada" });
    let view = json!({ "name": "Mine", "query": "sort=-mrr" });
    for (path, body) in [
        ("/customers", &customer),
        ("/saved-views", &view),
        ("/personas/recompute", &json!({})),
    ] {
        let first = post(&company.owner, path, "k-1", body).await;
        assert!(
            first.status.is_success() && !replayed(&first),
            "{path}: {}",
            first.text()
        );
        let again = post(&company.owner, path, "k-1", body).await;
        assert!(replayed(&again), "{path}: {}", again.text());
        assert_eq!(
            (first.code(), first.text()),
            (again.code(), again.text()),
            "{path}"
        );
        for header in ["etag", "location", "content-type"] {
            assert_eq!(first.header(header), again.header(header), "{path} {header}");
        }
    }
    let other = post(
        &company.owner,
        "/customers",
        "k-1",
        &json!({ "external_id": "2" }),
    )
    .await;
    assert_eq!(
        (other.code(), other.problem()),
        (422, "idempotency-key-reused".to_owned())
    );
    let list = company.owner.get("/customers?include=count").await.json();
    assert_eq!(list["page"]["count"]["value"], 1);
    assert_eq!(
        company.owner.get("/saved-views").await.json()["data"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    app.stop().await;
}

#[actix_web::test]
async fn a_key_belongs_to_who_sent_it_and_a_refusal_frees_it() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let view = json!({ "name": "Mine", "query": "" });
    let mine = post(&company.owner, "/saved-views", "k", &view).await.expect(201);
    let theirs = post(&company.expert, "/saved-views", "k", &view)
        .await
        .expect(201);
    assert_ne!(mine.string("/id"), theirs.string("/id"));

    let wrong = json!({ "external_id": "", "name": "Ada" });
    drop(
        post(&company.program, "/customers", "k", &wrong)
            .await
            .expect(422),
    );
    let right = json!({ "external_id": "1", "name": "Ada" });
    assert!(!replayed(
        &post(&company.program, "/customers", "k", &right)
            .await
            .expect(201)
    ));

    let (long, most) = ("k".repeat(256), "k".repeat(255));
    for bad in ["", "a b", "ä", &long] {
        let refused = post(&company.program, "/customers", bad, &right).await;
        assert_eq!(
            (refused.code(), refused.problem()),
            (400, "invalid-idempotency-key".to_owned()),
            "{bad}"
        );
    }
    drop(
        post(
            &company.program,
            "/customers",
            &most,
            &json!({ "external_id": "2" }),
        )
        .await
        .expect(201),
    );
    app.stop().await;
}

#[actix_web::test]
async fn a_replay_never_shows_a_secret_again() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let key = json!({ "name": "Sync", "permissions": ["customers.read"] });
    let first = post(&company.owner, "/api-keys", "k", &key).await.expect(201);
    let again = post(&company.owner, "/api-keys", "k", &key).await.expect(201);

    assert!(replayed(&again));
    assert_eq!(first.json()["api_key"], again.json()["api_key"]);
    assert!(!again.text().contains(&first.string("/token")));
    assert_eq!(
        company.owner.get("/api-keys").await.json()["data"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    app.stop().await;
}

#[actix_web::test]
async fn twenty_at_once_act_once() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let view = json!({ "name": "Mine", "query": "" });
    let tries = (0..20).map(|_| post(&company.owner, "/saved-views", "k", &view));
    let answers = futures::future::join_all(tries).await;

    let mut made = Vec::new();
    for answer in &answers {
        match answer.code() {
            201 => made.push(answer.string("/id")),
            409 => assert_eq!(answer.problem(), "idempotency-key-in-use"),
            other => panic!("{other}: {}", answer.text()),
        }
    }
    let acted = answers
        .iter()
        .filter(|one| one.code() == 201 && !replayed(one))
        .count();
    made.dedup();
    assert_eq!((acted, made.len()), (1, 1));
    assert_eq!(
        company.owner.get("/saved-views").await.json()["data"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    // Whoever waited a little gets the answer.
    assert!(replayed(
        &post(&company.owner, "/saved-views", "k", &view).await.expect(201)
    ));
    app.stop().await;
}
