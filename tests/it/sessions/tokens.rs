//! S15: a token that is altered, expired, foreign, or for something else is refused, and never says why.

use jiff::SignedDuration;
use kale_testkit::{Answer, TestApp};
use serde_json::{Value, json};

use crate::walking::{Walking, go, payload, post, signed, start, step};

/// A refusal without what tells requests apart.
fn bare(answer: &Answer) -> Value {
    let mut body = answer.json();
    for name in ["request_id", "instance"] {
        let _id = body.as_object_mut().unwrap().shift_remove(name);
    }
    body
}

#[actix_web::test]
async fn a_token_that_is_wrong_in_any_way_is_refused_in_one_way() {
    let app = TestApp::start().await;
    let walking = Walking::new(&app).await;
    let other = Walking::of(app.company("Initech").await).await;
    let (id, secret) = walking.secret().await;
    let (_, foreign) = other.secret().await;
    let good = payload(&walking.company, 1);
    let token = signed(&good, &secret);
    let (body, signature) = token.rsplit_once('.').unwrap();

    let changed = |name: &str, value: Value| {
        let mut altered = good.clone();
        altered[name] = value;
        altered
    };
    let mut wrong = vec![
        ("no token", String::new()),
        ("cut", token[..token.len() - 1].to_owned()),
        ("longer", format!("{token}A")),
        ("another signature", format!("{body}.{}", "A".repeat(43))),
        ("no signature", format!("{body}.")),
        (
            "of another payload",
            format!(
                "{}.{signature}",
                signed(&changed("mode", json!("test")), &secret)
                    .rsplit_once('.')
                    .unwrap()
                    .0
            ),
        ),
        ("signed by another company", signed(&good, &foreign)),
        (
            "for another company",
            signed(&changed("company", json!(other.company.id)), &secret),
        ),
        (
            "for no company",
            signed(
                &changed("company", json!("cmp_01h455vb4pex5vsknk084sn02q")),
                &secret,
            ),
        ),
        (
            "too long ahead",
            signed(&changed("exp", json!(4_102_489_000_u64)), &secret),
        ),
        (
            "over",
            signed(
                &json!({ "iat": 4_102_487_000_u64, "exp": 4_102_487_900_u64 })
                    .as_object()
                    .unwrap()
                    .iter()
                    .fold(good.clone(), |mut all, (name, value)| {
                        all[name] = value.clone();
                        all
                    }),
                &secret,
            ),
        ),
        (
            "not yet",
            signed(
                &json!({ "iat": 4_102_488_100_u64, "exp": 4_102_488_900_u64 })
                    .as_object()
                    .unwrap()
                    .iter()
                    .fold(good.clone(), |mut all, (name, value)| {
                        all[name] = value.clone();
                        all
                    }),
                &secret,
            ),
        ),
        ("an api key", walking.company.program.token().to_owned()),
        ("a person", walking.company.owner.token().to_owned()),
    ];
    wrong.push((
        "an unknown field",
        signed(&changed("admin", json!(true)), &secret),
    ));
    let mut said = Vec::new();
    for (why, token) in &wrong {
        let client = if token.is_empty() {
            app.stranger()
        } else {
            app.with_token(token)
        };
        let refused = start(&client).await.expect(401);
        said.push((*why, bare(&refused)));
    }
    assert!(said.iter().all(|(_, body)| *body == said[0].1), "{said:#?}");

    // The control: the same token, untouched, opens a session; once its secret is revoked, nothing.
    let subscriber = app.with_token(&token);
    drop(start(&subscriber).await.expect(201));
    drop(
        walking
            .company
            .owner
            .delete(&format!("/viewer/secrets/{id}"))
            .await
            .expect(200),
    );
    assert_eq!(bare(&start(&subscriber).await.expect(401)), said[0].1);
    app.stop().await;
}

