//! A run: its programs, its fixture, and the lines it measured so far.

use std::{path::PathBuf, rc::Rc, time::Duration};

use anyhow::{Context as _, Result};
use kale_devdb::Mongod;
use serde_json::{Value, json};

use crate::{
    api::Imported,
    fixture,
    measure::{Line, Series},
    programs::{self, Other, Ours, Places},
    slice::{self, Asks, Outcome, Shape, Watched},
};

/// How many customers most rows are measured on.
pub const CUSTOMERS: u64 = 100_000;

/// What was asked for.
#[derive(Debug, Clone)]
pub struct Options {
    /// The rows to measure; all where it is empty.
    pub rows: Vec<String>,
    /// How often each is measured.
    pub rounds: usize,
    /// Whether the peer is measured too.
    pub peer: bool,
    /// Short slices and no million rows: to see whether it runs, not to judge.
    pub quick: bool,
    /// What our binary was built as.
    pub profile: String,
}

/// A run.
pub struct Bench {
    /// What was asked for.
    pub options: Options,
    /// Where the programs are.
    pub places: Places,
    /// The database of all.
    pub mongod: Mongod,
    /// Its version.
    pub mongod_version: String,
    /// The limit.
    pub limit: Other,
    /// The peer, where it was asked for.
    pub peer: Option<Other>,
    /// Ours, filled.
    ours: Option<Ours>,
    /// Whether limit and peer are filled.
    others_filled: bool,
    /// The file of the fixture.
    pub file: PathBuf,
    /// What was measured.
    pub lines: Vec<Line>,
    /// The peak of memory of ours with 100,000 customers, in MB, where it was measured.
    pub small_peak: Option<f64>,
    databases: u32,
}

/// A program under load.
pub struct Target {
    /// What outcomes are kept under.
    pub name: &'static str,
    /// Where it listens.
    pub port: u16,
    /// Its process.
    pub pid: u32,
    /// What it is asked, in turn.
    pub requests: Rc<Asks>,
}

/// The outcomes of one target.
pub struct Outcomes(Vec<Outcome>);

impl From<Vec<Outcome>> for Outcomes {
    fn from(rounds: Vec<Outcome>) -> Self {
        Self(rounds)
    }
}

impl Outcomes {
    /// One figure of every round.
    pub fn of(&self, figure: fn(&Outcome) -> f64) -> Series {
        self.0.iter().map(figure).collect()
    }
}

impl Bench {
    /// Starts what every row needs.
    pub async fn start(options: Options, places: Places) -> Result<Self> {
        let (mongod, mongod_version) = programs::mongod(&places)?;
        programs::empty(&places, &mongod)?;
        let limit = Other::limit(&places, &mongod).await?;
        let peer = if options.peer {
            Some(Other::peer(&places, &mongod).await?)
        } else {
            None
        };
        let file = fixture::write(&places.scratch, CUSTOMERS)?;
        Ok(Self {
            options,
            places,
            mongod,
            mongod_version,
            limit,
            peer,
            ours: None,
            others_filled: false,
            file,
            lines: Vec::new(),
            small_peak: None,
            databases: 0,
        })
    }

    /// Ours on a database that nobody used before.
    pub async fn fresh(&mut self) -> Result<Ours> {
        self.databases += 1;
        Ours::fresh(
            &self.places,
            &self.mongod,
            &format!("kale_bench_{}", self.databases),
        )
        .await
    }

    /// What is watched while that server works.
    pub fn watched(&self, server: u32) -> Watched {
        Watched {
            server,
            mongod: self.mongod.pid(),
        }
    }

    /// Imports a file into ours.
    pub async fn fill(&self, ours: &Ours, file: &std::path::Path) -> Result<Imported> {
        ours.api
            .import(file, &mapping(), self.watched(ours.process.pid))
            .await
    }

    /// Keeps ours, filled, for the rows to come.
    pub fn keep(&mut self, ours: Ours) {
        self.ours = Some(ours);
    }

    /// Ends ours and hands back what a start on the same database needs.
    pub fn take_ours(&mut self) -> Option<Ours> {
        self.ours.take()
    }

    /// Ours, filled with the fixture.
    pub async fn ours(&mut self) -> Result<&Ours> {
        if self.ours.is_none() {
            let ours = self.fresh().await?;
            self.fill(&ours, &self.file)
                .await
                .context("ours could not be filled")?;
            self.ours = Some(ours);
        }
        self.ours.as_ref().context("ours is filled above")
    }

    /// Whether limit and peer hold the fixture.
    pub fn others_are_filled(&mut self, filled: bool) {
        self.others_filled = filled;
    }

    /// Fills limit and peer with the fixture.
    pub async fn fill_others(&mut self) -> Result<()> {
        if !self.others_filled {
            programs::empty(&self.places, &self.mongod)?;
            self.limit.import(&self.file, CUSTOMERS).await?;
            if let Some(peer) = &self.peer {
                peer.import(&self.file, CUSTOMERS).await?;
            }
            self.others_filled = true;
        }
        Ok(())
    }

    /// Loads all targets in turn, round by round.
    pub async fn compare(&self, targets: &[Target], connections: usize) -> Result<Vec<Outcomes>> {
        let lasts = if self.options.quick {
            Duration::from_millis(800)
        } else {
            Duration::from_secs(3)
        };
        let mut outcomes: Vec<Vec<Outcome>> = targets.iter().map(|_| Vec::new()).collect();
        for _ in 0..self.options.rounds {
            for (target, kept) in targets.iter().zip(&mut outcomes) {
                let shape = Shape { connections, lasts };
                let outcome =
                    slice::run(target.port, &target.requests, shape, self.watched(target.pid)).await;
                kept.push(outcome.with_context(|| format!("loading {}", target.name))?);
            }
        }
        Ok(outcomes.into_iter().map(Outcomes::from).collect())
    }
}

/// How the columns of the fixture are read.
pub fn mapping() -> Value {
    json!({
        "mode": "upsert",
        "columns": {
            "externalId": { "to": "external_id" },
            "email": { "to": "email" },
            "name": { "to": "name" },
            "domain": { "to": "domain" },
            "plan": { "to": "plan" },
            "status": { "to": "attributes.status", "type": "text" },
            "mrr": { "to": "amount", "type": "money", "currency": "USD" },
            "seats": { "to": "attributes.seats", "type": "integer" },
            "country": { "to": "attributes.country", "type": "text" }
        }
    })
}
