//! P1 to P3: one customer, a page of customers, a page far behind.

use std::rc::Rc;

use anyhow::{Context as _, Result};

use crate::{
    bench::{Bench, Outcomes, Target},
    measure::{
        Goal::{AtLeast, AtMost},
        Held, Line, note, ratio, refused, short,
    },
    programs::{Other, Ours},
    slice::{Asks, Outcome},
};

const ACTIVE: &str = "filter%5Battributes.status%5D=active&sort=-mrr&limit=25";

pub(super) const RPS: fn(&Outcome) -> f64 = |outcome| outcome.rps;
pub(super) const CPU: fn(&Outcome) -> f64 = |outcome| outcome.cpu;
pub(super) const P99: fn(&Outcome) -> f64 = |outcome| outcome.p99;
pub(super) const DATABASE: fn(&Outcome) -> f64 = |outcome| outcome.mongod;

pub(super) const fn held(
    what: &'static str,
    goal: crate::measure::Goal,
    figure: fn(&Outcome) -> f64,
    unit: &'static str,
) -> Held {
    Held {
        what,
        goal,
        figure,
        unit,
    }
}

const ONE_AGAINST_LIMIT: [Held; 2] = [
    held(
        "one customer: server CPU against the limit",
        AtMost(1.8),
        CPU,
        " s per 1,000",
    ),
    held(
        "one customer: requests a second against the limit",
        AtLeast(0.6),
        RPS,
        " rps",
    ),
];
const ONE_AGAINST_PEER: [Held; 3] = [
    held(
        "one customer: server CPU against the peer",
        AtMost(0.4),
        CPU,
        " s per 1,000",
    ),
    held(
        "one customer: requests a second against the peer",
        AtLeast(2.5),
        RPS,
        " rps",
    ),
    held("one customer: p99 against the peer", AtMost(0.5), P99, " ms"),
];
const COUNTED_AGAINST_LIMIT: [Held; 2] = [
    held(
        "a page of 25 with a capped count: requests a second against the limit's page without",
        AtLeast(0.6),
        RPS,
        " rps",
    ),
    held(
        "a page with a capped count: database CPU against the limit's page without",
        AtMost(1.5),
        DATABASE,
        " s per 1,000",
    ),
];
const PLAIN_AGAINST_LIMIT: [Held; 2] = [
    held(
        "the same page without a count: requests a second against the limit",
        AtLeast(0.6),
        RPS,
        " rps",
    ),
    held(
        "the same page without a count: database CPU against the limit",
        AtMost(1.5),
        DATABASE,
        " s per 1,000",
    ),
];
const COUNTED_AGAINST_TOTAL: [Held; 1] = [held(
    "a page with a capped count against the peer's exact total",
    AtLeast(50.0),
    RPS,
    " rps",
)];
const COUNTED_AGAINST_PEER: [Held; 1] = [held(
    "a page with a capped count against the peer's page without total",
    AtLeast(3.0),
    RPS,
    " rps",
)];
const PLAIN_AGAINST_PEER: [Held; 1] = [held(
    "a page without a count against the peer's page without total",
    AtLeast(3.0),
    RPS,
    " rps",
)];

/// P1: one customer by its id.
pub async fn one(bench: &mut Bench) -> Result<()> {
    bench.fill_others().await?;
    let mut targets = vec![single(bench.ours().await?).await?];
    for (name, other) in others(bench) {
        let ids = other.ids().await?;
        let requests = ids
            .iter()
            .map(|id| other.get(&format!("/customers/{id}")))
            .collect();
        targets.push(target(name, other, requests));
    }
    let outcomes = bench.compare(&targets, 32).await?;
    let (ours, limit) = (&outcomes[0], &outcomes[1]);
    bench.lines.extend(against("P1", &ONE_AGAINST_LIMIT, ours, limit));
    if let Some(peer) = outcomes.get(2) {
        bench.lines.extend(against("P1", &ONE_AGAINST_PEER, ours, peer));
    }
    bench.lines.push(seen("P1", "one customer", ours, limit));
    Ok(())
}

/// A thousand customers of ours, one by one.
pub(super) async fn single(ours: &Ours) -> Result<Target> {
    let requests = ids(ours, 5).await?;
    let requests = requests
        .iter()
        .map(|id| ours.api.get(&format!("/customers/{id}")))
        .collect();
    Ok(of_ours("ours", ours, requests))
}

/// The ids of the customers on the first pages of 200.
pub(super) async fn ids(ours: &Ours, pages: usize) -> Result<Vec<String>> {
    let mut ids = Vec::new();
    let mut next = None;
    for _ in 0..pages {
        let query = next.map_or_else(
            || "limit=200".to_owned(),
            |next| format!("limit=200&cursor={next}"),
        );
        let (some, cursor) = ours.api.page(&query).await?;
        ids.extend(some);
        next = cursor;
    }
    Ok(ids)
}

