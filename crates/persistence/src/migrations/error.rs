//! Why the database could not be migrated.

use crate::error::StoreError;

/// One variant per thing that whoever starts the server does differently.
#[derive(Debug, thiserror::Error)]
pub enum MigrationError {
    /// A file of this binary can't be read: ours to mend.
    #[error("migration {name} can't be read: {reason}")]
    Malformed {
        /// `NNNN_name`.
        name: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The database had a migration that reads differently in this binary.
    #[error(
        "migration {name} was applied to this database in another form; start the release that wrote it, or one whose \
         migrations/{name}.json was never edited"
    )]
    Changed {
        /// `NNNN_name`.
        name: String,
    },
    /// A newer release has migrated this database.
    #[error(
        "the database was migrated by a newer release ({found}; this release knows {known} migrations); start that \
         release or a later one, or restore a backup from before it"
    )]
    Newer {
        /// The name of the newest migration that the database has had.
        found: String,
        /// How many this binary knows.
        known: usize,
    },
    /// Another process has held the lease for longer than this one waits.
    #[error(
        "another process has been migrating the database for {waited} s; see its log, then start this one again"
    )]
    Busy {
        /// Seconds.
        waited: u64,
    },
    /// This process was paused for so long that another one took over.
    #[error("another process took the migration over; start this one again")]
    LeaseLost,
    /// The database refused a command. What was done before it is recorded; the next start resumes there.
    #[error("command {command} of migration {name} failed; the next start resumes with it")]
    Command {
        /// `NNNN_name`.
        name: String,
        /// The position of the command, from 1.
        command: usize,
        /// What the database said.
        #[source]
        source: StoreError,
    },
    /// The database does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<mongodb::error::Error> for MigrationError {
    fn from(error: mongodb::error::Error) -> Self {
        Self::Store(error.into())
    }
}
