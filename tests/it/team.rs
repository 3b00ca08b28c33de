//! The people of a company: invited, joined, changed, sent away.

use actix_web::http::Method;
use jiff::SignedDuration;
use kale_application::{
    access::{Callers, Who},
    team::{NewMember, Team},
};
use kale_domain::secret::Token;
use kale_testkit::{Answer, Client, TestApp, TestCompany};
use serde_json::{Value, json};
use std::sync::Arc;

use crate::hosted::encoded;

/// Invites somebody as the owner, through the use case, which alone hands the token out.
async fn invited(app: &TestApp, company: &TestCompany, email: &str, role: &str) -> (String, Token) {
    let callers = Arc::new(Callers::new(app.store().clone()));
    let Some(who @ Who::Person(_)) = callers.authenticate(company.owner.token()).await.unwrap() else {
        panic!("the owner is nobody");
    };
    let caller = kale_application::access::Caller {
        who,
        provenance: kale_application::access::Provenance::default(),
    };
    let new = NewMember {
        email: email.parse().unwrap(),
        name: "New".to_owned(),
        role: serde_json::from_value(role.into()).unwrap(),
    };
    let team = Team::new(app.store().clone(), callers, app.outbox().clone());
    let handed = team.invite(company.tenant, &caller, new).await.unwrap();
    (handed.user.id.to_string(), handed.token)
}

async fn accept(app: &TestApp, token: &Token) -> Answer {
    let path = format!("/invitations/{}/accept", token.reveal());
    app.stranger().post(&path, &json!({ "name": "Nora Voss" })).await
}

/// A second person of the company, signed in, and their id.
pub(crate) async fn joined(app: &TestApp, company: &TestCompany, role: &str) -> (String, Client) {
    let (id, token) = invited(app, company, "nora@globex.example", role).await;
    let signed_in = accept(app, &token).await.expect(200);
    (id, app.with_token(&signed_in.string("/access_token")))
}

pub(crate) async fn change(client: &Client, id: &str, body: &Value) -> Answer {
    let path = format!("/users/{id}");
    let tag = client.get(&path).await.expect(200).header("etag").unwrap();
    client
        .json(Method::PATCH, &path, &[("if-match", &tag)], body)
        .await
}

pub(crate) async fn own_id(client: &Client) -> String {
    client.get("/me").await.string("/user/id")
}

#[actix_web::test]
async fn an_invitation_works_once_and_signs_in() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let (id, token) = invited(&app, &company, "nora@globex.example", "retention_expert").await;
    let listed = company
        .owner
        .get("/users?filter[status]=invited")
        .await
        .expect(200);
    assert_eq!(listed.string("/data/0/id"), id);
    assert!(!listed.text().contains(token.reveal()));

    let signed_in = accept(&app, &token).await.expect(200);
    let nora = app.with_token(&signed_in.string("/access_token"));
    let me = nora.get("/me").await.expect(200).json();
    assert_eq!(me["user"]["name"], "Nora Voss");
    assert_eq!(me["user"]["status"], "active");
    assert_eq!(me["user"]["invited_until"], Value::Null);
    assert_eq!(me["company"]["id"], company.id.to_string());

    let again = accept(&app, &token).await.expect(404);
    assert_eq!(again.problem(), "invitation-dead");
    app.stop().await;
}

#[actix_web::test]
async fn a_replaced_a_revoked_and_a_made_up_invitation_are_answered_alike() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let (replaced, old) = invited(&app, &company, "one@globex.example", "retention_expert").await;
    let path = format!("/users/{replaced}/resend-invitation");
    let again = company.owner.post(&path, &json!({})).await.expect(200);
    assert_eq!(again.json()["version"], 2);
    let (revoked, gone) = invited(&app, &company, "two@globex.example", "retention_expert").await;
    drop(
        company
            .owner
            .delete(&format!("/users/{revoked}"))
            .await
            .expect(204),
    );
    let made_up = Token::new(format!("{}A", &old.reveal()[..old.reveal().len() - 1]));

    for token in [&old, &gone, &made_up] {
        assert_eq!(accept(&app, token).await.expect(404).problem(), "invitation-dead");
    }
    drop(company.owner.get(&format!("/users/{revoked}")).await.expect(404));
    app.stop().await;
}

