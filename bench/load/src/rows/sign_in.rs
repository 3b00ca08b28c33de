//! S8: whether the time of an answer says who has an account.

use std::time::Instant;

use anyhow::{Context as _, Result, bail};

use crate::{
    bench::Bench,
    http::{Connection, request},
    measure::{Goal, Series, note, paired, short},
};

/// How far the medians may lie apart.
const APART: f64 = 1.05;
/// How many pairs of addresses are asked for in a round.
const PAIRS: usize = 1_000;
const QUICK: usize = 50;

/// S8.
///
/// One request at a time, known and unknown in an order that has no pattern, so that the work that a mail makes afterwards
/// weighs on both alike.
pub async fn alike(bench: &mut Bench) -> Result<()> {
    let pairs = if bench.options.quick { QUICK } else { PAIRS };
    let rounds = bench.options.rounds;
    let port = bench.ours().await?.process.port;
    let (mut known, mut unknown) = (Series::default(), Series::default());
    let mut order = Order(0x9e37_79b9_7f4a_7c15);
    for _ in 0..rounds {
        let (mut has, mut has_not) = (Vec::new(), Vec::new());
        let mut connection = Connection::open(port).await?;
        for _ in 0..pairs {
            let first = order.coin();
            for exists in [first, !first] {
                let millis = ask(&mut connection, port, exists).await?;
                if exists { &mut has } else { &mut has_not }.push(millis);
            }
        }
        known.0.push(Series(has).median());
        unknown.0.push(Series(has_not).median());
    }
    for (what, ours, other) in [
        (
            "median of `POST /sign-in`, known address against unknown",
            &known,
            &unknown,
        ),
        ("the same, unknown against known", &unknown, &known),
    ] {
        let line = paired("S8", what, Goal::AtMost(APART), ours, other, " ms");
        bench.lines.push(line);
    }
    let spread = format!(
        "known {} %, unknown {} %",
        short(known.spread() * 100.0),
        short(unknown.spread() * 100.0)
    );
    bench
        .lines
        .push(note("S8", "how far the rounds of each lie apart", spread));
    Ok(())
}

/// Asks as a browser does; answers how long it took, in ms.
async fn ask(connection: &mut Connection, port: u16, exists: bool) -> Result<f64> {
    let body = if exists {
        "email=owner@bench.example"
    } else {
        "email=nobod@bench.example"
    };
    let origin = format!("http://127.0.0.1:{port}");
    let headers = [
        ("content-type", "application/x-www-form-urlencoded"),
        ("sec-fetch-site", "same-origin"),
        ("origin", origin.as_str()),
        ("accept", "text/html"),
    ];
    let asked = request("POST", "/sign-in", &headers, body.as_bytes());
    let begun = Instant::now();
    connection.send(&asked).await?;
    let head = connection.receive(|_| {}).await.context("signing in")?;
    let millis = begun.elapsed().as_secs_f64() * 1e3;
    if head.status != 303 {
        bail!("asking for a link was answered {}", head.status);
    }
    Ok(millis)
}

/// An order without a pattern, the same in each run (xorshift).
struct Order(u64);

impl Order {
    const fn coin(&mut self) -> bool {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 & (1 << 33) == 0
    }
}
