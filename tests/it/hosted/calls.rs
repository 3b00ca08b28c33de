//! Calls to action on the hosted page: followed with a button, recorded once, and never led away by the post itself.

use kale_domain::id::ElementId;
use serde_json::{Value, json};
use uuid::Uuid;

use super::*;
use crate::walking::{go, start};

const HELP: &str = "https://help.example.com/plans?of=kale&lang=en";

/// The page that a cancellation ends on.
fn cancelled(tree: &Value) -> Value {
    let cards = tree["tree"]["cards"].as_array().unwrap();
    let confirm = cards.iter().find(|card| card["kind"] == "confirm").unwrap();
    let page = &confirm["branches"][0]["cards"][0];
    assert_eq!(page["settings"]["outcome"], "cancelled");
    page["id"].clone()
}

/// The message after the question gets two calls to action: one opens a page, the other tells staff. The page after a
/// cancellation gets the first of them too.
async fn with_calls(walking: &Walking) {
    let owner = &walking.company.owner;
    let tree = owner.get(&format!("{}/tree", walking.place)).await.expect(200);
    let tree = tree.json();
    let cards = tree["tree"]["cards"].as_array().unwrap();
    let card = |kind: &str| cards.iter().find(|card| card["kind"] == kind).unwrap()["id"].clone();
    let link = json!({ "label": { "en": "Compare the plans" }, "action": { "link": { "url": HELP } } });
    let notify =
        json!({ "label": { "en": "Call me" }, "action": { "notify": { "who": "retention_admin" } } });
    let calls = [
        (card("message"), &notify),
        (card("message"), &link),
        (cancelled(&tree), &link),
    ];
    for (base, (card, config)) in (2_u64..).zip(calls) {
        let id = ElementId::from_uuid(Uuid::from_u128(
            0x0193_a1b2_0000_7000_8000_0000_0001_0000 + u128::from(base),
        ));
        let element = json!({ "id": id, "kind": "call_to_action", "config": config });
        let op = json!({ "op": "add_element", "card": card, "element": element, "index": 0 });
        let edit = json!({ "base": base, "op": op });
        drop(
            owner
                .post(&format!("{}/ops", walking.place), &edit)
                .await
                .expect(200),
        );
    }
    walking.publish(5).await;
}

/// The events of calls to action.
async fn followed(walking: &Walking) -> Vec<Value> {
    let all = walking
        .company
        .owner
        .get("/events?filter[name]=cta.clicked")
        .await;
    all.expect(200).json()["data"].as_array().unwrap().clone()
}

/// The button of a call to action: the id of its element.
fn call<'a>(page: &'a str, label: &str) -> &'a str {
    let (before, _) = page
        .split_once(&format!("\">{label}</button>"))
        .unwrap_or_else(|| panic!("{label} in {page}"));
    before
        .rsplit_once("<button form=\"calls\" name=\"follow\" value=\"")
        .unwrap()
        .1
}

/// What pressing it posts: the form of the calls, which holds nothing that was typed.
fn pressed(page: &str, element: &str) -> String {
    let form = page.split_once("<form id=\"calls\"").unwrap().1;
    assert!(form.contains("target=\"_blank\" rel=\"noopener\""), "{form}");
    let mut fields: Vec<(&str, &str)> = ["session", "version", "secret", "step", "card"]
        .iter()
        .map(|name| (*name, hidden(form, name)))
        .collect();
    fields.push(("follow", element));
    encoded(&fields)
}

#[actix_web::test]
async fn a_call_is_recorded_once_and_answered_with_a_page_that_leads_away() {
    let app = TestApp::shared();
    let walking = Walking::new(&app).await;
    with_calls(&walking).await;
    let browser = minted(&walking, &app).await;
    let question = browser.page().await;
    assert!(!question.contains("id=\"calls\""), "{question}");
    let page = browser.press(&question, "skip", &[]).await;
    assert!(
        !page.contains("help.example.com"),
        "only the page that leads away says where: {page}"
    );
    let element = call(&page, "Compare the plans");
    let wish = pressed(&page, element);

    let two = join_all([browser.post(wish.clone()), browser.post(wish)]).await;
    for answer in two {
        let answer = answer.expect(200);
        checked(&answer);
        assert_eq!(answer.header("location"), None);
        let leaving = answer.text();
        let escaped = HELP.replace('&', "&#38;");
        for part in [
            format!("<meta http-equiv=\"refresh\" content=\"0;url={escaped}\">"),
            format!("href=\"{escaped}\" rel=\"noopener noreferrer\">Open help.example.com</a>"),
            "<h1>You go to help.example.com</h1>".to_owned(),
        ] {
            assert!(leaving.contains(&part), "{part} in {leaving}");
        }
    }
    let events = followed(&walking).await;
    assert_eq!(events.len(), 1, "{events:#?}");
    // The card is the same one, at the same step; the walk goes on from the page that stayed open.
    assert_eq!(browser.page().await, page);
    let confirm = browser.press(&page, "next", &[]).await;
    let late = browser.post(pressed(&page, element)).await.expect(409).text();
    assert!(late.contains("You went on in another window."), "{late}");
    let ended = browser.press(&confirm, "cancel", &[]).await;
    assert!(ended.contains("Your cancellation is recorded."), "{ended}");
    assert_eq!(followed(&walking).await.len(), 1);
    app.stop().await;
}

