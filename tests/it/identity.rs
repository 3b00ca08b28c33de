//! Signing in through WorkOS's own emulator.

mod browser;
mod changes;
mod invitations;
mod refresh;
mod webhook;

use actix_web::http::Method;
use kale_testkit::{Emulator, TestApp, TestCompany};
use serde_json::json;

use self::browser::Browser;
use crate::raw;

/// A company that is an organization, with somebody in it.
pub(crate) struct Linked {
    pub(crate) emulator: Emulator,
    pub(crate) app: TestApp,
    pub(crate) company: TestCompany,
    pub(crate) organization: String,
    /// Somebody of that organization, whom the company does not know yet.
    pub(crate) person: String,
    pub(crate) membership: String,
}

pub(crate) const EMAIL: &str = "ruth@globex.example";

pub(crate) async fn linked(role: &str) -> Linked {
    let emulator = Emulator::start();
    let app = TestApp::start_through(&emulator).await;
    let company = app.company("Globex").await;
    let organization = emulator.organization("Globex", "globex").await;
    let person = emulator.person(EMAIL).await;
    let membership = emulator.member(&person, &organization, role).await;
    Linked {
        emulator,
        app,
        company,
        organization,
        person,
        membership,
    }
}

#[actix_web::test]
async fn somebody_of_a_company_comes_in_through_its_own_sign_in_and_goes_out_there_too() {
    let Linked {
        emulator,
        app,
        company,
        ..
    } = linked("member").await;
    let mut browser = Browser::of(&app);
    let page = browser.get("/sign-in?next=%2Fcustomers").await.expect(200).text();
    assert!(page.contains("Continue with your company’s sign-in"), "{page}");
    assert!(
        page.contains("href=\"/sign-in/company?next=%2Fcustomers\""),
        "{page}"
    );

    let back = browser.away(&emulator, EMAIL, "%2Fcustomers").await;
    let come = browser.get(&back).await.expect(303);
    assert_eq!(come.header("location").unwrap(), "/customers");
    assert_eq!(browser.kept("kale_state"), None);
    let me = app
        .with_token(browser.token())
        .get("/me")
        .await
        .expect(200)
        .json();
    assert_eq!(
        (&me["user"]["email"], &me["role"]),
        (&json!(EMAIL), &json!("retention_expert"))
    );
    assert_eq!(me["user"]["name"], "Ada Okafor");
    assert_eq!(me["company"]["id"], company.id.to_string());
    assert_eq!(browser.get("/customers").await.code(), 200);

    // A second time it is the same person, and nobody else came.
    let before = company.owner.get("/users").await.expect(200).json();
    drop(browser.sign_in(&emulator, EMAIL).await.expect(303));
    assert_eq!(company.owner.get("/users").await.expect(200).json(), before);

    let client = app.with_token(browser.token());
    let csrf = client.get("/me").await.expect(200).string("/csrf_token");
    let left = browser
        .post("/sign-out", &format!("csrf={csrf}"))
        .await
        .expect(200);
    let on = left.header("refresh").unwrap().replacen("0; url=", "", 1);
    assert!(left.text().contains("You are signed out"), "{}", left.text());
    assert_eq!(client.get("/me").await.code(), 401);
    assert_eq!(emulator.leads_to(&on).await, format!("{}/sign-in", app.url()));
    app.stop().await;
}

#[actix_web::test]
async fn an_answer_counts_once_and_only_in_the_browser_that_asked() {
    let Linked { emulator, app, .. } = linked("member").await;
    let (mut victim, mut attacker) = (Browser::of(&app), Browser::of(&app));
    let stolen = attacker.away(&emulator, EMAIL, "").await;

    // Without what was given to the one who asked, with something else, and with what was given to somebody else.
    assert_eq!(victim.get(&stolen).await.code(), 410);
    let _own = victim.away(&emulator, EMAIL, "").await;
    assert_eq!(victim.get(&stolen).await.code(), 410);
    assert_eq!(victim.kept("kale"), None);
    assert_eq!(victim.get("/sign-in/callback?code=x&state=").await.code(), 410);
    assert_eq!(victim.get("/sign-in/callback?code=x").await.code(), 410);
    let denied = victim
        .get("/sign-in/callback?error=access_denied&error_description=EVIL&state=x")
        .await;
    assert!(!denied.expect(200).text().contains("EVIL"));

    // The one who asked gets in with it, once.
    let state = attacker.kept("kale_state").unwrap().to_owned();
    drop(attacker.get(&stolen).await.expect(303));
    attacker.keep("kale_state", &state);
    assert_eq!(attacker.get(&stolen).await.code(), 410);
    app.stop().await;
}

