//! What protects people with browsers, and what ties an answer to its request.

use actix_web::http::Method;
use kale_testkit::{Answer, Client, TestApp};
use serde_json::json;

/// A request as a browser sends it: with the cookie instead of the token.
async fn with_cookie(app: &TestApp, owner: &Client, method: Method, headers: &[(&str, &str)]) -> Answer {
    let cookie = format!("kale={}", owner.token());
    let mut all = vec![("cookie", cookie.as_str()), ("content-type", "application/json")];
    all.extend_from_slice(headers);
    let (path, body) = if method == Method::GET {
        ("/customers", String::new())
    } else {
        ("/saved-views", json!({ "name": "Mine", "query": "" }).to_string())
    };
    app.stranger().send(method, path, &all, body).await
}

#[actix_web::test]
async fn with_a_cookie_only_pages_of_this_installation_change_things() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let send =
        async |headers: &[(&str, &str)]| with_cookie(&app, &company.owner, Method::POST, headers).await;

    for elsewhere in [
        &[][..],
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
        &[("sec-fetch-site", "none")],
        &[("origin", "https://evil.example")],
        &[("origin", "null")],
        &[("origin", app.url()), ("sec-fetch-site", "cross-site")],
        &[("x-csrf-token", "made-up")],
        &[
            ("x-forwarded-host", "evil.example"),
            ("origin", "http://evil.example"),
        ],
    ] {
        let refused = send(elsewhere).await;
        assert_eq!(
            (refused.code(), refused.problem()),
            (403, "cross-site".to_owned()),
            "{elsewhere:?}"
        );
    }
    assert_eq!(
        with_cookie(&app, &company.owner, Method::GET, &[]).await.code(),
        200
    );

    let token = company.owner.get("/me").await.string("/csrf_token");
    assert_eq!(send(&[("sec-fetch-site", "same-origin")]).await.code(), 201);
    assert_eq!(send(&[("origin", app.url())]).await.code(), 201);
    assert_eq!(send(&[("x-csrf-token", &token)]).await.code(), 201);
    let others = company.expert.get("/me").await.string("/csrf_token");
    assert_eq!(send(&[("x-csrf-token", &others)]).await.code(), 403);
    assert_eq!(
        company.owner.get("/saved-views").await.json()["data"]
            .as_array()
            .unwrap()
            .len(),
        3
    );
    app.stop().await;
}

#[actix_web::test]
async fn a_key_of_a_program_and_a_wrong_bearer_are_no_way_round_the_cookie() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let cookie = format!("kale={}", company.owner.token());
    for wrong in ["Bearer nonsense", "Basic eDp5", "Bearer"] {
        let headers = [("cookie", cookie.as_str()), ("authorization", wrong)];
        let refused = app.stranger().send(Method::GET, "/customers", &headers, "").await;
        assert_eq!(
            (refused.code(), refused.problem()),
            (401, "unauthenticated".to_owned()),
            "{wrong}"
        );
    }
    app.stop().await;
}

#[actix_web::test]
async fn every_answer_carries_the_headers_that_protect() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let answers = [
        company.owner.get("/customers").await,
        company.owner.get("/customers/nobody").await,
        company.owner.post("/customers", &json!({})).await,
        company
            .owner
            .post("/customers/export", &json!({ "format": "csv" }))
            .await,
        app.stranger().get("/customers").await,
        app.stranger().get("/api/version").await,
        app.stranger().get("/openapi.json").await,
        app.stranger().get("/healthz").await,
    ];
    for answer in answers {
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
            (
                "content-security-policy",
                "default-src 'none'; frame-ancestors 'none'",
            ),
        ] {
            assert_eq!(
                answer.header(name).as_deref(),
                Some(value),
                "{name}: {}",
                answer.text()
            );
        }
        assert!(answer.header("cache-control").is_some());
        for told in [
            "server",
            "x-powered-by",
            "access-control-allow-origin",
            "set-cookie",
        ] {
            assert_eq!(answer.header(told), None, "{told}");
        }
    }
    app.stop().await;
}

#[actix_web::test]
async fn a_request_keeps_its_id_and_gets_one_where_it_has_none() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let ask = async |headers: &[(&str, &str)]| {
        company
            .owner
            .send(Method::GET, "/customers/nobody", headers, "")
            .await
    };

    let kept = ask(&[("x-request-id", "order-7_A")]).await;
    assert_eq!(kept.header("x-request-id").as_deref(), Some("order-7_A"));
    assert_eq!(
        (kept.string("/request_id"), kept.string("/instance")),
        ("order-7_A".to_owned(), "order-7_A".to_owned())
    );

    let long = "x".repeat(65);
    for forged in ["", "a b", "a\"b", &long, "{\"level\":\"ERROR\"}"] {
        let made = ask(&[("x-request-id", forged)]).await;
        let id = made.header("x-request-id").unwrap();
        assert!(id != forged && id.len() == 26, "{id}");
        assert_eq!(made.string("/request_id"), id);
    }
    assert_ne!(
        ask(&[]).await.header("x-request-id"),
        ask(&[]).await.header("x-request-id")
    );
    app.stop().await;
}
