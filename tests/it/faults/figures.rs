//! kill -9 of server and worker while subscribers walk and programs tell: figures end as a count from scratch has them.

use std::collections::BTreeMap;

use actix_web::http::Method;
use futures::future::{Either, join_all};
use kale_domain::id::{CardId, ElementId, OptionId};
use kale_testkit::{Client, Installation, KaleProcess, TestCompany};
use mongodb::bson::doc;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    collection, pause,
    server::{Chance, say},
};
use crate::{
    analytics::{
        all_counted,
        recount::{KINDS, all, counted, recounted, strange},
    },
    events::happened,
    walking::Walking,
};

const KILLS: u64 = 5;
const SUBSCRIBERS: u64 = 12;

/// What came back, if anything did.
async fn ask(client: &Client, path: &str, body: &Value) -> Option<Value> {
    let json = [("content-type", "application/json")];
    let body = serde_json::to_vec(body).unwrap();
    let answer = client.try_send(Method::POST, path, &json, body).await.ok()?;
    assert!(answer.code() < 500 || answer.code() == 503, "{}", answer.text());
    serde_json::from_slice(&answer.body).ok()
}

/// An answer to whatever asks: with this option, or with both where several may be chosen.
fn answer(element: &Value, option: usize, both: bool) -> Option<Value> {
    let chosen = element["options"].get(option).map(|option| option["id"].clone());
    Some(match element["kind"].as_str()? {
        "single_choice" => chosen?,
        "multi_choice" if both => {
            let options = element["options"].as_array()?;
            options.iter().map(|option| option["id"].clone()).collect()
        }
        "multi_choice" => json!([chosen?]),
        "rating" => json!(1 + option),
        "short_text" => json!("In my own words"),
        "checkbox" | "call_to_action" => json!(option == 0),
        _ => return None,
    })
}

/// A subscriber who knows what to do on each card: the first of these that it lets them do, else to leave.
async fn walk_straight(program: &Client, name: &str, option: usize, wishes: &[&str]) {
    let wish = json!({ "customer": { "external_id": name }, "trigger": "cancel_intent", "mode": "live" });
    let token = program
        .post("/viewer/tokens", &wish)
        .await
        .expect(201)
        .string("/token");
    let subscriber = program.holding(&token);
    let mut seen = subscriber.post("/sessions", &json!({})).await.expect(201).json();
    let path = format!("/sessions/{}", seen["session"]["id"].as_str().unwrap());
    while seen["session"]["state"] == "in_progress" {
        let actions = seen["card"]["actions"].as_array().unwrap();
        let Some(action) = wishes.iter().find(|wish| actions.contains(&json!(wish))) else {
            drop(
                subscriber
                    .post(&format!("{path}/end"), &json!({}))
                    .await
                    .expect(200),
            );
            return;
        };
        let mut step =
            json!({ "step": seen["session"]["step"], "card": seen["card"]["id"], "action": action });
        for element in seen["card"]["elements"].as_array().unwrap() {
            if let Some(answer) = answer(element, option, false) {
                step["answers"][element["id"].as_str().unwrap()] = answer;
            }
        }
        seen = subscriber
            .post(&format!("{path}/steps"), &step)
            .await
            .expect(200)
            .json();
    }
}

/// A card with every kind of question, two of whose options stand for reasons, before everything else.
async fn ask_everything(walking: &Walking) {
    let id = |number: u128| Uuid::from_u128(0x0193_a1b2_0000_7000_8000_0000_0000_1000 + number);
    let element = |number, kind: &str, config: Value| json!({ "id": ElementId::from_uuid(id(number)), "kind": kind, "config": config });
    let label = json!({ "en": "What about it?" });
    let option = |number, reason: &str| json!({ "id": OptionId::from_uuid(id(number)), "text": { "en": reason }, "reason": reason });
    let elements = json!([
        element(
            1,
            "multi_choice",
            json!({ "label": label, "options": [option(2, "other"), option(3, "price_too_high")] })
        ),
        element(4, "rating", json!({ "label": label, "scale": "stars" })),
        element(5, "checkbox", json!({ "label": label })),
        element(
            6,
            "call_to_action",
            json!({ "label": label, "action": { "link": { "url": "https://example.com/help" } } })
        ),
    ]);
    let card = json!({
        "id": CardId::from_uuid(id(7)), "kind": "question", "title": { "en": "Everything" },
        "settings": { "next": { "en": "Continue" }, "skip": { "en": "Skip" } }, "elements": elements
    });
    let op = json!({ "op": "add_card", "card": card, "at": { "branch": null, "index": 0 } });
    let ops = format!("{}/ops", walking.place);
    let owner = &walking.company.owner;
    drop(
        owner
            .post(&ops, &json!({ "base": 2, "op": op }))
            .await
            .expect(200),
    );
    walking.publish(3).await;
}

