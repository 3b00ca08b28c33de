//! Measures ours against the limit and the peer. Started by `cargo xtask bench`, which builds what it needs.

mod api;
mod bench;
mod fixture;
mod http;
mod measure;
mod process;
mod programs;
mod rows;
mod slice;
mod table;

use std::{path::PathBuf, process::ExitCode};

use anyhow::{Context as _, Result, bail};

use crate::{
    bench::{Bench, Options},
    measure::not_run,
    programs::Places,
    rows::{
        events, export, figures, footprint, import, kept, lists, outage, pages, personas, sign_in, steps,
    },
    table::Measured,
};

/// In the order of the table. P15 ends the filled server and comes last among those that use it.
const ORDER: [&str; 18] = [
    "P1", "P2", "P3", "P4", "P5", "P6", "P6-1M", "P7", "P8", "P9", "P10", "P12", "P15", "P17", "P18", "S8",
    "R1", "telco",
];
/// In the order they are run: what fills the server first, what ends it last.
const RUN: [&str; 17] = [
    "P6", "P1", "P2", "P3", "P7", "P8", "P12", "P18", "P17", "P4", "P5", "P9", "P15", "S8", "R1", "telco",
    "P6-1M",
];

fn main() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let outcome = runtime
        .map_err(anyhow::Error::from)
        .and_then(|runtime| runtime.block_on(run()));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<()> {
    let (options, places) = read(std::env::args().skip(1))?;
    let scratch = places.scratch.clone();
    if scratch.exists() {
        std::fs::remove_dir_all(&scratch)?;
    }
    std::fs::create_dir_all(&scratch)?;
    let asked: Vec<&str> = RUN
        .into_iter()
        .filter(|row| options.rows.is_empty() || options.rows.iter().any(|one| one == row))
        .collect();
    let document = places.root.join("docs/performance.md");
    let quick = options.quick;
    let mut bench = Bench::start(options, places).await?;
    let mut measured: Vec<Measured> = Vec::new();
    for row in asked {
        println!("{row} …");
        if let Err(error) = one(&mut bench, row).await {
            // The other rows are worth having all the same.
            bench.lines.push(not_run(
                row,
                "failed",
                &format!("{error:#}").replace(['|', '\n'], " "),
            ));
        }
        let now = jiff::Timestamp::now().strftime("%Y-%m-%d %H:%M");
        let when = format!("{now}, {}, {}", process::load_average(), bench.options.rounds);
        let done: Vec<Measured> = bench
            .lines
            .drain(..)
            .map(|line| Measured {
                line,
                when: when.clone(),
            })
            .collect();
        println!("{}", table::plain(&done));
        measured.extend(done);
        if !quick {
            // After every row: a run that is broken off has measured what it has measured.
            let conditions = table::conditions(&bench.mongod_version, &bench.options.profile);
            table::write(&document, &conditions, &measured, &ORDER)?;
        }
    }
    println!(
        "{}",
        table::conditions(&bench.mongod_version, &bench.options.profile)
    );
    if quick {
        println!("docs/performance.md is left as it is: --quick is no measurement");
    }
    drop(bench);
    Ok(std::fs::remove_dir_all(scratch)?)
}

async fn one(bench: &mut Bench, row: &str) -> Result<()> {
    match row {
        "P1" => lists::one(bench).await,
        "P2" => lists::page(bench).await,
        "P3" => lists::deep(bench).await,
        "P4" => events::batches(bench).await,
        "P5" => kept::kept(bench).await,
        "P6" => import::new(bench).await,
        "P6-1M" => import::million(bench).await,
        "P7" => import::unchanged(bench).await,
        "P8" => export::all(bench).await,
        "P9" => figures::figures(bench).await,
        "P12" => personas::assignment(bench).await,
        "P15" => footprint::footprint(bench).await,
        "P17" => steps::next_card(bench).await,
        "R1" => outage::outage(bench).await,
        "P18" => pages::first_paint(bench).await,
        "S8" => sign_in::alike(bench).await,
        "telco" => import::telco(bench).await,
        other => bail!("there is no row {other}"),
    }
}

fn read(mut arguments: impl Iterator<Item = String>) -> Result<(Options, Places)> {
    let mut options = Options {
        rows: Vec::new(),
        rounds: 3,
        peer: false,
        quick: false,
        profile: "demo".to_owned(),
    };
    let (mut root, mut kale) = (None, None);
    while let Some(argument) = arguments.next() {
        let mut value = || {
            arguments
                .next()
                .with_context(|| format!("{argument} needs a value"))
        };
        match argument.as_str() {
            "--root" => root = Some(PathBuf::from(value()?)),
            "--kale" => kale = Some(PathBuf::from(value()?)),
            "--profile" => options.profile = value()?,
            "--rows" => options.rows = value()?.split(',').map(|row| row.trim().to_owned()).collect(),
            "--rounds" => options.rounds = value()?.parse().context("--rounds takes a number")?,
            "--peer" => options.peer = true,
            "--quick" => options.quick = true,
            other => bail!("unknown argument {other}"),
        }
    }
    if let Some(unknown) = options.rows.iter().find(|row| !RUN.contains(&row.as_str())) {
        bail!("there is no row {unknown}; there are {}", RUN.join(", "));
    }
    if options.rounds == 0 || options.rounds > 20 {
        bail!("--rounds takes 1 to 20");
    }
    let root = root.context("--root is missing; start this by `cargo xtask bench`")?;
    let places = Places {
        kale: kale.context("--kale is missing")?,
        limit: root.join("bench/limit-actix/target/release"),
        scratch: root.join("target/bench"),
        root,
    };
    Ok((options, places))
}