#[actix_web::test]
async fn an_invitation_works_for_seven_days() {
    let app = TestApp::start().await;
    let company = app.company("Globex").await;
    let (_, in_time) = invited(&app, &company, "one@globex.example", "retention_expert").await;
    let (_, late) = invited(&app, &company, "two@globex.example", "retention_expert").await;
    app.advance(SignedDuration::from_hours(7 * 24) - SignedDuration::from_mins(1));
    drop(accept(&app, &in_time).await.expect(200));
    app.advance(SignedDuration::from_mins(2));
    assert_eq!(accept(&app, &late).await.expect(404).problem(), "invitation-dead");
    app.stop().await;
}

#[actix_web::test]
async fn a_second_invitation_is_told_where_the_first_person_stands() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let wish = |email: &str| json!({ "email": email, "name": "Nora", "role": "retention_expert" });
    let owner = &company.owner;
    let invite = async |email: &str| owner.post("/users", &wish(email)).await;
    drop(invite("new@globex.example").await.expect(201));
    assert_eq!(
        invite("NEW@globex.example").await.expect(409).problem(),
        "already-invited"
    );

    let (id, _) = joined(&app, &company, "retention_expert").await;
    assert_eq!(
        invite("nora@globex.example").await.expect(409).problem(),
        "already-active"
    );
    let path = format!("/users/{id}/deactivate");
    drop(owner.post(&path, &json!({})).await.expect(200));
    assert_eq!(
        invite("nora@globex.example").await.expect(409).problem(),
        "already-deactivated"
    );
    app.stop().await;
}

#[actix_web::test]
async fn nobody_makes_a_kale_admin_or_invites_what_is_no_address() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let wish = |email: &str, role: &str| json!({ "email": email, "name": "Nora", "role": role });
    for (wrong, pointer) in [
        (wish("k@globex.example", "kale_admin"), "#/role"),
        (wish("nowhere", "retention_expert"), "#/email"),
    ] {
        let refused = company.owner.post("/users", &wrong).await.expect(422);
        assert_eq!(refused.string("/errors/0/pointer"), pointer);
    }
    let (id, _) = joined(&app, &company, "retention_expert").await;
    let refused = change(&company.owner, &id, &json!({ "role": "kale_admin" })).await;
    assert_eq!(refused.expect(422).string("/errors/0/pointer"), "#/role");
    app.stop().await;
}

#[actix_web::test]
async fn the_last_active_admin_stays() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let (owner, id) = (&company.owner, own_id(&company.owner).await);
    let demote = json!({ "role": "retention_expert" });
    let refused = [
        change(owner, &id, &demote).await,
        owner.post(&format!("/users/{id}/deactivate"), &json!({})).await,
        owner.delete(&format!("/users/{id}")).await,
    ];
    for answer in refused {
        assert_eq!(answer.expect(409).problem(), "last-admin");
    }
    // With another one there, all of it goes.
    let (_, nora) = joined(&app, &company, "retention_admin").await;
    drop(change(&nora, &id, &demote).await.expect(200));
    app.stop().await;
}

#[actix_web::test]
async fn of_two_admins_who_send_each_other_away_one_stays() {
    let app = TestApp::start().await;
    let other = app.beside().await;
    let company = app.company("Globex").await;
    for round in 0..4 {
        let (theirs, nora) = joined(&app, &company, "retention_admin").await;
        let mine = own_id(&company.owner).await;
        let elsewhere = other.with_token(nora.token());
        let (first, second) = futures::join!(
            async {
                company
                    .owner
                    .post(&format!("/users/{theirs}/deactivate"), &json!({}))
                    .await
            },
            async {
                elsewhere
                    .post(&format!("/users/{mine}/deactivate"), &json!({}))
                    .await
            },
        );
        let done = [&first, &second].iter().filter(|one| one.code() == 200).count();
        assert_eq!(done, 1, "round {round}: {} / {}", first.text(), second.text());
        let (winner, loser) = if first.code() == 200 {
            (&company.owner, theirs)
        } else {
            break;
        };
        drop(winner.delete(&format!("/users/{loser}")).await.expect(204));
    }
    other.stop().await;
    app.stop().await;
}

