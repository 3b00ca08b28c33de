//! What can be seen of the routes without a store.

use actix_web::{
    App,
    dev::ServiceResponse,
    http::{Method, StatusCode},
    test::{TestRequest, call_service, init_service, read_body_json},
    web::Data,
};
use kale_web::Methods;
use serde_json::Value;
use utoipa_actix_web::AppExt as _;

async fn call(method: Method, path: &str) -> ServiceResponse {
    let (app, document) = App::new()
        .into_utoipa_app()
        .configure(super::routes)
        .split_for_parts();
    let app = app
        .app_data(Data::new(Methods::of(&document)))
        .configure(kale_web::configure_errors);
    call_service(
        &init_service(app).await,
        TestRequest::with_uri(path).method(method).to_request(),
    )
    .await
}

#[actix_web::test]
async fn the_version_is_told_to_anybody() {
    let response = call(Method::GET, "/api/version").await;

    assert_eq!(response.status(), StatusCode::OK);
    let body: Value = read_body_json(response).await;
    assert_eq!(
        body,
        serde_json::json!({ "version": env!("CARGO_PKG_VERSION"), "api": "v1" })
    );
}

#[actix_web::test]
async fn the_document_that_is_served_is_the_one_that_is_printed() {
    let body: Value = read_body_json(call(Method::GET, "/openapi.json").await).await;

    assert_eq!(body, serde_json::to_value(super::openapi()).unwrap());
}

#[actix_web::test]
async fn a_parameter_that_a_route_does_not_know_is_refused() {
    let response = call(Method::GET, "/api/version?pretty=1").await;

    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    let body: Value = read_body_json(response).await;
    assert_eq!(body["code"], "unknown-parameter");
}

#[actix_web::test]
async fn every_operation_of_the_document_is_served_at_its_path() {
    let document = serde_json::to_value(super::openapi()).unwrap();
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys() {
            let parts = path
                .split('/')
                .map(|part| if part.starts_with('{') { "x" } else { part });
            let asked = parts.collect::<Vec<_>>().join("/");
            let method: Method = method.to_uppercase().parse().unwrap();
            let response = call(method.clone(), &asked).await;
            // Handlers without what they stand on answer 500: the route is there.
            assert_eq!(
                response.request().match_pattern().as_ref(),
                Some(path),
                "{method} {path}"
            );
            assert_ne!(
                response.status(),
                StatusCode::METHOD_NOT_ALLOWED,
                "{method} {path}"
            );
        }
    }
}

#[actix_web::test]
async fn another_method_is_refused_with_those_that_are_known() {
    let response = call(Method::PUT, "/api/v1/api-keys").await;

    assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(response.headers().get("allow").unwrap(), "GET, POST");
    assert_eq!(
        call(Method::GET, "/api/v1/nothing").await.status(),
        StatusCode::NOT_FOUND
    );
}
