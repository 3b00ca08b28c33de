use std::sync::atomic::{AtomicU64, Ordering};

use actix_web::{
    App, HttpRequest, HttpResponse, Responder,
    http::{StatusCode, header::HeaderValue},
    middleware::from_fn,
    test::{self as web_test, TestRequest},
    web,
};
use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use super::*;
use crate::configure_errors;

#[derive(Debug, Default)]
struct Counter(AtomicU64);

impl Clock for Counter {
    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH
    }
}

impl Ids for Counter {
    fn next(&self, _: Timestamp) -> Uuid {
        Uuid::from_u128(u128::from(self.0.fetch_add(1, Ordering::SeqCst)))
    }
}

fn edge() -> Edge {
    let base = "https://kale.example".parse().unwrap();
    Edge::new(
        &base,
        Drain::default(),
        Arc::new(Counter::default()),
        Arc::new(Counter::default()),
    )
    .deadline(Duration::from_millis(50))
    .surface(Surface::html(
        "/",
        HeaderValue::from_static("default-src 'none'; script-src 'self'"),
        |page| {
            if page.problem.status() == StatusCode::UNAUTHORIZED {
                return HttpResponse::SeeOther()
                    .insert_header(("location", "/sign-in"))
                    .finish();
            }
            let text = format!(
                "<h1>{}</h1>{} {} {}",
                page.problem.title(),
                page.request_id,
                page.target,
                page.htmx
            );
            HttpResponse::build(page.problem.status())
                .content_type("text/html")
                .body(text)
        },
    ))
    .surface(Surface::json("/api"))
}

async fn panics() -> HttpResponse {
    panic!("the password is hunter2")
}

async fn sleeps(deadline: Deadline, request: HttpRequest) -> impl Responder {
    if request.query_string() != "lift" {
        // For ever: on a busy machine any sleep may be over by the time somebody looks at the deadline.
        return std::future::pending().await;
    }
    deadline.lift();
    actix_web::rt::time::sleep(Duration::from_millis(120)).await;
    "done"
}

async fn wants_to_know() -> Result<HttpResponse, Problem> {
    Err(Problem::unauthenticated())
}

async fn foreign() -> Result<HttpResponse, Error> {
    Err(actix_web::error::ErrorInternalServerError(
        "the password is hunter2",
    ))
}

async fn refuses(
    _: ServiceRequest,
    _: actix_web::middleware::Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    Err::<ServiceResponse, _>(actix_web::error::ErrorForbidden("not here"))
}