/// The one with this number pays so much a month; every third one what nobody knows.
async fn subscribe(program: &Client, number: u64) {
    let mut customer = json!({ "external_id": format!("C-{number}") });
    let currency = if number.is_multiple_of(2) { "USD" } else { "EUR" };
    if !number.is_multiple_of(3) {
        customer["mrr"] = json!({ "amount_minor": (number - 2) * 1_050, "currency": currency });
    }
    drop(program.post("/customers", &customer).await.expect(201));
}

/// A subscriber who does this and that until something does not answer.
async fn wander(program: &Client, name: &str, mut chance: Chance) -> Option<()> {
    let wish = json!({ "customer": { "external_id": name }, "trigger": "cancel_intent", "mode": "live" });
    for _ in 0..3 {
        let token = ask(program, "/viewer/tokens", &wish).await?["token"]
            .as_str()?
            .to_owned();
        let subscriber = program.holding(&token);
        let mut seen = ask(&subscriber, "/sessions", &json!({})).await?;
        let path = format!("/sessions/{}", seen["session"]["id"].as_str()?);
        for _ in 0..8 {
            if chance.below(6) == 0 {
                // They leave; with the next token they come back to it.
                ask(&subscriber, &format!("{path}/end"), &json!({})).await?;
                break;
            }
            let Some(actions) = seen["card"]["actions"].as_array().filter(|all| !all.is_empty()) else {
                break;
            };
            let count = u64::try_from(actions.len()).unwrap();
            let action = &actions[usize::try_from(chance.below(count)).unwrap()];
            let mut step =
                json!({ "step": seen["session"]["step"], "card": seen["card"]["id"], "action": action });
            for element in seen["card"]["elements"].as_array()? {
                let option = usize::try_from(chance.below(2)).unwrap();
                if let Some(answer) = answer(element, option, chance.below(3) == 0) {
                    step["answers"][element["id"].as_str()?] = answer;
                }
            }
            let next = ask(&subscriber, &format!("{path}/steps"), &step).await?;
            // The same post again is answered the same.
            ask(&subscriber, &format!("{path}/steps"), &step).await?;
            if next["session"].is_null() {
                break;
            }
            seen = next;
        }
    }
    Some(())
}

/// A program that tells the same again and again, late and out of order.
async fn tell(program: &Client, customer: &Value, round: u64) -> Option<()> {
    for late in [3, 1, 2, 1] {
        let events: Vec<Value> = (0..30)
            .map(|number| {
                let mut event = happened(round * 100 + late * 30 + number, customer);
                event["at"] = json!(format!("2026-10-{:02}T10:00:00Z", 1 + late));
                event
            })
            .collect();
        ask(program, "/events/batch", &json!({ "events": events })).await?;
    }
    Some(())
}

/// Use of the product by day, as the events have it.
async fn usage(uri: &str) -> (BTreeMap<String, i64>, BTreeMap<String, i64>) {
    let (mut told, mut days) = (BTreeMap::new(), BTreeMap::new());
    let key = |of: &mongodb::bson::Document| {
        format!(
            "{} {} {}",
            of.get("customer_id").unwrap(),
            of.get("day").unwrap(),
            of.get("name").unwrap()
        )
    };
    for event in all(&collection(uri, "user_events").await).await {
        if event.contains_key("day") {
            *told.entry(key(&event)).or_default() += 1;
        }
    }
    for day in all(&collection(uri, "usage_daily").await).await {
        days.insert(key(&day), day.get_i64("count").unwrap());
    }
    (told, days)
}

