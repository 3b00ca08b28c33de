//! WorkOS calls when something has happened: who really calls is heard at once, and nobody else.

use std::{
    fmt::Write as _,
    time::{Duration, Instant},
};

use actix_web::http::Method;
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::{SignedDuration, Timestamp};
use kale_testkit::{Answer, Client, Emulator, TestApp, TestClock, node};
use mongodb::bson::doc;
use serde_json::json;
use sha2::Sha256;

use super::{EMAIL, Linked, browser::Browser, linked};
use crate::raw;

/// What counts as soon.
const SOON: Duration = Duration::from_secs(1);
/// What a call says. Nothing of it is taken from it.
const BODY: &str = r#"{"id":"event_1","event":"organization_membership.updated","data":{}}"#;

/// The time `after` another as signatures say it.
fn millis(at: Timestamp, after: SignedDuration) -> String {
    (at + after).as_millisecond().to_string()
}

/// The header that WorkOS's own library writes.
fn signed_by_them(secret: &str, at: &str, body: &str) -> String {
    node("webhook.js", &["sign", secret, at], body)
}

/// The header as its description says it is made.
fn signed_by_us(secret: &str, at: &str, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(format!("{at}.{body}").as_bytes());
    let mut header = format!("t={at}, v1=");
    for byte in mac.finalize().into_bytes() {
        write!(header, "{byte:02x}").unwrap();
    }
    header
}

async fn call(app: &TestApp, signature: Option<&str>, body: &str) -> Answer {
    let mut headers = vec![("content-type", "application/json")];
    headers.extend(signature.map(|signature| ("workos-signature", signature)));
    app.stranger()
        .send(Method::POST, "/webhooks/workos", &headers, body.to_owned())
        .await
}

/// How often a call has had the events read.
async fn woken(app: &TestApp) -> u64 {
    let jobs = raw::collection(app, "jobs").await;
    let woken = doc! { "kind": "identity_follow", "dedupe": "identity_follow:identity_follow" };
    jobs.count_documents(woken).await.unwrap()
}

async fn give_role(emulator: &Emulator, membership: &str, role: &str) {
    let path = format!("/user_management/organization_memberships/{membership}");
    drop(
        emulator
            .ask(Method::PUT, &path, &json!({ "role_slug": role }))
            .await,
    );
}

/// Makes a server remember somebody.
async fn meet(client: &Client) {
    drop(client.get("/me").await.expect(200));
    drop(client.get("/me").await.expect(200));
}