#[actix_web::test]
async fn only_a_call_of_the_present_card_leads_anywhere() {
    let app = TestApp::shared();
    let walking = Walking::new(&app).await;
    with_calls(&walking).await;
    let browser = minted(&walking, &app).await;
    let question = browser.page().await;
    let page = browser.press(&question, "skip", &[]).await;
    let element = call(&page, "Compare the plans");
    let wish = pressed(&page, element);
    // A question of another card, an element that nobody has, and a page of somebody else.
    let foreign = pressed(&page, &choice());
    let unknown = pressed(&page, "elm_01h455vb4pex5vsknk084sn02q");
    for other in [foreign, unknown] {
        let told = browser.post(other).await.expect(422).text();
        assert!(!told.contains("help.example.com"), "{told}");
    }
    let forged = pressed(&page.replace(hidden(&page, "secret"), "forged"), element);
    drop(browser.post(forged).await.expect(403));
    assert_eq!(followed(&walking).await, Vec::<Value>::new());
    // Control: what it was made from leads there.
    drop(browser.post(wish).await.expect(200));
    assert_eq!(followed(&walking).await.len(), 1);
    app.stop().await;
}

#[actix_web::test]
async fn a_call_on_the_last_page_is_followed_after_the_outcome_and_changes_nothing_of_it() {
    let app = TestApp::shared();
    let walking = Walking::new(&app).await;
    with_calls(&walking).await;
    let browser = minted(&walking, &app).await;
    let confirm = browser.press(&browser.page().await, "cancel", &[]).await;
    let ended = browser.press(&confirm, "cancel", &[]).await;
    let element = call(&ended, "Compare the plans");
    let leaving = browser.post(pressed(&ended, element)).await.expect(200).text();
    assert!(
        leaving.contains("<h1>You go to help.example.com</h1>"),
        "{leaving}"
    );
    let events = followed(&walking).await;
    assert_eq!(events.len(), 1, "{events:#?}");
    assert_eq!(browser.page().await, ended);
    app.stop().await;
}

#[actix_web::test]
async fn the_api_follows_a_call_on_the_card_and_staff_are_told_once() {
    let app = TestApp::shared();
    let walking = Walking::new(&app).await;
    with_calls(&walking).await;
    let subscriber = walking.subscriber(&app).await;
    let question = start(&subscriber).await.expect(201).json();
    let card = go(&subscriber, &question, "next", json!({})).await;
    let elements = card["card"]["elements"].as_array().unwrap();
    let notify = elements.iter().find(|one| one["label"] == "Call me").unwrap();
    let wish = json!({ notify["id"].as_str().unwrap(): true });
    let me = walking.company.owner.get("/me").await.string("/user/id");
    for _again in 0..2 {
        let stays = go(&subscriber, &card, "follow", wish.clone()).await;
        assert_eq!(stays["card"]["id"], card["card"]["id"]);
        assert_eq!(stays["session"]["step"], card["session"]["step"]);
    }
    let told = kale_persistence::notifications::list(
        app.store(),
        walking.company.tenant,
        me.parse().unwrap(),
        10,
        None,
    );
    let titles: Vec<String> = told.await.unwrap().into_iter().map(|one| one.title).collect();
    assert_eq!(titles, ["Ada Okafor wants to be contacted"]);
    let events = followed(&walking).await;
    assert_eq!(events.len(), 1, "{events:#?}");
    assert_eq!(events[0]["element"], notify["id"]);
    app.stop().await;
}