#[actix_web::test]
async fn figures_survive_every_kill_and_a_cell_changed_from_outside_is_seen() {
    let installation = Installation::start().await;
    let (tenant, key) = installation.company("globex").await;
    let (uri, folder) = (installation.mongod().uri(), installation.data_dir());
    let mut process = KaleProcess::start(&uri, &folder).await;
    let client = process.with_token(&key);
    let company = TestCompany {
        id: tenant.company(),
        tenant,
        owner: client.clone(),
        expert: client.clone(),
        program: client.clone(),
    };
    let walking = Walking::of(company).await;
    ask_everything(&walking).await;
    let mut ids = Vec::new();
    for number in 2..2 + SUBSCRIBERS {
        let name = format!("C-{number}");
        subscribe(&client, number).await;
        ids.push(crate::events::customer(&client, &name).await);
    }

    let mut chance = Chance::new();
    for round in 0..=KILLS {
        let client = process.with_token(&key);
        let walkers = (2..2 + SUBSCRIBERS).map(|number| {
            let (name, chance) = (format!("C-{number}"), Chance::of(round * 100 + number));
            let client = &client;
            async move { wander(client, &name, chance).await }
        });
        let tellers = ids.iter().take(2).map(|id| tell(&client, id, round));
        let busy = futures::future::join(join_all(walkers), join_all(tellers));
        if round == KILLS {
            drop(busy.await);
            continue;
        }
        // After a random share of what is told, whenever that is.
        let told = collection(&uri, "user_events").await;
        let end = told.estimated_document_count().await.unwrap() + 20 + chance.below(300);
        {
            let far = async {
                while told.estimated_document_count().await.unwrap() < end {
                    pause(2).await;
                }
                process.kill9();
            };
            match futures::future::select(std::pin::pin!(busy), std::pin::pin!(far)).await {
                // The others learn that nobody answers any more.
                Either::Right(((), busy)) => drop(busy.await),
                Either::Left(_all_is_told) => {}
            }
        }
        process.kill9();
        process = KaleProcess::start(&uri, &folder).await;
    }

    let client = process.with_token(&key);
    // Whatever chance has done, each kind of cell has a session that counts in it.
    for (number, option, wishes) in [
        (100, 0, ["accept", "next"].as_slice()),
        (101, 0, &["decline", "next", "cancel"]),
        (103, 1, &["next"]),
        (104, 1, &["skip"]),
    ] {
        subscribe(&client, number).await;
        walk_straight(&client, &format!("C-{number}"), option, wishes).await;
    }
    all_counted(&client).await;
    let events = collection(&uri, "user_events").await;
    while events.count_documents(doc! { "dirty": true }).await.unwrap() > 0 {
        pause(50).await;
    }
    let sessions = collection(&uri, "sessions").await;
    let (rollups, states) = (
        collection(&uri, "rollups").await,
        collection(&uri, "rollup_states").await,
    );
    let versions = collection(&uri, "workflow_versions").await;
    let expected = recounted(&sessions, &versions).await;
    assert_eq!(counted(&rollups, &states).await, expected);
    assert_eq!(strange(&rollups).await, Vec::<String>::new());
    for kind in KINDS {
        assert!(
            expected.knows(&format!("{kind}.")),
            "no session counts in `{kind}`"
        );
    }
    for end in [
        ".ticked",
        ".unticked",
        ".clicked",
        ".text",
        ".left",
        ".went_on",
        ".accepted",
        ".declined",
        ".at_stake",
    ] {
        assert!(expected.knows_end(end), "no session counts in `{end}`");
    }
    let (told, days) = usage(&uri).await;
    assert_eq!(told, days);
    say(&format!(
        "{} sessions and {} days of use over {KILLS} kills",
        expected.sessions(),
        days.len()
    ));
    assert!(
        expected.sessions() >= 12 && days.len() >= 4,
        "{} {}",
        expected.sessions(),
        days.len()
    );
    let checked = async || {
        let job = client
            .post("/analytics/check", &json!({}))
            .await
            .expect(202)
            .string("/job");
        client.job_done(&job).await;
        client.get("/analytics/counting").await.expect(200).json()["checked"]["differing"].clone()
    };
    assert_eq!(checked().await, 0);

    // The control: somebody writes past the product.
    let change = doc! { "$inc": { "n.state.completed": 1_i64 } };
    assert_eq!(
        rollups.update_one(doc! {}, change).await.unwrap().modified_count,
        1
    );
    assert_ne!(counted(&rollups, &states).await, expected);
    assert_eq!(checked().await, 1);

    // A cell that nobody recounts, and a field beside the cells: the recount may not pass them over.
    for (name, value) in [("n.novelty.some", 0_i64), ("novelty", 1)] {
        let change = doc! { "$set": { name: value } };
        drop(rollups.update_one(doc! {}, change).await.unwrap());
    }
    let mut found = strange(&rollups).await;
    found.sort();
    assert_eq!(found, ["n.novelty", "novelty"]);
}
