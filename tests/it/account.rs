//! What people do for themselves, and how long their company lets them stay signed in.

use actix_web::http::Method;
use jiff::SignedDuration;
use kale_testkit::{Answer, Client, TestApp, TestCompany};
use serde_json::{Value, json};

use crate::team::{joined, own_id};

async fn own_tag(client: &Client) -> String {
    let tag = client.get("/me/preferences").await.expect(200).header("etag");
    tag.unwrap()
}

async fn tagged(client: &Client, method: Method, path: &str, tag: &str, body: &Value) -> Answer {
    client.json(method, path, &[("if-match", tag)], body).await
}

async fn rename(client: &Client, name: &str) -> Answer {
    let tag = own_tag(client).await;
    tagged(client, Method::PATCH, "/me", &tag, &json!({ "name": name })).await
}

async fn limit(company: &TestCompany, idle: u32, absolute: u32) -> Answer {
    let path = format!("/companies/{}", company.id);
    let tag = company.owner.get(&path).await.expect(200).header("etag").unwrap();
    let body = json!({ "sign_in_limits": { "idle_hours": idle, "absolute_hours": absolute } });
    tagged(&company.owner, Method::PATCH, &path, &tag, &body).await
}

#[actix_web::test]
async fn everybody_changes_their_own_name_and_a_kale_admin_too() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let (outside, inside) = app.kale_admin(&company).await;

    for client in [&company.owner, &company.expert, &outside, &inside] {
        let renamed = rename(client, "  Zoë Quist ").await.expect(200);
        assert_eq!(renamed.string("/name"), "Zoë Quist");
        assert_eq!(client.get("/me").await.string("/user/name"), "Zoë Quist");
        let tag = renamed.header("etag").unwrap();
        assert_eq!(own_tag(client).await, tag);

        // Somebody else was faster; a name that is none; a role, which nobody gives themselves here.
        let body = json!({ "name": "Late" });
        let late = tagged(client, Method::PATCH, "/me", "\"v1\"", &body).await;
        assert_eq!(late.expect(412).problem(), "stale-version");
        let long = "a".repeat(81);
        for name in ["", " ", "a\u{7}b", &long] {
            let wrong = rename(client, name).await.expect(422);
            assert_eq!(wrong.string("/errors/0/pointer"), "#/name");
        }
        let body = json!({ "role": "kale_admin" });
        drop(
            tagged(client, Method::PATCH, "/me", &tag, &body)
                .await
                .expect(422),
        );
        assert_eq!(client.get("/me").await.string("/user/name"), "Zoë Quist");
    }
    // Nobody else is called so, and the log has no name.
    let users = company.owner.get("/users").await.expect(200).json();
    let called = |name: &str| {
        let all = users["data"].as_array().unwrap();
        all.iter().filter(|user| user["name"] == name).count()
    };
    assert_eq!(called("Zoë Quist"), 2);
    let log = company.owner.get("/audit").await.expect(200).text();
    assert!(log.contains("user_changed") && !log.contains("Quist"), "{log}");
    app.stop().await;
}

#[actix_web::test]
async fn how_somebody_likes_it_is_theirs_and_no_matter_of_the_log() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let before = company.owner.get("/audit").await.expect(200).json();
    let tag = own_tag(&company.expert).await;
    let dark = json!({ "theme": "dark" });
    let path = "/me/preferences";

    let set = tagged(&company.expert, Method::PUT, path, &tag, &dark)
        .await
        .expect(200);
    assert_eq!(set.json(), dark);
    assert_eq!(company.expert.get(path).await.expect(200).json(), dark);
    assert_eq!(company.owner.get(path).await.string("/theme"), "auto");
    let late = tagged(&company.expert, Method::PUT, path, &tag, &dark).await;
    assert_eq!(late.expect(412).problem(), "stale-version");
    let tag = set.header("etag").unwrap();
    let pink = json!({ "theme": "pink" });
    drop(
        tagged(&company.expert, Method::PUT, path, &tag, &pink)
            .await
            .expect(422),
    );
    assert_eq!(company.owner.get("/audit").await.expect(200).json(), before);
    app.stop().await;
}

#[actix_web::test]
async fn who_leaves_is_gone_everywhere_and_the_last_admin_stays() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let (outside, inside) = app.kale_admin(&company).await;
    let id = own_id(&company.expert).await;
    let leave = async |client: &Client| client.post("/me/leave", &json!({})).await;

    assert_eq!(leave(&company.owner).await.expect(409).problem(), "last-admin");
    assert_eq!(leave(&outside).await.expect(409).problem(), "not-a-member");
    assert_eq!(leave(&inside).await.expect(409).problem(), "not-a-member");
    assert_eq!(leave(&company.program).await.expect(403).problem(), "people-only");
    drop(company.owner.get("/me").await.expect(200));

    drop(leave(&company.expert).await.expect(204));
    drop(company.expert.get("/me").await.expect(401));
    drop(company.owner.get(&format!("/users/{id}")).await.expect(404));
    let log = company.owner.get("/audit").await.expect(200).json();
    let left = log["data"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["action"] == "user_left");
    assert_eq!(left.unwrap()["target"], Value::String(id));

    // With another admin there the first may go.
    let (_, second) = joined(&app, &company, "retention_admin").await;
    drop(leave(&company.owner).await.expect(204));
    drop(company.owner.get("/me").await.expect(401));
    assert_eq!(leave(&second).await.expect(409).problem(), "last-admin");
    app.stop().await;
}

