//! P12: 100,000 customers against twenty rules.

use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use crate::{
    bench::{Bench, CUSTOMERS},
    measure::{Goal, Series, figure, not_run, note, ratio, short},
    process, programs,
};

/// From how many seats on the first persona takes a customer; seats are spread evenly over 500.
const SEATS: [u64; 2] = [495, 490];

/// P12.
pub async fn assignment(bench: &mut Bench) -> Result<()> {
    let (api, pid) = {
        let ours = bench.ours().await?;
        (ours.api.clone(), ours.process.pid)
    };
    let first = api.personas(&configuration(SEATS[0])).await?;
    let (mut changed, mut unchanged, mut cpu) = (Series::default(), Series::default(), Series::default());
    for round in 1..=bench.options.rounds {
        let seats = SEATS[round % SEATS.len()];
        let before = process::cpu(pid)?;
        changed
            .0
            .push(CUSTOMERS as f64 / api.personas(&configuration(seats)).await?);
        cpu.0.push(process::cpu(pid)? - before);
        // Another note is another version; the rules are the same.
        let mut same = configuration(seats);
        same["note"] = json!(format!("Round {round}"));
        unchanged.0.push(CUSTOMERS as f64 / api.personas(&same).await?);
    }
    let text = format!(
        "{} customers/s when all move; {} s of server CPU with 1 % moved",
        short(CUSTOMERS as f64 / first),
        short(cpu.median())
    );
    bench.lines.extend([
        figure(
            "P12",
            "20 rules, 100k customers, 1 % moved",
            Goal::AtLeast(150_000.0),
            &changed,
            " customers/s",
        ),
        figure(
            "P12",
            "20 rules, 100k customers, none moved",
            Goal::AtLeast(150_000.0),
            &unchanged,
            " customers/s",
        ),
        note("P12", "20 rules, 100k customers: seen", text),
    ]);
    peer(bench, &changed).await
}

async fn peer(bench: &mut Bench, ours: &Series) -> Result<()> {
    if !bench.options.peer {
        bench.lines.push(not_run(
            "P12",
            "1 % moved, against the peer's loop",
            "needs --peer",
        ));
        return Ok(());
    }
    bench.fill_others().await?;
    let mut rate = Series::default();
    for round in 0..bench.options.rounds {
        let mut command = Command::new("node");
        command
            .current_dir(bench.places.root.join("bench/peer-express"))
            .arg("assign.mjs");
        command
            .env("MONGO_URI", programs::uri(&bench.mongod, "perf"))
            .env("ACCOUNT", programs::PEER_ACCOUNT);
        command
            .env("BEFORE", SEATS[round % 2].to_string())
            .env("AFTER", SEATS[(round + 1) % 2].to_string());
        let done = command.output().context("run the peer's loop")?;
        ensure!(
            done.status.success(),
            "the peer's loop failed: {}",
            String::from_utf8_lossy(&done.stderr)
        );
        let said: Value = serde_json::from_slice(&done.stdout)?;
        let (read, seconds) = (said["customers"].as_f64(), said["seconds"].as_f64());
        rate.0
            .push(read.context("no count")? / seconds.context("no time")?);
    }
    bench.lines.push(ratio(
        "P12",
        "1 % moved, against the peer's loop",
        Goal::AtLeast(3.0),
        ours,
        &rate,
        " customers/s",
    ));
    Ok(())
}

/// Twenty personas; `bench/peer-express/assign.mjs` holds the same rules.
fn configuration(seats: u64) -> Value {
    let leaf = |name: &str, op: &str, value: Value| json!({ "attribute": name, "op": op, "value": value });
    let persona = |at: usize, rule: Value| {
        json!({
            "key": format!("group_{at}"), "category": "all", "name": format!("Group {at}"), "colour": "leaf",
            "priority": 1000 - at, "description": "A group.", "rule": rule
        })
    };
    let states = ["active", "trialing", "past_due", "canceled"];
    let mut personas = vec![persona(0, leaf("seats", "gte", json!(seats)))];
    for at in 1..20 {
        let low = (at - 1) / 4 * 100;
        let rule = json!({ "all": [
            leaf("status", "eq", json!(states[(at - 1) % 4])),
            leaf("seats", "gte", json!(low)),
            leaf("seats", "lt", json!(low + 100)),
            leaf("country", "in", json!(["US", "DE", "GB", "FR", "NL"]))
        ] });
        personas.push(persona(at, rule));
    }
    json!({
        "categories": [{ "key": "all", "name": "All", "description": "All of them.", "order": 1 }],
        "personas": personas,
        "note": "Bench"
    })
}