/// How long a server still lets somebody in.
async fn let_in_for(client: &Client) -> Duration {
    let begun = Instant::now();
    while client.get("/me").await.code() == 200 {
        assert!(begun.elapsed() < Duration::from_secs(30), "it never ends");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    begun.elapsed()
}

/// Waits until the schedule has just had the events read, and will not for more than two seconds: what is felt within one
/// is not its doing.
async fn between_readings(app: &TestApp) {
    let jobs = raw::collection(app, "jobs").await;
    let waiting = doc! { "kind": "identity_follow", "state": { "$in": ["queued", "running", "scheduled"] } };
    loop {
        let within = TestClock::at_present();
        let within = kale_domain::clock::Clock::now(&*within).as_millisecond() % 5_000;
        if (1_200..2_500).contains(&within) && jobs.count_documents(waiting.clone()).await.unwrap() == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[actix_web::test]
async fn a_role_change_is_felt_within_a_second_on_the_other_server() {
    let Linked {
        emulator,
        app,
        membership,
        ..
    } = linked("member").await;
    let other = app.beside_through(&emulator).await;
    let mut browser = Browser::of(&app);
    let secret = emulator.webhook_secret();
    for role in ["admin", "member", "admin"] {
        drop(browser.sign_in(&emulator, EMAIL).await.expect(303));
        let elsewhere = other.with_token(browser.token());
        let signature = signed_by_them(secret, &millis(app.store().now(), SignedDuration::ZERO), BODY);
        between_readings(&app).await;
        meet(&elsewhere).await;
        give_role(&emulator, &membership, role).await;

        let begun = Instant::now();
        drop(call(&app, Some(&signature), BODY).await.expect(204));
        let _felt = let_in_for(&elsewhere).await;
        assert!(begun.elapsed() < SOON, "{role}: {:?}", begun.elapsed());
    }
    drop(browser.sign_in(&emulator, EMAIL).await.expect(303));
    let me = other.with_token(browser.token()).get("/me").await;
    assert_eq!(me.expect(200).json()["role"], "retention_admin");
    other.stop().await;
    app.stop().await;
}

#[actix_web::test]
async fn without_a_call_it_is_felt_when_the_schedule_comes_round_and_no_sooner() {
    let Linked {
        emulator,
        app,
        membership,
        ..
    } = linked("member").await;
    let other = app.beside_through(&emulator).await;
    let mut browser = Browser::of(&app);
    drop(browser.sign_in(&emulator, EMAIL).await.expect(303));
    let elsewhere = other.with_token(browser.token());
    between_readings(&app).await;
    meet(&elsewhere).await;
    give_role(&emulator, &membership, "admin").await;
    // A forged call is as good as none.
    let at = millis(app.store().now(), SignedDuration::ZERO);
    let forged = call(&app, Some(&signed_by_us("whsec_of_others", &at, BODY)), BODY).await;
    drop(forged.expect(401));

    let felt = let_in_for(&elsewhere).await;
    assert!(felt > SOON, "{felt:?}");
    assert_eq!(woken(&app).await, 0);
    other.stop().await;
    app.stop().await;
}

#[actix_web::test]
async fn who_can_not_sign_is_not_heard_and_learns_nothing() {
    let Linked { emulator, app, .. } = linked("member").await;
    let secret = emulator.webhook_secret();
    let now = app.store().now();
    let at = |seconds: i64| millis(now, SignedDuration::from_secs(seconds));
    let good = signed_by_us(secret, &at(0), BODY);
    let (old, future) = (
        signed_by_us(secret, &at(-181), BODY),
        signed_by_us(secret, &at(181), BODY),
    );
    let others = signed_by_us("whsec_of_others", &at(0), BODY);
    let seconds = signed_by_us(secret, &now.as_second().to_string(), BODY);
    let changed = BODY.replace("updated", "deleted");
    for (signature, body) in [
        (None, BODY),
        (Some(""), BODY),
        (Some("v1=00"), BODY),
        (Some(old.as_str()), BODY),
        (Some(&future), BODY),
        (Some(&others), BODY),
        (Some(&seconds), BODY),
        (Some(&good), &changed),
        (Some(&good), ""),
    ] {
        let refused = call(&app, signature, body).await;
        assert_eq!(
            (refused.code(), refused.problem()),
            (401, "signature-wrong".to_owned()),
            "{signature:?}"
        );
        assert!(!refused.text().contains("event_1"), "{}", refused.text());
    }
    // More than is read: refused by what it says of its length.
    let long = " ".repeat(300 * 1024);
    let refused = call(&app, Some(&signed_by_us(secret, &at(0), &long)), &long).await;
    assert_eq!((refused.code(), refused.problem()), (413, "too-large".to_owned()));
    assert_eq!(woken(&app).await, 0);

    // Who can is, and however often the same call comes, one reading waits.
    for _ in 0..5 {
        drop(call(&app, Some(&good), BODY).await.expect(204));
    }
    let heard = woken(&app).await;
    assert!((1..=5).contains(&heard), "{heard}");
    app.stop().await;
}

#[actix_web::test]
async fn what_the_official_library_signs_is_heard_and_what_is_signed_as_we_check_it_accepts() {
    let emulator = Emulator::start();
    let app = TestApp::start_through(&emulator).await;
    let secret = emulator.webhook_secret();
    let now = app.store().now();
    let skewed = [
        (0, 204),
        (-170, 204),
        (170, 204),
        (-190, 401),
        (190, 401),
        (3_600, 401),
    ];
    for (seconds, heard) in skewed {
        let at = millis(now, SignedDuration::from_secs(seconds));
        let theirs = signed_by_them(secret, &at, BODY);
        assert_eq!(theirs, signed_by_us(secret, &at, BODY), "{seconds}");
        assert_eq!(call(&app, Some(&theirs), BODY).await.code(), heard, "{seconds}");
    }
    let others = signed_by_them("whsec_of_others", &millis(now, SignedDuration::ZERO), BODY);
    assert_eq!(call(&app, Some(&others), BODY).await.code(), 401);

    let checked = |secret: &str, seconds: i64| {
        let at = millis(now, SignedDuration::from_secs(seconds));
        let header = signed_by_us(emulator.webhook_secret(), &at, BODY);
        node("webhook.js", &["check", secret, &header], BODY)
    };
    assert_eq!(checked(secret, 0), "genuine");
    assert_eq!(checked(secret, -120), "genuine");
    assert!(checked(secret, -300).starts_with("refused"));
    assert!(checked("whsec_of_others", 0).starts_with("refused"));
    app.stop().await;
}

#[actix_web::test]
async fn two_secrets_are_heard_while_one_takes_the_others_place() {
    let emulator = Emulator::start();
    let mut variables = emulator.variables().to_vec();
    variables.retain(|(name, _)| *name != "KALE_WORKOS_WEBHOOK_SECRET");
    variables.push(("KALE_WORKOS_WEBHOOK_SECRET", "whsec_new,whsec_old"));
    let app = TestApp::start_with(&variables).await;
    let at = millis(app.store().now(), SignedDuration::ZERO);
    for (secret, heard) in [("whsec_new", 204), ("whsec_old", 204), ("whsec_of_tests", 401)] {
        let theirs = signed_by_them(secret, &at, BODY);
        assert_eq!(call(&app, Some(&theirs), BODY).await.code(), heard, "{secret}");
    }
    app.stop().await;
}

#[actix_web::test]
async fn without_a_provider_nobody_is_listened_to() {
    let app = TestApp::shared();
    let at = millis(app.store().now(), SignedDuration::ZERO);
    let signature = signed_by_us("", &at, BODY);
    assert_eq!(call(&app, Some(&signature), BODY).await.code(), 404);
    app.stop().await;
}
