//! Nobody's change is lost: `ETag`, `If-Match`, `If-None-Match`.

use actix_web::http::Method;
use kale_testkit::{Client, TestApp, TestCompany, document, operations};
use serde_json::{Value, json};

use super::{Askers, path};

/// Something that is read here and changed there.
struct Versioned {
    read: String,
    method: Method,
    change: Value,
}

async fn all(company: &TestCompany) -> Vec<Versioned> {
    let customer = company
        .program
        .post(
            "/customers",
            &json!({ "external_id": "1", "attributes": { "tenure": 1 } }),
        )
        .await;
    let customer = customer.expect(201).string("/id");
    let personas = json!({
        "categories": [{ "key": "all", "name": "All", "order": 1 }],
        "personas": [{
            "key": "new", "category": "all", "name": "New", "priority": 1,
            "rule": { "attribute": "tenure", "op": "lt", "value": 6 }
        }]
    });
    vec![
        Versioned {
            read: format!("/customers/{customer}"),
            method: Method::PATCH,
            change: json!({ "tags": ["vip"] }),
        },
        Versioned {
            read: format!("/companies/{}", company.id),
            method: Method::PATCH,
            change: json!({ "name": "New" }),
        },
        Versioned {
            read: "/me/preferences".to_owned(),
            method: Method::PUT,
            change: json!({ "theme": "dark" }),
        },
        Versioned {
            read: "/personas".to_owned(),
            method: Method::PUT,
            change: personas,
        },
        Versioned {
            read: "/viewer/settings".to_owned(),
            method: Method::PUT,
            change: json!({ "brand_colour": "#0b5fff", "return_urls": [], "locale": "de" }),
        },
    ]
}

async fn change(client: &Client, one: &Versioned, if_match: Option<&str>) -> (u16, Option<String>) {
    let headers: Vec<(&str, &str)> = if_match.into_iter().map(|tag| ("if-match", tag)).collect();
    let answer = client
        .json(one.method.clone(), &one.read, &headers, &one.change)
        .await;
    (answer.code(), answer.header("etag"))
}

#[actix_web::test]
async fn a_change_names_the_version_it_was_made_from() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    for one in all(&company).await {
        let read = company.owner.get(&one.read).await.expect(200);
        let tag = read.header("etag").unwrap();
        assert_eq!(change(&company.owner, &one, None).await.0, 428, "{}", one.read);
        assert_eq!(
            change(&company.owner, &one, Some("*")).await.0,
            428,
            "{}",
            one.read
        );
        for stale in ["\"v99\"", "\"nonsense\"", "W/\"v1\"", "v1"] {
            assert_eq!(
                change(&company.owner, &one, Some(stale)).await.0,
                412,
                "{} {stale}",
                one.read
            );
        }
        assert_eq!(
            company.owner.get(&one.read).await.expect(200).json(),
            read.json(),
            "a refusal changes nothing"
        );

        let (status, next) = change(&company.owner, &one, Some(&tag)).await;
        assert_eq!(status, 200, "{}", one.read);
        assert_ne!(next.as_deref(), Some(tag.as_str()));
        assert_eq!(
            change(&company.owner, &one, Some(&tag)).await.0,
            412,
            "{}",
            one.read
        );
        assert_eq!(
            company.owner.get(&one.read).await.expect(200).header("etag"),
            next,
            "{}",
            one.read
        );
    }
    app.stop().await;
}

#[actix_web::test]
async fn of_twenty_changes_at_once_one_wins() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    for one in all(&company).await {
        let tag = company
            .owner
            .get(&one.read)
            .await
            .expect(200)
            .header("etag")
            .unwrap();
        let tries = (0..20).map(|_| change(&company.owner, &one, Some(&tag)));
        let mut statuses: Vec<u16> = futures::future::join_all(tries)
            .await
            .into_iter()
            .map(|(status, _)| status)
            .collect();
        statuses.sort_unstable();
        let expected = [vec![200], vec![412; 19]].concat();
        assert_eq!(statuses, expected, "{}", one.read);
    }
    app.stop().await;
}

#[actix_web::test]
async fn what_a_client_has_is_not_sent_again() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    // Personas show how many customers they have, which changes without a version: they are sent every time.
    for one in all(&company)
        .await
        .into_iter()
        .filter(|one| one.read != "/personas")
    {
        let tag = company
            .owner
            .get(&one.read)
            .await
            .expect(200)
            .header("etag")
            .unwrap();
        let ask = async |sent: &str| {
            company
                .owner
                .send(Method::GET, &one.read, &[("if-none-match", sent)], "")
                .await
        };
        for same in [tag.clone(), format!("W/{tag}"), format!("\"v77\", {tag}")] {
            let answer = ask(&same).await;
            assert_eq!(
                (answer.code(), answer.body.len(), answer.header("etag")),
                (304, 0, Some(tag.clone())),
                "{same}"
            );
        }
        assert_eq!(ask("\"v77\"").await.code(), 200);
    }
    app.stop().await;
}

#[actix_web::test]
async fn every_route_that_wants_a_version_says_so() {
    let app = TestApp::shared();
    let askers = Askers::new(&app).await;
    let strict = operations(document()).into_iter().filter(|one| {
        let all = one.said["parameters"].as_array();
        all.into_iter()
            .flatten()
            .any(|one| one["name"] == "If-Match" && one["required"] == true)
    });
    let mut seen = Vec::new();
    for operation in strict {
        let (_, body) = operation.body.clone().unwrap();
        let refused = askers
            .of(&operation)
            .json(operation.method.clone(), &path(&operation), &[], &body)
            .await;
        assert_eq!(
            (refused.code(), refused.problem()),
            (428, "precondition-required".to_owned()),
            "{}",
            operation.name()
        );
        seen.push(operation.id);
    }
    seen.sort_unstable();
    assert_eq!(
        seen,
        [
            "change_company",
            "change_customer",
            "change_me",
            "change_offer",
            "change_reason",
            "change_saved_view",
            "change_user",
            "change_workflow",
            "replace_personas",
            "replace_viewer_settings",
            "set_customer_experts",
            "write_preferences"
        ]
    );
    app.stop().await;
}
