//! The first page: what is left to set up and what moved.

use askama::Template;

use super::{
    jobs::JobRow,
    parts::{Band, Empty, JobProgress, Link, PersonaTag},
    shell::Shell,
    uploads::UploadRow,
};

/// Where a thing of the checklist stands, read off the facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TaskState {
    /// The facts say so.
    Done,
    /// The next thing to do.
    Next,
    /// May be done, later.
    Open,
    /// Waits for another one; the text says which.
    Blocked,
}

/// One thing of the checklist.
#[derive(Debug)]
pub struct SetupTask {
    /// Where it stands.
    pub state: TaskState,
    /// What to do: `Upload customer data`.
    pub title: String,
    /// Why, or what came of it.
    pub text: String,
    /// What leads there.
    pub action: Option<Link>,
}

/// Customers who went from one persona to another.
#[derive(Debug)]
pub struct Movement {
    /// Where they were.
    pub from: PersonaTag,
    /// Where they are.
    pub to: PersonaTag,
    /// How many: `412`.
    pub count: String,
    /// The length of the bar, as a CSS length.
    pub width: String,
    /// The list of them.
    pub href: String,
}

/// The first page.
#[derive(Debug, Template)]
#[template(path = "today.html", blocks = ["body"])]
pub struct TodayPage {
    /// What stands around it.
    pub shell: Shell,
    /// One sentence with the most important number.
    pub lede: String,
    /// The customers by persona; `None` while there are none.
    pub band: Option<Band>,
    /// What is left to set up; empty once all is done or for somebody who may not set up.
    pub checklist: Vec<SetupTask>,
    /// `2 of 4 done`
    pub checklist_note: String,
    /// Work that runs now.
    pub running: Vec<JobProgress>,
    /// The latest files; empty for somebody who may not see them.
    pub files: Vec<UploadRow>,
    /// The latest work that ended; empty for somebody who may not see it.
    pub work: Vec<JobRow>,
    /// What is said where there is neither anybody to show nor anything to set up.
    pub nothing: Option<Empty>,
    /// The span the movements cover: `in the last 7 days`; empty while nobody counts them, which hides their panel.
    pub span: String,
    /// Who moved, most first.
    pub movements: Vec<Movement>,
    /// What stands in place of movements.
    pub no_movements: Empty,
}