#[actix_web::test]
async fn an_answer_that_comes_late_or_with_a_wrong_code_signs_nobody_in() {
    let Linked { emulator, app, .. } = linked("member").await;
    let mut browser = Browser::of(&app);
    let back = browser.away(&emulator, EMAIL, "").await;
    let (before, _) = back.split_once("code=").unwrap();
    let (_, state) = back.split_once("state=").unwrap();
    let forged = browser
        .get(&format!("{before}code=auth_code_x&state={state}"))
        .await;
    assert_eq!((forged.code(), browser.kept("kale")), (502, None));

    let back = browser.away(&emulator, EMAIL, "").await;
    app.advance(jiff::SignedDuration::from_mins(11));
    assert_eq!(browser.get(&back).await.code(), 410);
    app.stop().await;
}

#[actix_web::test]
async fn what_is_kept_at_the_provider_is_sealed_here() {
    let Linked { emulator, app, .. } = linked("member").await;
    let mut browser = Browser::of(&app);
    drop(browser.sign_in(&emulator, EMAIL).await.expect(303));
    let sessions = raw::collection(&app, "identity_sessions").await;
    let kept = sessions.find_one(mongodb::bson::doc! {}).await.unwrap().unwrap();
    assert!(
        kept.get_str("refresh_token").unwrap().starts_with("v1."),
        "{kept}"
    );
    for document in raw::dump(&app).await {
        assert!(!document.contains("ref_0"), "{document}");
        assert!(!document.contains("sk_test_default"), "{document}");
    }
    app.stop().await;
}

#[actix_web::test]
async fn nobody_is_sent_a_link_here_and_links_of_the_command_line_still_work() {
    let Linked {
        emulator: _held,
        app,
        company,
        ..
    } = linked("member").await;
    let asked = json!({ "email": "ada@globex.example" });
    let refused = app.stranger().post("/auth/local/link", &asked).await.expect(403);
    assert_eq!(refused.problem(), "sign-in-elsewhere");
    let mut browser = Browser::of(&app);
    let page = browser
        .post("/sign-in", "email=ada%40globex.example")
        .await
        .expect(403)
        .text();
    assert!(page.contains("Continue with your company’s sign-in"), "{page}");

    let invited = json!({ "email": "maya2@globex.example", "name": "Maya", "role": "retention_expert" });
    let made = company.owner.post("/users", &invited).await.expect(201).json();
    let token = made["invitation"]["token"]
        .as_str()
        .or(made["invitation_token"].as_str());
    if let Some(token) = token {
        let accept = app
            .stranger()
            .post(&format!("/invitations/{token}/accept"), &json!({}))
            .await;
        assert_eq!(accept.expect(403).problem(), "sign-in-elsewhere");
    }
    // The company's people of the test came in by links of the command line.
    drop(company.owner.get("/me").await.expect(200));
    app.stop().await;
}

#[actix_web::test]
async fn who_has_no_place_here_is_told_why_and_not_let_in() {
    let Linked {
        emulator,
        app,
        company,
        organization,
        ..
    } = linked("member").await;
    let mut browser = Browser::of(&app);
    let said = async |browser: &mut Browser, email: &str| {
        let page = browser.sign_in(&emulator, email).await.expect(403).text();
        assert_eq!(browser.kept("kale"), None);
        page
    };
    emulator.person("nobody@globex.example").await;
    assert!(
        said(&mut browser, "nobody@globex.example")
            .await
            .contains("You are not in a company here")
    );

    let elsewhere = emulator.organization("Initech", "initech").await;
    let other = emulator.person("peter@initech.example").await;
    emulator.member(&other, &elsewhere, "admin").await;
    assert!(
        said(&mut browser, "peter@initech.example")
            .await
            .contains("Your company is not set up here")
    );

    let guest = emulator.person("guest@globex.example").await;
    emulator.member(&guest, &organization, "guest").await;
    assert!(
        said(&mut browser, "guest@globex.example")
            .await
            .contains("Your role has no access here")
    );

    // Who only says that an address is theirs does not become whoever has it here.
    let claims = json!({ "email": "ada@globex.example", "email_verified": false });
    let made = emulator
        .ask(Method::POST, "/user_management/users", &claims)
        .await;
    emulator
        .member(made["id"].as_str().unwrap(), &organization, "admin")
        .await;
    assert!(
        said(&mut browser, "ada@globex.example")
            .await
            .contains("Confirm your address first")
    );

    let users = company.owner.get("/users").await.expect(200).json();
    assert_eq!(users["data"].as_array().unwrap().len(), 2, "{users}");
    app.stop().await;
}

