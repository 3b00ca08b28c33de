//! P1 to P3: one customer, a page of customers, a page far behind.

use std::rc::Rc;

use anyhow::{Context as _, Result};

use crate::{
    bench::{Bench, Outcomes, Target},
    measure::{Goal, Line, note, ratio, short},
    programs::Other,
};

const ACTIVE: &str = "filter%5Battributes.status%5D=active&sort=-mrr&limit=25";

/// P1: one customer by its id.
pub async fn one(bench: &mut Bench) -> Result<()> {
    bench.fill_others().await?;
    let mut targets = vec![{
        let ours = bench.ours().await?;
        let mut ids = Vec::new();
        let mut next = None;
        for _ in 0..5 {
            let query = next.map_or_else(
                || "limit=200".to_owned(),
                |next| format!("limit=200&cursor={next}"),
            );
            let (some, cursor) = ours.api.page(&query).await?;
            ids.extend(some);
            next = cursor;
        }
        let requests = ids
            .iter()
            .map(|id| ours.api.get(&format!("/customers/{id}")))
            .collect();
        Target {
            name: "ours",
            port: ours.process.port,
            pid: ours.process.pid,
            requests: Rc::new(requests),
        }
    }];
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
    bench.lines.extend([
        ratio(
            "P1",
            "one customer: server CPU against the limit",
            Goal::AtMost(1.8),
            &ours.of(|o| o.cpu),
            &limit.of(|o| o.cpu),
            " s per 1,000",
        ),
        ratio(
            "P1",
            "one customer: requests a second against the limit",
            Goal::AtLeast(0.6),
            &ours.of(|o| o.rps),
            &limit.of(|o| o.rps),
            " rps",
        ),
        seen("P1", "one customer", ours, limit),
    ]);
    if let Some(peer) = outcomes.get(2) {
        bench.lines.extend([
            ratio(
                "P1",
                "one customer: server CPU against the peer",
                Goal::AtMost(0.4),
                &ours.of(|o| o.cpu),
                &peer.of(|o| o.cpu),
                " s per 1,000",
            ),
            ratio(
                "P1",
                "one customer: requests a second against the peer",
                Goal::AtLeast(2.5),
                &ours.of(|o| o.rps),
                &peer.of(|o| o.rps),
                " rps",
            ),
            ratio(
                "P1",
                "one customer: p99 against the peer",
                Goal::AtMost(0.5),
                &ours.of(|o| o.p99),
                &peer.of(|o| o.p99),
                " ms",
            ),
        ]);
    }
    Ok(())
}

