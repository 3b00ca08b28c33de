//! One file on its way: look, map, check, import, take back.

use askama::Template;

use super::{
    customer::Fact,
    form::{Choice, Problems, Select},
    parts::{Banner, Chip, JobProgress, Step},
    shell::Shell,
};

/// Targets under one heading.
#[derive(Debug, Clone)]
pub struct TargetGroup {
    /// `Customer`, `Attributes`
    pub label: String,
    /// The targets.
    pub choices: Vec<Choice>,
}

/// A column of the file and where it goes. Its fields are `columns.<index>.header|to|type|format|currency`.
#[derive(Debug)]
pub struct ColumnRow {
    /// Its place in the file, from 0.
    pub index: usize,
    /// The header.
    pub header: String,
    /// Up to three values that occur.
    pub samples: Vec<String>,
    /// `No empty values, all different`, `11 empty, 72 different`.
    pub profile: String,
    /// Where it goes.
    pub targets: Vec<TargetGroup>,
    /// What it holds.
    pub types: Vec<Choice>,
    /// How it is written; shown for dates and numbers.
    pub format: String,
    /// The currency of amounts: an ISO code; empty for the company's.
    pub currency: String,
    /// Why rules may not use it: `Gender may not be used by rules.`; empty for nothing.
    pub sensitive: String,
    /// Whether the target was suggested and not yet confirmed.
    pub suggested: bool,
    /// What is wrong with it; empty for nothing.
    pub error: String,
}

/// The mapping form.
#[derive(Debug)]
pub struct MapForm {
    /// What was wrong with it when it was sent.
    pub problems: Problems,
    /// `UTF-8, comma, 7,043 rows, 20 columns`
    pub about: String,
    /// The columns in the order of the file.
    pub columns: Vec<ColumnRow>,
    /// The field `mode`.
    pub mode: Select,
    /// Whether the row number stands for the key: the box `row_number_as`, sent as `external_id`.
    pub row_number: bool,
    /// A remark above the table: the mapping of an earlier file with these headers was taken over.
    pub banner: Option<Banner>,
    /// The currencies offered.
    pub currencies: Vec<String>,
    /// The version, for `_etag`.
    pub etag: String,
}

/// One value that can't be taken.
#[derive(Debug)]
pub struct BadValue {
    /// The line of the file.
    pub line: String,
    /// The column; empty where the whole row is wrong.
    pub column: String,
    /// What stood there.
    pub value: String,
    /// Why it can't be taken.
    pub reason: String,
}

/// Problems of one kind.
#[derive(Debug)]
pub struct ProblemGroup {
    /// `212 rows: monthly_charges is not a number`
    pub title: String,
    /// `for example line 48, “n/a”`
    pub example: String,
    /// The first of them.
    pub values: Vec<BadValue>,
}

/// What checking found.
#[derive(Debug)]
pub struct CheckReport {
    /// Rows that can be imported, as text.
    pub ready: String,
    /// Rows that can't, as text.
    pub rejected: String,
    /// The same as a number, for the band.
    pub ready_rows: u64,
    /// The same as a number, for the band.
    pub rejected_rows: u64,
    /// What is not wrong but worth knowing.
    pub warnings: Vec<String>,
    /// What is wrong, most first.
    pub groups: Vec<ProblemGroup>,
    /// Whether more is wrong than listed.
    pub cut: bool,
    /// What importing will do: `Rows that exist are changed, others are added.`
    pub consequence: String,
    /// The field `rejected`: `stop` or `skip`.
    pub on_rejected: Select,
    /// Why the import did not start; empty for nothing.
    pub problem: String,
}

/// What an import did.
#[derive(Debug)]
pub struct ImportResult {
    /// Added, changed, unchanged, skipped, removed.
    pub figures: Vec<Fact>,
    /// When it went live.
    pub at: String,
    /// Until when it can be undone; `None` where it no longer can or the reader may not.
    pub undo_until: Option<String>,
    /// Why it can't be undone; empty where it can.
    pub no_undo: String,
    /// The work that follows: personas applied again.
    pub follow_up: Option<JobProgress>,
}

/// Where the file stands.
#[derive(Debug)]
pub enum Stage {
    /// A job looks at it.
    Reading(JobProgress),
    /// Waits for the mapping.
    Map(Box<MapForm>),
    /// A job checks every row.
    Checking(JobProgress),
    /// Waits for the decision to import.
    Checked(Box<CheckReport>),
    /// A job writes the rows.
    Importing(JobProgress),
    /// The rows are live.
    Imported(Box<ImportResult>),
    /// The rows are as they were before.
    Undone {
        /// When it was taken back.
        at: String,
        /// The work that follows: customers brought up to date.
        follow_up: Option<JobProgress>,
    },
    /// It can't be read.
    Failed {
        /// What is wrong.
        what: String,
        /// Where: `Line 48`; empty for the whole file.
        place: String,
        /// What to do.
        advice: String,
    },
    /// A person stopped it.
    Cancelled {
        /// When.
        at: String,
    },
}

/// One file. The block `body` is everything under the heading and is asked for when a job ends.
#[derive(Debug, Template)]
#[template(path = "upload.html", blocks = ["body"])]
pub struct UploadPage {
    /// What stands around it.
    pub shell: Shell,
    /// The id: `upl_…`.
    pub id: String,
    /// The file's name.
    pub file: String,
    /// `954 kB, uploaded by Ada Okafor, 6 min ago`
    pub detail: String,
    /// Where it stands, in a word.
    pub state: Chip,
    /// The way, with where it stands.
    pub steps: Vec<Step>,
    /// What is shown.
    pub stage: Stage,
    /// Whether this person may go on; else the page only shows.
    pub may_manage: bool,
    /// Whether it can be cancelled now.
    pub may_cancel: bool,
}
