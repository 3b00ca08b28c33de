//! One migration file, read and checked.

use bson::{Bson, Document, doc};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use super::{MigrationError, Step};

/// The commands that may be executed twice, and that this module knows how to confirm.
const ALLOWED: [&str; 5] = ["create", "createIndexes", "collMod", "dropIndexes", "update"];

/// A migration of this binary.
#[derive(Debug, Clone)]
pub(super) struct Migration {
    pub(super) number: u32,
    pub(super) name: String,
    pub(super) description: String,
    pub(super) checksum: String,
    pub(super) commands: Vec<Document>,
}

/// A file as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    description: String,
    commands: Vec<Document>,
}

impl Migration {
    pub(super) fn read(number: u32, name: &str, text: &str) -> Result<Self, MigrationError> {
        let malformed = |reason: String| MigrationError::Malformed {
            name: name.to_owned(),
            reason,
        };
        let prefix = format!("{number:04}_");
        if !name.starts_with(&prefix) {
            return Err(malformed(format!(
                "its name has to begin with {prefix}, by its place in the list"
            )));
        }
        let file: File = serde_json::from_str(text).map_err(|error| malformed(error.to_string()))?;
        for (index, command) in file.commands.iter().enumerate() {
            let verb = command.keys().next().map_or("", String::as_str);
            if !ALLOWED.contains(&verb) {
                return Err(malformed(format!(
                    "command {} is {verb:?}; allowed are {}",
                    index + 1,
                    ALLOWED.join(", ")
                )));
            }
        }
        Ok(Self {
            number,
            name: name.to_owned(),
            description: file.description,
            checksum: hex::encode(Sha256::digest(text.as_bytes())),
            commands: file.commands.into_iter().map(acknowledged).collect(),
        })
    }

    pub(super) fn step(&self, done: u32) -> Step {
        Step {
            number: self.number,
            name: self.name.clone(),
            description: self.description.clone(),
            commands_done: usize::try_from(done)
                .unwrap_or(usize::MAX)
                .min(self.commands.len()),
            commands: self.commands.len(),
        }
    }
}

/// The command, to be answered when a majority has it in its journal: the driver adds nothing to a raw command.
fn acknowledged(mut command: Document) -> Document {
    command.insert(
        "writeConcern",
        Bson::Document(doc! { "w": "majority", "j": true, "wtimeout": 60_000_i32 }),
    );
    command
}
