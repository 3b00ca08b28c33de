//! P9 and P10: figures of a workflow over very many sessions, and counting them anew.

use std::{process::Command, rc::Rc};

use anyhow::{Context as _, Result, ensure};
use jiff::{ToSpan as _, Zoned};
use serde_json::{Value, json};

use super::{lists::ids, steps};
use crate::{
    bench::{Bench, Target},
    fixture,
    http::Connection,
    measure::{
        Goal::{AtLeast, AtMost},
        Series, figure, note, ratio, short,
    },
    programs::{self, Ours},
    slice::Asks,
};

/// How many customers the sessions are spread over.
const CUSTOMERS: u64 = 20_000;
/// How many sessions are really walked; the others are copies of them.
const WALKED: usize = 200;
/// Over how many days they are spread.
const DAYS: i64 = 90;
/// The most steps of one.
const STEPS: u64 = 40;
/// How many events a session stands for.
const EVENTS: u64 = 10;
/// The workflow of the limit's events.
const LIMITS_WORKFLOW: &str = "65f0000000000000000000a1";

/// P9 and P10, at one and at five million events' worth of sessions.
pub async fn figures(bench: &mut Bench) -> Result<()> {
    let ours = bench.fresh().await?;
    let file = fixture::write(&bench.places.scratch, CUSTOMERS)?;
    bench.fill(&ours, &file).await?;
    let workflow = steps::publish(&ours).await?;
    for (nth, customer) in ids(&ours, WALKED.div_ceil(200))
        .await?
        .into_iter()
        .take(WALKED)
        .enumerate()
    {
        walk(&ours, &customer, nth as u64).await?;
    }
    let (first, second) = if bench.options.quick {
        (2_000, 10_000)
    } else {
        (100_000, 500_000)
    };
    let mut there = 0;
    let mut medians = Vec::new();
    for sessions in [first, second] {
        copy(bench, &ours, sessions - there)?;
        there = sessions;
        medians.push(measured(bench, &ours, &workflow, sessions).await?);
    }
    funnel(bench, &medians[0], first).await
}

/// Counts all sessions anew, and asks for the workflow's figures; answers the medians of the latter, in ms.
async fn measured(bench: &mut Bench, ours: &Ours, workflow: &str, sessions: u64) -> Result<Series> {
    let size = format!(
        "{} sessions, {}M events",
        sessions,
        (sessions * EVENTS) as f64 / 1e6
    );
    let mut rates = Series::default();
    for _ in 0..bench.options.rounds.min(2) {
        let (_, started) = ours
            .api
            .json("POST", "/analytics/rebuild", &[], &json!({}))
            .await?;
        let job = started["job"].as_str().context("a rebuild without a job")?;
        rates.0.push(sessions as f64 / ours.api.job_done(job).await?);
    }
    bench.lines.push(figure(
        "P10",
        &format!("figures counted anew: {size}"),
        AtLeast(10_000.0),
        &rates,
        " sessions/s",
    ));
    let today = Zoned::now().date();
    let from = today.saturating_sub((DAYS - 1).days());
    let path = format!("/analytics/workflows/{workflow}?from={from}&to={today}");
    let target = Target {
        name: "ours",
        port: ours.process.port,
        pid: ours.process.pid,
        requests: Rc::new(Asks::in_turn(vec![ours.api.get(&path)])),
    };
    let outcomes = bench.compare(&[target], 1).await?;
    let medians = outcomes[0].of(|o| o.p50);
    bench.lines.push(figure(
        "P9",
        &format!("figures of a workflow, {DAYS} days: {size}: median"),
        AtMost(20.0),
        &medians,
        " ms",
    ));
    let text = format!(
        "p99 {} ms, CPU {} s, database {} s per 1,000",
        short(outcomes[0].of(|o| o.p99).median()),
        short(outcomes[0].of(|o| o.cpu).median()),
        short(outcomes[0].of(|o| o.mongod).median())
    );
    bench.lines.push(note("P9", &format!("{size}: seen"), text));
    Ok(medians)
}

/// The same question to the limit, which groups raw events.
async fn funnel(bench: &mut Bench, ours: &Series, sessions: u64) -> Result<()> {
    let count = (sessions * EVENTS).to_string();
    let mut command = Command::new(bench.places.limit.join("bench"));
    let seeded = command
        .args(["seed-events", &count])
        .env("MONGO_URI", programs::uri(&bench.mongod, "perf"))
        .output()?;
    ensure!(
        seeded.status.success(),
        "the limit's events could not be made: {}",
        String::from_utf8_lossy(&seeded.stderr)
    );
    let request = bench.limit.get(&format!("/analytics/workflow/{LIMITS_WORKFLOW}"));
    let begun = std::time::Instant::now();
    let (head, _) = Connection::open(bench.limit.process.port)
        .await?
        .exchange(&request)
        .await?;
    ensure!(head.status == 200, "the raw funnel answered {}", head.status);
    let raw = Series(vec![begun.elapsed().as_secs_f64() * 1e3]);
    let what = format!("figures of a workflow over {count} events against a raw funnel of as many: speed");
    bench
        .lines
        .push(ratio("P9", &what, AtLeast(500.0), &raw, ours, " ms"));
    Ok(())
}

/// Walks to an end; where two ways are open, the number decides.
async fn walk(ours: &Ours, customer: &str, number: u64) -> Result<()> {
    let (api, mut seen) = steps::begin(ours, customer).await?;
    let id = seen["session"]["id"].as_str().context("no session")?.to_owned();
    for step in 1..=STEPS {
        if !seen["receipt"].is_null() {
            return Ok(());
        }
        let body = taken(&seen, step, number.wrapping_mul(step + 7));
        let path = format!("/sessions/{id}/steps");
        seen = api.json("POST", &path, &[], &body).await?.1;
    }
    Ok(())
}

fn taken(seen: &Value, step: u64, chance: u64) -> Value {
    let card = &seen["card"];
    let action = match card["kind"].as_str() {
        Some("offer" | "hand_off") if chance.is_multiple_of(2) => "accept",
        Some("offer" | "hand_off") => "decline",
        Some("confirm") => "cancel",
        _ if chance % 9 == 4 => "cancel",
        _ => "next",
    };
    let mut answers = json!({});
    for element in card["elements"].as_array().into_iter().flatten() {
        let options = element["options"].as_array().map_or(0, Vec::len);
        if let (Some(id), true) = (element["id"].as_str(), options > 0) {
            let option = &element["options"][(chance % options as u64) as usize]["id"];
            answers[id] = if element["kind"] == "multi_choice" {
                json!([option])
            } else {
                option.clone()
            };
        }
    }
    json!({ "step": step, "card": card["id"], "action": action, "answers": answers })
}

/// Fills in copies of what was walked.
fn copy(bench: &Bench, ours: &Ours, count: u64) -> Result<()> {
    let mut command = Command::new(bench.places.limit.join("copy-sessions"));
    let done = command
        .args([ours.uri.as_str(), &count.to_string(), &DAYS.to_string()])
        .output()?;
    ensure!(
        done.status.success(),
        "sessions could not be copied: {}",
        String::from_utf8_lossy(&done.stderr)
    );
    Ok(())
}
