//! Sessions: begun with a token, walked, come back to, ended, looked at.

mod example;
mod examples;
mod pages;
mod tokens;

use futures::future::join_all;
use jiff::SignedDuration;
use kale_application::sessions::sweep;
use kale_persistence::notifications;
use kale_testkit::{Answer, TestApp};
use serde_json::{Value, json};

use crate::{
    team::own_id,
    walking::{Walking, choice, go, offer_card, post, price, start, step, words},
};

fn names(replay: &Value) -> Vec<&str> {
    let events = replay["events"].as_array().unwrap();
    events
        .iter()
        .map(|event| event["name"].as_str().unwrap())
        .collect()
}

#[actix_web::test]
async fn a_subscriber_walks_to_an_offer_and_stays_and_everything_is_on_record() {
    let app = TestApp::shared();
    let walking = Walking::new(&app).await;
    let subscriber = walking.subscriber(&app).await;
    let begun = start(&subscriber).await.expect(201);
    let seen = begun.json();
    let id = seen["session"]["id"].as_str().unwrap();
    assert_eq!(
        begun.header("location").unwrap(),
        format!("/api/v1/sessions/{id}")
    );
    assert_eq!(seen["card"]["title"], "Why are you leaving, Ada?");
    assert_eq!(seen["card"]["actions"], json!(["next", "cancel"]));

    let answers = json!({ choice(): price(), words(): " Too dear " });
    let offer = go(&subscriber, &seen, "next", answers).await;
    assert_eq!(
        offer["card"]["elements"][0]["text"],
        "We pause for 3 months, until 1 April 2100."
    );
    assert_eq!(
        offer["card"]["actions"],
        json!(["accept", "decline", "back", "cancel"])
    );
    let ended = go(&subscriber, &offer, "accept", json!({})).await;
    assert_eq!(
        (&ended["session"]["state"], &ended["session"]["outcome"]),
        (&json!("completed"), &json!("saved"))
    );
    assert_eq!(ended["receipt"]["promised"][0]["card"], offer_card());
    assert_eq!(ended["receipt"]["reasons"], json!(["price_too_high"]));

    let read = subscriber
        .get(&format!("/sessions/{id}"))
        .await
        .expect(200)
        .json();
    assert_eq!(read, ended);
    let owner = &walking.company.owner;
    assert_eq!(
        owner.get(&format!("/sessions/{id}")).await.expect(200).json(),
        ended
    );
    let replay = owner
        .get(&format!("/sessions/{id}/replay"))
        .await
        .expect(200)
        .json();
    let mut told = names(&replay);
    told.sort_unstable();
    assert_eq!(
        told,
        [
            "card.viewed",
            "card.viewed",
            "card.viewed",
            "element.answered",
            "element.answered",
            "offer.accepted",
            "offer.shown",
            "session.ended",
            "session.started"
        ]
    );
    let listed = owner
        .get("/sessions?filter[state]=completed")
        .await
        .expect(200)
        .json();
    assert_eq!(listed["data"], json!([ended["session"]]));
    // An expert sees the sessions of the customers assigned to them: none.
    let expert = &walking.company.expert;
    drop(expert.get(&format!("/sessions/{id}")).await.expect(404));
    assert_eq!(
        expert.get("/sessions").await.expect(200).json()["data"],
        json!([])
    );
    app.stop().await;
}

#[actix_web::test]
async fn cancelling_is_one_post_from_every_card_and_one_more_on_the_confirm_card() {
    let app = TestApp::shared();
    let walking = Walking::new(&app).await;
    let subscriber = walking.subscriber(&app).await;
    let seen = start(&subscriber).await.expect(201).json();
    // Whatever is wrong with the answers.
    let confirm = go(&subscriber, &seen, "cancel", json!({ choice(): "nonsense" })).await;
    assert_eq!(confirm["card"]["kind"], "confirm");
    let back = go(&subscriber, &confirm, "back", json!({})).await;
    assert_eq!(back["card"]["id"], seen["card"]["id"]);
    let confirm = go(&subscriber, &back, "cancel", json!({})).await;
    let ended = go(&subscriber, &confirm, "cancel", json!({})).await;
    assert_eq!(ended["session"]["outcome"], "cancelled");
    assert_eq!(ended["receipt"]["promised"], json!([]));

    // What the last page asks may be answered, once; the outcome stays.
    let page = &ended["card"];
    assert_eq!(page["actions"], json!(["next"]));
    let asked = page["elements"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["kind"] == "single_choice")
        .unwrap();
    let answers = json!({ asked["id"].as_str().unwrap(): asked["options"][0]["id"] });
    let thanked = go(&subscriber, &ended, "next", answers).await;
    assert_eq!(thanked["session"]["outcome"], "cancelled");
    assert_eq!(thanked["card"]["actions"], json!([]));
    let refused = step(&subscriber, &thanked, &post(&thanked, "next", json!({})))
        .await
        .expect(409);
    assert_eq!(refused.problem(), "session-ended");
    app.stop().await;
}

