//! Kale admins see what somebody of a company sees, and change nothing meanwhile.

use jiff::SignedDuration;
use kale_dashboard::routes;
use kale_testkit::{TestApp, document, operations};
use serde_json::{Value, json};

use crate::{
    dashboard::{
        browser::{Browser, Manner},
        name,
    },
    experts::{customers, external_ids},
    manners,
    reach::{assign, expert_of},
    team::own_id,
};

fn why() -> Value {
    json!({ "reason": "They see no customers, ticket 4711" })
}

#[actix_web::test]
async fn what_they_see_is_seen_for_half_an_hour_and_stands_in_the_log() {
    let app = TestApp::start().await;
    let company = app.company("Globex").await;
    let ids = customers(&company, 3).await;
    assign(&app, &ids[1], expert_of(&company).await).await;
    let (outside, inside) = app.kale_admin(&company).await;
    let admin = own_id(&inside).await;
    let expert = own_id(&company.expert).await;
    let path = format!("/users/{expert}/impersonate");
    assert_eq!(external_ids(&inside, "").await.len(), 3);

    let begun = inside.post(&path, &why()).await.expect(200);
    assert_eq!(begun.string("/until"), "2100-01-01T12:30:00Z");
    let me = inside.get("/me").await.expect(200).json();
    assert_eq!(
        (&me["user"]["id"], &me["impersonated_by"]),
        (&json!(expert), &json!(admin))
    );
    assert_eq!(
        (&me["role"], &me["acting"]),
        (&json!("retention_expert"), &json!(false))
    );
    assert_eq!(external_ids(&inside, "").await, ["c-1"]);
    drop(inside.get("/audit").await.expect(403));
    drop(inside.get("/companies").await.expect(403));
    // Another sign-in of theirs is what it was.
    drop(outside.get("/companies").await.expect(200));

    app.advance(SignedDuration::from_mins(30));
    assert_eq!(own_id(&inside).await, admin);
    assert_eq!(external_ids(&inside, "").await.len(), 3);

    drop(inside.post(&path, &why()).await.expect(200));
    drop(inside.delete("/me/impersonation").await.expect(204));
    assert_eq!(own_id(&inside).await, admin);
    drop(inside.delete("/me/impersonation").await.expect(204));
    let log = company.owner.get("/audit").await.expect(200).json();
    let entries: Vec<Value> = log["data"].as_array().unwrap().iter().take(3).cloned().collect();
    let actions: Vec<&Value> = entries.iter().map(|one| &one["action"]).collect();
    assert_eq!(
        actions,
        [
            "impersonation_ended",
            "impersonation_started",
            "impersonation_started"
        ]
    );
    for entry in &entries {
        assert_eq!(
            (&entry["actor"]["id"], &entry["target"]),
            (&json!(admin), &json!(expert))
        );
    }
    assert_eq!(entries[1]["after"]["reason"], why()["reason"]);
    app.stop().await;
}

