//! Background work.

use askama::Template;

use super::{
    customer::Fact,
    parts::{Chip, Empty, JobProgress, Link, Pager},
    shell::Shell,
};

/// A way to narrow the list.
#[derive(Debug)]
pub struct JobTab {
    /// `Running`
    pub label: &'static str,
    /// How many; empty where that is not counted.
    pub count: String,
    /// Where it leads.
    pub href: String,
    /// Whether it is shown.
    pub current: bool,
}

/// One job.
#[derive(Debug)]
pub struct JobRow {
    /// The id: `job_…`.
    pub id: String,
    /// What it does: `Import a file`.
    pub title: String,
    /// What it is about.
    pub subject: Option<Link>,
    /// Where it stands.
    pub state: Chip,
    /// What it says: the note, or what went wrong.
    pub note: String,
    /// Who started it.
    pub by: String,
    /// When.
    pub at: String,
    /// How long it took or runs.
    pub took: String,
    /// How far it is, while it runs.
    pub progress: Option<JobProgress>,
}

/// The list.
#[derive(Debug, Template)]
#[template(path = "jobs.html", blocks = ["list"])]
pub struct JobsPage {
    /// What stands around it.
    pub shell: Shell,
    /// Narrower lists.
    pub tabs: Vec<JobTab>,
    /// The state of the list that is shown, as the field `state`; empty for all.
    pub state: &'static str,
    /// Whether housekeeping that ended well is shown too: the field `housekeeping`.
    pub housekeeping: bool,
    /// The jobs, newest first.
    pub jobs: Vec<JobRow>,
    /// What stands in place of jobs.
    pub empty: Empty,
    /// Older and newer ones.
    pub pager: Pager,
}

/// One job.
#[derive(Debug, Template)]
#[template(path = "job.html", blocks = ["body"])]
pub struct JobPage {
    /// What stands around it.
    pub shell: Shell,
    /// The id: `job_…`.
    pub id: String,
    /// What it does.
    pub title: String,
    /// What it is about.
    pub subject: Option<Link>,
    /// Where it stands.
    pub state: Chip,
    /// How far it is, while it runs or waits.
    pub progress: Option<JobProgress>,
    /// What went wrong last; empty for nothing.
    pub error: String,
    /// Who, when, how often, how long.
    pub facts: Vec<Fact>,
    /// Whether it can be stopped by this person.
    pub may_cancel: bool,
    /// Whether it can be tried again by this person.
    pub may_retry: bool,
}