/// P2: 25 of 100,000, filtered and sorted, with a capped count and without.
pub async fn page(bench: &mut Bench) -> Result<()> {
    let counted = pages(bench, "include=count").await;
    match counted {
        Ok(outcomes) => {
            let (ours, limit) = (&outcomes[0], &outcomes[1]);
            bench
                .lines
                .extend(against("P2", &COUNTED_AGAINST_LIMIT, ours, limit));
            if let (Some(peer), Some(total)) = (outcomes.get(2), outcomes.get(3)) {
                bench
                    .lines
                    .extend(against("P2", &COUNTED_AGAINST_TOTAL, ours, total));
                bench
                    .lines
                    .extend(against("P2", &COUNTED_AGAINST_PEER, ours, peer));
            }
            bench
                .lines
                .push(seen("P2", "a page with a capped count", ours, limit));
        }
        // Refused under load: that is a result, and the page without a count is worth having all the same.
        Err(error) => {
            let why = format!("{error:#}").replace(['|', '\n'], " ");
            bench.lines.push(refused(
                "P2",
                "a page of 25 with a capped count, 16 at a time",
                &why,
            ));
        }
    }
    let outcomes = pages(bench, "").await?;
    let (ours, limit) = (&outcomes[0], &outcomes[1]);
    bench
        .lines
        .extend(against("P2", &PLAIN_AGAINST_LIMIT, ours, limit));
    if let Some(peer) = outcomes.get(2) {
        bench.lines.extend(against("P2", &PLAIN_AGAINST_PEER, ours, peer));
    }
    bench
        .lines
        .push(seen("P2", "a page without a count", ours, limit));
    Ok(())
}

/// Loads our page, the limit's without total, and the peer's without and with one.
async fn pages(bench: &mut Bench, more: &str) -> Result<Vec<Outcomes>> {
    bench.fill_others().await?;
    let ours = bench.ours().await?;
    let request = ours.api.get(&format!("/customers?{ACTIVE}&{more}"));
    let mut targets = vec![of_ours("ours", ours, vec![request])];
    for (name, other) in others(bench) {
        let request = other.get("/customers?status=active&sort=-mrr&total=false");
        targets.push(target(name, other, vec![request]));
    }
    if let Some(peer) = &bench.peer {
        let request = peer.get("/customers?status=active&sort=-mrr");
        targets.push(target("peer with exact total", peer, vec![request]));
    }
    bench.compare(&targets, 16).await
}

/// P3: page 2,000 costs what page 1 costs.
pub async fn deep(bench: &mut Bench) -> Result<()> {
    let pages = if bench.options.quick { 200 } else { 1_999 };
    let ours = bench.ours().await?;
    let mut query = "sort=-mrr&limit=25".to_owned();
    for _ in 0..pages {
        let (_, next) = ours.api.page(&query).await?;
        query = format!(
            "sort=-mrr&limit=25&cursor={}",
            next.context("the list ended early")?
        );
    }
    let targets = [
        of_ours(
            "page 1",
            ours,
            vec![ours.api.get("/customers?sort=-mrr&limit=25")],
        ),
        of_ours(
            "a deep page",
            ours,
            vec![ours.api.get(&format!("/customers?{query}"))],
        ),
    ];
    let outcomes = bench.compare(&targets, 4).await?;
    let (first, deep) = (outcomes[0].of(|o| o.p50), outcomes[1].of(|o| o.p50));
    let what = format!("page {}: median time against page 1", pages + 1);
    bench
        .lines
        .push(ratio("P3", &what, AtMost(1.2), &deep, &first, " ms"));
    Ok(())
}

pub(super) fn against<'a>(
    row: &'static str,
    held: &'a [Held],
    ours: &'a Outcomes,
    other: &'a Outcomes,
) -> impl Iterator<Item = Line> + 'a {
    held.iter().map(move |one| {
        ratio(
            row,
            one.what,
            one.goal,
            &ours.of(one.figure),
            &other.of(one.figure),
            one.unit,
        )
    })
}

pub(super) fn others(bench: &Bench) -> impl Iterator<Item = (&'static str, &Other)> {
    std::iter::once(("limit", &bench.limit)).chain(bench.peer.as_ref().map(|peer| ("peer", peer)))
}

fn target(name: &'static str, other: &Other, requests: Vec<Vec<u8>>) -> Target {
    Target {
        name,
        port: other.process.port,
        pid: other.process.pid,
        requests: Rc::new(Asks::in_turn(requests)),
    }
}

fn of_ours(name: &'static str, ours: &Ours, requests: Vec<Vec<u8>>) -> Target {
    Target {
        name,
        port: ours.process.port,
        pid: ours.process.pid,
        requests: Rc::new(Asks::in_turn(requests)),
    }
}

pub(super) fn seen(row: &'static str, what: &str, ours: &Outcomes, limit: &Outcomes) -> Line {
    let all = |outcomes: &Outcomes| {
        format!(
            "p50 {} ms, p99 {} ms, CPU {} s, database {} s per 1,000",
            short(outcomes.of(|o| o.p50).median()),
            short(outcomes.of(P99).median()),
            short(outcomes.of(CPU).median()),
            short(outcomes.of(DATABASE).median())
        )
    };
    note(
        row,
        &format!("{what}: seen"),
        format!("ours {}; limit {}", all(ours), all(limit)),
    )
}
