//! Changes of the database's shape, one file each, applied once and in order when a server starts.
//!
//! The files lie in `migrations/` at the root of the repository and are part of the binary. The database records which
//! it has had, with a checksum of each, and how far an interrupted one got. Two servers that start together apply them
//! once: one holds a lease in the database's time, the other waits and finds them applied.

mod apply;
mod embedded;
mod error;
mod file;
mod lease;
#[cfg(test)]
mod tests;

pub use error::MigrationError;

use std::{collections::BTreeMap, time::Duration};

use bson::{DateTime, doc};
use file::Migration;
use futures::TryStreamExt as _;
use mongodb::Collection;
use serde::Deserialize;

use crate::store::Store;

/// The collection that records what was applied.
const COLLECTION: &str = "migrations";

/// The migrations that this binary knows, in order.
#[derive(Debug, Clone)]
pub struct Migrations {
    all: Vec<Migration>,
    timing: Timing,
}

/// How long to hold and to wait.
#[derive(Debug, Clone, Copy)]
struct Timing {
    /// A process that is dead blocks the others for this long.
    lease: Duration,
    /// How often a waiting process looks again.
    poll: Duration,
    /// After this a waiting process gives up.
    patience: Duration,
}

/// What the database has had and what it lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Applied completely, in order.
    pub applied: Vec<Step>,
    /// To be applied, in order; an interrupted one is among them.
    pub pending: Vec<Step>,
    /// Applied or begun, and written differently in this binary.
    pub mismatched: Vec<Step>,
    /// Recorded in the database and unknown to this binary: a newer release was here.
    pub unknown: Vec<Step>,
}

/// One migration of a [`Plan`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Its number, from 1 without a gap.
    pub number: u32,
    /// `NNNN_name`.
    pub name: String,
    /// What it is for; empty where this binary does not know it.
    pub description: String,
    /// How many of its commands are done.
    pub commands_done: usize,
    /// How many commands it has; 0 where this binary does not know it.
    pub commands: usize,
}

/// What [`Migrations::apply`] did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// The names of the migrations that this call completed; empty where there was nothing to do or another process
    /// did it.
    pub names: Vec<String>,
}

/// How the database records one migration.
#[derive(Debug, Clone, Deserialize)]
struct Record {
    #[serde(rename = "_id")]
    number: u32,
    name: String,
    /// SHA-256 of the file's text, in hexadecimal.
    checksum: String,
    /// How many commands are known to be done.
    commands_done: u32,
    /// Unset while it is not complete.
    #[serde(default)]
    applied_at: Option<DateTime>,
}

impl Migrations {
    /// Those that are part of this binary.
    pub fn embedded() -> Result<Self, MigrationError> {
        Self::read(embedded::FILES)
    }

    /// Reads files, given in order as (name without `.json`, text).
    fn read(files: &[(&str, &str)]) -> Result<Self, MigrationError> {
        let all = files
            .iter()
            .zip(1_u32..)
            .map(|((name, text), number)| Migration::read(number, name, text))
            .collect::<Result<_, _>>()?;
        let timing = Timing {
            lease: Duration::from_secs(30),
            poll: Duration::from_millis(250),
            patience: Duration::from_mins(15),
        };
        Ok(Self { all, timing })
    }

    /// Compares the database with this binary and changes nothing.
    pub async fn plan(&self, store: &Store) -> Result<Plan, MigrationError> {
        let mut records = records(store).await?;
        let mut plan = Plan {
            applied: Vec::new(),
            pending: Vec::new(),
            mismatched: Vec::new(),
            unknown: Vec::new(),
        };
        for migration in &self.all {
            let record = records.remove(&migration.number);
            let done = record.as_ref().map_or(0, |record| record.commands_done);
            let step = migration.step(done);
            match record {
                Some(record) if record.checksum != migration.checksum => plan.mismatched.push(step),
                Some(Record {
                    applied_at: Some(_), ..
                }) => plan.applied.push(step),
                Some(_) | None => plan.pending.push(step),
            }
        }
        plan.unknown = records.into_values().map(Record::into_unknown_step).collect();
        Ok(plan)
    }
}

impl Plan {
    /// Whether this binary may work on the database, now or after [`Migrations::apply`].
    pub fn check(&self) -> Result<(), MigrationError> {
        if let Some(newest) = self.unknown.last() {
            let known = self.applied.len() + self.pending.len() + self.mismatched.len();
            return Err(MigrationError::Newer {
                found: newest.name.clone(),
                known,
            });
        }
        match self.mismatched.first() {
            Some(step) => Err(MigrationError::Changed {
                name: step.name.clone(),
            }),
            None => Ok(()),
        }
    }
}

impl Record {
    fn into_unknown_step(self) -> Step {
        Step {
            number: self.number,
            name: self.name,
            description: String::new(),
            commands_done: usize::try_from(self.commands_done).unwrap_or(usize::MAX),
            commands: 0,
        }
    }
}

fn collection(store: &Store) -> Collection<Record> {
    store.database().collection(COLLECTION)
}

async fn records(store: &Store) -> Result<BTreeMap<u32, Record>, MigrationError> {
    let cursor = collection(store).find(doc! {}).await?;
    Ok(cursor
        .map_ok(|record| (record.number, record))
        .try_collect()
        .await?)
}