#[actix_web::test]
async fn a_token_begins_within_a_quarter_of_an_hour_and_serves_its_session_afterwards() {
    let app = TestApp::start().await;
    let walking = Walking::new(&app).await;
    let late = walking.subscriber(&app).await;
    let subscriber = walking.subscriber(&app).await;
    let seen = start(&subscriber).await.expect(201).json();
    app.advance(SignedDuration::from_mins(15));
    drop(start(&late).await.expect(401));
    assert_eq!(
        start(&subscriber).await.expect(200).json()["session"]["id"],
        seen["session"]["id"]
    );
    let on = go(&subscriber, &seen, "next", json!({})).await;

    // Until it is over, and a day longer for the receipt.
    let confirm = go(&subscriber, &on, "cancel", json!({})).await;
    let ended = go(&subscriber, &confirm, "cancel", json!({})).await;
    app.advance(SignedDuration::from_hours(23));
    assert_eq!(
        start(&subscriber).await.expect(200).json()["receipt"],
        ended["receipt"]
    );
    let again = post(&confirm, "cancel", json!({}));
    assert_eq!(
        step(&subscriber, &confirm, &again).await.expect(200).json(),
        ended
    );
    app.advance(SignedDuration::from_hours(2));
    drop(start(&subscriber).await.expect(401));
    drop(step(&subscriber, &confirm, &again).await.expect(401));
    app.stop().await;
}

#[actix_web::test]
async fn a_token_opens_its_own_session_and_no_other_and_its_id_is_used_once() {
    let app = TestApp::start().await;
    let walking = Walking::new(&app).await;
    let (_, secret) = walking.secret().await;
    walking.customer("C-2").await;
    let ours = app.with_token(&signed(&payload(&walking.company, 1), &secret));
    let seen = start(&ours).await.expect(201).json();
    let mut theirs = payload(&walking.company, 2);
    theirs["customer"] = json!({ "external_id": "C-2" });
    let other = app.with_token(&signed(&theirs, &secret));
    let foreign = start(&other).await.expect(201).json();

    let place = |seen: &Value| format!("/sessions/{}", seen["session"]["id"].as_str().unwrap());
    drop(ours.get(&place(&foreign)).await.expect(404));
    drop(
        step(&ours, &foreign, &post(&foreign, "next", json!({})))
            .await
            .expect(404),
    );
    drop(
        ours.post(&format!("{}/end", place(&foreign)), &json!({}))
            .await
            .expect(404),
    );
    drop(ours.get("/customers").await.expect(401));
    drop(ours.get("/sessions").await.expect(401));
    drop(ours.get(&format!("{}/replay", place(&seen))).await.expect(401));

    // The id of a token that began a session, in a token for something else.
    for (name, value) in [
        ("customer", json!({ "external_id": "C-2" })),
        ("mode", json!("test")),
        ("subscription", json!("sub_1")),
        ("trigger", json!("api")),
        ("workflow", json!(walking.place.rsplit_once('/').unwrap().1)),
    ] {
        let mut reused = payload(&walking.company, 1);
        reused[name] = value;
        drop(
            start(&app.with_token(&signed(&reused, &secret)))
                .await
                .expect(401),
        );
    }
    // The negative control: the same wishes under ids of their own begin sessions of their own, or join theirs.
    for (number, (name, value, code)) in (10..).zip([
        ("customer", json!({ "external_id": "C-2" }), 200),
        ("mode", json!("test"), 201),
        ("subscription", json!("sub_1"), 201),
        ("workflow", json!(walking.place.rsplit_once('/').unwrap().1), 200),
    ]) {
        let mut own = payload(&walking.company, number);
        own[name] = value;
        drop(start(&app.with_token(&signed(&own, &secret))).await.expect(code));
    }
    app.stop().await;
}

#[actix_web::test]
async fn a_token_whose_binding_is_taken_away_behind_our_back_is_seen_to_open_nothing() {
    let app = TestApp::start().await;
    let walking = Walking::new(&app).await;
    let subscriber = walking.subscriber(&app).await;
    let seen = start(&subscriber).await.expect(201).json();
    // What the product never does: the session forgets its tokens.
    let sessions = crate::raw::collection(&app, "sessions").await;
    let forget = mongodb::bson::doc! { "$set": { "tokens": [] } };
    drop(sessions.update_one(mongodb::bson::doc! {}, forget).await.unwrap());
    drop(
        step(&subscriber, &seen, &post(&seen, "next", json!({})))
            .await
            .expect(404),
    );
    app.advance(SignedDuration::from_mins(15));
    drop(
        step(&subscriber, &seen, &post(&seen, "next", json!({})))
            .await
            .expect(401),
    );
    app.stop().await;
}