/// P2: 25 of 100,000, filtered and sorted, with a capped count.
pub async fn page(bench: &mut Bench) -> Result<()> {
    bench.fill_others().await?;
    let ours = {
        let ours = bench.ours().await?;
        let counted = ours.api.get(&format!("/customers?{ACTIVE}&include=count"));
        let plain = ours.api.get(&format!("/customers?{ACTIVE}"));
        let target = |name, request| Target {
            name,
            port: ours.process.port,
            pid: ours.process.pid,
            requests: Rc::new(vec![request]),
        };
        [
            target("ours with a count", counted),
            target("ours without", plain),
        ]
    };
    let mut targets: Vec<Target> = ours.into();
    let plain = |other: &Other| vec![other.get("/customers?status=active&sort=-mrr&total=false")];
    targets.push(target("limit", &bench.limit, plain(&bench.limit)));
    if let Some(peer) = &bench.peer {
        targets.push(target("peer", peer, plain(peer)));
        targets.push(target(
            "peer with exact total",
            peer,
            vec![peer.get("/customers?status=active&sort=-mrr")],
        ));
    }
    let outcomes = bench.compare(&targets, 16).await?;
    let (counted, plain, limit) = (&outcomes[0], &outcomes[1], &outcomes[2]);
    bench.lines.extend([
        ratio(
            "P2",
            "a page of 25 with a capped count: requests a second against the limit's page without any",
            Goal::AtLeast(0.6),
            &counted.of(|o| o.rps),
            &limit.of(|o| o.rps),
            " rps",
        ),
        ratio(
            "P2",
            "a page with a capped count: database CPU against the limit's page without any",
            Goal::AtMost(1.5),
            &counted.of(|o| o.mongod),
            &limit.of(|o| o.mongod),
            " s per 1,000",
        ),
        ratio(
            "P2",
            "the same page without a count: requests a second against the limit",
            Goal::AtLeast(0.6),
            &plain.of(|o| o.rps),
            &limit.of(|o| o.rps),
            " rps",
        ),
        ratio(
            "P2",
            "the same page without a count: database CPU against the limit",
            Goal::AtMost(1.5),
            &plain.of(|o| o.mongod),
            &limit.of(|o| o.mongod),
            " s per 1,000",
        ),
        seen("P2", "a page with a capped count", counted, limit),
        seen("P2", "a page without a count", plain, limit),
    ]);
    if let (Some(peer), Some(exact)) = (outcomes.get(3), outcomes.get(4)) {
        bench.lines.extend([
            ratio(
                "P2",
                "a page with a capped count against the peer's exact total",
                Goal::AtLeast(50.0),
                &counted.of(|o| o.rps),
                &exact.of(|o| o.rps),
                " rps",
            ),
            ratio(
                "P2",
                "a page with a capped count against the peer's page without total",
                Goal::AtLeast(3.0),
                &counted.of(|o| o.rps),
                &peer.of(|o| o.rps),
                " rps",
            ),
            ratio(
                "P2",
                "a page without a count against the peer's page without total",
                Goal::AtLeast(3.0),
                &plain.of(|o| o.rps),
                &peer.of(|o| o.rps),
                " rps",
            ),
        ]);
    }
    Ok(())
}

/// P3: page 2,000 costs what page 1 costs.
pub async fn deep(bench: &mut Bench) -> Result<()> {
    let pages = if bench.options.quick { 200 } else { 1_999 };
    let targets = {
        let ours = bench.ours().await?;
        let mut query = "sort=-mrr&limit=25".to_owned();
        for _ in 0..pages {
            let (_, next) = ours.api.page(&query).await?;
            query = format!(
                "sort=-mrr&limit=25&cursor={}",
                next.context("the list ended early")?
            );
        }
        let target = |name, path: &str| Target {
            name,
            port: ours.process.port,
            pid: ours.process.pid,
            requests: Rc::new(vec![ours.api.get(path)]),
        };
        [
            target("page 1", "/customers?sort=-mrr&limit=25"),
            target("a deep page", &format!("/customers?{query}")),
        ]
    };
    let outcomes = bench.compare(&targets, 4).await?;
    let (first, deep) = (outcomes[0].of(|o| o.p50), outcomes[1].of(|o| o.p50));
    let what = format!("page {}: median time against page 1", pages + 1);
    bench
        .lines
        .push(ratio("P3", &what, Goal::AtMost(1.2), &deep, &first, " ms"));
    Ok(())
}

fn others(bench: &Bench) -> impl Iterator<Item = (&'static str, &Other)> {
    std::iter::once(("limit", &bench.limit)).chain(bench.peer.as_ref().map(|peer| ("peer", peer)))
}

fn target(name: &'static str, other: &Other, requests: Vec<Vec<u8>>) -> Target {
    Target {
        name,
        port: other.process.port,
        pid: other.process.pid,
        requests: Rc::new(requests),
    }
}

fn seen(row: &'static str, what: &str, ours: &Outcomes, limit: &Outcomes) -> Line {
    let all = |outcomes: &Outcomes| {
        format!(
            "p50 {} ms, p99 {} ms, CPU {} s, database {} s per 1,000",
            short(outcomes.of(|o| o.p50).median()),
            short(outcomes.of(|o| o.p99).median()),
            short(outcomes.of(|o| o.cpu).median()),
            short(outcomes.of(|o| o.mongod).median())
        )
    };
    note(
        row,
        &format!("{what}: seen"),
        format!("ours {}; limit {}", all(ours), all(limit)),
    )
}
