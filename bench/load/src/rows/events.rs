//! P4: batches of events.

use std::rc::Rc;

use anyhow::Result;
use serde_json::{Value, json};
use uuid::Uuid;

use super::lists::{CPU, P99, RPS, against, held, ids, others, seen};
use crate::{
    bench::{Bench, Target},
    measure::{
        Goal::{AtLeast, AtMost},
        Held,
    },
    programs::{self, Ours},
    slice::Asks,
};

/// How many events a batch holds.
const BATCH: usize = 50;

const AGAINST_LIMIT: [Held; 2] = [
    held(
        "batches of 50 events: batches a second against the limit",
        AtLeast(0.7),
        RPS,
        " batches/s",
    ),
    held(
        "batches of 50 events: server CPU against the limit",
        AtMost(2.5),
        CPU,
        " s per 1,000",
    ),
];
const AGAINST_PEER: [Held; 3] = [
    held(
        "batches of 50 events: batches a second against the peer",
        AtLeast(3.5),
        RPS,
        " batches/s",
    ),
    held(
        "batches of 50 events: server CPU against the peer",
        AtMost(1.0 / 7.0),
        CPU,
        " s per 1,000",
    ),
    held(
        "batches of 50 events: p99 against the peer",
        AtMost(1.0 / 3.0),
        P99,
        " ms",
    ),
];

/// P4: 50 events a request, validated, acknowledged by a majority and the journal, 16 at a time. Every event is new.
pub async fn batches(bench: &mut Bench) -> Result<()> {
    programs::event_indexes(&bench.places, &bench.mongod)?;
    let mut targets = vec![told(bench.ours().await?).await?];
    targets.extend(told_others(bench));
    let outcomes = bench.compare(&targets, 16).await?;
    let (ours, limit) = (&outcomes[0], &outcomes[1]);
    bench.lines.extend(against("P4", &AGAINST_LIMIT, ours, limit));
    if let Some(peer) = outcomes.get(2) {
        bench.lines.extend(against("P4", &AGAINST_PEER, ours, peer));
    }
    bench.lines.push(seen("P4", "batches of 50 events", ours, limit));
    Ok(())
}

/// Batches that ours is told.
pub(super) async fn told(ours: &Ours) -> Result<Target> {
    let customers = ids(ours, 5).await?;
    let api = ours.api.clone();
    let made = move |at| {
        let batch = batch(at, |number| event(&customers, number));
        api.post("/events/batch", &batch)
    };
    Ok(Target {
        name: "ours",
        port: ours.process.port,
        pid: ours.process.pid,
        requests: Rc::new(Asks::made(made)),
    })
}

/// Batches that limit and peer are told.
pub(super) fn told_others(bench: &Bench) -> impl Iterator<Item = Target> {
    others(bench).map(|(name, other)| {
        let account = other.account;
        let made = move |at| programs::post(account, "/events", batch(at, theirs).to_string().as_bytes());
        Target {
            name,
            port: other.process.port,
            pid: other.process.pid,
            requests: Rc::new(Asks::made(made)),
        }
    })
}

fn batch(at: usize, event: impl Fn(usize) -> Value) -> Value {
    let events: Vec<Value> = (at * BATCH..(at + 1) * BATCH).map(event).collect();
    json!({ "events": events })
}

/// A product event of a customer, about as large as one of the others'.
fn event(customers: &[String], number: usize) -> Value {
    json!({
        "id": Uuid::now_v7(),
        "name": NAMES[number % NAMES.len()],
        "at": jiff::Timestamp::now(),
        "customer": customers[number % customers.len()],
        "properties": { "place": format!("screen-{}", number % 12), "value": "too expensive" },
    })
}

/// The same of limit and peer, whose events belong to a workflow and a session.
fn theirs(number: usize) -> Value {
    json!({
        "eventId": Uuid::now_v7(),
        "workflowId": "65f0000000000000000000a1",
        "sessionId": format!("00a1{:010x}", number / 6),
        "customerId": format!("cus_{:08}", number % 100_000),
        "type": "respond",
        "elementId": format!("el{}", number % 12),
        "value": "too expensive",
        "ts": jiff::Timestamp::now(),
    })
}

const NAMES: [&str; 6] = [
    "report.exported",
    "search.run",
    "file.uploaded",
    "member.invited",
    "page.opened",
    "comment.written",
];
