//! Figures: sessions are counted as they change, each once, and figures are those of a count from scratch.

pub(crate) mod recount;
mod zones;

use actix_web::http::Method;
use jiff::SignedDuration;
use kale_application::sessions::sweep;
use kale_persistence::{access, jobs::NewJob};
use kale_testkit::{Client, TestApp};
use mongodb::bson::{Document, doc};
use serde_json::{Value, json};
use tokio::time::{Duration, sleep};

use self::recount::{Books, counted, recounted, strange};
use crate::{
    events::{customer, happened},
    raw,
    walking::{Walking, choice, go, offer_card, price, start, words},
};

/// Waits until everything that has changed is counted.
pub(crate) async fn all_counted(owner: &Client) {
    // The database keeps the transaction of a process that was killed for a minute, and whatever it has changed.
    for _ in 0..5_000 {
        let counting = owner.get("/analytics/counting").await.expect(200).json();
        if counting["pending"] == false && counting["rebuilding"] == false {
            return;
        }
        sleep(Duration::from_millis(50)).await;
    }
    panic!("sessions stay uncounted");
}

/// The roll-ups of the only company are what a count from scratch makes of its sessions.
async fn agree(app: &TestApp) -> Books {
    let versions = raw::collection(app, "workflow_versions").await;
    let books = recounted(&raw::collection(app, "sessions").await, &versions).await;
    let states = raw::collection(app, "rollup_states").await;
    let rollups = raw::collection(app, "rollups").await;
    assert_eq!(counted(&rollups, &states).await, books);
    assert_eq!(strange(&rollups).await, Vec::<String>::new());
    books
}

async fn overview(owner: &Client, query: &str) -> Value {
    owner
        .get(&format!("/analytics/overview{query}"))
        .await
        .expect(200)
        .json()
}

/// What a check finds.
async fn checked(owner: &Client) -> Value {
    let job = owner
        .post("/analytics/check", &json!({}))
        .await
        .expect(202)
        .string("/job");
    owner.job_done(&job).await;
    owner.get("/analytics/counting").await.expect(200).json()["checked"].clone()
}

/// A customer's subscriber walks to that end.
async fn walked(app: &TestApp, walking: &Walking, name: &str, end: &str) {
    let token = walking.minted(name, "live").await.string("/token");
    let subscriber = app.with_token(&token);
    let seen = start(&subscriber).await.json();
    match end {
        "saved" => {
            let answers = json!({ choice(): price(), words(): "Too dear" });
            let offer = go(&subscriber, &seen, "next", answers).await;
            drop(go(&subscriber, &offer, "accept", json!({})).await);
        }
        "cancelled" => {
            let confirm = go(&subscriber, &seen, "cancel", json!({})).await;
            drop(go(&subscriber, &confirm, "cancel", json!({})).await);
        }
        _ => {
            let offer = go(&subscriber, &seen, "next", json!({ choice(): price() })).await;
            let path = format!("/sessions/{}/end", offer["session"]["id"].as_str().unwrap());
            drop(subscriber.post(&path, &json!({})).await.expect(200));
        }
    }
}