#[actix_web::test]
async fn a_step_posted_twice_is_taken_once_and_another_meets_the_present_state() {
    let app = TestApp::shared();
    let walking = Walking::new(&app).await;
    let subscriber = walking.subscriber(&app).await;
    let seen = start(&subscriber).await.expect(201).json();
    let body = post(&seen, "next", json!({ choice(): price() }));
    let all = join_all((0..20).map(|_| step(&subscriber, &seen, &body))).await;
    let mut answers: Vec<Value> = all.into_iter().map(|answer| answer.expect(200).json()).collect();
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:#?}");
    assert_eq!(answers[0]["session"]["step"], 2);
    let id = seen["session"]["id"].as_str().unwrap();
    let replay = walking
        .company
        .owner
        .get(&format!("/sessions/{id}/replay"))
        .await
        .json();
    assert_eq!(
        names(&replay)
            .iter()
            .filter(|name| **name == "offer.shown")
            .count(),
        1
    );

    for (wrong, code) in [
        (post(&seen, "next", json!({})), "step-taken"),
        (
            json!({ "step": 7, "card": answers[0]["card"]["id"], "action": "accept" }),
            "out-of-step",
        ),
        (
            json!({ "step": 2, "card": seen["card"]["id"], "action": "next" }),
            "another-card",
        ),
    ] {
        let refused = step(&subscriber, &seen, &wrong).await.expect(409);
        assert_eq!(refused.problem(), code);
        assert_eq!(refused.json()["current"], answers[0], "{code}");
    }
    let offered = post(&answers[0], "next", json!({}));
    let refused = step(&subscriber, &seen, &offered).await.expect(422);
    assert_eq!(refused.problem(), "action-not-offered");
    app.stop().await;
}

#[actix_web::test]
async fn of_two_tabs_one_goes_on_and_the_other_is_shown_where_it_stands() {
    let app = TestApp::shared();
    let walking = Walking::new(&app).await;
    let subscriber = walking.subscriber(&app).await;
    let seen = start(&subscriber).await.expect(201).json();
    let (price, skip) = (
        post(&seen, "next", json!({ choice(): price() })),
        post(&seen, "next", json!({})),
    );
    let both = join_all([step(&subscriber, &seen, &price), step(&subscriber, &seen, &skip)]).await;
    let mut codes: Vec<u16> = both.iter().map(Answer::code).collect();
    codes.sort_unstable();
    assert_eq!(codes, [200, 409]);
    app.stop().await;
}

#[actix_web::test]
async fn whoever_comes_back_within_a_day_goes_on_at_the_same_card_and_after_it_begins_anew() {
    let app = TestApp::start().await;
    let walking = Walking::new(&app).await;
    let first = walking.subscriber(&app).await;
    let seen = start(&first).await.expect(201).json();
    let offer = go(&first, &seen, "next", json!({ choice(): price() })).await;
    let state = async || {
        let id = seen["session"]["id"].as_str().unwrap();
        walking.company.owner.get(&format!("/sessions/{id}")).await.json()["session"]["state"].clone()
    };

    app.advance(SignedDuration::from_mins(31));
    let installation = kale_persistence::access::operator();
    assert_eq!(sweep(app.store(), installation).await.unwrap().written, 1);
    assert_eq!(state().await, "abandoned");
    app.advance(SignedDuration::from_hours(20));
    assert_eq!(sweep(app.store(), installation).await.unwrap().written, 0);

    // On another device, with another token.
    let second = walking.subscriber(&app).await;
    let back = start(&second).await.expect(200).json();
    assert_eq!(back["session"]["id"], seen["session"]["id"]);
    assert_eq!(
        (&back["card"], &back["session"]["state"]),
        (&offer["card"], &json!("in_progress"))
    );
    // The first one serves it still.
    assert_eq!(start(&first).await.expect(200).json(), back);
    let replay = format!("/sessions/{}/replay", seen["session"]["id"].as_str().unwrap());
    let replay = walking.company.owner.get(&replay).await.json();
    assert_eq!(
        names(&replay)
            .iter()
            .filter(|name| **name == "session.resumed")
            .count(),
        1
    );

    app.advance(SignedDuration::from_hours(25));
    let gone = step(&second, &back, &post(&back, "accept", json!({})))
        .await
        .expect(409);
    assert_eq!(
        (gone.problem(), &gone.json()["current"]["session"]["state"]),
        ("session-ended".to_owned(), &json!("expired"))
    );
    let third = walking.subscriber(&app).await;
    let anew = start(&third).await.expect(201).json();
    assert_ne!(anew["session"]["id"], seen["session"]["id"]);
    assert_eq!(anew["card"]["id"], seen["card"]["id"]);
    assert_eq!(state().await, "expired");
    app.stop().await;
}

