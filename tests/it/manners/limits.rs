//! How many requests each caller may send, on a server that lets five a second through, fifty at once.

use std::time::Duration;

use actix_web::http::Method;
use kale_testkit::{Answer, Client, TestApp};
use serde_json::json;

use crate::walking::Walking;

/// That many requests, all at once.
async fn flood(client: &Client, path: &str, requests: usize) -> Vec<Answer> {
    futures::future::join_all((0..requests).map(|_| client.get(path))).await
}

fn of(answers: &[Answer], code: u16) -> usize {
    answers.iter().filter(|one| one.code() == code).count()
}

#[actix_web::test]
async fn who_floods_is_told_to_wait_and_nobody_else_notices() {
    let app = TestApp::start_limited(5).await;
    let (loud, quiet) = (app.company("Globex").await, app.company("Initech").await);

    let answers = flood(&loud.owner, "/customers", 120).await;
    let (through, refused) = (of(&answers, 200), of(&answers, 429));
    assert_eq!(through + refused, 120);
    assert!((40..=90).contains(&through), "{through} of 120 went through");
    let refusal = answers.into_iter().find(|one| one.code() == 429).unwrap();
    assert_eq!(refusal.header("retry-after").unwrap(), "1");
    assert_eq!(refusal.header("ratelimit").unwrap(), "\"caller\";r=0;t=10");
    assert_eq!(refusal.problem(), "rate-limited");

    // Others of the same company and of another one, from the same address.
    for other in [&loud.expert, &quiet.owner] {
        let answer = other.get("/customers").await.expect(200);
        assert_eq!(answer.header("ratelimit-policy").unwrap(), "\"caller\";q=50;w=10");
    }

    tokio::time::sleep(Duration::from_millis(1_100)).await;
    drop(loud.owner.get("/customers").await.expect(200));
    app.stop().await;
}

#[actix_web::test]
async fn tokens_that_open_nothing_are_limited_by_address_and_known_callers_there_are_not() {
    let app = TestApp::start_limited(5).await;
    let company = app.company("Globex").await;
    let guesser = app.with_token("kale_key_01h455vb4pex5vsknk084sn02q_guessed");

    let answers = flood(&guesser, "/customers", 40).await;
    assert!(of(&answers, 401) >= 10, "the first ten are answered");
    assert!(
        of(&answers, 429) >= 20,
        "{} of 40 were refused",
        of(&answers, 429)
    );
    // With another guess as without any: it is the address that has to wait.
    assert_eq!(
        flood(&app.stranger(), "/customers", 30)
            .await
            .iter()
            .filter(|one| one.code() == 200)
            .count(),
        0
    );
    assert!(of(&flood(&app.with_token("x"), "/customers", 20).await, 429) >= 10);

    drop(company.owner.get("/customers").await.expect(200));
    app.stop().await;
}

#[actix_web::test]
async fn what_is_for_everybody_costs_a_stranger_nothing() {
    let app = TestApp::start_limited(5).await;
    let stranger = app.stranger();

    for path in ["/healthz", "/sign-in"] {
        assert_eq!(of(&flood(&stranger, path, 40).await, 429), 0, "{path}");
    }

    drop(stranger.get("/customers").await.expect(401));
    app.stop().await;
}

#[actix_web::test]
async fn a_subscriber_who_tells_too_much_is_told_to_wait() {
    let app = TestApp::start_limited(5).await;
    let subscriber = Walking::new(&app).await.subscriber(&app).await;
    let none = json!({ "events": [] });
    let beacon = json!({ "token": subscriber.token(), "events": [] }).to_string();

    let told = (0..30).map(|_| subscriber.post("/events/batch", &none));
    assert!(of(&futures::future::join_all(told).await, 429) >= 10);
    let stranger = app.stranger();
    let headers = [("content-type", "text/plain")];
    let sent = (0..10).map(|_| stranger.send(Method::POST, "/events/batch", &headers, beacon.clone()));
    assert!(of(&futures::future::join_all(sent).await, 429) >= 5);
    app.stop().await;
}

#[actix_web::test]
async fn nobody_is_believed_to_be_elsewhere_by_their_own_word() {
    let app = TestApp::start_limited(5).await;
    let stranger = app.stranger();

    let asked = (0..40).map(|number| {
        let forwarded = format!("198.51.100.{number}");
        let stranger = &stranger;
        async move {
            let headers = [("x-forwarded-for", forwarded.as_str())];
            stranger
                .send(Method::GET, "/customers", &headers, Vec::new())
                .await
        }
    });
    let answers = futures::future::join_all(asked).await;

    assert!(
        of(&answers, 429) >= 20,
        "{} of 40 were refused",
        of(&answers, 429)
    );
    app.stop().await;
}

#[actix_web::test]
async fn without_a_limit_a_flood_goes_through() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;

    assert_eq!(of(&flood(&company.owner, "/customers", 120).await, 200), 120);
    app.stop().await;
}
