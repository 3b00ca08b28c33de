use actix_web::http::{
    StatusCode,
    header::{CONTENT_TYPE, HeaderMap, HeaderValue},
};
use serde_json::json;

use super::*;

fn answer(status: u16, media: &'static str, body: &Value) -> Answer {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(media));
    Answer {
        status: StatusCode::from_u16(status).unwrap(),
        headers,
        body: serde_json::to_vec(body).unwrap().into(),
    }
}

fn faults(path: &str, answer: &Answer) -> Vec<String> {
    undescribed(&Method::GET, path, answer)
}

#[test]
fn an_answer_as_described_has_no_fault() {
    let example = &document()["paths"]["/api/v1/api-keys"]["get"]["responses"]["200"]["content"]["application/json"]
        ["example"];
    assert_eq!(
        faults(
            "/api/v1/api-keys?limit=1",
            &answer(200, "application/json", example)
        ),
        Vec::<String>::new()
    );
}

#[test]
fn whatever_is_not_described_is_told() {
    let of =
        |status, media, body: &Value| faults("/api/v1/api-keys", &answer(status, media, body)).join("\n");
    let page = json!({ "next_cursor": null, "has_more": false });

    assert!(of(201, "application/json", &json!({})).contains("the status 201 is not described"));
    assert!(of(200, "text/html", &json!({})).contains("the type `text/html`"));
    assert!(of(200, "application/json", &json!({ "page": page })).contains("`data` is missing"));
    assert!(
        of(
            200,
            "application/json",
            &json!({ "data": [], "page": page, "x": 1 })
        )
        .contains("#/x is not described")
    );
    assert!(
        of(
            200,
            "application/json",
            &json!({ "data": [{ "id": 1 }], "page": page })
        )
        .contains("#/data/0/id: 1 is not")
    );
    assert!(of(404, "application/problem+json", &json!({})).contains("the status 404"));
    assert!(of(403, "application/problem+json", &json!({})).contains("`code` is missing"));
}

#[test]
fn an_answer_that_was_narrowed_may_lack_fields_and_nothing_else() {
    let narrowed = |one: Value| {
        let body = json!({ "data": [one], "page": { "next_cursor": null, "has_more": false } });
        faults("/api/v1/jobs?fields=id", &answer(200, "application/json", &body))
    };
    assert_eq!(
        narrowed(json!({ "id": "job_01h455vb4pex5vsknk084sn02q" })),
        Vec::<String>::new()
    );
    assert_eq!(narrowed(json!({ "id": 1 })).len(), 1);
}