#[actix_web::test]
async fn leaving_abandons_at_once_and_coming_back_takes_it_back() {
    let app = TestApp::shared();
    let walking = Walking::new(&app).await;
    let subscriber = walking.subscriber(&app).await;
    let seen = start(&subscriber).await.expect(201).json();
    let end = format!("/sessions/{}/end", seen["session"]["id"].as_str().unwrap());
    for _ in 0..2 {
        let left = subscriber.post(&end, &json!({})).await.expect(200).json();
        assert_eq!(left["session"]["state"], "abandoned");
    }
    let on = go(&subscriber, &seen, "next", json!({})).await;
    assert_eq!(on["session"]["state"], "in_progress");
    assert_eq!(on["card"]["title"], "One more thing");
    app.stop().await;
}

#[actix_web::test]
async fn however_many_begin_at_once_there_is_one_session() {
    let app = TestApp::shared();
    let walking = Walking::new(&app).await;
    let mut subscribers = Vec::new();
    for _ in 0..10 {
        subscribers.push(walking.subscriber(&app).await);
    }
    let all = join_all(subscribers.iter().flat_map(|one| [start(one), start(one)])).await;
    let mut codes: Vec<u16> = all.iter().map(Answer::code).collect();
    codes.sort_unstable();
    assert_eq!(codes, [vec![200; 19], vec![201]].concat());
    let mut ids: Vec<String> = all.iter().map(|answer| answer.string("/session/id")).collect();
    ids.dedup();
    assert_eq!(ids.len(), 1);
    app.stop().await;
}

#[actix_web::test]
async fn without_a_live_workflow_or_a_known_customer_there_is_no_session_and_why_is_said() {
    let app = TestApp::shared();
    let walking = Walking::new(&app).await;
    let (_, secret) = walking.secret().await;
    let mut unknown = crate::walking::payload(&walking.company, 1);
    unknown["customer"] = json!({ "external_id": "C-2" });
    let stranger = app.with_token(&crate::walking::signed(&unknown, &secret));
    let none = start(&stranger).await.expect(200).json();
    assert_eq!(none, json!({ "session": null, "reason": "unknown_customer" }));

    let subscriber = walking.subscriber(&app).await;
    let seen = start(&subscriber).await.expect(201).json();
    let pause = format!("{}/pause", walking.place);
    drop(walking.company.owner.post(&pause, &json!({})).await.expect(200));
    walking.customer("C-3").await;
    let late = app.with_token(&walking.minted("C-3", "live").await.string("/token"));
    let none = start(&late).await.expect(200).json();
    assert_eq!(none, json!({ "session": null, "reason": "no_live_workflow" }));
    // Who is under way goes on, and so does who comes back to it.
    drop(go(&subscriber, &seen, "next", json!({})).await);
    let again = walking.subscriber(&app).await;
    assert_eq!(
        start(&again).await.expect(200).json()["session"]["id"],
        seen["session"]["id"]
    );
    app.stop().await;
}

#[actix_web::test]
async fn a_session_keeps_the_version_it_began_with() {
    let app = TestApp::shared();
    let walking = Walking::new(&app).await;
    let subscriber = walking.subscriber(&app).await;
    let seen = start(&subscriber).await.expect(201).json();
    walking.renewed().await;
    let on = go(&subscriber, &seen, "next", json!({})).await;
    assert_eq!(on["session"]["version"], 1);
    walking.customer("C-2").await;
    let other = app.with_token(&walking.minted("C-2", "live").await.string("/token"));
    assert_eq!(start(&other).await.expect(201).json()["session"]["version"], 2);
    app.stop().await;
}

