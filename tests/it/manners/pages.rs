//! Pages of lists.

use std::collections::BTreeSet;

use actix_web::http::Method;
use kale_testkit::{Client, TestApp, TestCompany};
use serde_json::{Value, json};

const CUSTOMERS: usize = 210;

/// Customers with few different values, so that every sorting has ties.
async fn customers(company: &TestCompany) {
    let lines: Vec<String> = (0..CUSTOMERS)
        .map(|number| {
            let mut line = json!({
                "external_id": format!("c-{number:03}"), "name": format!("Name {}", number % 7),
                "attributes": { "contract": if number % 2 == 0 { "Two year" } else { "Monthly" }, "seats": number % 5 }
            });
            // Some have none.
            if number % 3 != 0 {
                line["mrr"] = json!({ "amount_minor": 100 * (number % 4), "currency": "USD" });
            }
            line.to_string()
        })
        .collect();
    let kind = [("content-type", "application/x-ndjson")];
    let made = company
        .program
        .send(Method::POST, "/customers/batch", &kind, lines.join("\n"))
        .await
        .expect(200);
    assert_eq!(made.json()["summary"]["created"], CUSTOMERS);
}

fn encoded(cursor: &str) -> String {
    assert!(
        cursor
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'),
        "{cursor}"
    );
    cursor.to_owned()
}

/// Every page of a list, from `first` on: the things in order, and how many pages there were.
async fn walk(client: &Client, list: &str, first: Option<String>) -> (Vec<Value>, usize) {
    let (mut things, mut pages, mut cursor) = (Vec::new(), 0, first);
    loop {
        let from = cursor.map_or_else(String::new, |cursor| format!("&cursor={}", encoded(&cursor)));
        let page = client.get(&format!("{list}{from}")).await.expect(200).json();
        things.extend(page["data"].as_array().unwrap().iter().cloned());
        pages += 1;
        assert_eq!(page["page"]["has_more"], !page["page"]["next_cursor"].is_null());
        match page["page"]["next_cursor"].as_str() {
            Some(next) => cursor = Some(next.to_owned()),
            None => return (things, pages),
        }
    }
}

fn ids(things: &[Value]) -> BTreeSet<String> {
    things
        .iter()
        .map(|one| one["id"].as_str().unwrap().to_owned())
        .collect()
}

#[actix_web::test]
async fn pages_to_the_end_give_every_customer_once_in_every_sorting() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    customers(&company).await;
    let path = format!("/companies/{}", company.id);
    let tag = company.owner.get(&path).await.header("etag").unwrap();
    let sortable = json!({ "sortable_attributes": ["seats"] });
    drop(
        company
            .owner
            .json(Method::PATCH, &path, &[("if-match", &tag)], &sortable)
            .await
            .expect(200),
    );
    let jobs = company
        .owner
        .get("/jobs?filter[kind]=refresh_customers")
        .await
        .expect(200)
        .json();
    if let Some(job) = jobs["data"][0]["id"].as_str() {
        company.owner.job_done(job).await;
    }

    // 105 pages deep.
    let (all, pages) = walk(&company.owner, "/customers?limit=2&fields=id", None).await;
    assert_eq!(
        (all.len(), ids(&all).len(), pages),
        (CUSTOMERS, CUSTOMERS, CUSTOMERS / 2)
    );

    for sort in [
        "name",
        "-name",
        "created_at",
        "-created_at",
        "mrr",
        "-mrr",
        "persona",
        "-persona",
        "attributes.seats",
        "-attributes.seats",
    ] {
        let (things, _) = walk(&company.owner, &format!("/customers?limit=23&sort={sort}"), None).await;
        assert_eq!(
            (things.len(), ids(&things).len()),
            (CUSTOMERS, CUSTOMERS),
            "{sort}"
        );
        let key = |one: &Value| match sort.trim_start_matches('-') {
            "name" => one["name"].as_str().map(str::to_owned),
            "mrr" => one["mrr"]["amount_minor"]
                .as_i64()
                .map(|amount| format!("{amount:09}")),
            "attributes.seats" => one["attributes"]["seats"]
                .as_i64()
                .map(|seats| format!("{seats:09}")),
            _ => None,
        };
        let known: Vec<String> = things.iter().filter_map(key).collect();
        let ordered = if sort.starts_with('-') {
            known.is_sorted_by(|a, b| a >= b)
        } else {
            known.is_sorted()
        };
        assert!(ordered, "{sort}: {known:?}");
    }
    app.stop().await;
}

#[actix_web::test]
async fn what_comes_while_somebody_pages_moves_nothing_that_was_there() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    customers(&company).await;
    let before = ids(&walk(&company.owner, "/customers?limit=200", None).await.0);

    let first = company
        .owner
        .get("/customers?limit=50&sort=name")
        .await
        .expect(200)
        .json();
    for number in 0..5 {
        let new = json!({ "external_id": format!("new-{number}"), "name": format!("Name {number}") });
        drop(company.program.post("/customers", &new).await.expect(201));
    }
    let next = first["page"]["next_cursor"].as_str().unwrap().to_owned();
    let (rest, _) = walk(&company.owner, "/customers?limit=50&sort=name", Some(next)).await;

    let mut seen = first["data"].as_array().unwrap().clone();
    seen.extend(rest);
    assert_eq!(ids(&seen).len(), seen.len(), "nothing twice");
    assert!(ids(&seen).is_superset(&before), "nothing is lost");
    app.stop().await;
}

