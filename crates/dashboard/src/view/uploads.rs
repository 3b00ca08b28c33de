//! The files a company gave us.

use askama::Template;

use super::{
    parts::{Chip, Empty, JobProgress, Pager},
    shell::Shell,
};

/// One file.
#[derive(Debug)]
pub struct UploadRow {
    /// The id: `upl_…`.
    pub id: String,
    /// The file's name.
    pub file: String,
    /// Its size.
    pub size: String,
    /// Where it stands.
    pub state: Chip,
    /// `7,043 rows, 7,043 imported`; empty while unknown.
    pub rows: String,
    /// Who gave it.
    pub by: String,
    /// When.
    pub at: String,
    /// The work on it, while it runs.
    pub progress: Option<JobProgress>,
}

/// The list, with the place to drop another file.
#[derive(Debug, Template)]
#[template(path = "data.html", blocks = ["list"])]
pub struct UploadsPage {
    /// What stands around it.
    pub shell: Shell,
    /// Whether this person may upload.
    pub may_upload: bool,
    /// The largest file: `2 GB`.
    pub max_size: String,
    /// The same in bytes, so that a larger one is refused before it is sent.
    pub max_bytes: u64,
    /// Why the last file was refused; empty for nothing.
    pub problem: String,
    /// The files, newest first.
    pub uploads: Vec<UploadRow>,
    /// What stands in place of files.
    pub empty: Empty,
    /// Older and newer ones.
    pub pager: Pager,
}
