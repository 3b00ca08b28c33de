//! Pages of other origins: only those that a company lists read what the viewer's API answers, and only that.

use actix_web::http::Method;
use kale_testkit::{Answer, TestApp};
use serde_json::json;

use crate::walking::Walking;

const LISTED: &str = "https://shop.example";

async fn lists(walking: &Walking, origins: &[&str]) {
    let settings =
        json!({ "brand_colour": "#0b5fff", "return_urls": [], "origins": origins, "locale": "en" });
    let owner = &walking.company.owner;
    let none = [("if-match", "\"v0\"")];
    let saved = owner
        .json(Method::PUT, "/viewer/settings", &none, &settings)
        .await;
    assert_eq!(saved.expect(200).json()["origins"], json!(origins));
}

fn told(answer: &Answer) -> Option<String> {
    answer.header("access-control-allow-origin")
}

#[actix_web::test]
async fn a_listed_page_is_answered_and_every_other_is_not() {
    let app = TestApp::shared();
    let walking = Walking::new(&app).await;
    lists(&walking, &[LISTED]).await;
    let token = walking.minted("C-1", "live").await.string("/token");
    let bearer = format!("Bearer {token}");
    for (origin, may) in [
        (LISTED, true),
        ("https://evil.example", false),
        ("https://shop.example.evil.example", false),
        ("http://shop.example", false),
        ("null", false),
    ] {
        let headers = [
            ("origin", origin),
            ("authorization", bearer.as_str()),
            ("content-type", "application/json"),
        ];
        let answer = app
            .stranger()
            .send(Method::POST, "/api/v1/sessions", &headers, "{}")
            .await;
        assert_eq!(told(&answer).as_deref(), may.then_some(origin), "{origin}");
        assert_eq!(answer.header("access-control-allow-credentials"), None);
        assert!(
            answer.header("vary").unwrap_or_default().contains("Origin"),
            "{origin}"
        );
    }
    app.stop().await;
}

#[actix_web::test]
async fn a_company_lists_pages_for_its_own_subscribers_only() {
    let app = TestApp::shared();
    let (walking, other) = (Walking::new(&app).await, Walking::new(&app).await);
    let own = "https://own.example";
    lists(&walking, &[own]).await;
    let headers = |bearer: &str| {
        [
            ("origin".to_owned(), own.to_owned()),
            ("authorization".to_owned(), bearer.to_owned()),
        ]
    };
    for (walking, may) in [(&walking, true), (&other, false)] {
        let bearer = format!("Bearer {}", walking.minted("C-1", "live").await.string("/token"));
        let headers = headers(&bearer);
        let headers: Vec<(&str, &str)> = headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let answer = app
            .stranger()
            .send(Method::POST, "/api/v1/sessions", &headers, "{}")
            .await;
        assert_eq!(told(&answer).is_some(), may);
    }
    app.stop().await;
}

#[actix_web::test]
async fn a_browser_that_asks_before_is_told_what_it_may_send_where_somebody_lists_it() {
    let app = TestApp::shared();
    let walking = Walking::new(&app).await;
    let origin = "https://asks.example";
    let asks = async |path: &str, origin: &str| {
        let headers = [
            ("origin", origin),
            ("access-control-request-method", "POST"),
            ("access-control-request-headers", "authorization,content-type"),
        ];
        app.stranger().send(Method::OPTIONS, path, &headers, "").await
    };
    assert_eq!(told(&asks("/api/v1/sessions", origin).await), None);
    lists(&walking, &[origin]).await;
    let allowed = asks("/api/v1/sessions/ses_1/steps", origin).await.expect(204);
    assert_eq!(told(&allowed).as_deref(), Some(origin));
    let headers = allowed.header("access-control-allow-headers").unwrap();
    assert!(headers.contains("authorization"), "{headers}");
    for (path, origin) in [
        ("/api/v1/events/batch", "https://evil.example"),
        ("/api/v1/customers", origin),
        ("/api/v1/sessionsx", origin),
        ("/sign-in", origin),
    ] {
        assert_eq!(told(&asks(path, origin).await), None, "{path} for {origin}");
    }
    app.stop().await;
}

#[actix_web::test]
async fn staff_and_programs_answer_no_other_origin_and_a_refused_token_says_so_to_a_listed_page() {
    let app = TestApp::shared();
    let walking = Walking::new(&app).await;
    let origin = "https://refused.example";
    lists(&walking, &[origin]).await;
    let sessions = walking
        .company
        .program
        .send(Method::GET, "/sessions", &[("origin", origin)], "")
        .await
        .expect(200);
    assert_eq!(told(&sessions), None, "an API key opens nothing to a page");
    let headers = [("origin", origin), ("authorization", "Bearer kale1.e30.AAAA")];
    let refused = app
        .stranger()
        .send(Method::POST, "/api/v1/sessions", &headers, "{}")
        .await
        .expect(401);
    assert_eq!(told(&refused).as_deref(), Some(origin));
    app.stop().await;
}