#[actix_web::test]
async fn nothing_at_all_can_be_changed_meanwhile() {
    let app = TestApp::start().await;
    let company = app.company("Globex").await;
    let (_, inside) = app.kale_admin(&company).await;
    let owner = own_id(&company.owner).await;
    drop(
        inside
            .post(&format!("/users/{owner}/impersonate"), &why())
            .await
            .expect(200),
    );

    // Every operation that changes something and is for people of a company.
    let mut asked = 0;
    for operation in operations(document()) {
        let needs = operation.said["x-permission"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        let open = ["public", "subscriber"].contains(&needs.as_str());
        let going_out = ["sign_out", "stop_impersonating"].contains(&operation.id.as_str());
        if operation.method.is_safe() || open || going_out {
            continue;
        }
        let (kind, body) = operation.body.clone().unwrap_or_default();
        let path = manners::path(&operation);
        let headers = [("content-type", kind.as_str()), ("if-match", "\"v1\"")];
        let body = if body.is_null() {
            Vec::new()
        } else {
            body.to_string().into_bytes()
        };
        let refused = inside.send(operation.method.clone(), &path, &headers, body).await;
        assert_eq!(
            (refused.code(), refused.problem().as_str()),
            (403, "impersonating"),
            "{}: {}",
            operation.name(),
            refused.text()
        );
        asked += 1;
    }
    assert!(asked > 60, "{asked}");

    // The same in the dashboard.
    let browser = Browser::of(&inside).await;
    let forms = [
        ("POST /settings", "/settings"),
        ("POST /sign-in/companies", "/sign-in/companies"),
        ("POST /company/leave", "/company/leave"),
        ("POST /account/theme", "/account/theme"),
    ];
    let all = routes();
    for (route, path) in forms {
        let route = all.iter().find(|one| name(one) == route).unwrap();
        let refused = browser.ask(route, path, Manner::Page, &[]).await;
        assert_eq!(refused.code(), 403, "{path}");
    }
    app.stop().await;
}

#[actix_web::test]
async fn only_a_kale_admin_sees_through_only_somebody_active_of_the_company_they_are_in() {
    let app = TestApp::shared();
    let (company, other) = (app.company("Globex").await, app.company("Quartz").await);
    let (outside, inside) = app.kale_admin(&company).await;
    let path = |id: &str| format!("/users/{id}/impersonate");
    let expert = path(&own_id(&company.expert).await);

    drop(company.owner.post(&expert, &why()).await.expect(403));
    drop(company.program.post(&expert, &why()).await.expect(403));
    assert_eq!(
        outside.post(&expert, &why()).await.expect(403).problem(),
        "choose-a-company"
    );
    let theirs = path(&own_id(&other.owner).await);
    drop(inside.post(&theirs, &why()).await.expect(404));
    drop(
        inside
            .post(&path(&own_id(&inside).await), &why())
            .await
            .expect(404),
    );
    for reason in [" ".to_owned(), "x".repeat(201)] {
        let refused = inside
            .post(&expert, &json!({ "reason": reason }))
            .await
            .expect(422);
        assert_eq!(refused.string("/errors/0/pointer"), "#/reason");
    }
    let away = own_id(&company.expert).await;
    drop(
        company
            .owner
            .post(&format!("/users/{away}/deactivate"), &json!({}))
            .await
            .expect(200),
    );
    assert_eq!(
        inside.post(&expert, &why()).await.expect(409).problem(),
        "wrong-state"
    );
    app.stop().await;
}

#[actix_web::test]
async fn whoever_is_sent_away_or_left_is_seen_through_no_longer() {
    let app = TestApp::start().await;
    let beside = app.beside().await;
    let company = app.company("Globex").await;
    let (_, inside) = app.kale_admin(&company).await;
    let admin = own_id(&inside).await;
    let expert = own_id(&company.expert).await;
    drop(
        inside
            .post(&format!("/users/{expert}/impersonate"), &why())
            .await
            .expect(200),
    );
    let elsewhere = beside.with_token(inside.token());
    assert_eq!(own_id(&elsewhere).await, expert);

    drop(
        company
            .owner
            .post(&format!("/users/{expert}/deactivate"), &json!({}))
            .await
            .expect(200),
    );
    assert_eq!(own_id(&inside).await, admin);
    drop(
        company
            .owner
            .post(&format!("/users/{expert}/reactivate"), &json!({}))
            .await
            .expect(200),
    );
    drop(
        inside
            .post(&format!("/users/{expert}/impersonate"), &why())
            .await
            .expect(200),
    );
    // Felt on the other server, too: as soon as the live stream tells it.
    drop(inside.delete("/me/impersonation").await.expect(204));
    while own_id(&elsewhere).await != admin {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    beside.stop().await;
    app.stop().await;
}

#[actix_web::test]
async fn every_page_says_so_and_stops_it() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let (_, inside) = app.kale_admin(&company).await;
    let browser = Browser::of(&inside).await;
    let expert = own_id(&company.expert).await;
    let path = format!("/settings/team/{expert}/impersonate");
    let all = routes();
    let route = |wanted: &str| all.iter().find(|one| name(one) == wanted).unwrap();
    let team = browser
        .get("/settings/team", Manner::Page)
        .await
        .expect(200)
        .text();
    assert!(team.contains(&path), "{team}");
    let owners = Browser::of(&company.owner).await;
    let owners = owners
        .get("/settings/team", Manner::Page)
        .await
        .expect(200)
        .text();
    assert!(!owners.contains("/impersonate"), "{owners}");

    let begin = "POST /settings/team/{id}/impersonate";
    let fields = [("reason", "Ticket 4711")];
    drop(
        browser
            .ask(route(begin), &path, Manner::Page, &fields)
            .await
            .expect(303),
    );
    for page in ["/", "/customers", "/personas"] {
        let shown = browser.get(page, Manner::Page).await.expect(200).text();
        assert!(shown.contains("You see what <strong>"), "{page}: {shown}");
    }
    let end = route("POST /impersonation/end");
    drop(
        browser
            .ask(end, "/impersonation/end", Manner::Page, &[])
            .await
            .expect(303),
    );
    let shown = browser.get("/customers", Manner::Page).await.expect(200).text();
    assert!(!shown.contains("You see what <strong>"), "{shown}");
    app.stop().await;
}