#[actix_web::test]
async fn sessions_are_counted_within_seconds_and_figures_say_what_they_came_to() {
    let app = TestApp::start().await;
    let walking = Walking::new(&app).await;
    let owner = &walking.company.owner;
    for (name, end) in [("C-2", "cancelled"), ("C-3", "left"), ("C-4", "saved")] {
        walking.customer(name).await;
        walked(&app, &walking, name, end).await;
    }
    walked(&app, &walking, "C-1", "saved").await;
    // Somebody who tries never counts.
    let tester = app.with_token(&walking.minted("C-1", "test").await.string("/token"));
    drop(start(&tester).await.expect(201));

    all_counted(owner).await;

    agree(&app).await;
    let seen = overview(owner, "").await;
    let total = &seen["total"];
    assert_eq!(total["sessions"], 4);
    assert_eq!(
        (&total["outcomes"]["saved"], &total["outcomes"]["cancelled"]),
        (&json!(2), &json!(1))
    );
    assert_eq!(
        (&total["states"]["abandoned"], &total["states"]["completed"]),
        (&json!(1), &json!(3))
    );
    let deflection = &total["immediate_deflection"];
    assert_eq!((&deflection["hits"], &deflection["n"]), (&json!(2), &json!(3)));
    assert_eq!(
        (&deflection["rate"], &deflection["too_few"]),
        (&json!(null), &json!(true))
    );
    assert_eq!(seen["days"].as_array().unwrap().len(), 30);
    assert_eq!(seen["days"][29]["figures"]["sessions"], 4);
    let reason = &seen["reasons"][0];
    assert_eq!(
        (
            &reason["key"],
            &reason["sessions"],
            &reason["stayed"],
            &reason["left"],
            &reason["other"]
        ),
        (
            &json!("price_too_high"),
            &json!(3),
            &json!(2),
            &json!(0),
            &json!(1)
        )
    );
    assert_eq!(
        reason["immediate_deflection"],
        json!({ "n": 2, "hits": 2, "rate": null, "low": null, "high": null, "too_few": true })
    );
    let offer = &seen["offers"][0];
    assert_eq!(
        (&offer["shown"], &offer["accepted"], &offer["declined"]),
        (&json!(3), &json!(2), &json!(0))
    );

    let id = walking.place.trim_start_matches("/workflows/");
    let path = format!("/analytics/workflows/{id}");
    let workflow = owner.get(&path).await.expect(200).json();
    let cards = workflow["cards"].as_array().unwrap();
    let question = &cards[0];
    assert_eq!(
        question["title"],
        "Why are you leaving, {{customer.first_name|\"dear reader\"}}?"
    );
    assert_eq!(
        (&question["viewed"], &question["went_on"], &question["left"]),
        (&json!(4), &json!(4), &json!(0))
    );
    assert_eq!(question["elements"][0]["answers"][0]["sessions"], 3);
    assert_eq!(question["elements"][0]["answers"][1]["sessions"], 0);
    let offer = cards.iter().find(|card| card["card"] == offer_card()).unwrap();
    assert_eq!(
        (&offer["viewed"], &offer["went_on"], &offer["left"]),
        (&json!(3), &json!(2), &json!(1))
    );
    assert_eq!(workflow["versions"][0]["figures"]["sessions"], 4);

    // The same elsewhere, narrower, and as files.
    let listed = owner.get("/analytics/workflows").await.expect(200).json();
    assert_eq!(listed["data"][0]["figures"]["sessions"], 4);
    assert_eq!(overview(owner, "?channel=hosted").await["total"]["sessions"], 0);
    assert_eq!(
        overview(owner, "?persona=none&version=1&channel=api").await["total"]["sessions"],
        4
    );
    assert_eq!(overview(owner, "?to=2099-12-31").await["total"]["sessions"], 0);
    for path in [
        "/analytics/overview.csv",
        "/analytics/workflows.csv",
        "/analytics/overview.csv?table=reasons",
        &format!("{path}/figures.csv?table=versions"),
        &format!("{path}/figures.csv?table=offers"),
        &format!("{path}/figures.csv?table=cards"),
    ] {
        let file = owner.get(path).await.expect(200);
        assert_eq!(
            file.header("content-type").as_deref(),
            Some("text/csv; charset=utf-8")
        );
        assert!(file.text().lines().count() > 1, "{path}");
    }
    for wrong in [
        "?from=2100-01-02&to=2100-01-01",
        "?from=2098-01-01",
        "?from=soon",
        "?granularity=day",
        ".csv?table=cards",
        ".csv?table=",
    ] {
        drop(
            owner
                .get(&format!("/analytics/overview{wrong}"))
                .await
                .expect(400),
        );
    }
    let definitions = owner.get("/analytics/definitions").await.expect(200).json();
    assert!(
        definitions["data"]
            .as_array()
            .unwrap()
            .iter()
            .any(|one| one["key"] == "immediate_deflection")
    );
    drop(
        walking
            .company
            .expert
            .get("/analytics/overview")
            .await
            .expect(403),
    );
    app.stop().await;
}

