//! One customer: the page and the drawer beside the list.

use askama::Template;

use super::{
    form::{Choice, Field, Select, Stale},
    parts::{Banner, Chip, Link, PersonaTag},
    shell::Shell,
    trace::Why,
};

/// A word and its value.
#[derive(Debug, Clone)]
pub struct Fact {
    /// The word.
    pub label: String,
    /// The value; `–` where unknown.
    pub value: String,
    /// What is said beside it, quieter: unit or source.
    pub note: String,
}

impl Fact {
    /// A fact without a remark.
    pub fn new(label: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            value: value.into(),
            note: String::new(),
        }
    }

    /// With a remark.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }
}

/// Metrics of one system.
#[derive(Debug)]
pub struct MetricGroup {
    /// `Billing`
    pub label: &'static str,
    /// The metrics that are known.
    pub metrics: Vec<Fact>,
    /// How many of the catalogue are not known yet: `34 more wait for data`; empty for none.
    pub waiting: String,
}

/// A record the customer is made of.
#[derive(Debug)]
pub struct SourceRecord {
    /// What it is: `Customer-data file`.
    pub kind: String,
    /// Its key there.
    pub external_id: String,
    /// Why it belongs to this customer: `A column of a file says so`.
    pub reason: String,
    /// Since when.
    pub linked_at: String,
    /// The page of where it came from.
    pub origin: Option<Link>,
    /// What it says.
    pub fields: Vec<Fact>,
}

/// A change of persona.
#[derive(Debug)]
pub struct PersonaMove {
    /// Where it was.
    pub from: PersonaTag,
    /// Where it went.
    pub to: PersonaTag,
    /// Who moved it and why: `Rule, version 4`, `Ada Okafor: “asked for it”`.
    pub by: String,
    /// When.
    pub at: String,
}

/// A line of the customer's audit.
#[derive(Debug)]
pub struct AuditLine {
    /// What happened: `Persona assigned`.
    pub text: String,
    /// Who did it.
    pub actor: String,
    /// When.
    pub at: String,
}

/// A walk of the customer.
#[derive(Debug)]
pub struct WalkedLine {
    /// The id: `ses_…`.
    pub id: String,
    /// When it began.
    pub started: String,
    /// Where: `Hosted page`.
    pub channel: &'static str,
    /// How it stands, and whether it is a test.
    pub chips: Vec<Chip>,
}

/// Put the customer into a persona by hand, or back under the rules.
#[derive(Debug)]
pub struct AssignForm {
    /// The field `persona` with every enabled persona.
    pub persona: Select,
    /// The field `reason`.
    pub reason: Field,
    /// Whether a person decided; then the rules can be given back their say.
    pub locked: bool,
}

/// One customer.
#[derive(Debug, Template)]
#[template(path = "customer.html", blocks = ["body"])]
pub struct CustomerPage {
    /// What stands around it.
    pub shell: Shell,
    /// The id: `cus_…`.
    pub id: String,
    /// What to call it.
    pub name: String,
    /// Two letters for it.
    pub initials: String,
    /// What stands under the name.
    pub detail: String,
    /// Its persona.
    pub persona: PersonaTag,
    /// Since when and by whom: `since 22 Nov 2026, by rule`.
    pub persona_since: String,
    /// A remark above the page: changes wait for a job.
    pub banner: Option<Banner>,
    /// The numbers at the top: MRR, tenure, external id.
    pub facts: Vec<Fact>,
    /// Everything the company told us.
    pub attributes: Vec<Fact>,
    /// What was measured.
    pub metrics: Vec<MetricGroup>,
    /// What the customer is made of.
    pub sources: Vec<SourceRecord>,
    /// Why the persona; `None` while nobody has looked yet.
    pub why: Option<Why>,
    /// Where the customer was before, newest first.
    pub history: Vec<PersonaMove>,
    /// What they walked, newest first; `None` where the reader may not see it.
    pub sessions: Option<Vec<WalkedLine>>,
    /// All sessions of this customer.
    pub sessions_href: String,
    /// What people and programs did, newest first; `None` where the reader may not see it.
    pub audit: Option<Vec<AuditLine>>,
    /// Whole audit of this customer.
    pub audit_href: String,
    /// How to assign; `None` where the reader may not.
    pub assign: Option<AssignForm>,
    /// The field `tags`, comma-separated; `None` where the reader may not write.
    pub tags_field: Option<Field>,
    /// The tags.
    pub tags: Vec<String>,
    /// Who looks after the customer, by name.
    pub experts: Vec<String>,
    /// How to say who does; `None` where the reader may not.
    pub experts_form: Option<ExpertsForm>,
    /// The version, for `_etag`.
    pub etag: String,
    /// Somebody else changed it in between.
    pub stale: Option<Stale>,
}

/// Who is to look after a customer.
#[derive(Debug, Clone)]
pub struct ExpertsForm {
    /// Everybody who works here, by id; who does is ticked.
    pub people: Vec<Choice>,
    /// What is wrong with who was ticked; empty for nothing.
    pub error: String,
}

/// The drawer beside the list.
#[derive(Debug, Template)]
#[template(path = "peek.html")]
pub struct PeekFragment {
    /// The id: `cus_…`.
    pub id: String,
    /// What to call it.
    pub name: String,
    /// Two letters for it.
    pub initials: String,
    /// What stands under the name.
    pub detail: String,
    /// Its persona.
    pub persona: PersonaTag,
    /// Since when and by whom.
    pub persona_since: String,
    /// Up to three numbers.
    pub facts: Vec<Fact>,
    /// Why the persona in one sentence.
    pub why: String,
    /// The smallest change that would lead elsewhere; empty where there is none.
    pub nearest_flip: String,
    /// The first attributes.
    pub attributes: Vec<Fact>,
    /// The latest changes, newest first.
    pub history: Vec<PersonaMove>,
}
