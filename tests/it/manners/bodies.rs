//! What is wrong with a body is said with its place, on every route that reads one.

use kale_testkit::{Operation, TestApp, document, operations};
use serde_json::{Value, json};

use super::Askers;

const JSON: &str = "application/json";

/// The operations that read JSON, each with the example of its body. A provider's call is not read: only its signature is
/// looked at.
fn readers() -> Vec<(Operation, Value)> {
    let all = operations(document())
        .into_iter()
        .filter(|one| one.id != "hear_workos");
    let found: Vec<_> = all
        .filter_map(|one| match one.body.clone() {
            Some((media, example)) if media == JSON => Some((one, example)),
            _ => None,
        })
        .collect();
    assert!(found.len() >= 15, "{}", found.len());
    found
}

#[actix_web::test]
async fn a_field_that_a_body_does_not_have_is_refused_by_name() {
    let app = TestApp::shared();
    let askers = Askers::new(&app).await;
    for (operation, example) in readers() {
        // Things that a client would like to set, and words that a database would obey.
        for field in [
            "company_id",
            "role",
            "_id",
            "version",
            "$where",
            "$set",
            "__proto__",
        ] {
            if example.get(field).is_some() {
                continue;
            }
            let mut body = example.clone();
            body[field] = json!("cmp_01h455vb4pex5vsknk084sn02q");
            let refused = askers.send(&operation, "", JSON, body.to_string()).await;
            assert_eq!(
                refused.code(),
                422,
                "{} {field}: {}",
                operation.name(),
                refused.text()
            );
            let errors = refused.json()["errors"].clone();
            assert_eq!(
                errors[0]["pointer"],
                format!("#/{field}"),
                "{} {errors}",
                operation.name()
            );
            assert_eq!(errors[0]["code"], "unknown-field");
        }
    }
    app.stop().await;
}

#[actix_web::test]
async fn a_field_inside_of_a_body_is_refused_by_its_place() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let persona = |more: Value| {
        let mut persona = json!({
            "key": "new", "category": "all", "name": "New", "priority": 1,
            "rule": { "attribute": "tenure", "op": "lt", "value": 6 }
        });
        persona
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        json!({ "categories": [{ "key": "all", "name": "All", "order": 1 }], "personas": [persona] })
    };
    drop(
        company
            .program
            .post(
                "/customers",
                &json!({ "external_id": "1", "attributes": { "tenure": 1 } }),
            )
            .await
            .expect(201),
    );
    drop(
        company
            .owner
            .post("/personas/preview", &persona(json!({})))
            .await
            .expect(200),
    );

    for (more, pointer) in [
        (json!({ "company_id": "x" }), "#/personas/0/company_id"),
        (
            json!({ "id": "per_01h455vb4pex5vsknk084sn02q" }),
            "#/personas/0/id",
        ),
        (json!({ "rule": { "$where": "1" } }), "#/personas/0/rule"),
        (
            json!({ "rule": { "attribute": "tenure", "op": "$gt", "value": 1 } }),
            "#/personas/0/rule/op",
        ),
        (
            json!({ "rule": { "attribute": "tenure", "op": "eq", "value": { "$ne": 1 } } }),
            "#/personas/0/rule/value",
        ),
    ] {
        let refused = company
            .owner
            .post("/personas/preview", &persona(more))
            .await
            .expect(422)
            .json();
        let pointers: Vec<&str> = refused["errors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["pointer"].as_str().unwrap())
            .collect();
        assert!(
            pointers.iter().any(|one| one.starts_with(pointer)),
            "{pointer} in {refused}"
        );
    }
    app.stop().await;
}

#[actix_web::test]
async fn what_is_no_json_is_told_with_line_and_column() {
    let app = TestApp::shared();
    let askers = Askers::new(&app).await;
    for (operation, _) in readers() {
        for (body, place) in [
            ("{\"name\": \"x\",\n  oops}", "line 2, column 3"),
            ("{\"name\": ", "line 1, column 9"),
            ("{} {}", "line 1, column 4"),
        ] {
            let refused = askers.send(&operation, "", JSON, body).await;
            assert_eq!(
                (refused.code(), refused.problem()),
                (400, "malformed-json".to_owned()),
                "{}",
                operation.name()
            );
            assert!(
                refused.text().contains(place),
                "{} {place}: {}",
                operation.name(),
                refused.text()
            );
        }
    }
    app.stop().await;
}

#[actix_web::test]
async fn a_body_of_another_type_is_refused() {
    let app = TestApp::shared();
    let askers = Askers::new(&app).await;
    let with_body = operations(document())
        .into_iter()
        .filter(|one| one.body.is_some());
    for operation in with_body {
        for media in [
            "text/plain",
            "application/x-www-form-urlencoded",
            "application/jsonx",
        ] {
            let refused = askers.send(&operation, "", media, "{}").await;
            // A beacon can send nothing else, and says in its body who it is.
            let expected = if media == "text/plain" && operation.id.starts_with("tell_event") {
                (401, "unauthenticated".to_owned())
            } else {
                (415, "unsupported-media-type".to_owned())
            };
            assert_eq!(
                (refused.code(), refused.problem()),
                expected,
                "{} {media}",
                operation.name()
            );
        }
    }
    app.stop().await;
}

#[actix_web::test]
async fn a_body_of_another_shape_is_refused() {
    let app = TestApp::shared();
    let askers = Askers::new(&app).await;
    for (operation, _) in readers() {
        for body in ["[]", "\"text\"", "7", "null", "[{}]"] {
            // An upload is imported without a body, too: null says as much.
            if operation.id == "import_upload" && body == "null" {
                continue;
            }
            let refused = askers.send(&operation, "", JSON, body).await;
            assert_eq!(
                refused.code(),
                422,
                "{} {body}: {}",
                operation.name(),
                refused.text()
            );
        }
    }
    app.stop().await;
}

#[actix_web::test]
async fn a_body_that_is_too_large_is_refused() {
    let app = TestApp::shared();
    let askers = Askers::new(&app).await;
    let mut large = b"{\"x\":\"".to_vec();
    large.resize(1_200_000, b'a');
    for (operation, _) in readers() {
        let refused = askers.send(&operation, "", JSON, large.clone()).await;
        assert_eq!(
            (refused.code(), refused.problem()),
            (413, "too-large".to_owned()),
            "{}",
            operation.name()
        );
    }
    app.stop().await;
}
