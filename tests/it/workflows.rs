//! Workflows: made from templates, edited side by side, checked, published, rolled back.

mod edits;
mod versions;

use actix_web::http::Method;
use kale_testkit::{Answer, Client, TestApp};
use serde_json::{Value, json};

/// Makes a workflow from a template; where it is.
async fn made(client: &Client, template: &str) -> String {
    let body = json!({ "template": template });
    let made = client.post("/workflows", &body).await.expect(201);
    assert_eq!(
        made.header("location").unwrap(),
        format!("/api/v1/workflows/{}", made.string("/id"))
    );
    format!("/workflows/{}", made.string("/id"))
}

async fn tree(client: &Client, place: &str) -> Value {
    client.get(&format!("{place}/tree")).await.expect(200).json()["tree"].clone()
}

async fn edit(client: &Client, place: &str, base: u64, op: &Value) -> Answer {
    let body = json!({ "base": base, "op": op });
    client.post(&format!("{place}/ops"), &body).await
}

/// Another title for a card of the tree itself.
fn retitled(tree: &Value, index: usize, title: &str) -> Value {
    let card = &tree["cards"][index];
    let mut face = json!({ "kind": card["kind"], "settings": card["settings"], "title": { "en": title } });
    if let Some(condition) = card.get("visible_when") {
        face["visible_when"] = condition.clone();
    }
    json!({ "op": "update_card", "card": card["id"], "face": face })
}

async fn publish(client: &Client, place: &str, revision: u64) -> Answer {
    let body = json!({ "revision": revision, "note": format!("From {revision}") });
    client.post(&format!("{place}/publish"), &body).await
}

async fn problems(client: &Client, place: &str) -> Value {
    client.get(&format!("{place}/problems")).await.expect(200).json()
}

#[actix_web::test]
async fn a_template_says_what_it_lacks_and_a_workflow_made_from_it_has_ids_of_its_own() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let owner = &company.owner;
    let all = company.expert.get("/templates").await.expect(200).json();
    let keys: Vec<&Value> = all["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["key"])
        .collect();
    assert_eq!(keys, ["cancel_saas", "cancel_telecom", "cancel_direct"]);
    let template = owner.get("/templates/cancel_saas").await.expect(200).json();
    assert!(!template["left_out"].as_array().unwrap().is_empty());
    assert_eq!(all["data"][0]["left_out"], template["left_out"]);
    drop(owner.get("/templates/cancel_media").await.expect(404));

    let place = made(owner, "cancel_saas").await;
    let read = owner.get(&place).await.expect(200).json();
    assert_eq!(
        (
            &read["state"],
            &read["origin"],
            &read["revision"],
            &read["edited"]
        ),
        (
            &json!("draft"),
            &json!({ "kind": "template", "of": "cancel_saas" }),
            &json!(0),
            &Value::Null
        )
    );
    assert_eq!(read["name"], template["title"]);
    let own = tree(owner, &place).await;
    let (card, original) = (&own["cards"][0], &template["tree"]["cards"][0]);
    assert_eq!(card["title"], original["title"]);
    assert_ne!(card["id"], original["id"]);

    let copy = json!({ "name": "Second", "workflow": read["id"] });
    let copy = owner.post("/workflows", &copy).await.expect(201);
    assert_eq!(copy.json()["origin"]["kind"], "workflow");
    let copied = tree(owner, &format!("/workflows/{}", copy.string("/id"))).await;
    assert_eq!(copied["cards"][0]["title"], card["title"]);
    assert_ne!(copied["cards"][0]["id"], card["id"]);

    let empty = owner
        .post("/workflows", &json!({ "name": "Mine" }))
        .await
        .expect(201);
    let listed = owner.get("/workflows?fields=name").await.expect(200).json();
    let names: Vec<&Value> = listed["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["name"])
        .collect();
    assert_eq!(names, [&json!("Mine"), &json!("Second"), &template["title"]]);
    let nothing = tree(owner, &format!("/workflows/{}", empty.string("/id"))).await;
    assert_eq!(nothing, json!({ "revision": 0, "cards": [] }));
    for (body, pointer) in [
        (json!({}), "#/name"),
        (json!({ "template": "cancel_media" }), "#/template"),
        (
            json!({ "template": "cancel_saas", "workflow": read["id"] }),
            "#/workflow",
        ),
    ] {
        let refused = owner.post("/workflows", &body).await.expect(422).json();
        assert_eq!(refused["errors"][0]["pointer"], pointer, "{refused}");
    }
    app.stop().await;
}

#[actix_web::test]
async fn what_stands_in_the_way_is_listed_refuses_publishing_and_can_be_mended() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let owner = &company.owner;
    let place = made(owner, "cancel_saas").await;

    let found = problems(owner, &place).await;
    let wrong = found["problems"].as_array().unwrap().clone();
    assert!(wrong.len() >= 2 && found["publishable"] == false, "{found:#}");
    let refused = publish(owner, &place, 0).await.expect(422);
    assert_eq!(refused.problem(), "not-publishable");
    let pointers = |all: &[Value]| -> Vec<Value> { all.iter().map(|one| one["pointer"].clone()).collect() };
    assert_eq!(
        pointers(refused.json()["errors"].as_array().unwrap()),
        pointers(&wrong)
    );
    assert_eq!(owner.get(&place).await.json()["latest"], 0);

    for problem in &wrong {
        assert_eq!(
            (&problem["code"], &problem["severity"]),
            (&json!("offer-not-chosen"), &json!("error")),
            "{problem}"
        );
        let cards = tree(owner, &place).await;
        let at = problem["pointer"].as_str().unwrap().trim_start_matches('#');
        let mut element = cards
            .pointer(at.trim_end_matches("/config/offer"))
            .unwrap()
            .clone();
        assert_eq!(element["id"], problem["element"]);
        let kind = element["config"]["kind"].clone();
        let params = match kind.as_str().unwrap() {
            "pause" => json!({ "months": 3 }),
            "change_plan" => json!({ "plan": "Small" }),
            _ => json!({ "percent": 20, "months": 3 }),
        };
        let offer = json!({ "name": "Offer", "kind": kind, "params": params });
        element["config"]["offer"] = json!(owner.post("/offers", &offer).await.expect(201).string("/id"));
        let op = json!({ "op": "update_element", "element": element });
        let base = cards["revision"].as_u64().unwrap();
        drop(edit(owner, &place, base, &op).await.expect(200));
    }
    let found = problems(owner, &place).await;
    assert_eq!(
        (&found["problems"], &found["publishable"]),
        (&json!([]), &json!(true))
    );
    let revision = found["revision"].as_u64().unwrap();
    let live = publish(owner, &place, revision).await.expect(200).json();
    assert_eq!(
        (&live["state"], &live["current"], &live["latest"]),
        (&json!("live"), &json!(1), &json!(1))
    );

    // An archived offer can't be published again.
    let all = owner.get("/offers").await.json();
    let offer = format!("/offers/{}", all["data"][0]["id"].as_str().unwrap());
    let archived = json!({ "archived": true });
    drop(
        owner
            .json(Method::PATCH, &offer, &[("if-match", "\"v1\"")], &archived)
            .await
            .expect(200),
    );
    let refused = publish(owner, &place, revision).await.expect(422).json();
    assert_eq!(refused["errors"][0]["code"], "offer-unavailable");
    app.stop().await;
}