#[actix_web::test]
async fn somebody_who_was_there_before_stays_who_they_are_and_who_was_sent_away_here_stays_away() {
    let Linked {
        emulator,
        app,
        company,
        organization,
        ..
    } = linked("member").await;
    let me = company.expert.get("/me").await.expect(200).json();
    let (id, email) = (
        me["user"]["id"].as_str().unwrap(),
        me["user"]["email"].as_str().unwrap(),
    );
    let person = emulator.person(email).await;
    emulator.member(&person, &organization, "member").await;
    let mut browser = Browser::of(&app);
    drop(browser.sign_in(&emulator, email).await.expect(303));
    let client = app.with_token(browser.token());
    assert_eq!(client.get("/me").await.expect(200).json()["user"]["id"], id);

    let gone = format!("/users/{id}/deactivate");
    drop(company.owner.post(&gone, &json!({})).await.expect(200));
    assert_eq!(client.get("/me").await.code(), 401);
    let mut again = Browser::of(&app);
    let page = again.sign_in(&emulator, email).await.expect(403).text();
    assert!(page.contains("Your access was taken away"), "{page}");
    app.stop().await;
}

#[actix_web::test]
async fn somebody_of_several_companies_says_which() {
    let Linked {
        emulator,
        app,
        person,
        ..
    } = linked("member").await;
    let other = app.company("Initech").await;
    let organization = emulator.organization("Initech", &other.id.to_string()).await;
    emulator.member(&person, &organization, "admin").await;

    let mut browser = Browser::of(&app);
    let page = browser.sign_in(&emulator, EMAIL).await.expect(200).text();
    assert!(
        page.contains("Which company?") && page.contains("Globex") && page.contains("Initech"),
        "{page}"
    );
    assert_eq!(browser.kept("kale"), None);
    let mut stranger = Browser::of(&app);
    assert_eq!(
        stranger
            .post("/sign-in/organization", &format!("organization={organization}"))
            .await
            .code(),
        410
    );
    let choice = format!("organization={organization}");
    drop(browser.post("/sign-in/organization", &choice).await.expect(303));
    let me = app
        .with_token(browser.token())
        .get("/me")
        .await
        .expect(200)
        .json();
    assert_eq!(
        (&me["company"]["id"], &me["role"]),
        (&json!(other.id.to_string()), &json!("retention_admin"))
    );
    app.stop().await;
}

#[actix_web::test]
async fn the_provider_being_away_is_told_and_signs_nobody_in() {
    let Linked { emulator, app, .. } = linked("member").await;
    let mut browser = Browser::of(&app);
    let back = browser.away(&emulator, EMAIL, "").await;
    drop(emulator);
    let answer = browser.get(&back).await;
    assert_eq!((answer.code(), browser.kept("kale")), (503, None));
    app.stop().await;
}

#[actix_web::test]
async fn without_a_provider_its_addresses_do_not_exist() {
    let app = TestApp::shared();
    let mut browser = Browser::of(&app);
    for path in ["/sign-in/company", "/sign-in/callback?code=x&state=y"] {
        assert_eq!(browser.get(path).await.code(), 404, "{path}");
    }
    assert_eq!(
        browser
            .post("/sign-in/organization", "organization=x")
            .await
            .code(),
        404
    );
    assert!(
        browser
            .get("/sign-in")
            .await
            .expect(200)
            .text()
            .contains("Send me a link")
    );
    app.stop().await;
}
