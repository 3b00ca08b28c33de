//! The personas of a company, their versions, and how they divide an attribute.

use askama::Template;

use super::{
    form::Select,
    parts::{Band, Empty, JobProgress, PersonaTag},
    shell::Shell,
};

/// One persona of the list.
#[derive(Debug)]
pub struct PersonaRow {
    /// The id: `per_…`.
    pub id: String,
    /// Name and colour.
    pub tag: PersonaTag,
    /// Its category: `New`.
    pub category: String,
    /// What it means.
    pub description: String,
    /// Its rule in one sentence.
    pub sentence: String,
    /// Its place: 1 is asked first.
    pub place: String,
    /// Its priority number.
    pub priority: String,
    /// How many customers it has.
    pub count: String,
    /// Its share: `27%`.
    pub share: String,
    /// The same as a CSS length.
    pub width: String,
    /// The customers.
    pub customers_href: String,
    /// Whether it takes part.
    pub enabled: bool,
    /// What its rule waits for: `Waits for data: days to contract end.`; empty for nothing.
    pub waiting: String,
    /// Whether it is the first, which can't go up.
    pub first: bool,
    /// Whether it is the last, which can't go down.
    pub last: bool,
}

/// The personas in the order of priority.
#[derive(Debug, Template)]
#[template(path = "personas.html", blocks = ["list"])]
pub struct PersonasPage {
    /// What stands around it.
    pub shell: Shell,
    /// The customers by persona; `None` while there are none.
    pub band: Option<Band>,
    /// `Version 4, saved 22 Nov 2026 by Ada Okafor`
    pub version: String,
    /// The personas.
    pub personas: Vec<PersonaRow>,
    /// How many have none.
    pub unassigned: String,
    /// Their share.
    pub unassigned_share: String,
    /// The same as a CSS length.
    pub unassigned_width: String,
    /// The customers without a persona.
    pub unassigned_href: String,
    /// What stands in place of personas.
    pub empty: Empty,
    /// The button that takes over the industry's personas, where there are none; empty for no button.
    pub defaults: String,
    /// Rules being applied now.
    pub running: Option<JobProgress>,
    /// Whether this person may change them.
    pub may_manage: bool,
    /// Whether this person may have them applied.
    pub may_assign: bool,
    /// The version of the configuration, for `_etag`.
    pub etag: String,
}

/// One version of the configuration.
#[derive(Debug)]
pub struct VersionRow {
    /// Its number.
    pub number: String,
    /// Who saved it.
    pub by: String,
    /// When.
    pub at: String,
    /// Why, in their words; empty where they gave none.
    pub reason: String,
    /// What changed: `New on a monthly plan: rule`.
    pub changes: Vec<String>,
    /// Whether it is the one in force.
    pub current: bool,
}

/// The versions, newest first.
#[derive(Debug, Template)]
#[template(path = "persona_versions.html")]
pub struct PersonaVersionsPage {
    /// What stands around it.
    pub shell: Shell,
    /// The versions.
    pub versions: Vec<VersionRow>,
    /// Whether this person may bring one back.
    pub may_manage: bool,
    /// The version of the configuration, for `_etag`.
    pub etag: String,
}

/// A number of the cross table.
#[derive(Debug)]
pub struct CrossCell {
    /// The share of the row: `47%`.
    pub share: String,
    /// How many: `612`.
    pub count: String,
    /// How dark, 0 to 5.
    pub heat: u8,
    /// The customers.
    pub href: String,
}

/// One persona against the values of the attribute.
#[derive(Debug)]
pub struct CrossRow {
    /// Which; the last row is everybody.
    pub persona: PersonaTag,
    /// How many in all.
    pub total: String,
    /// One a value, in the order of the columns.
    pub cells: Vec<CrossCell>,
}

/// Persona × attribute.
#[derive(Debug, Template)]
#[template(path = "persona_table.html", blocks = ["table"])]
pub struct CrossTablePage {
    /// What stands around it.
    pub shell: Shell,
    /// The field `by`: which attribute.
    pub by: Select,
    /// One sentence on what the table says; empty where it says nothing.
    pub finding: String,
    /// The values, most frequent first.
    pub values: Vec<String>,
    /// The personas.
    pub rows: Vec<CrossRow>,
    /// Everybody.
    pub total: Option<CrossRow>,
    /// What stands in place of rows.
    pub empty: Empty,
}
