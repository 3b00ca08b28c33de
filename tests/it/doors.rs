//! At the door: codes that are typed, and how often somebody may try.

use actix_web::http::Method;
use kale_testkit::{Answer, TestApp};
use serde_json::{Value, json};

use crate::{
    isolation::bare,
    mail::{KEEP, ask, browser, code, mail_jobs_ended, only_mail, page},
};

fn cookies(answer: &Answer) -> String {
    let all = answer.headers.get_all("set-cookie");
    let all = all.map(|one| one.to_str().unwrap().split(';').next().unwrap().to_owned());
    all.collect::<Vec<_>>().join("; ")
}

async fn typed(app: &TestApp, cookies: &str, code: &str) -> Answer {
    page(
        app,
        Method::POST,
        "/sign-in/code",
        cookies,
        &format!("code={code}"),
    )
    .await
}

#[actix_web::test]
async fn the_code_of_the_mail_signs_in_where_it_was_asked_for_without_a_script() {
    let app = TestApp::start_with(&KEEP).await;
    let _company = app.company("Globex").await;
    let asked = ask(&app, "ada@globex.example").await;
    mail_jobs_ended(&app).await;
    let mail = only_mail(&app).await;
    let (here, code) = (cookies(&asked), code(&mail));
    let waiting = page(&app, Method::GET, "/sign-in/mail", &here, "").await.text();
    assert!(waiting.contains("name=\"code\"") && waiting.contains("action=\"/sign-in/code\""));

    // Who did not ask has nothing of it.
    let elsewhere = "kale_browser=5b0c9f4d2f6a4f0c8a1d7e3b6c2f9a10";
    assert_eq!(typed(&app, elsewhere, &code).await.code(), 422);
    assert!(!cookies(&typed(&app, elsewhere, &code).await).contains("kale=kale_sgn_"));
    let wrong = typed(&app, &here, "12345").await;
    assert_eq!(wrong.code(), 422);
    assert!(wrong.text().contains("This code is wrong or works no more"));

    // As people type it.
    let spaced = format!("{}+{}", &code[..3], &code[3..]);
    let signed_in = typed(&app, &here, &spaced).await;
    assert_eq!(
        (signed_in.code(), signed_in.header("location").as_deref()),
        (303, Some("/"))
    );
    assert!(cookies(&signed_in).contains("kale=kale_sgn_"));
    assert_eq!(typed(&app, &here, &code).await.code(), 422);
    app.stop().await;
}

#[actix_web::test]
async fn another_sites_page_types_no_code() {
    let app = TestApp::shared();
    let headers = [
        ("content-type", "application/x-www-form-urlencoded"),
        ("sec-fetch-site", "cross-site"),
        ("accept", "text/html"),
    ];
    let refused = app
        .stranger()
        .send(Method::POST, "/sign-in/code", &headers, "code=123456")
        .await;
    assert_eq!(refused.code(), 403);
    app.stop().await;
}

#[actix_web::test]
async fn a_code_that_is_wrong_is_answered_like_one_of_an_unknown_address() {
    let app = TestApp::start_with(&KEEP).await;
    let _company = app.company("Globex").await;
    let mut answers: Vec<(u16, Value)> = Vec::new();
    for email in ["ada@globex.example", "eve@globex.example"] {
        let asked = json!({ "email": email });
        let asked = app.stranger().post("/auth/local/link", &asked).await.expect(202);
        mail_jobs_ended(&app).await;
        // One more than is counted.
        for _ in 0..6 {
            let guess = json!({ "grant": "code", "code": "no code", "nonce": asked.string("/nonce") });
            answers.push(bare(&app.stranger().post("/auth/token", &guess).await));
        }
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
    assert_eq!(answers[0].1["code"], "sign-in-code-wrong");
    app.stop().await;
}

#[actix_web::test]
async fn a_mailbox_is_spared_and_known_and_unknown_addresses_wait_alike() {
    let app = TestApp::start_limited(100).await;
    let _company = app.company("Globex").await;
    let ask = async |email: &str| {
        let asked = json!({ "email": email });
        app.stranger().post("/auth/local/link", &asked).await
    };
    let mut refused = Vec::new();
    // The same account, however it is written.
    for email in [
        ["ada@globex.example", "ADA@globex.example"],
        ["eve@globex.example", "Eve@Globex.example"],
    ] {
        for at in 0..5 {
            drop(ask(email[at % 2]).await.expect(202));
        }
        let answer = ask(email[0]).await.expect(429);
        let wait: u64 = answer.header("retry-after").unwrap().parse().unwrap();
        assert!((500..=600).contains(&wait), "{wait}");
        refused.push(bare(&answer));
    }
    assert_eq!(refused[0], refused[1]);
    // A page says it, too, and no other account waits.
    let answer = page(&app, Method::POST, "/sign-in", "", "email=ada@globex.example").await;
    assert_eq!(answer.code(), 429);
    drop(ask("maya@globex.example").await.expect(202));
    app.stop().await;
}

#[actix_web::test]
async fn who_waits_for_a_mail_signs_in_with_the_one_they_have() {
    let app = TestApp::start_limited(100).await;
    let company = app.company("Globex").await;
    let link = app
        .link(crate::team::own_id(&company.owner).await.parse().unwrap())
        .await;
    let asked = json!({ "email": "ada@globex.example" });
    for _ in 0..7 {
        drop(app.stranger().post("/auth/local/link", &asked).await);
    }
    let wanted = json!({ "grant": "link", "token": link.reveal() });
    drop(app.stranger().post("/auth/token", &wanted).await.expect(200));
    app.stop().await;
}

#[actix_web::test]
async fn who_guesses_from_one_address_is_told_to_wait_and_people_who_are_in_are_not() {
    let app = TestApp::start_limited(100).await;
    let company = app.company("Globex").await;
    let guess = json!({ "grant": "code", "code": "123456", "nonce": "5b0c9f4d2f6a4f0c8a1d7e3b6c2f9a10" });
    let mut codes = Vec::new();
    for _ in 0..25 {
        codes.push(app.stranger().post("/auth/token", &guess).await.code());
    }
    assert_eq!(codes.iter().filter(|code| **code == 401).count(), 20, "{codes:?}");
    assert_eq!(codes.iter().filter(|code| **code == 429).count(), 5, "{codes:?}");
    for path in ["/sign-in/code", "/sign-in/link"] {
        assert_eq!(
            page(&app, Method::POST, path, "", "code=1&token=1").await.code(),
            429,
            "{path}"
        );
    }
    drop(company.owner.get("/me").await.expect(200));
    app.stop().await;
}

#[actix_web::test]
async fn a_planted_cookie_is_replaced_by_signing_in() {
    let app = TestApp::start_with(&KEEP).await;
    let company = app.company("Globex").await;
    let asked = ask(&app, "ada@globex.example").await;
    mail_jobs_ended(&app).await;
    let code = code(&only_mail(&app).await);
    let planted = format!("{}; kale={}", browser(&asked), company.expert.token());
    let signed_in = typed(&app, &planted, &code).await;
    assert_eq!(signed_in.code(), 303);
    let given = cookies(&signed_in);
    assert!(given.contains("kale=kale_sgn_") && !given.contains(company.expert.token()));
    app.stop().await;
}
