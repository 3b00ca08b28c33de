use std::time::Duration;

use actix_web::{
    App,
    dev::Payload,
    error::PayloadError,
    test::{self as web_test, TestRequest},
    web,
};
use bytes::Bytes;
use futures::{StreamExt as _, stream};
use serde::Deserialize;
use serde_json::Value;

use super::*;

#[derive(Debug, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
struct Body {
    #[garde(length(chars, min = 1, max = 5))]
    name: String,
    #[serde(default)]
    #[garde(dive)]
    tags: Vec<Tag>,
}

#[derive(Debug, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
struct Tag {
    #[serde(rename = "a/b")]
    #[garde(range(max = 9))]
    a_b: u8,
}

async fn ask(path: &str, media: &str, body: impl Into<Bytes>) -> (u16, Value) {
    let app = App::new()
        .route(
            "/json",
            web::post()
                .to(|Json(body): Json<Body>| async move { format!("{:?} {}", body.name, body.tags.len()) }),
        )
        .route(
            "/valid",
            web::post().to(|Valid(body): Valid<Body>| async move { format!("{:?}", body.name) }),
        )
        .route(
            "/small",
            web::post().to(|Json(body): Json<Value, 16>| async move { body.to_string() }),
        );
    let app = web_test::init_service(app).await;
    let request = TestRequest::post()
        .uri(path)
        .insert_header(("content-type", media))
        .set_payload(body);
    let response = web_test::call_service(&app, request.to_request()).await;
    let status = response.status().as_u16();
    let body = web_test::read_body(response).await;
    (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
}

async fn wrong(path: &str, body: &'static str) -> (u16, String, String) {
    let (status, problem) = ask(path, "application/json", body).await;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let first = &problem["errors"][0];
    (status, text(&first["pointer"]), text(&first["code"]))
}

#[actix_web::test]
async fn what_is_wrong_with_a_body_is_named_with_its_place() {
    for (body, pointer, code) in [
        (r#"{"name":"a","role":"admin"}"#, "#/role", "unknown-field"),
        (
            r#"{"name":"a","tags":[{"a/b":1},{"a/b":1,"x":2}]}"#,
            "#/tags/1/x",
            "unknown-field",
        ),
        (r#"{"tags":[]}"#, "#/name", "missing"),
        (r#"{"name":"a","tags":[{}]}"#, "#/tags/0/a~1b", "missing"),
        (r#"{"name":"a","name":"b"}"#, "#/name", "duplicate"),
        (r#"{"name":{"$ne":null}}"#, "#/name", "wrong-type"),
        (
            r#"{"name":"a","tags":[{"a/b":"x"}]}"#,
            "#/tags/0/a~1b",
            "wrong-type",
        ),
        (r#"{"name":"a","tags":[{"a/b":300}]}"#, "#/tags/0/a~1b", "invalid"),
        (r#"["a",[]]"#, "#", "wrong-type"),
        (r#"{"name":"a","tags":[[1]]}"#, "#/tags/0", "wrong-type"),
    ] {
        assert_eq!(
            wrong("/json", body).await,
            (422, pointer.to_owned(), code.to_owned()),
            "{body}"
        );
    }
}

#[actix_web::test]
async fn a_wrong_type_is_told_without_the_names_of_our_own_types() {
    for body in [r"[1]", r#"{"name":"a","tags":[1]}"#] {
        let (_, problem) = ask("/json", "application/json", body).await;
        let message = problem["errors"][0]["message"].as_str().unwrap().to_owned();
        assert!(message.ends_with("expected an object"), "{message}");
    }
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Shape {
    Point,
    Circle(u8),
    Line(u8, u8),
    Box { width: u8, note: Option<String> },
}

#[derive(Debug, Deserialize)]
struct All {
    shapes: Vec<Shape>,
    more: std::collections::BTreeMap<String, (f64, Option<()>, bool)>,
}

#[test]
fn every_kind_of_value_is_still_read() {
    let text = r#"{"shapes":["point",{"circle":1},{"line":[1,2]},{"box":{"width":3,"note":"x"}}],"more":{"a":[-1.5,null,true]}}"#;
    let all: All = read(text.as_bytes()).unwrap();
    let boxed = Shape::Box {
        width: 3,
        note: Some("x".to_owned()),
    };
    assert_eq!(
        all.shapes,
        [Shape::Point, Shape::Circle(1), Shape::Line(1, 2), boxed]
    );
    assert_eq!(all.more["a"], (-1.5, None, true));

    let problem = read::<Shape>(br#"{"box":[3,"x"]}"#).unwrap_err();
    assert_eq!(problem.fields()[0].code, "wrong-type");
}

#[test]
fn another_kind_of_value_in_the_place_of_a_name_is_no_mistake_of_syntax() {
    for body in [
        &br#"{"shapes":[null],"more":{}}"#[..],
        br#"{"shapes":[7],"more":{}}"#,
    ] {
        let problem = read::<All>(body).unwrap_err();
        let told = &problem.fields()[0];
        assert_eq!(
            (told.code.as_ref(), told.pointer.as_ref()),
            ("wrong-type", "#/shapes/0")
        );
    }
}

#[actix_web::test]
async fn what_is_no_json_is_malformed_and_its_place_is_told() {
    let (status, problem) = ask("/json", "application/json", "{\"name\": \"a\",\n  oops}").await;
    assert_eq!((status, &problem["code"]), (400, &Value::from("malformed-json")));
    assert_eq!(problem["detail"], "line 2, column 3: key must be a string");

    for body in ["", "  ", "{", r#"{"name":"a"} x"#, r#"{"name":1"#] {
        assert_eq!(ask("/json", "application/json", body).await.0, 400, "{body}");
    }
    assert_eq!(
        ask("/json", "application/json", vec![b'"', 0xff, b'"']).await.0,
        400
    );
}

#[actix_web::test]
async fn only_json_is_read() {
    assert_eq!(ask("/json", "text/plain", r#"{"name":"a"}"#).await.0, 415);
    assert_eq!(
        ask(
            "/json",
            "application/merge-patch+json; charset=utf-8",
            r#"{"name":"a"}"#
        )
        .await
        .0,
        200
    );
}

#[actix_web::test]
async fn a_route_may_have_its_own_limit() {
    assert_eq!(ask("/small", "application/json", "[1,2,3]").await.0, 200);
    let (status, problem) = ask("/small", "application/json", "[1,2,3,4,5,6,7,8,9]").await;
    assert_eq!(status, 413);
    assert_eq!(problem["detail"], "the body may have at most 16 bytes here");
}

#[actix_web::test]
async fn broken_rules_are_all_named_at_once() {
    let (status, problem) = ask(
        "/valid",
        "application/json",
        r#"{"name":"ünïcödé","tags":[{"a/b":1},{"a/b":10}]}"#,
    )
    .await;
    assert_eq!(status, 422);
    let pointers: Vec<&str> = problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["pointer"].as_str().unwrap())
        .collect();
    assert_eq!(pointers, ["#/name", "#/tags/1/a_b"]);
    assert_eq!(
        ask("/valid", "application/json", r#"{"name":"ünïcö"}"#).await.0,
        200
    );
}

#[actix_web::test]
async fn a_body_that_is_longer_than_announced_is_refused_where_it_passes_the_limit() {
    let endless =
        stream::repeat_with(|| Ok::<_, PayloadError>(Bytes::from_static(b"        "))).boxed_local();
    let payload = Payload::Stream { payload: endless };
    let headers = actix_web::http::header::HeaderMap::new();
    let problem = receive(&headers, payload, 1000).await.unwrap_err();
    assert_eq!(problem.code(), "too-large");
}

#[actix_web::test]
async fn a_body_that_stops_arriving_is_given_up() {
    let stuck = stream::iter([Ok::<_, PayloadError>(Bytes::from_static(b"{"))]).chain(stream::pending());
    let chunks: Vec<_> = paced(stuck.boxed_local(), Duration::from_millis(20))
        .collect()
        .await;
    assert_eq!(chunks.len(), 2);
    assert_eq!(chunks[1].as_ref().unwrap_err().code(), "request-timeout");
}

#[actix_web::test]
async fn a_compressed_body_is_not_unpacked() {
    let request = TestRequest::post()
        .insert_header(("content-encoding", "gzip"))
        .to_http_request();
    let problem = receive(request.headers(), Payload::None, 1000).await.unwrap_err();
    assert_eq!(problem.status().as_u16(), 415);
}
