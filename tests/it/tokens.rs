//! Programs sign in: an access token for a quarter of an hour, and a refresh token that is exchanged once.

use jiff::SignedDuration;
use kale_testkit::{Answer, Client, TestApp};
use serde_json::{Value, json};

use crate::{mail, team::own_id};

/// Gets tokens for whoever that client is.
pub(crate) async fn tokens(app: &TestApp, client: &Client) -> Value {
    let link = app.link(own_id(client).await.parse().unwrap()).await;
    let wanted = json!({ "grant": "link", "token": link.reveal() });
    app.stranger()
        .post("/auth/token", &wanted)
        .await
        .expect(200)
        .json()
}

pub(crate) async fn refresh(app: &TestApp, pair: &Value) -> Answer {
    let asked = json!({ "refresh_token": pair["refresh_token"] });
    app.stranger().post("/auth/refresh", &asked).await
}

pub(crate) fn holder(app: &TestApp, pair: &Value) -> Client {
    app.with_token(pair["access_token"].as_str().unwrap())
}

#[actix_web::test]
async fn a_program_signs_in_and_gets_the_next_pair() {
    let app = TestApp::start().await;
    let company = app.company("Globex").await;
    let first = tokens(&app, &company.expert).await;
    assert_eq!(
        (&first["expires_in"], &first["token_type"]),
        (&json!(900), &json!("Bearer"))
    );
    let me = holder(&app, &first).get("/me").await.expect(200).json();
    assert_eq!(
        (&me["sign_in"], &me["role"]),
        (&first["sign_in"], &json!("retention_expert"))
    );

    let answer = refresh(&app, &first).await.expect(200);
    assert_eq!(answer.header("cache-control").as_deref(), Some("no-store"));
    assert_eq!(answer.header("set-cookie"), None);
    let second = answer.json();
    assert_eq!(second["sign_in"], first["sign_in"]);
    drop(holder(&app, &first).get("/me").await.expect(401));
    drop(holder(&app, &second).get("/me").await.expect(200));

    app.advance(SignedDuration::from_mins(15));
    tokio::time::sleep(std::time::Duration::from_millis(5_200)).await;
    drop(holder(&app, &second).get("/me").await.expect(401));
    let third = refresh(&app, &second).await.expect(200).json();
    drop(holder(&app, &third).get("/me").await.expect(200));
    app.stop().await;
}

#[actix_web::test]
async fn a_refresh_token_that_is_used_twice_ends_its_sign_in_and_is_told_of_once() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let other = tokens(&app, &company.expert).await;
    let first = tokens(&app, &company.expert).await;
    let second = refresh(&app, &first).await.expect(200).json();

    assert_eq!(
        refresh(&app, &first).await.expect(401).problem(),
        "refresh-token-dead"
    );
    drop(holder(&app, &second).get("/me").await.expect(401));
    for dead in [&second, &first] {
        assert_eq!(
            refresh(&app, dead).await.expect(401).problem(),
            "refresh-token-dead"
        );
    }
    // Nobody else's sign-in ends with it.
    drop(holder(&app, &other).get("/me").await.expect(200));
    drop(company.expert.get("/me").await.expect(200));

    let told = company
        .owner
        .get("/audit?filter[action]=refresh_token_reused")
        .await;
    let told = told.expect(200).json();
    let told = told["data"].as_array().unwrap();
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0]["target"], first["sign_in"]);
    app.stop().await;
}

#[actix_web::test]
async fn of_twenty_refreshes_at_once_on_two_servers_one_gets_the_next_pair() {
    let app = TestApp::start().await;
    let other = app.beside().await;
    let company = app.company("Globex").await;
    for _ in 0..3 {
        let pair = tokens(&app, &company.expert).await;
        let tries = (0..20).map(|at| refresh(if at % 2 == 0 { &app } else { &other }, &pair));
        let answers = futures::future::join_all(tries).await;

        let won: Vec<Value> = answers
            .iter()
            .filter(|one| one.code() == 200)
            .map(Answer::json)
            .collect();
        assert_eq!(won.len(), 1);
        assert_eq!(answers.iter().filter(|one| one.code() == 401).count(), 19);
        // Nineteen showed that somebody else holds the token: nothing of it is live.
        assert_eq!(
            refresh(&app, &won[0]).await.expect(401).problem(),
            "refresh-token-dead"
        );
        drop(holder(&app, &won[0]).get("/me").await.expect(401));
    }
    other.stop().await;
    app.stop().await;
}

#[actix_web::test]
async fn sign_ins_of_programs_are_listed_and_ended_beside_those_of_browsers() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let pair = tokens(&app, &company.expert).await;
    let listed = company.expert.get("/me/sign-ins").await.expect(200).json();
    let ids: Vec<&Value> = listed["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["id"])
        .collect();
    assert!(ids.len() == 2 && ids.contains(&&pair["sign_in"]), "{listed}");

    let path = format!("/me/sign-ins/{}", pair["sign_in"].as_str().unwrap());
    drop(company.expert.delete(&path).await.expect(204));
    drop(holder(&app, &pair).get("/me").await.expect(401));
    assert_eq!(
        refresh(&app, &pair).await.expect(401).problem(),
        "refresh-token-dead"
    );
    app.stop().await;
}

#[actix_web::test]
async fn signing_out_everywhere_ends_every_sign_in_and_link_of_oneself_alone() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let link = app.link(own_id(&company.expert).await.parse().unwrap()).await;
    let pair = tokens(&app, &company.expert).await;

    let out = holder(&app, &pair).delete("/me/sign-ins").await.expect(204);
    assert!(out.header("set-cookie").unwrap().starts_with("kale=;"));

    for client in [&company.expert, &holder(&app, &pair)] {
        assert_eq!(client.get("/me").await.problem(), "unauthenticated");
    }
    assert_eq!(refresh(&app, &pair).await.code(), 401);
    let wanted = json!({ "grant": "link", "token": link.reveal() });
    let dead = app.stranger().post("/auth/token", &wanted).await.expect(401);
    assert_eq!(dead.problem(), "sign-in-link-dead");
    drop(company.owner.get("/me").await.expect(200));
    assert_eq!(
        company.program.delete("/me/sign-ins").await.expect(403).problem(),
        "people-only"
    );
    app.stop().await;
}

#[actix_web::test]
async fn a_program_signs_in_with_the_code_of_the_mail_it_asked_for() {
    let app = TestApp::start_with(&mail::KEEP).await;
    let _company = app.company("Globex").await;
    let asked = json!({ "email": "ada@globex.example" });
    let asked = app.stranger().post("/auth/local/link", &asked).await.expect(202);
    mail::mail_jobs_ended(&app).await;
    let code = mail::code(&mail::only_mail(&app).await);
    let with = async |code: &str, nonce: &str| {
        let wanted = json!({ "grant": "code", "code": code, "nonce": nonce });
        app.stranger().post("/auth/token", &wanted).await
    };

    let nonce = asked.string("/nonce");
    let elsewhere = with(&code, "5b0c9f4d2f6a4f0c8a1d7e3b6c2f9a10").await.expect(401);
    assert_eq!(elsewhere.problem(), "sign-in-code-wrong");
    let pair = with(&code, &nonce).await.expect(200).json();
    drop(holder(&app, &pair).get("/me").await.expect(200));
    assert_eq!(
        with(&code, &nonce).await.expect(401).problem(),
        "sign-in-code-wrong"
    );
    app.stop().await;
}
