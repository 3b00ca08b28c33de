//! What became of sessions: all together, and of one workflow.

use askama::Template;

use super::{
    chart::{Bar, Columns, Key, Share, Table},
    form::Select,
    parts::{Empty, Link},
    shell::Shell,
};

/// Which sessions are counted: a form that asks again.
#[derive(Debug)]
pub struct Span {
    /// Where the form leads.
    pub action: String,
    /// How far back: the field `days`.
    pub days: Select,
    /// The field `persona`; absent where there are none.
    pub persona: Option<Select>,
    /// The field `channel`.
    pub channel: Select,
    /// The field `version`; absent where several workflows are counted.
    pub version: Option<Select>,
    /// `24 Oct to 22 Nov 2026, days in Europe/Berlin`
    pub said: String,
    /// How fresh it is; empty where everything is counted.
    pub waiting: String,
}

/// What the page opens with.
#[derive(Debug)]
pub struct Story {
    /// Who finished: `214 subscribers`.
    pub finished: String,
    /// Whether nobody did.
    pub nobody: bool,
    /// How many of them did not end in a cancellation.
    pub deflected: String,
    /// Immediate deflection.
    pub deflection: Share,
    /// How many it is of: `n = 214`.
    pub n: String,
    /// The parts of the whole: word, colour, weight against the others, value.
    pub outcomes: Vec<(Key, u64)>,
    /// What they had paid a month: `$18,230 a month, of which $9,100 was cancelled`; empty where nobody knows.
    pub at_stake: String,
    /// What is reported apart: abandoned, expired, in progress.
    pub apart: Vec<Key>,
}

/// A chart with what stands around it.
#[derive(Debug)]
pub struct Panel {
    /// The heading's anchor.
    pub id: String,
    /// The heading.
    pub title: String,
    /// What is counted.
    pub note: String,
    /// The same as a table.
    pub table: Table,
    /// The same as a file.
    pub csv: String,
}

/// The days.
#[derive(Debug)]
pub struct Days {
    /// What stands around it.
    pub panel: Panel,
    /// The columns.
    pub columns: Columns,
    /// What the colours mean.
    pub keys: Vec<Key>,
}

/// Bars: reasons, options of a question, cards.
#[derive(Debug)]
pub struct Bars {
    /// What stands around them.
    pub panel: Panel,
    /// The bars, longest first or in the order of the walk.
    pub bars: Vec<Bar>,
    /// What the colours mean.
    pub keys: Vec<Key>,
    /// What stands in place of bars.
    pub none: &'static str,
}

/// A line with a share: a workflow, a persona, a version, an offer.
#[derive(Debug)]
pub struct ShareRow {
    /// What it is of, and where it leads; an empty address for nowhere.
    pub of: Link,
    /// The figures before the share.
    pub figures: Vec<String>,
    /// The share.
    pub share: Share,
}

/// Lines with shares.
#[derive(Debug)]
pub struct Shares {
    /// What stands around them; its table has the headings of the lines.
    pub panel: Panel,
    /// What the share is: `Immediate deflection`, `Accepted`.
    pub share: &'static str,
    /// The lines.
    pub rows: Vec<ShareRow>,
    /// What stands in place of lines.
    pub none: &'static str,
}

/// `/analytics`, and `/analytics/workflows/{id}`.
#[derive(Debug, Template)]
#[template(path = "analytics.html", blocks = ["results"])]
pub struct AnalyticsPage {
    /// What stands around it.
    pub shell: Shell,
    /// The heading.
    pub title: String,
    /// What it is about: a workflow; absent for all.
    pub about: Option<Link>,
    /// Which sessions.
    pub span: Span,
    /// What stands in place of everything else: nobody walked.
    pub empty: Option<Empty>,
    /// What became of them.
    pub story: Story,
    /// Day by day.
    pub days: Days,
    /// Bars: reasons; the cards of a workflow; the options of its questions.
    pub bars: Vec<Bars>,
    /// Tables: workflows or versions, personas, offers.
    pub shares: Vec<Shares>,
}

/// What a figure means.
#[derive(Debug)]
pub struct Meaning {
    /// Its name in answers of the API.
    pub key: &'static str,
    /// Its name.
    pub name: &'static str,
    /// What it is.
    pub definition: &'static str,
    /// How it is worked out.
    pub formula: &'static str,
    /// What from.
    pub source: &'static str,
}

/// `/analytics/definitions`
#[derive(Debug, Template)]
#[template(path = "analytics_definitions.html")]
pub struct DefinitionsPage {
    /// What stands around it.
    pub shell: Shell,
    /// Every figure.
    pub meanings: Vec<Meaning>,
}
