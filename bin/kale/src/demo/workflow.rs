//! The demo's workflow: made of the template for telecom companies, with an offer of the company's own, published.

use actix_web::http::Method;
use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use super::client::{Api, text};

/// The template it begins as.
const TEMPLATE: &str = "cancel_telecom";

/// The call to action that it gets beside the template's elements.
const CALL: &str = "elm_01kamf1t00e0180000000000ka";

/// Makes and publishes it unless the company has a workflow.
pub(super) async fn publish(api: &Api) -> Result<()> {
    let there = api.get("/workflows?limit=1").await?.body;
    if there.pointer("/data/0").is_some() {
        return Ok(());
    }
    let offer = json!({ "name": "Break of three months", "kind": "pause", "params": { "months": 3 } });
    let offer = api.json(Method::POST, "/offers", &[], &offer).await?;
    let offer = text(&offer.body, "/id")?.to_owned();
    let made = json!({ "name": "Leaving Harbour", "template": TEMPLATE });
    let made = api.json(Method::POST, "/workflows", &[], &made).await?;
    let place = format!("/workflows/{}", text(&made.body, "/id")?);
    let tree = api.get(&format!("{place}/tree")).await?.body;
    let question = tree
        .pointer("/tree/cards/0/elements/0")
        .context("the template asks nothing")?;
    let card = offered(&tree).context("the template has no card with an offer")?;
    let mut base = tree.get("revision").and_then(Value::as_u64).unwrap_or_default();
    let message =
        titled(&tree, "How to keep your number").context("the template does not tell how to port")?;
    let mut edits = edits(question, card, &offer);
    edits.push(call_on(message));
    for op in edits {
        let edit = json!({ "base": base, "op": op });
        api.json(Method::POST, &format!("{place}/ops"), &[], &edit)
            .await?;
        base += 1;
    }
    let publish = json!({ "revision": base, "note": "The demo's first version" });
    api.json(Method::POST, &format!("{place}/publish"), &[], &publish)
        .await?;
    Ok(())
}

/// The first card that makes an offer.
fn offered(tree: &Value) -> Option<&Value> {
    let cards = tree.pointer("/tree/cards")?.as_array()?;
    cards
        .iter()
        .find(|card| card.get("kind").is_some_and(|kind| kind == "offer"))
}

/// The card of that title, wherever it stands in the tree.
fn titled<'a>(tree: &'a Value, title: &str) -> Option<&'a Value> {
    if tree.pointer("/title/en").is_some_and(|own| own == title) {
        return Some(tree);
    }
    match tree {
        Value::Object(fields) => fields.values().find_map(|below| titled(below, title)),
        Value::Array(all) => all.iter().find_map(|below| titled(below, title)),
        _ => None,
    }
}

/// What lets its readers open a page of the company.
fn call_on(card: &Value) -> Value {
    json!({
        "op": "add_element", "card": card.get("id"), "index": 1,
        "element": { "id": CALL, "kind": "call_to_action", "config": {
            "label": { "en": "Read how porting works" },
            "action": { "link": { "url": "https://help.example.com/keep-your-number" } }
        } }
    })
}

/// What makes it offer a break. The template's smaller tariff has to say from which bill on it counts, which nobody knows
/// of these subscribers while no billing is connected; when a break begins and ends is known.
fn edits(question: &Value, card: &Value, offer: &str) -> Vec<Value> {
    let face = json!({
        "kind": "offer", "title": { "en": "Take a break" },
        "settings": { "accept": { "en": "Pause for {{offer.months}} months" }, "decline": { "en": "No thanks" } }
    });
    let mut asked = question.clone();
    if let Some(text) = asked.pointer_mut("/config/options/1/text/en") {
        *text = json!("Pay nothing for a while");
    }
    let mut edits = vec![
        json!({ "op": "update_element", "element": asked }),
        json!({ "op": "update_card", "card": card.get("id"), "face": face }),
    ];
    for element in card
        .get("elements")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        let mut element = element.clone();
        let Some(kind) = element.get("kind").and_then(Value::as_str) else {
            continue;
        };
        let config = match kind {
            "text" => json!({ "text": { "en":
                "You keep your number and pay nothing from {{preview.pause_on}}. It starts again on {{preview.resume_on}}." } }),
            "offer" => json!({ "kind": "pause", "offer": offer }),
            _ => continue,
        };
        if let Some(place) = element.get_mut("config") {
            *place = config;
        }
        edits.push(json!({ "op": "update_element", "element": element }));
    }
    edits
}