#[actix_web::test]
async fn a_companys_limits_hold_for_sign_ins_that_have_begun_and_for_nobody_elses() {
    let app = TestApp::start().await;
    let company = app.company("Globex").await;
    let other = app.company("Initech").await;
    let (_, inside) = app.kale_admin(&company).await;
    app.advance(SignedDuration::from_hours(5));

    drop(limit(&company, 8, 24).await.expect(200));
    let shown = company.owner.get("/me/sign-ins").await.expect(200);
    let at = |name: &str| -> jiff::Timestamp { shown.string(&format!("/data/0/{name}")).parse().unwrap() };
    let idle = at("expires_at").duration_since(at("last_seen_at"));
    assert_eq!(idle, SignedDuration::from_hours(8));

    // Nobody waits as long as a sign-in is remembered: the use that is refused is none.
    let forgotten = async || {
        drop(limit(&other, 300, 2_000).await.expect(200));
        drop(limit(&other, 336, 2_160).await.expect(200));
    };
    app.advance(SignedDuration::from_hours(4));
    forgotten().await;
    drop(company.expert.get("/me").await.expect(401));
    drop(company.expert.get("/me").await.expect(401));
    drop(inside.get("/customers").await.expect(200));
    drop(company.program.get("/customers").await.expect(200));
    // The owner's was used when the limits were set; at the end of the day it ends all the same.
    drop(company.owner.get("/me").await.expect(200));
    for _ in 0..3 {
        app.advance(SignedDuration::from_hours(5));
        forgotten().await;
        drop(company.owner.get("/me").await);
    }
    drop(company.owner.get("/me").await.expect(401));
    drop(other.expert.get("/me").await.expect(200));
    app.stop().await;
}

#[actix_web::test]
async fn a_program_can_not_refresh_past_the_limits_of_its_company() {
    let app = TestApp::start().await;
    let company = app.company("Globex").await;
    drop(limit(&company, 2, 3).await.expect(200));
    let expert = own_id(&company.expert).await.parse().unwrap();
    let issue = async || {
        let token = app.link(expert).await;
        let body = json!({ "grant": "link", "token": token.reveal() });
        app.stranger().post("/auth/token", &body).await.expect(200).json()
    };
    let refresh = async |pair: &Value| {
        let body = json!({ "refresh_token": pair["refresh_token"] });
        app.stranger().post("/auth/refresh", &body).await
    };
    let (idle, used) = (issue().await, issue().await);
    let until =
        |pair: &Value, name: &str| -> jiff::Timestamp { pair[name].as_str().unwrap().parse().unwrap() };
    let refreshes = until(&idle, "refresh_expires_at").duration_since(until(&idle, "expires_at"));
    assert_eq!(refreshes, SignedDuration::from_mins(105));

    app.advance(SignedDuration::from_mins(100));
    let used = refresh(&used).await.expect(200).json();
    app.advance(SignedDuration::from_mins(30));
    // A refused refresh is no use: it stays refused.
    for _ in 0..2 {
        assert_eq!(refresh(&idle).await.expect(401).problem(), "refresh-token-dead");
    }
    let used = refresh(&used).await.expect(200).json();
    app.advance(SignedDuration::from_mins(60));
    assert_eq!(refresh(&used).await.expect(401).problem(), "refresh-token-dead");
    app.stop().await;
}

#[actix_web::test]
async fn limits_that_would_lengthen_are_refused_and_change_nothing() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    for (idle, absolute, wrong) in [
        (337, 2_160, "#/sign_in_limits/idle_hours"),
        (1, 2_161, "#/sign_in_limits/absolute_hours"),
        (0, 24, "#/sign_in_limits/idle_hours"),
        (25, 24, "#/sign_in_limits/idle_hours"),
    ] {
        let refused = limit(&company, idle, absolute).await.expect(422);
        assert_eq!(refused.string("/errors/0/pointer"), wrong);
    }
    let path = format!("/companies/{}", company.id);
    let now = company.owner.get(&path).await.expect(200).json();
    assert_eq!(
        now["sign_in_limits"],
        json!({ "idle_hours": 336, "absolute_hours": 2_160 })
    );
    drop(limit(&company, 8, 24).await.expect(200));
    let log = company.owner.get("/audit").await.expect(200).json();
    assert_eq!(log["data"][0]["before"]["sign_in_idle_hours"], "336");
    assert_eq!(log["data"][0]["after"]["sign_in_idle_hours"], "8");
    app.stop().await;
}
