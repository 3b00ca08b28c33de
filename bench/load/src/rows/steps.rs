//! P17: the next card of a live session.

use std::rc::Rc;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use super::lists::{CPU, P99, ids, single};
use crate::{
    api::Api,
    bench::{Bench, Target},
    measure::{Goal::AtMost, figure, note, ratio, short},
    programs::Ours,
    slice::Asks,
};

/// How many subscribers walk. Each takes a step after all others have, so that the steps of one come in order.
pub(super) const WALKING: usize = 400;

/// A session, and how its subscriber sends a step.
#[derive(Debug)]
struct Walker {
    api: Api,
    path: String,
    /// The first card, and the one after it.
    cards: [String; 2],
}

/// P17: forwards and back between the first two cards of the software template, a different session each time.
pub async fn next_card(bench: &mut Bench) -> Result<()> {
    let ours = bench.ours().await?;
    publish(ours).await?;
    let steps = Target {
        name: "ours",
        port: ours.process.port,
        pid: ours.process.pid,
        requests: walks(ours).await?,
    };
    let one = single(ours).await?;
    let idle = bench.compare(std::slice::from_ref(&steps), 1).await?;
    let loaded = bench.compare(&[steps, one], 8).await?;
    bench.lines.push(figure(
        "P17",
        "the next card of a session, one at a time: p99",
        AtMost(25.0),
        &idle[0].of(P99),
        " ms",
    ));
    bench.lines.push(ratio(
        "P17",
        "the next card of a session: server CPU against one customer (P1)",
        AtMost(3.0),
        &loaded[0].of(CPU),
        &loaded[1].of(CPU),
        " s per 1,000",
    ));
    let text = format!(
        "one at a time p50 {} ms; eight at a time p50 {} ms, p99 {} ms, {} a second, database {} s per 1,000",
        short(idle[0].of(|o| o.p50).median()),
        short(loaded[0].of(|o| o.p50).median()),
        short(loaded[0].of(P99).median()),
        short(loaded[0].of(|o| o.rps).median()),
        short(loaded[0].of(|o| o.mongod).median()),
    );
    bench
        .lines
        .push(note("P17", "the next card of a session: seen", text));
    Ok(())
}

/// Steps of [`WALKING`] live sessions, which are begun here.
pub(super) async fn walks(ours: &Ours) -> Result<Rc<Asks>> {
    let mut walkers = Vec::new();
    for customer in ids(ours, 2).await?.into_iter().take(WALKING) {
        walkers.push(walker(ours, &customer).await?);
    }
    // Each is on its second card by now.
    Ok(Rc::new(Asks::made(move |at| {
        let walker = &walkers[at % walkers.len()];
        let round = at / walkers.len();
        let step = taken(round + 2, walker, 1 - round % 2);
        walker.api.post(&walker.path, &step)
    })))
}

/// A live workflow of the software template, each of whose offers is chosen; its id.
pub(super) async fn publish(ours: &Ours) -> Result<String> {
    let api = &ours.api;
    let post = async |path: String, body: Value| api.json("POST", &path, &[], &body).await;
    let (_, made) = post("/workflows".to_owned(), json!({ "template": "cancel_saas" })).await?;
    let id = made["id"]
        .as_str()
        .context("a workflow without an id")?
        .to_owned();
    let place = format!("/workflows/{id}");
    let tree = api.read(&format!("{place}/tree")).await?;
    let mut unchosen = Vec::new();
    offers(&tree, &mut unchosen);
    let mut revision = 0_u64;
    for mut element in unchosen {
        let kind = element["config"]["kind"].clone();
        let params = match kind.as_str() {
            Some("pause") => json!({ "months": 3 }),
            Some("change_plan") => json!({ "plan": "Small" }),
            _ => json!({ "percent": 20, "months": 3 }),
        };
        let offer = json!({ "name": "Offer", "kind": kind, "params": params });
        element["config"]["offer"] = post("/offers".to_owned(), offer).await?.1["id"].clone();
        let op = json!({ "base": revision, "op": { "op": "update_element", "element": element } });
        post(format!("{place}/ops"), op).await?;
        revision += 1;
    }
    post(format!("{place}/publish"), json!({ "revision": revision })).await?;
    Ok(id)
}

/// The elements of a tree that make an offer.
fn offers(value: &Value, found: &mut Vec<Value>) {
    match value {
        Value::Array(all) => all.iter().for_each(|one| offers(one, found)),
        Value::Object(_) if value["kind"] == "offer" && !value["config"].is_null() => {
            found.push(value.clone())
        }
        Value::Object(fields) => fields.values().for_each(|one| offers(one, found)),
        _ => {}
    }
}

/// Begins the session of that customer; answers what its subscriber calls, and what they see.
pub(super) async fn begin(ours: &Ours, customer: &str) -> Result<(Api, Value)> {
    let body = json!({ "customer": { "id": customer }, "trigger": "cancel_intent", "mode": "live" });
    let (_, minted) = ours.api.json("POST", "/viewer/tokens", &[], &body).await?;
    let token = minted["token"].as_str().context("no token")?;
    let api = Api::new(ours.api.port, token.to_owned());
    let (_, begun) = api.json("POST", "/sessions", &[], &json!({})).await?;
    Ok((api, begun))
}

/// A session of that customer that has taken its first step.
async fn walker(ours: &Ours, customer: &str) -> Result<Walker> {
    let (api, begun) = begin(ours, customer).await?;
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let id = text(&begun["session"]["id"]).with_context(|| format!("no session in {begun}"))?;
    let first = text(&begun["card"]["id"]).with_context(|| format!("no card in {begun}"))?;
    let mut walker = Walker {
        api,
        path: format!("/sessions/{id}/steps"),
        cards: [first, String::new()],
    };
    let step = taken(1, &walker, 0);
    let (_, next) = walker.api.json("POST", &walker.path, &[], &step).await?;
    walker.cards[1] = text(&next["card"]["id"]).with_context(|| format!("no card in {next}"))?;
    Ok(walker)
}

/// Forwards from the first card, or back from the second.
fn taken(step: usize, walker: &Walker, from: usize) -> Value {
    let action = if from == 0 { "next" } else { "back" };
    json!({ "step": step, "card": walker.cards[from], "action": action, "answers": {} })
}
