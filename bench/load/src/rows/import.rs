//! P6 and P7: files of customers on their way in; and the demo's own file.

use std::path::Path;

use anyhow::Result;
use serde_json::{Value, json};

use crate::{
    api::Imported,
    bench::{Bench, CUSTOMERS},
    fixture,
    measure::{Goal, Line, Series, figure, not_run, note, ratio, short},
    process,
    programs::{self, Other},
};

/// One import by the limit or the peer.
struct Plain {
    rate: f64,
    cpu: f64,
    peak: f64,
}

async fn plain(other: &Other, file: &Path, rows: u64) -> Result<Plain> {
    process::forget_peak(other.process.pid)?;
    let cpu = process::cpu(other.process.pid)?;
    let took = other.import(file, rows).await?.as_secs_f64();
    let cpu = process::cpu(other.process.pid)? - cpu;
    Ok(Plain {
        rate: rows as f64 / took,
        cpu,
        peak: process::memory(other.process.pid)?.peak,
    })
}

/// P6: 100,000 new customers.
pub async fn new(bench: &mut Bench) -> Result<()> {
    let (mut ours, mut limit, mut peer) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..bench.options.rounds {
        drop(bench.take_ours());
        let fresh = bench.fresh().await?;
        ours.push(bench.fill(&fresh, &bench.file).await?);
        bench.keep(fresh);
        programs::empty(&bench.places, &bench.mongod)?;
        limit.push(plain(&bench.limit, &bench.file, CUSTOMERS).await?);
        if let Some(other) = &bench.peer {
            peer.push(plain(other, &bench.file, CUSTOMERS).await?);
        }
    }
    bench.others_are_filled(true);
    bench.lines.extend(judged(&ours, &limit, &peer));
    bench.small_peak = Some(ours.iter().map(|import| import.peak).collect::<Series>().median());
    Ok(())
}

fn judged(ours: &[Imported], limit: &[Plain], peer: &[Plain]) -> Vec<Line> {
    let rate: Series = ours.iter().map(|import| CUSTOMERS as f64 / import.job).collect();
    let peak: Series = ours.iter().map(|import| import.peak).collect();
    let cpu: Series = ours.iter().map(|import| import.cpu).collect();
    let held = |what: &str, goal, ours: &Series, other: &Series, unit| {
        ratio(
            "P6",
            &format!("100k new customers: {what}"),
            goal,
            ours,
            other,
            unit,
        )
    };
    let rates = "rows a second of the import job against";
    let mut lines = Vec::new();
    for (name, other, least, most) in [("the limit", limit, 0.75, 2.0), ("the peer", peer, 1.7, 0.5)] {
        if other.is_empty() {
            continue;
        }
        let (theirs, peaks) = (of(other, |one| one.rate), of(other, |one| one.peak));
        let memory = format!("peak memory against {name}");
        lines.push(held(
            &format!("{rates} {name}"),
            Goal::AtLeast(least),
            &rate,
            &theirs,
            " rows/s",
        ));
        lines.push(held(&memory, Goal::AtMost(most), &peak, &peaks, " MB"));
    }
    if !peer.is_empty() {
        let what = "server CPU of the whole chain against the peer";
        lines.push(held(
            what,
            Goal::AtMost(1.0 / 6.0),
            &cpu,
            &of(peer, |one| one.cpu),
            " s",
        ));
    }
    lines.push(seen("100k new customers", ours, &of(limit, |one| one.cpu)));
    lines
}

/// P6 with a million. One round: it takes minutes.
pub async fn million(bench: &mut Bench) -> Result<()> {
    const ROWS: u64 = 1_000_000;
    if bench.options.quick {
        bench
            .lines
            .push(not_run("P6-1M", "1M new customers", "left out by --quick"));
        return Ok(());
    }
    let small = match bench.small_peak {
        Some(small) => small,
        None => {
            let fresh = bench.fresh().await?;
            bench.fill(&fresh, &bench.file).await?.peak
        }
    };
    // Nothing else may work while this does.
    drop(bench.take_ours());
    let file = fixture::write(&bench.places.scratch, ROWS)?;
    let fresh = bench.fresh().await?;
    let ours = bench.fill(&fresh, &file).await?;
    drop(fresh);
    programs::empty(&bench.places, &bench.mongod)?;
    bench.others_are_filled(false);
    let limit = plain(&bench.limit, &file, ROWS).await?;
    let one = |figure: f64| Series(vec![figure]);
    bench.lines.extend([
        ratio(
            "P6-1M",
            "1M new customers: rows a second of the import job against the limit",
            Goal::AtLeast(0.75),
            &one(ROWS as f64 / ours.job),
            &one(limit.rate),
            " rows/s",
        ),
        ratio(
            "P6-1M",
            "1M new customers: peak memory against the limit",
            Goal::AtMost(2.0),
            &one(ours.peak),
            &one(limit.peak),
            " MB",
        ),
        ratio(
            "P6-1M",
            "1M new customers: peak memory against 100k",
            Goal::AtMost(1.15),
            &one(ours.peak),
            &one(small),
            " MB",
        ),
    ]);
    let mut line = seen("1M new customers", &[ours], &one(limit.cpu));
    line.row = "P6-1M";
    bench.lines.push(line);
    Ok(std::fs::remove_file(file)?)
}

