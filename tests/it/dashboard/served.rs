//! The table of the dashboard's routes is what the server serves.

use std::collections::BTreeMap;

use actix_web::http::Method;
use kale_dashboard::{Route, routes};
use kale_testkit::TestApp;

use super::{
    browser::{Browser, Manner},
    filled, name,
};

const METHODS: [Method; 6] = [
    Method::GET,
    Method::POST,
    Method::PUT,
    Method::PATCH,
    Method::DELETE,
    Method::HEAD,
];

/// Whether a path with its parameters filled is one of this route.
fn serves(route: &Route, path: &str) -> bool {
    let (own, other): (Vec<&str>, Vec<&str>) = (route.path.split('/').collect(), path.split('/').collect());
    own.len() == other.len()
        && own
            .iter()
            .zip(&other)
            .all(|(own, other)| own == other || own.starts_with('{'))
}

/// The methods that the server answers at a path differently than the table says.
async fn differing(app: &TestApp, table: &[Route]) -> Vec<String> {
    let stranger = Browser::stranger(app);
    let mut paths = BTreeMap::new();
    for route in table {
        drop(paths.insert(route.path, filled(route, |_| "word".to_owned())));
    }
    let mut wrong = Vec::new();
    for (pattern, path) in paths {
        for method in METHODS {
            let asked = Route {
                method: method.clone(),
                ..table.iter().find(|one| one.path == pattern).unwrap().clone()
            };
            let answer = stranger.ask(&asked, &path, Manner::Page, &[]).await;
            // `GET /customers/export` is a customer of that name.
            let known = table.iter().any(|one| one.method == method && serves(one, &path));
            if known == (answer.code() == 405) {
                wrong.push(format!("{}: {}", name(&asked), answer.code()));
            }
        }
    }
    wrong
}

#[actix_web::test]
async fn the_server_serves_the_methods_of_the_table_and_no_others() {
    let app = TestApp::shared();
    assert!(routes().len() >= 60, "{} routes", routes().len());
    assert_eq!(differing(&app, &routes()).await, Vec::<String>::new());
    app.stop().await;
}

#[actix_web::test]
async fn a_method_that_is_missing_in_the_table_is_seen() {
    let app = TestApp::shared();
    let mut table = routes();
    table.retain(|one| name(one) != "POST /customers/{id}/tags" && name(one) != "POST /saved-views/{id}");
    table.push(Route {
        method: Method::POST,
        ..table.iter().find(|one| one.path == "/audit").unwrap().clone()
    });
    table.push(Route {
        method: Method::GET,
        ..routes()
            .into_iter()
            .find(|one| one.path == "/customers/{id}/tags")
            .unwrap()
    });
    assert_eq!(
        differing(&app, &table).await,
        [
            "POST /audit: 405",
            "GET /customers/{id}/tags: 405",
            "POST /customers/{id}/tags: 303",
        ]
    );
    app.stop().await;
}
