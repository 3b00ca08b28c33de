//! Addresses, methods and parameters that do not exist.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::http::Method;
use kale_testkit::{TestApp, document, operations};

use super::{Askers, path};

#[actix_web::test]
async fn a_parameter_that_a_route_does_not_have_is_refused_by_name() {
    let app = TestApp::shared();
    let askers = Askers::new(&app).await;
    for operation in operations(document()) {
        let (media, body) = operation.body.clone().unwrap_or_default();
        for name in ["company_id", "$where", "limit[$gt]", "q[$ne]"] {
            let refused = askers
                .send(&operation, &format!("?{name}=1"), &media, body.to_string())
                .await;
            assert_eq!(
                refused.code(),
                400,
                "{} {name}: {}",
                operation.name(),
                refused.text()
            );
            assert_eq!(refused.problem(), "unknown-parameter", "{}", operation.name());
            assert!(
                refused.text().contains(&format!("`{name}`")),
                "{}: {}",
                operation.name(),
                refused.text()
            );
        }
    }
    app.stop().await;
}

#[actix_web::test]
async fn a_method_that_a_route_does_not_know_is_answered_with_those_it_knows() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let mut known: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut paths = BTreeMap::new();
    for operation in operations(document()) {
        paths.insert(operation.path.clone(), path(&operation));
        known
            .entry(operation.path)
            .or_default()
            .insert(operation.method.to_string());
    }
    let another = operations(document());
    for (pattern, methods) in known {
        for method in [
            Method::GET,
            Method::POST,
            Method::PUT,
            Method::PATCH,
            Method::DELETE,
        ] {
            if methods.contains(method.as_str()) {
                continue;
            }
            let refused = company
                .owner
                .send(method.clone(), &paths[&pattern], &[], "")
                .await;
            // `/customers/batch` asked with GET is a customer of that name, who does not exist.
            if another
                .iter()
                .any(|one| one.method == method && one.path != pattern && one.serves(&pattern))
            {
                assert!(
                    matches!(refused.code(), 404 | 415 | 422 | 428),
                    "{method} {pattern}: {}",
                    refused.text()
                );
                continue;
            }
            assert_eq!(
                (refused.code(), refused.problem()),
                (405, "method-not-allowed".to_owned()),
                "{method} {pattern}"
            );
            let allowed = refused.header("allow").unwrap();
            let allowed: BTreeSet<String> = allowed.split(", ").map(str::to_owned).collect();
            assert_eq!(allowed, methods, "{method} {pattern}");
        }
    }
    app.stop().await;
}

#[actix_web::test]
async fn an_address_that_nobody_serves_is_a_problem_like_any_other() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    for path in [
        "/nothing",
        "/customers/",
        "/customers/not-an-id",
        "/customers/upl_01h455vb4pex5vsknk084sn02q",
        "/customers/cus_01h455vb4pex5vsknk084sn02q/nothing",
        "/uploads/..%2f..%2fetc%2fpasswd",
        "/customers/cus_01h455vb4pex5vsknk084sn02q%00",
        "/api/v2/customers",
    ] {
        let answer = company.owner.get(path).await;
        assert_eq!(
            (answer.code(), answer.problem()),
            (404, "not-found".to_owned()),
            "{path}"
        );
    }
    app.stop().await;
}

#[actix_web::test]
async fn an_id_written_otherwise_is_not_the_same_id() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let id = company.id.to_string();
    drop(company.owner.get(&format!("/companies/{id}")).await.expect(200));
    for other in [
        id.to_uppercase(),
        format!("{id}0"),
        id.replace("cmp_", ""),
        id.replace("cmp_", "usr_"),
        format!("{id}%20"),
    ] {
        drop(
            company
                .owner
                .get(&format!("/companies/{other}"))
                .await
                .expect(404),
        );
    }
    app.stop().await;
}