#[actix_web::test]
async fn the_last_session_of_a_subscription_decides_and_the_clock_abandons_expires_and_brings_back() {
    let app = TestApp::start().await;
    let walking = Walking::new(&app).await;
    let owner = &walking.company.owner;
    let decisions = async || {
        all_counted(owner).await;
        agree(&app).await;
        let total = overview(owner, "?from=2099-12-01&to=2100-06-30").await["total"].clone();
        (
            total["immediate_deflection"]["hits"].as_u64().unwrap(),
            total["immediate_deflection"]["n"].as_u64().unwrap(),
            total["outcomes"]["saved"].as_u64().unwrap(),
        )
    };
    walked(&app, &walking, "C-1", "saved").await;
    assert_eq!(decisions().await, (1, 1, 1));
    // Ten days later the same subscriber cancels: that is what counts, on the day it was.
    app.advance(SignedDuration::from_hours(240));
    walked(&app, &walking, "C-1", "cancelled").await;
    assert_eq!(decisions().await, (0, 1, 1));
    // Whoever looks in now and then stays signed in.
    for _ in 0..3 {
        app.advance(SignedDuration::from_hours(8 * 31));
        drop(owner.get("/me").await.expect(200));
    }
    walked(&app, &walking, "C-1", "saved").await;
    assert_eq!(decisions().await, (1, 2, 2));

    // Somebody who stops in the middle, comes back, and then never again.
    walking.customer("C-2").await;
    let subscriber = app.with_token(&walking.minted("C-2", "live").await.string("/token"));
    let seen = start(&subscriber).await.json();
    app.advance(SignedDuration::from_mins(31));
    sweep(app.store(), access::operator()).await.unwrap();
    let states = async || overview(owner, "?from=2099-12-01&to=2100-06-30").await["total"]["states"].clone();
    decisions().await;
    assert_eq!(states().await["abandoned"], 1);
    drop(go(&subscriber, &seen, "next", json!({ choice(): price() })).await);
    decisions().await;
    assert_eq!(
        (
            states().await["abandoned"].clone(),
            states().await["in_progress"].clone()
        ),
        (json!(0), json!(1))
    );
    app.advance(SignedDuration::from_hours(25));
    for _ in 0..2 {
        sweep(app.store(), access::operator()).await.unwrap();
    }
    assert_eq!(decisions().await, (1, 2, 2));
    assert_eq!(states().await["expired"], 1);
    app.stop().await;
}

#[actix_web::test]
async fn a_cell_that_was_changed_behind_the_products_back_is_found_and_a_rebuild_mends_it() {
    let app = TestApp::start().await;
    let walking = Walking::new(&app).await;
    let owner = &walking.company.owner;
    walked(&app, &walking, "C-1", "saved").await;
    all_counted(owner).await;
    let found = checked(owner).await;
    assert_eq!(
        (&found["differing"], &found["sessions"], &found["pending"]),
        (&json!(0), &json!(1), &json!(0))
    );
    assert!(found["cells"].as_u64().unwrap() > 5);

    let rollups = raw::collection(&app, "rollups").await;
    let change = doc! { "$inc": { "n.outcome.saved": 1_i64 } };
    assert_eq!(
        rollups.update_many(doc! {}, change).await.unwrap().modified_count,
        1
    );
    let found = checked(owner).await;
    assert_eq!(found["differing"], 1);
    let example = found["examples"][0].as_str().unwrap();
    assert!(example.ends_with("`outcome.saved` is 2, not 1"), "{example}");

    let job = owner
        .post("/analytics/rebuild", &json!({}))
        .await
        .expect(202)
        .string("/job");
    owner.job_done(&job).await;
    agree(&app).await;
    let counting = owner.get("/analytics/counting").await.expect(200).json();
    assert_eq!(counting["checked"]["differing"], 0);
    assert_eq!(rollups.count_documents(doc! { "epoch": 0_i64 }).await.unwrap(), 0);
    // What comes afterwards goes on from there.
    walking.customer("C-2").await;
    walked(&app, &walking, "C-2", "cancelled").await;
    all_counted(owner).await;
    assert_eq!(agree(&app).await.sessions(), 2);
    app.stop().await;
}

#[actix_web::test]
async fn roll_ups_of_a_release_that_knew_fewer_cells_are_counted_anew_once() {
    let app = TestApp::start().await;
    let walking = Walking::new(&app).await;
    let owner = &walking.company.owner;
    walked(&app, &walking, "C-1", "saved").await;
    all_counted(owner).await;
    // As that release has left them.
    let (rollups, sessions, states) = (
        raw::collection(&app, "rollups").await,
        raw::collection(&app, "sessions").await,
        raw::collection(&app, "rollup_states").await,
    );
    let without = doc! { "$unset": { "n.decided_reason": "" } };
    drop(rollups.update_many(doc! {}, without).await.unwrap());
    let without = doc! { "$pull": { "counted.cells": { "$regex": "^decided_reason" } } };
    let sessions = sessions.update_many(doc! {}, without).await.unwrap();
    assert_eq!(sessions.modified_count, 1);
    drop(
        states
            .update_many(doc! {}, doc! { "$unset": { "cells": "" } })
            .await
            .unwrap(),
    );
    let split = async || overview(owner, "").await["reasons"][0]["stayed"].clone();
    assert_eq!(split().await, 0);

    let rebuilds = async || {
        let sweep = NewJob::new("rollup_sweep", &json!({})).unwrap();
        let sweep = app.store().jobs().enqueue(None, sweep).await.unwrap().id();
        let jobs = raw::collection(&app, "jobs").await;
        let id = mongodb::bson::Uuid::from_bytes(sweep.uuid().into_bytes());
        while jobs
            .count_documents(doc! { "_id": id, "state": "succeeded" })
            .await
            .unwrap()
            == 0
        {
            sleep(Duration::from_millis(20)).await;
        }
        let found = owner
            .get("/jobs?filter[kind]=rollup_rebuild")
            .await
            .expect(200)
            .json();
        found["data"].as_array().unwrap().clone()
    };
    let first = rebuilds().await;
    assert_eq!(first.len(), 1);
    owner.job_done(first[0]["id"].as_str().unwrap()).await;
    assert_eq!(split().await, 1);
    agree(&app).await;
    assert_eq!(rebuilds().await.len(), 1);
    app.stop().await;
}