#[actix_web::test]
async fn a_try_tells_nobody_and_a_cancellation_tells_those_who_look_after_it() {
    let app = TestApp::shared();
    let walking = Walking::new(&app).await;
    let me = walking
        .company
        .owner
        .get("/me")
        .await
        .string("/user/id")
        .parse()
        .unwrap();
    let told = async || {
        let tenant = walking.company.tenant;
        let all = notifications::list(app.store(), tenant, me, 10, None)
            .await
            .unwrap();
        all.into_iter().map(|one| one.title).collect::<Vec<_>>()
    };
    for (mode, expected) in [
        ("test", vec![]),
        ("live", vec!["Ada Okafor cancelled".to_owned()]),
    ] {
        let subscriber = app.with_token(&walking.minted("C-1", mode).await.string("/token"));
        let seen = start(&subscriber).await.expect(201).json();
        assert_eq!(seen["session"]["mode"], mode);
        let confirm = go(&subscriber, &seen, "cancel", json!({})).await;
        drop(go(&subscriber, &confirm, "cancel", json!({})).await);
        assert_eq!(told().await, expected);
    }
    app.stop().await;
}

#[actix_web::test]
async fn who_was_deactivated_is_told_nothing_of_their_customers_and_the_admins_are() {
    let app = TestApp::shared();
    let walking = Walking::new(&app).await;
    let company = &walking.company;
    walking.customer("C-2").await;
    let (owner, expert) = (own_id(&company.owner).await, own_id(&company.expert).await);
    let every = json!({ "filter": "", "experts": [expert] });
    drop(
        company
            .owner
            .post("/customers/experts/assign", &every)
            .await
            .expect(200),
    );
    let told = async |id: &str| {
        let all = notifications::list(app.store(), company.tenant, id.parse().unwrap(), 10, None).await;
        all.unwrap().len()
    };
    let cancels = async |customer: &str| {
        let subscriber = app.with_token(&walking.minted(customer, "live").await.string("/token"));
        let seen = start(&subscriber).await.expect(201).json();
        let confirm = go(&subscriber, &seen, "cancel", json!({})).await;
        drop(go(&subscriber, &confirm, "cancel", json!({})).await);
    };

    cancels("C-1").await;
    assert_eq!((told(&expert).await, told(&owner).await), (1, 0));
    let path = format!("/users/{expert}/deactivate");
    drop(company.owner.post(&path, &json!({})).await.expect(200));
    cancels("C-2").await;
    assert_eq!((told(&expert).await, told(&owner).await), (1, 1));
    app.stop().await;
}

#[actix_web::test]
async fn a_session_that_cannot_be_read_keeps_no_other_from_being_swept() {
    let app = TestApp::start().await;
    let walking = Walking::new(&app).await;
    drop(start(&walking.subscriber(&app).await).await.expect(201));
    app.advance(SignedDuration::from_mins(5));
    walking.customer("C-2").await;
    let other = app.with_token(&walking.minted("C-2", "live").await.string("/token"));
    let seen = start(&other).await.expect(201).json();
    // The one that was touched longest ago stands first.
    let sessions = crate::raw::collection(&app, "sessions").await;
    let whole = mongodb::bson::doc! { "walk.step": 1, "_id": { "$exists": true } };
    let oldest = sessions
        .find_one(whole)
        .sort(mongodb::bson::doc! { "last_seen_at": 1 })
        .await
        .unwrap()
        .unwrap();
    let broken = mongodb::bson::doc! { "$set": { "walk": "no walk" } };
    let which = mongodb::bson::doc! { "_id": oldest.get("_id").unwrap().clone() };
    drop(sessions.update_one(which, broken).await.unwrap());
    app.advance(SignedDuration::from_mins(31));
    let installation = kale_persistence::access::operator();
    let swept = sweep(app.store(), installation).await.unwrap();
    assert_eq!((swept.written, swept.unreadable), (1, 1));
    let id = seen["session"]["id"].as_str().unwrap();
    let now = walking
        .company
        .owner
        .get(&format!("/sessions/{id}"))
        .await
        .expect(200)
        .json();
    assert_eq!(now["session"]["state"], "abandoned");
    app.stop().await;
}