#[actix_web::test]
async fn a_cursor_is_good_for_its_own_list_only_and_for_nobody_who_alters_it() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    customers(&company).await;
    let first = company
        .owner
        .get("/customers?limit=10&sort=name")
        .await
        .expect(200);
    let cursor = first.string("/page/next_cursor");
    let code = async |path: String| {
        let answer = company.owner.get(&path).await;
        (answer.code(), answer.problem())
    };

    // The page's size is no part of the list.
    drop(
        company
            .owner
            .get(&format!("/customers?limit=20&sort=name&cursor={cursor}"))
            .await
            .expect(200),
    );
    for other in [
        "sort=-name",
        "sort=mrr",
        "sort=name&q=name",
        "sort=name&filter[tier]=gold",
    ] {
        assert_eq!(
            code(format!("/customers?{other}&cursor={cursor}")).await,
            (400, "cursor-mismatch".to_owned()),
            "{other}"
        );
    }
    assert_eq!(
        code(format!("/jobs?cursor={cursor}")).await,
        (400, "cursor-mismatch".to_owned())
    );
    for at in [0, cursor.len() / 2, cursor.len() - 2] {
        let mut altered = cursor.clone().into_bytes();
        altered[at] = if altered[at] == b'A' { b'B' } else { b'A' };
        let altered = String::from_utf8(altered).unwrap();
        let (status, _) = code(format!("/customers?sort=name&cursor={altered}")).await;
        assert_eq!(status, 400, "{altered}");
    }
    assert_eq!(code("/customers?sort=name&cursor=%00".to_owned()).await.0, 400);
    for wrong in ["", "x", "AAAA", &"A".repeat(5000), &cursor[1..]] {
        assert_eq!(
            code(format!("/customers?sort=name&cursor={wrong}")).await,
            (400, "invalid-cursor".to_owned()),
            "{wrong}"
        );
    }
    app.stop().await;
}

#[actix_web::test]
async fn a_limit_has_bounds_on_every_list() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    for list in [
        "/customers",
        "/jobs",
        "/audit",
        "/api-keys",
        "/users",
        "/uploads",
        "/me/sign-ins",
    ] {
        for limit in ["0", "201", "-1", "1.5", "x", "", "+5", "99999999999999999999"] {
            let refused = company.owner.get(&format!("{list}?limit={limit}")).await;
            assert_eq!(
                (refused.code(), refused.problem()),
                (400, "invalid-parameter".to_owned()),
                "{list} {limit}"
            );
            assert_eq!(refused.json()["errors"][0]["pointer"], "?limit");
        }
        drop(company.owner.get(&format!("{list}?limit=1")).await.expect(200));
        drop(company.owner.get(&format!("{list}?limit=200")).await.expect(200));
        assert_eq!(
            company
                .owner
                .get(&format!("{list}?limit=1&limit=2"))
                .await
                .problem(),
            "duplicate-parameter",
            "{list}"
        );
    }
    app.stop().await;
}

#[actix_web::test]
async fn a_list_is_narrowed_to_fields_and_counted_where_asked() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    customers(&company).await;

    let page = company
        .owner
        .get("/customers?limit=1&fields=name,mrr")
        .await
        .expect(200)
        .json();
    let names: Vec<&String> = page["data"][0].as_object().unwrap().keys().collect();
    assert_eq!(names, ["id", "name", "mrr"]);
    assert!(page["page"].get("count").is_none());
    assert_eq!(
        company.owner.get("/customers?fields=name,secret").await.problem(),
        "invalid-parameter"
    );
    let one = page["data"][0]["id"].as_str().unwrap();
    let one = company
        .owner
        .get(&format!("/customers/{one}?fields=name"))
        .await
        .expect(200)
        .json();
    assert_eq!(one.as_object().unwrap().len(), 2);

    let count = async |query: &str| {
        company
            .owner
            .get(&format!("/customers?limit=1&include=count{query}"))
            .await
            .expect(200)
            .json()["page"]["count"]
            .clone()
    };
    assert_eq!(count("").await, json!({ "value": CUSTOMERS, "capped": false }));
    assert_eq!(count("&filter[attributes.seats]=4").await["value"], CUSTOMERS / 5);
    assert_eq!(
        count("&filter[mrr][gte]=300").await["value"],
        company_count(|n| n % 3 != 0 && n % 4 == 3)
    );
    assert_eq!(count("&filter[mrr][is_not_set]").await["value"], CUSTOMERS / 3);
    assert_eq!(count("&q=c-00").await["value"], 10);
    assert_eq!(
        company.owner.get("/customers?include=everything").await.problem(),
        "invalid-parameter"
    );
    app.stop().await;
}

fn company_count(wanted: impl Fn(usize) -> bool) -> usize {
    (0..CUSTOMERS).filter(|number| wanted(*number)).count()
}