#[actix_web::test]
async fn another_time_zone_moves_sessions_to_their_days_and_another_text_moves_nothing() {
    let app = TestApp::start().await;
    let walking = Walking::new(&app).await;
    let owner = &walking.company.owner;
    walked(&app, &walking, "C-1", "saved").await;
    all_counted(owner).await;
    let id = walking.place.trim_start_matches("/workflows/");
    let path = format!("/analytics/workflows/{id}");
    let before = owner.get(&path).await.expect(200).json();

    let tree = owner
        .get(&format!("{}/tree", walking.place))
        .await
        .expect(200)
        .json();
    let card = &tree["tree"]["cards"][0];
    let face = json!({
        "kind": card["kind"], "settings": card["settings"], "title": { "en": "What is wrong?" }
    });
    let op = json!({ "op": "update_card", "card": card["id"], "face": face });
    let edit = json!({ "base": 2, "op": op });
    let edited = owner.post(&format!("{}/ops", walking.place), &edit).await;
    assert_eq!(edited.code(), 200, "{}", edited.text());
    walking.publish(3).await;
    walking.customer("C-2").await;
    let subscriber = app.with_token(&walking.minted("C-2", "live").await.string("/token"));
    drop(start(&subscriber).await.expect(201));
    all_counted(owner).await;
    let old = owner.get(&format!("{path}?version=1")).await.expect(200).json();
    assert_eq!(old, before);
    let both = owner.get(&path).await.expect(200).json();
    assert_eq!(both["cards"][0]["title"], "What is wrong?");
    assert_eq!(
        (&both["cards"][0]["viewed"], &both["cards"][0]["version"]),
        (&json!(2), &json!(2))
    );

    // Noon of the first day in UTC is the second day at the far end of the world.
    let place = format!("/companies/{}", walking.company.id);
    let etag = owner.get(&place).await.header("etag").unwrap();
    let zone = json!({ "time_zone": "Pacific/Kiritimati" });
    let changed = owner
        .json(Method::PATCH, &place, &[("if-match", &etag)], &zone)
        .await;
    drop(changed.expect(200));
    let jobs = owner
        .get("/jobs?filter[subject]=analytics")
        .await
        .expect(200)
        .json();
    owner.job_done(jobs["data"][0]["id"].as_str().unwrap()).await;
    let seen = overview(owner, "?from=2100-01-01&to=2100-01-02").await;
    assert_eq!(seen["days"][0]["figures"]["sessions"], 0);
    assert_eq!(seen["days"][1]["figures"]["sessions"], 2);
    app.stop().await;
}

#[actix_web::test]
async fn use_of_the_product_is_counted_by_day_and_what_is_sent_again_counts_once() {
    let app = TestApp::start().await;
    let company = app.company("Globex").await;
    let new = json!({ "external_id": "C-1" });
    drop(company.program.post("/customers", &new).await.expect(201));
    let id = customer(&company.program, "C-1").await;
    let batch = json!({ "events": (0..40).map(|number| happened(number, &id)).collect::<Vec<_>>() });
    for _ in 0..3 {
        drop(company.program.post("/events/batch", &batch).await.expect(200));
    }
    let usage = raw::collection(&app, "usage_daily").await;
    let events = raw::collection(&app, "user_events").await;
    while events.count_documents(doc! { "dirty": true }).await.unwrap() > 0 {
        sleep(Duration::from_millis(50)).await;
    }
    // A late one, and one of before.
    let more = json!({ "events": [happened(99, &id), happened(7, &id)] });
    drop(company.program.post("/events/batch", &more).await.expect(200));
    while events.count_documents(doc! { "dirty": true }).await.unwrap() > 0 {
        sleep(Duration::from_millis(50)).await;
    }
    let days: Vec<Document> = recount::all(&usage).await;
    assert_eq!(days.len(), 1);
    assert_eq!(days[0].get_i64("count").unwrap(), 41);
    assert_eq!(days[0].get_str("name").unwrap(), "report.exported");
    app.stop().await;
}
