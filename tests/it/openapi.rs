//! The OpenAPI document is what the server serves. That every answer fits it is checked by the test kit's client, in
//! every test.

use actix_web::http::Method;
use kale_testkit::{TestApp, document, operations, undescribed};
use serde_json::Value;

#[actix_web::test]
async fn the_served_document_is_the_one_of_this_version() {
    let app = TestApp::shared();
    let served = app.stranger().get("/openapi.json").await.expect(200);
    assert_eq!(served.header("content-type").as_deref(), Some("application/json"));
    assert_eq!(&served.json(), document());
    app.stop().await;
}

#[actix_web::test]
async fn every_described_error_is_a_problem_document() {
    let mut errors = 0;
    for operation in operations(document()) {
        for (status, said) in operation.said["responses"].as_object().unwrap() {
            if status.starts_with(['2', '3']) {
                continue;
            }
            let name = said["$ref"].as_str().unwrap().rsplit('/').next().unwrap();
            let content = &document()["components"]["responses"][name]["content"];
            let media: Vec<&String> = content.as_object().unwrap().keys().collect();
            assert_eq!(
                media,
                ["application/problem+json"],
                "{} {status}",
                operation.name()
            );
            let problem = &content["application/problem+json"];
            assert_eq!(problem["schema"]["$ref"], "#/components/schemas/ProblemDocument");
            assert_eq!(
                problem["example"]["status"].to_string(),
                *status,
                "{} {status}",
                operation.name()
            );
            errors += 1;
        }
    }
    assert!(errors > 300, "{errors}");
}

#[actix_web::test]
async fn the_first_answers_of_a_new_client_are_as_described_and_one_that_is_not_is_seen() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let me = company.owner.get("/me").await.expect(200);
    assert_eq!(undescribed(&Method::GET, "/api/v1/me", &me), Vec::<String>::new());

    // The same answer, altered on its way.
    let mut altered = me.json();
    altered["permissions"] = Value::from("all");
    altered["password"] = Value::from("x");
    let _kind = altered.as_object_mut().unwrap().shift_remove("kind");
    let altered = kale_testkit::Answer {
        body: serde_json::to_vec(&altered).unwrap().into(),
        ..me
    };
    assert_eq!(undescribed(&Method::GET, "/api/v1/me", &altered).len(), 3);
    app.stop().await;
}