struct Answer {
    status: u16,
    headers: actix_web::http::header::HeaderMap,
    text: String,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

async fn ask(edge: Edge, request: TestRequest) -> Answer {
    let app = App::new()
        .configure(configure_errors)
        .route("/api/ok", web::get().to(|| async { "ok" }))
        .route("/api/panic", web::get().to(panics))
        .route("/api/slow", web::get().to(sleeps))
        .route("/api/things/{id}", web::get().to(wants_to_know))
        .route(
            "/api/number/{n}",
            web::get().to(|n: web::Path<u8>| async move { n.to_string() }),
        )
        .route(
            "/api/typed",
            web::post().to(|body: web::Json<Value>| async move { body.to_string() }),
        )
        .route("/api/foreign", web::get().to(foreign))
        .route("/page", web::get().to(wants_to_know))
        .service(
            web::resource("/api/middle")
                .wrap(from_fn(refuses))
                .to(|| async { "never" }),
        )
        .wrap(edge);
    let app = web_test::init_service(app).await;
    let response = match web_test::try_call_service(&app, request.to_request()).await {
        Ok(response) => response.into_parts().1.map_into_boxed_body(),
        // What the server does with an error of the outermost middleware.
        Err(error) => error.error_response(),
    };
    let (head, body) = response.into_parts();
    let text = String::from_utf8(actix_web::body::to_bytes(body).await.unwrap().to_vec()).unwrap();
    Answer {
        status: head.status().as_u16(),
        headers: head.headers().clone(),
        text,
    }
}

async fn get(path: &str) -> Answer {
    ask(
        edge(),
        TestRequest::get()
            .uri(path)
            .insert_header(("x-request-id", "req-1")),
    )
    .await
}

#[actix_web::test]
async fn every_error_leaves_as_a_problem_with_the_id_of_its_request() {
    for (path, status, code) in [
        ("/api/nothing", 404, "not-found"),
        ("/api/number/x", 404, "not-found"),
        ("/api/panic", 500, "internal"),
        ("/api/slow", 503, "deadline-exceeded"),
        ("/api/things/1", 401, "unauthenticated"),
        ("/api/foreign", 500, "internal"),
        ("/api/middle", 403, "forbidden"),
        ("/api/typed", 405, "method-not-allowed"),
    ] {
        let answer = get(path).await;
        assert_eq!(answer.status, status, "{path}");
        assert_eq!(
            answer.header("content-type"),
            "application/problem+json",
            "{path}"
        );
        assert_eq!(answer.header("x-request-id"), "req-1", "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        let body = answer.json();
        assert_eq!(
            (&body["code"], &body["request_id"], &body["instance"]),
            (&json!(code), &json!("req-1"), &json!("req-1"))
        );
        assert!(!answer.text.contains("hunter2"));
    }
}

#[actix_web::test]
async fn a_refused_body_is_a_problem_too() {
    let broken = TestRequest::post()
        .uri("/api/typed")
        .insert_header(("content-type", "application/json"))
        .set_payload("{");
    assert_eq!(ask(edge(), broken).await.json()["code"], "malformed");

    let large = TestRequest::post()
        .uri("/api/typed")
        .insert_header(("content-type", "application/json"));
    let large = large.set_payload(vec![b' '; crate::JSON_LIMIT + 1]);
    assert_eq!(ask(edge(), large).await.json()["code"], "too-large");
}

#[actix_web::test]
async fn the_headers_of_a_problem_are_sent_once() {
    let answer = get("/api/things/1").await;
    assert_eq!(answer.headers.get_all("www-authenticate").count(), 1);
    assert_eq!(get("/api/slow").await.header("retry-after"), "1");
}

#[actix_web::test]
async fn an_id_that_is_not_sane_is_replaced() {
    let answer = ask(
        edge(),
        TestRequest::get()
            .uri("/api/ok")
            .insert_header(("x-request-id", "a b")),
    )
    .await;
    assert_eq!((answer.status, answer.text.as_str()), (200, "ok"));
    assert_eq!(answer.header("x-request-id"), "0".repeat(26));
}

#[actix_web::test]
async fn a_browser_gets_a_page_for_a_problem_and_a_program_gets_json() {
    let html = TestRequest::get()
        .uri("/gone?a=1")
        .insert_header(("accept", "text/html, */*;q=0.1"));
    let html = ask(
        edge(),
        html.insert_header(("hx-request", "true"))
            .insert_header(("x-request-id", "r7")),
    )
    .await;
    assert_eq!(html.status, 404);
    assert_eq!(html.text, "<h1>There is no such thing</h1>r7 /gone?a=1 true");
    assert_eq!(
        html.header("content-security-policy"),
        "default-src 'none'; script-src 'self'"
    );

    let program = ask(
        edge(),
        TestRequest::get().uri("/gone").insert_header(("accept", "*/*")),
    )
    .await;
    assert_eq!(program.header("content-type"), "application/problem+json");

    let api = ask(
        edge(),
        TestRequest::get()
            .uri("/api/x")
            .insert_header(("accept", "text/html")),
    )
    .await;
    assert_eq!(api.header("content-type"), "application/problem+json");
    assert_eq!(
        api.header("content-security-policy"),
        "default-src 'none'; frame-ancestors 'none'"
    );
}

#[actix_web::test]
async fn a_page_may_lead_to_the_sign_in() {
    let answer = ask(
        edge(),
        TestRequest::get()
            .uri("/page")
            .insert_header(("accept", "text/html")),
    )
    .await;
    assert_eq!((answer.status, answer.header("location")), (303, "/sign-in"));
}

#[actix_web::test]
async fn a_handler_may_lift_its_deadline() {
    assert_eq!(get("/api/slow?lift").await.text, "done");
}

#[actix_web::test]
async fn https_is_remembered_by_browsers_and_http_is_not() {
    assert_eq!(
        get("/api/ok").await.header("strict-transport-security"),
        "max-age=63072000"
    );

    let base = "http://127.0.0.1:1".parse().unwrap();
    let plain = Edge::new(
        &base,
        Drain::default(),
        Arc::new(Counter::default()),
        Arc::new(Counter::default()),
    );
    let answer = ask(plain, TestRequest::get().uri("/api/ok")).await;
    assert!(!answer.headers.contains_key("strict-transport-security"));
    assert_eq!(answer.header("cache-control"), "no-store");
}

#[actix_web::test]
async fn a_process_that_goes_away_closes_its_connections_and_counts_to_zero() {
    let edge = edge();
    let drain = edge.drain.clone();
    assert_eq!(
        ask(edge.clone(), TestRequest::get().uri("/api/ok"))
            .await
            .header("connection"),
        ""
    );
    drain.begin();
    assert_eq!(
        ask(edge, TestRequest::get().uri("/api/ok"))
            .await
            .header("connection"),
        "close"
    );
    assert_eq!(drain.in_flight(), 0);
}
