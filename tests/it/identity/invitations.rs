//! Where the company is an organization at the provider, the provider brings invitations to people.

use std::time::{Duration, Instant};

use actix_web::http::Method;
use kale_testkit::{Emulator, TestApp};
use serde_json::{Value, json};

use super::{EMAIL, Linked, browser::Browser, linked};

const NEW: &str = "nora@globex.example";

/// Waits until the provider's invitations of that address are as they should be.
async fn until(emulator: &Emulator, right: impl Fn(&[&str]) -> bool) -> Vec<Value> {
    let begun = Instant::now();
    loop {
        let path = format!("/user_management/invitations?email={NEW}");
        let list = emulator.ask(Method::GET, &path, &Value::Null).await;
        let all = list["data"].as_array().unwrap().clone();
        let states: Vec<&str> = all.iter().map(|one| one["state"].as_str().unwrap()).collect();
        if right(&states) {
            return all;
        }
        assert!(begun.elapsed() < Duration::from_secs(30), "{all:#?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

async fn stand(emulator: &Emulator, states: &[&str]) -> Vec<Value> {
    until(emulator, |all| all == states).await
}

fn wanted(role: &str) -> Value {
    json!({ "email": NEW, "name": "Nora Voss", "role": role })
}

/// The first sign-in links the company with the organization.
async fn comes_in(app: &TestApp, emulator: &Emulator, email: &str) -> kale_testkit::Client {
    let mut browser = Browser::of(app);
    drop(browser.sign_in(emulator, email).await.expect(303));
    app.with_token(browser.token())
}

#[actix_web::test]
async fn who_is_invited_is_invited_there_and_comes_in_as_who_they_were_invited_as() {
    let Linked {
        emulator,
        app,
        company,
        organization,
        ..
    } = linked("member").await;
    drop(comes_in(&app, &emulator, EMAIL).await);

    let made = company
        .owner
        .post("/users", &wanted("retention_admin"))
        .await
        .expect(201);
    let there = stand(&emulator, &["pending"]).await.remove(0);
    assert_eq!(there["organization_id"], organization);
    // Once more is the same invitation, mailed again.
    let id = made.string("/id");
    drop(
        company
            .owner
            .post(&format!("/users/{id}/resend-invitation"), &json!({}))
            .await
            .expect(200),
    );
    let again = stand(&emulator, &["pending"]).await.remove(0);
    assert_eq!(again["id"], there["id"]);

    drop(emulator.person(NEW).await);
    let path = format!(
        "/user_management/invitations/{}/accept",
        there["id"].as_str().unwrap()
    );
    drop(emulator.ask(Method::POST, &path, &json!({})).await);
    let me = comes_in(&app, &emulator, NEW)
        .await
        .get("/me")
        .await
        .expect(200)
        .json();
    assert_eq!(me["user"]["id"], id);
    assert_eq!(
        (&me["role"], &me["user"]["status"]),
        (&json!("retention_admin"), &json!("active"))
    );
    app.stop().await;
}

#[actix_web::test]
async fn an_invitation_that_is_taken_back_here_is_taken_back_there() {
    let Linked {
        emulator,
        app,
        company,
        ..
    } = linked("member").await;
    drop(comes_in(&app, &emulator, EMAIL).await);

    let made = company
        .owner
        .post("/users", &wanted("retention_expert"))
        .await
        .expect(201);
    drop(stand(&emulator, &["pending"]).await);
    drop(
        company
            .owner
            .delete(&format!("/users/{}", made.string("/id")))
            .await
            .expect(204),
    );
    drop(stand(&emulator, &["revoked"]).await);
    // However soon it is taken back: none is left behind.
    for _ in 0..3 {
        let made = company
            .owner
            .post("/users", &wanted("retention_expert"))
            .await
            .expect(201);
        drop(
            company
                .owner
                .delete(&format!("/users/{}", made.string("/id")))
                .await
                .expect(204),
        );
    }
    let made = company
        .owner
        .post("/users", &wanted("retention_expert"))
        .await
        .expect(201);
    let waiting = |all: &[&str]| all.iter().filter(|state| **state == "pending").count();
    drop(until(&emulator, |all| waiting(all) == 1).await);
    assert_eq!(
        company
            .owner
            .get(&format!("/users/{}", made.string("/id")))
            .await
            .string("/status"),
        "invited"
    );
    app.stop().await;
}

#[actix_web::test]
async fn a_company_that_is_no_organization_has_its_invitations_mailed_by_us() {
    let Linked { emulator, app, .. } = linked("member").await;
    let other = app.company("Initech").await;
    let made = other
        .owner
        .post("/users", &wanted("retention_expert"))
        .await
        .expect(201);
    let jobs = async || {
        let found = other.owner.get("/jobs?filter[housekeeping]=true").await;
        found.text()
    };
    assert!(!jobs().await.contains("identity_invite"));
    drop(stand(&emulator, &[]).await);
    drop(
        other
            .owner
            .delete(&format!("/users/{}", made.string("/id")))
            .await
            .expect(204),
    );
    assert!(!jobs().await.contains("identity_take_back"));
    app.stop().await;
}
