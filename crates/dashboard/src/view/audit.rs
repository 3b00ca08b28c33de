//! The audit log.

use askama::Template;

use super::{
    form::Select,
    parts::{Empty, Link, Pager},
    shell::Shell,
};

/// A field that changed.
#[derive(Debug)]
pub struct AuditChange {
    /// Which.
    pub field: String,
    /// As it was; empty for nothing.
    pub before: String,
    /// As it is; empty for nothing.
    pub after: String,
}

/// One entry.
#[derive(Debug)]
pub struct AuditRow {
    /// When.
    pub at: String,
    /// Who.
    pub actor: String,
    /// Two letters for a person; empty for a program.
    pub initials: String,
    /// What: `Persona assigned`.
    pub action: String,
    /// To what.
    pub target: Link,
    /// What changed.
    pub changes: Vec<AuditChange>,
    /// The request it came with; empty for none.
    pub request_id: String,
}

/// Where the chain of the log ends.
#[derive(Debug)]
pub struct AuditSeal {
    /// How many entries are sealed.
    pub entries: String,
    /// The number and the hash of the last link, to note somewhere else.
    pub head: String,
    /// When it was made.
    pub at: String,
}

/// The list.
#[derive(Debug, Template)]
#[template(path = "audit.html", blocks = ["list"])]
pub struct AuditPage {
    /// What stands around it.
    pub shell: Shell,
    /// The field `action`.
    pub action: Select,
    /// The field `actor`.
    pub actor: Select,
    /// The id the list is narrowed to; empty for everything.
    pub target: String,
    /// The first day it is narrowed to; empty for any.
    pub from: String,
    /// The last one.
    pub to: String,
    /// The present list as a file.
    pub export: String,
    /// Where the chain ends; `None` where nothing is sealed yet.
    pub sealed: Option<AuditSeal>,
    /// The entries, newest first.
    pub entries: Vec<AuditRow>,
    /// What stands in place of entries.
    pub empty: Empty,
    /// Older and newer ones.
    pub pager: Pager,
    /// The whole list without filters; empty where none is on.
    pub clear: String,
}