#[actix_web::test]
async fn the_exit_profiles_of_a_workflow_have_to_hold_and_name_their_source() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let owner = &company.owner;
    let place = made(owner, "cancel_telecom").await;
    let change = async |tag: &str, body: Value| {
        owner
            .json(Method::PATCH, &place, &[("if-match", tag)], &body)
            .await
    };
    let strict = json!({ "exit_profiles": ["uk_2027", "base"], "locales": ["de", "en"], "name": " Leave " });
    let changed = change("\"v1\"", strict).await.expect(200);
    assert_eq!(
        (
            &changed.json()["exit_profiles"],
            &changed.json()["locales"],
            &changed.json()["name"]
        ),
        (&json!(["uk_2027"]), &json!(["de"]), &json!("Leave"))
    );
    drop(change("\"v1\"", json!({})).await.expect(412));
    for (body, pointer) in [
        (json!({ "exit_profiles": ["mars"] }), "#/exit_profiles"),
        (json!({ "name": "" }), "#/name"),
        (json!({ "trigger": "full_moon" }), "#/trigger"),
    ] {
        let refused = change("\"v2\"", body).await.expect(422).json();
        let at = refused["errors"][0]["pointer"].as_str().unwrap();
        assert!(at.starts_with(pointer), "{refused}");
    }

    let found = problems(owner, &place).await;
    let all = found["problems"].as_array().unwrap();
    let broken = all
        .iter()
        .find(|one| one["code"] == "too-many-questions")
        .unwrap();
    assert_eq!(broken["rule"]["profile"], "uk_2027");
    let gaps = all.iter().filter(|one| one["severity"] == "warning").count();
    assert!(gaps > 0, "what German lacks is worth a look");
    let known = owner.get("/exit-profiles").await.expect(200).json();
    let uk = known["data"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["key"] == "uk_2027")
        .unwrap();
    assert_eq!(broken["rule"]["source"], uk["source"]);
    app.stop().await;
}

#[actix_web::test]
async fn a_workflow_is_paused_resumed_and_archived_and_nothing_else() {
    let app = TestApp::shared();
    let company = app.company("Globex").await;
    let owner = &company.owner;
    let place = made(owner, "cancel_direct").await;
    let turn = async |verb: &str| owner.post(&format!("{place}/{verb}"), &json!({})).await;
    assert_eq!(turn("pause").await.expect(409).problem(), "wrong-state");
    drop(publish(owner, &place, 0).await.expect(200));

    let paused = turn("pause").await.expect(200).json();
    assert_eq!(
        (&paused["state"], &paused["current"]),
        (&json!("paused"), &json!(1))
    );
    assert_eq!(turn("pause").await.expect(409).problem(), "wrong-state");
    assert_eq!(turn("resume").await.expect(200).json()["state"], "live");
    let live = owner
        .get("/workflows?filter[state]=live")
        .await
        .expect(200)
        .json();
    assert_eq!(live["data"].as_array().unwrap().len(), 1);

    let over = turn("archive").await.expect(200).json();
    assert_eq!(
        (&over["state"], &over["current"]),
        (&json!("archived"), &json!(1))
    );
    for verb in ["archive", "resume", "pause", "undo"] {
        assert_eq!(turn(verb).await.expect(409).problem(), "wrong-state", "{verb}");
    }
    let cards = tree(owner, &place).await;
    let op = retitled(&cards, 0, "Late");
    assert_eq!(
        edit(owner, &place, 0, &op).await.expect(409).problem(),
        "wrong-state"
    );
    assert_eq!(
        publish(owner, &place, 0).await.expect(409).problem(),
        "wrong-state"
    );

    // Each of them left an entry, and what was refused left none.
    let log = owner.get("/audit?limit=200").await.expect(200).json();
    let actions: Vec<&str> = log["data"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|one| one["action"].as_str())
        .filter(|action| action.starts_with("workflow"))
        .collect();
    assert_eq!(
        actions,
        [
            "workflow_archived",
            "workflow_resumed",
            "workflow_paused",
            "workflow_published",
            "workflow_created"
        ]
    );
    app.stop().await;
}