#[actix_web::test]
async fn who_is_deactivated_is_out_at_once_here_and_soon_on_another_server() {
    let app = TestApp::start().await;
    let other = app.beside().await;
    let company = app.company("Globex").await;
    let (id, nora) = joined(&app, &company, "retention_admin").await;
    let elsewhere = other.with_token(nora.token());
    drop(elsewhere.get("/me").await.expect(200));
    drop(nora.get("/me").await.expect(200));

    let path = format!("/users/{id}/deactivate");
    drop(company.owner.post(&path, &json!({})).await.expect(200));

    drop(nora.get("/me").await.expect(401));
    while elsewhere.get("/me").await.code() == 200 {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    // Whoever comes back signs in anew: the sign-ins of before stay dead.
    drop(
        company
            .owner
            .post(&format!("/users/{id}/reactivate"), &json!({}))
            .await
            .expect(200),
    );
    drop(nora.get("/me").await.expect(401));
    other.stop().await;
    app.stop().await;
}

#[actix_web::test]
async fn who_deactivates_themselves_has_no_sign_in_left_when_they_come_back() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let (id, nora) = joined(&app, &company, "retention_admin").await;
    let own = format!("/users/{id}/deactivate");
    drop(nora.post(&own, &json!({})).await.expect(200));
    drop(nora.get("/me").await.expect(401));
    let back = format!("/users/{id}/reactivate");
    drop(company.owner.post(&back, &json!({})).await.expect(200));
    drop(nora.get("/me").await.expect(401));
    app.stop().await;
}

#[actix_web::test]
async fn another_role_ends_the_sign_ins_it_was_not_given_to() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let (id, nora) = joined(&app, &company, "retention_admin").await;
    drop(nora.get("/users").await.expect(200));
    let changed = change(&company.owner, &id, &json!({ "role": "retention_expert" })).await;
    assert_eq!(changed.expect(200).json()["role"], "retention_expert");
    drop(nora.get("/me").await.expect(401));
    app.stop().await;
}

#[actix_web::test]
async fn who_is_removed_leaves_an_id_in_the_audit_log_and_no_name() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let (id, _) = joined(&app, &company, "retention_expert").await;
    drop(company.owner.delete(&format!("/users/{id}")).await.expect(204));

    let log = company.owner.get("/audit").await.expect(200);
    let actions: Vec<Value> = log.json()["data"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one["target"] == id.as_str())
        .map(|one| one["action"].clone())
        .collect();
    assert_eq!(
        actions,
        ["user_deleted", "signed_in", "user_joined", "user_invited"]
    );
    let text = log.text().to_lowercase();
    assert!(!text.contains("nora"), "{text}");
    app.stop().await;
}

#[actix_web::test]
async fn the_page_of_an_invitation_joins_nobody_until_its_button_is_pressed() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let (id, token) = invited(&app, &company, "nora@globex.example", "retention_expert").await;
    let page = format!("/sign-in/invitation/{}", token.reveal());
    let stranger = app.stranger();
    let press = async |site: &str, name: &str| {
        let headers = [
            ("content-type", "application/x-www-form-urlencoded"),
            ("accept", "text/html"),
            ("sec-fetch-site", site),
        ];
        let body = encoded(&[("token", token.reveal()), ("name", name)]);
        stranger
            .send(Method::POST, "/sign-in/invitation", &headers, body)
            .await
    };
    let status = async || company.owner.get(&format!("/users/{id}")).await.string("/status");

    for _ in 0..2 {
        let shown = stranger.get(&page).await.expect(200).text();
        assert!(
            shown.contains("Join Globex") && shown.contains("a retention expert"),
            "{shown}"
        );
    }
    let foreign = press("cross-site", "Nora Voss").await;
    assert_eq!(foreign.code(), 403);
    let nameless = press("same-origin", " ").await.expect(422).text();
    assert!(nameless.contains("a name has 1 to 80 characters"), "{nameless}");
    assert_eq!(status().await, "invited");

    let joined = press("same-origin", "Nora <b>Voss</b>").await.expect(303);
    assert!(joined.header("set-cookie").unwrap().contains("HttpOnly"));
    assert_eq!(status().await, "active");
    assert_eq!(press("same-origin", "Nora").await.code(), 410);
    assert_eq!(stranger.get(&page).await.code(), 410);
    app.stop().await;
}