/// P7: the same file again, nothing changed.
pub async fn unchanged(bench: &mut Bench) -> Result<()> {
    bench.fill_others().await?;
    bench.ours().await?;
    let (mut ours, mut limit, mut peer) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..bench.options.rounds {
        let file = bench.file.clone();
        let filled = bench.take_ours();
        if let Some(filled) = filled {
            ours.push(bench.fill(&filled, &file).await?);
            bench.keep(filled);
        }
        limit.push(plain(&bench.limit, &file, CUSTOMERS).await?);
        if let Some(other) = &bench.peer {
            peer.push(plain(other, &file, CUSTOMERS).await?);
        }
    }
    let rate: Series = ours.iter().map(|import| CUSTOMERS as f64 / import.job).collect();
    bench.lines.push(ratio(
        "P7",
        "100k unchanged rows: rows a second of the import job against the limit's blind update",
        Goal::AtLeast(2.0),
        &rate,
        &of(&limit, |one| one.rate),
        " rows/s",
    ));
    if !peer.is_empty() {
        bench.lines.push(ratio(
            "P7",
            "100k unchanged rows: rows a second against the peer",
            Goal::AtLeast(8.0),
            &rate,
            &of(&peer, |one| one.rate),
            " rows/s",
        ));
    }
    let mut line = seen("100k unchanged rows", &ours, &of(&limit, |one| one.cpu));
    line.row = "P7";
    bench.lines.push(line);
    Ok(())
}

/// The demo's file: 7,043 telecom subscribers, and its three personas.
pub async fn telco(bench: &mut Bench) -> Result<()> {
    let file = bench.places.root.join("tests/data/telco_customers.csv");
    let (mut import, mut assignment) = (Series::default(), Series::default());
    for _ in 0..bench.options.rounds {
        let fresh = bench.fresh().await?;
        let watched = bench.watched(fresh.process.pid);
        import
            .0
            .push(fresh.api.import(&file, &telco_mapping(), watched).await?.job);
        assignment.0.push(fresh.api.personas(&telco_personas()).await?);
    }
    bench.lines.extend([
        figure(
            "telco",
            "import of the 7,043 telecom subscribers",
            Goal::AtMost(2.0),
            &import,
            " s",
        ),
        figure(
            "telco",
            "assignment of their personas",
            Goal::AtMost(0.5),
            &assignment,
            " s",
        ),
    ]);
    Ok(())
}

fn of(all: &[Plain], figure: fn(&Plain) -> f64) -> Series {
    all.iter().map(figure).collect()
}

fn seen(what: &str, ours: &[Imported], limit_cpu: &Series) -> Line {
    let of = |figure: fn(&Imported) -> f64| short(ours.iter().map(figure).collect::<Series>().median());
    let text = format!(
        "import job {} s of {} s from the first byte on; CPU of the whole chain: server {} s, database {} s (limit's server {} s)",
        of(|one| one.job),
        of(|one| one.whole),
        of(|one| one.cpu),
        of(|one| one.mongod),
        short(limit_cpu.median())
    );
    note("P6", &format!("{what}: seen"), text)
}

fn telco_mapping() -> Value {
    let mut columns = serde_json::Map::new();
    for (kind, names) in [
        (
            "text",
            &[
                "churn",
                "multiple_lines",
                "internet_service",
                "online_security",
                "online_backup",
                "device_protection",
                "tech_support",
                "streaming_tv",
                "streaming_movies",
                "contract",
                "payment_method",
            ][..],
        ),
        ("boolean", &["phone_service", "paperless_billing"]),
        ("integer", &["tenure"]),
        ("number", &["monthly_charges", "total_charges"]),
    ] {
        for name in names {
            columns.insert(
                (*name).to_owned(),
                json!({ "to": format!("attributes.{name}"), "type": kind }),
            );
        }
    }
    for name in ["female", "senior_citizen", "partner", "dependents"] {
        columns.insert(name.to_owned(), json!({ "to": "ignore" }));
    }
    json!({ "mode": "upsert", "columns": columns, "row_number_as": "external_id" })
}

fn telco_personas() -> Value {
    let persona = |key: &str, priority: u32, rule: Value| json!({ "key": key, "category": "all", "name": key, "colour": "leaf", "priority": priority, "description": "A group.", "rule": rule });
    let leaf = |name: &str, op: &str, value: Value| json!({ "attribute": name, "op": op, "value": value });
    json!({
        "categories": [{ "key": "all", "name": "All", "description": "All of them.", "order": 1 }],
        "personas": [
            persona("early", 300, json!({ "all": [leaf("contract", "eq", json!("Month-to-month")), leaf("tenure", "lt", json!(6))] })),
            persona("high_bill", 200, leaf("monthly_charges", "gte", json!(89.85))),
            persona("settled", 100, leaf("tenure", "gte", json!(24)))
        ],
        "note": "Bench"
    })
}
