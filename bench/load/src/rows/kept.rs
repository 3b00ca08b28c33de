//! P5: batches of events while sessions go on and the roll-ups are kept.

use std::{
    cell::Cell,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail, ensure};
use jiff::Zoned;
use serde_json::json;

use super::{
    events::{told, told_others},
    lists::{RPS, against, held, ids},
    steps::{self, WALKING},
};
use crate::{
    bench::{Bench, Outcomes},
    fixture,
    measure::{
        Goal::{AtLeast, AtMost},
        Held, Series, figure, note, short,
    },
    programs::{self, Ours},
    slice::{self, Shape},
};

/// How many customers there are.
const CUSTOMERS: u64 = 20_000;
/// How often it is looked whether a session is counted.
const LOOK: Duration = Duration::from_millis(25);
/// When that is given up.
const PATIENCE: Duration = Duration::from_secs(60);

const AGAINST_LIMIT: [Held; 1] = [held(
    "batches of 50 events while sessions are walked and counted: batches a second against the limit's events alone",
    AtLeast(0.4),
    RPS,
    " batches/s",
)];
const AGAINST_PEER: [Held; 1] = [held(
    "batches of 50 events while sessions are walked and counted: batches a second against the peer's events alone",
    AtLeast(2.0),
    RPS,
    " batches/s",
)];

/// P5: 16 tell batches, two take steps in live sessions, one begins sessions and looks when the figures have them.
pub async fn kept(bench: &mut Bench) -> Result<()> {
    programs::event_indexes(&bench.places, &bench.mongod)?;
    let ours = bench.fresh().await?;
    let file = fixture::write(&bench.places.scratch, CUSTOMERS)?;
    bench.fill(&ours, &file).await?;
    let workflow = steps::publish(&ours).await?;
    let walks = steps::walks(&ours).await?;
    let mut beginning = Beginning {
        customers: ids(&ours, 20).await?.split_off(WALKING),
        begun: WALKING as u64,
        path: figures_of(&workflow),
        ours: &ours,
        lags: Series::default(),
    };
    beginning.counted().await?;
    let (batches, others) = (told(&ours).await?, told_others(bench).collect::<Vec<_>>());
    let shape = |connections| Shape {
        connections,
        lasts: Duration::from_millis(if bench.options.quick { 1_500 } else { 10_000 }),
    };
    let watched = bench.watched(ours.process.pid);
    let (mut told, mut walked) = (Vec::new(), Vec::new());
    let mut told_others: Vec<Vec<_>> = others.iter().map(|_| Vec::new()).collect();
    for _ in 0..bench.options.rounds {
        let over = Cell::new(false);
        let load = async {
            let both = tokio::join!(
                slice::run(ours.process.port, &batches.requests, shape(16), watched),
                slice::run(ours.process.port, &walks, shape(2), watched),
            );
            over.set(true);
            both
        };
        let ((batch, step), lags) = tokio::join!(load, beginning.on(&over));
        lags?;
        told.push(batch.context("loading ours")?);
        walked.push(step.context("walking")?);
        for (other, kept) in others.iter().zip(&mut told_others) {
            let outcome = slice::run(other.port, &other.requests, shape(16), bench.watched(other.pid)).await;
            kept.push(outcome.with_context(|| format!("loading {}", other.name))?);
        }
    }
    let (lags, differing) = (beginning.lags, differing(&ours).await?);
    let (told, walked) = (Outcomes::from(told), Outcomes::from(walked));
    let mut told_others = told_others.into_iter().map(Outcomes::from);
    let limit = told_others.next().context("the limit was not loaded")?;
    bench.lines.extend(against("P5", &AGAINST_LIMIT, &told, &limit));
    if let Some(peer) = told_others.next() {
        bench.lines.extend(against("P5", &AGAINST_PEER, &told, &peer));
    }
    let what = format!(
        "from a session's beginning to its being counted, p99 of {}",
        lags.0.len()
    );
    let p99 = Series(vec![lags.at(0.99)]);
    bench.lines.push(figure("P5", &what, AtMost(5.0), &p99, " s"));
    let drift = Series(vec![differing]);
    let what = "cells that differ from a count from scratch afterwards";
    bench.lines.push(figure("P5", what, AtMost(0.0), &drift, ""));
    let text = format!(
        "batches p50 {} ms, p99 {} ms; {} steps a second beside them, p99 {} ms; counted after {} s in the middle",
        short(told.of(|o| o.p50).median()),
        short(told.of(|o| o.p99).median()),
        short(walked.of(RPS).median()),
        short(walked.of(|o| o.p99).median()),
        short(lags.median()),
    );
    bench
        .lines
        .push(note("P5", "events, sessions, roll-ups: seen", text));
    Ok(())
}

/// Begins sessions, one after the other, and waits until each is counted.
struct Beginning<'a> {
    ours: &'a Ours,
    /// Who has no session yet.
    customers: Vec<String>,
    begun: u64,
    path: String,
    /// In seconds.
    lags: Series,
}

impl Beginning<'_> {
    async fn on(&mut self, over: &Cell<bool>) -> Result<()> {
        while !over.get() {
            let customer = self.customers.pop().context("too few customers")?;
            steps::begin(self.ours, &customer).await?;
            self.begun += 1;
            let lag = self.counted().await?;
            self.lags.0.push(lag.as_secs_f64());
        }
        Ok(())
    }

    /// Waits until all that have begun are counted.
    async fn counted(&self) -> Result<Duration> {
        let since = Instant::now();
        loop {
            let figures = self.ours.api.read(&self.path).await?;
            let sessions = figures.pointer("/overview/total/sessions");
            let sessions = sessions
                .and_then(serde_json::Value::as_u64)
                .context("figures without sessions")?;
            ensure!(
                sessions <= self.begun,
                "{sessions} of {} sessions are counted",
                self.begun
            );
            if sessions == self.begun {
                return Ok(since.elapsed());
            }
            if since.elapsed() > PATIENCE {
                bail!("{sessions} of {} sessions are counted after a minute", self.begun);
            }
            tokio::time::sleep(LOOK).await;
        }
    }
}

fn figures_of(workflow: &str) -> String {
    let today = Zoned::now().date();
    let (from, to) = (today.yesterday(), today.tomorrow());
    let (from, to) = (from.unwrap_or(today), to.unwrap_or(today));
    format!("/analytics/workflows/{workflow}?from={from}&to={to}")
}

/// How many cells differ from a count from scratch.
async fn differing(ours: &Ours) -> Result<f64> {
    let (_, started) = ours.api.json("POST", "/analytics/check", &[], &json!({})).await?;
    let job = started["job"].as_str().context("a check without a job")?;
    ours.api.job_done(job).await?;
    let counting = ours.api.read("/analytics/counting").await?;
    let found = counting.pointer("/checked/differing");
    found
        .and_then(serde_json::Value::as_f64)
        .with_context(|| format!("nothing was compared: {counting}"))
}
