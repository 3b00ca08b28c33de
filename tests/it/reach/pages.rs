//! Pages that name no customer in their address: what an expert sees there is of those they reach.

use actix_web::http::Method;
use kale_dashboard::routes;
use kale_testkit::{TestApp, TestCompany};

use super::{assign, customers, expert_of};
use crate::{
    dashboard::{
        browser::{Browser, Manner},
        parameters,
    },
    isolation::leaks,
};

/// What pages can be asked for beside nothing.
const QUERIES: [&str; 8] = [
    "/customers?q=customer",
    "/customers?filter[tier]=gold",
    "/customers?sort=-name",
    "/customers?columns=attributes.motto",
    "/customers/filter-form?add_field=attributes.motto",
    "/customers/export.csv?filter[tier]=gold",
    "/personas/table?by=motto",
    "/personas/table?by=contract",
];

/// What gives away a customer.
fn needles(ids: &[String], at: usize) -> Vec<String> {
    vec![
        ids[at].clone(),
        format!("customer {at}"),
        format!("motto{at}"),
        format!("c-{at}<"),
    ]
}

/// The pages in which somebody sees one of these customers.
async fn showing(browser: &Browser, ids: &[String], which: &[usize]) -> Vec<String> {
    let needles: Vec<String> = which.iter().flat_map(|at| needles(ids, *at)).collect();
    let table = routes();
    let without_id = table
        .iter()
        .filter(|one| one.method == Method::GET && parameters(one).is_empty());
    let mut showing = Vec::new();
    for path in QUERIES.into_iter().chain(without_id.map(|one| one.path)) {
        for manner in [Manner::Page, Manner::Part] {
            if leaks(&browser.get(path, manner).await, &needles) {
                showing.push(path.to_owned());
            }
        }
    }
    showing.dedup();
    showing
}

async fn company_with_two_assigned(app: &TestApp) -> (TestCompany, Vec<String>) {
    let company = app.company("Globex").await;
    let ids = customers(&company).await;
    let expert = expert_of(&company).await;
    assign(app, &ids[0], expert).await;
    assign(app, &ids[1], expert).await;
    (company, ids)
}

#[actix_web::test]
async fn no_page_shows_an_expert_a_customer_outside_of_reach() {
    let app = TestApp::shared();
    let (company, ids) = company_with_two_assigned(&app).await;
    let expert = Browser::of(&company.expert).await;

    assert_eq!(showing(&expert, &ids, &[2, 3]).await, Vec::<String>::new());
    app.stop().await;
}

#[actix_web::test]
async fn the_same_pages_show_what_may_be_seen() {
    let app = TestApp::shared();
    let (company, ids) = company_with_two_assigned(&app).await;
    let (expert, owner) = (
        Browser::of(&company.expert).await,
        Browser::of(&company.owner).await,
    );

    let to_expert = showing(&expert, &ids, &[0, 1]).await;
    let to_owner = showing(&owner, &ids, &[2, 3]).await;

    let lists = [
        "/customers?q=customer",
        "/customers?filter[tier]=gold",
        "/customers?sort=-name",
        "/customers?columns=attributes.motto",
        "/personas/table?by=motto",
        "/customers",
    ];
    for page in lists {
        assert!(
            to_expert.iter().any(|one| one == page),
            "{page} in {to_expert:#?}"
        );
        assert!(to_owner.iter().any(|one| one == page), "{page} in {to_owner:#?}");
    }
    assert!(
        to_owner.iter().any(|one| one == "/customers/export.csv"),
        "{to_owner:#?}"
    );
    app.stop().await;
}
