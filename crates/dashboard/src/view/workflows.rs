//! Workflows, and the templates they begin as.

use askama::Template;

use super::{
    form::{Field, Problems, Select, Stale},
    parts::{Chip, Empty, Pager, Tone},
    shell::Shell,
};

/// How a kind of card looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KindLook {
    /// Its word: `Question`.
    pub label: &'static str,
    /// Its icon.
    pub icon: &'static str,
    /// Its colour.
    pub tone: Tone,
}

/// A way to narrow the list.
#[derive(Debug)]
pub struct StateTab {
    /// `Live`
    pub label: &'static str,
    /// Where it leads.
    pub href: String,
    /// Whether it is shown.
    pub current: bool,
}

/// One workflow of the list.
#[derive(Debug)]
pub struct WorkflowRow {
    /// The id: `wfl_…`.
    pub id: String,
    /// What staff call it.
    pub name: String,
    /// What starts it, and what it was made from.
    pub note: String,
    /// Where it stands.
    pub state: Chip,
    /// `Version 3`
    pub version: String,
    /// Who changed it last, and when.
    pub changed: String,
}

/// The workflows, newest first.
#[derive(Debug, Template)]
#[template(path = "workflows.html", blocks = ["list"])]
pub struct WorkflowsPage {
    /// What stands around it.
    pub shell: Shell,
    /// By state.
    pub tabs: Vec<StateTab>,
    /// The workflows.
    pub workflows: Vec<WorkflowRow>,
    /// What stands in place of workflows.
    pub empty: Empty,
    /// Older ones.
    pub pager: Pager,
    /// Whether this person may make one.
    pub may_manage: bool,
}

/// One workflow with its cards.
#[derive(Debug, Template)]
#[template(path = "workflow.html")]
pub struct WorkflowPage {
    /// What stands around it.
    pub shell: Shell,
    /// What staff call it.
    pub name: String,
    /// What starts it.
    pub note: String,
    /// Where it stands.
    pub state: Chip,
    /// `Version 3`
    pub version: String,
    /// Who changed it last, and when.
    pub changed: String,
    /// Its cards.
    pub outline: Lane,
    /// What stands in place of cards.
    pub empty: Empty,
    /// The id: `wfl_…`.
    pub id: String,
    /// Whether this person may make a copy of it.
    pub may_copy: bool,
}

/// One template of the gallery.
#[derive(Debug)]
pub struct TemplateRow {
    /// Its name in addresses.
    pub key: String,
    /// What it is called.
    pub title: String,
    /// What it does.
    pub summary: String,
    /// `21 cards`
    pub cards: String,
    /// `2 parts come later`; empty for none.
    pub left_out: String,
}

/// The templates.
#[derive(Debug, Template)]
#[template(path = "gallery.html")]
pub struct GalleryPage {
    /// What stands around it.
    pub shell: Shell,
    /// The templates.
    pub templates: Vec<TemplateRow>,
    /// What was wrong with the form that starts from nothing.
    pub problems: Problems,
    /// The field `name` of that form.
    pub name: Field,
    /// Whether this person may make a workflow.
    pub may_manage: bool,
}

/// A part of a template that is not there yet.
#[derive(Debug)]
pub struct LeftOut {
    /// What.
    pub what: String,
    /// Why.
    pub why: String,
}

/// A template with its cards.
#[derive(Debug, Template)]
#[template(path = "template.html")]
pub struct TemplatePage {
    /// What stands around it.
    pub shell: Shell,
    /// Its name in addresses.
    pub key: String,
    /// What it is called.
    pub title: String,
    /// What it does.
    pub summary: String,
    /// `21 cards`
    pub cards: String,
    /// Its cards.
    pub outline: Lane,
    /// What is not there yet.
    pub left_out: Vec<LeftOut>,
    /// The reasons it asks about.
    pub reasons: Vec<String>,
    /// What was wrong with the form.
    pub problems: Problems,
    /// The field `name`.
    pub name: Field,
    /// Whether this person may make a workflow of it.
    pub may_manage: bool,
}

/// A lane of cards, with everything below them.
#[derive(Debug, Clone, Template)]
#[template(path = "parts/lane.html")]
pub struct Lane {
    /// When it is taken; empty for the tree itself.
    pub label: String,
    /// Its cards.
    pub cards: Vec<OutlineCard>,
}

/// A card in an outline.
#[derive(Debug, Clone)]
pub struct OutlineCard {
    /// What it is.
    pub look: KindLook,
    /// What it is called.
    pub title: String,
    /// What it says.
    pub lines: Vec<String>,
    /// When it is shown at all; empty for always.
    pub when: String,
    /// What comes after it, by condition.
    pub lanes: Vec<Lane>,
}

/// The rules of a market that a workflow can be held to.
#[derive(Debug)]
pub struct ProfileChoice {
    /// Its name in forms.
    pub key: String,
    /// `Germany`
    pub label: String,
    /// Where the rules come from.
    pub source: String,
    /// Whether it holds.
    pub chosen: bool,
    /// Whether it can't be taken away.
    pub always: bool,
}

/// What a workflow is beside its cards.
#[derive(Debug, Template)]
#[template(path = "workflow_settings.html")]
pub struct WorkflowSettingsPage {
    /// What stands around it.
    pub shell: Shell,
    /// The id: `wfl_…`.
    pub id: String,
    /// The version of the settings, for `_etag`.
    pub etag: String,
    /// What was wrong with the form.
    pub problems: Problems,
    /// Somebody else was faster.
    pub stale: Option<Stale>,
    /// The field `name`.
    pub name: Field,
    /// The field `trigger`.
    pub trigger: Select,
    /// The field `default_locale`.
    pub locale: Field,
    /// The field `locales`.
    pub locales: Field,
    /// The rules it is held to.
    pub profiles: Vec<ProfileChoice>,
}

/// One version of a workflow.
#[derive(Debug)]
pub struct WorkflowVersionRow {
    /// Its number.
    pub number: String,
    /// Who published it, and when.
    pub by: String,
    /// Why, in their words; empty for nothing.
    pub note: String,
    /// `The cards of version 2 again`; empty for new cards.
    pub again: String,
    /// `Live`; empty for one that is over.
    pub state: &'static str,
    /// Whether sessions start with it, or would.
    pub current: bool,
}

/// A text as it was and as it is.
#[derive(Debug)]
pub struct Rewording {
    /// As it was; empty for nothing.
    pub before: String,
    /// As it is; empty for nothing.
    pub after: String,
}

/// One thing that is different between two versions.
#[derive(Debug)]
pub struct Difference {
    /// `New`, `Gone`, `Changed`, `Moved`
    pub what: Chip,
    /// Which card, lane or element.
    pub title: String,
    /// The texts that differ.
    pub texts: Vec<Rewording>,
}

/// What was published of a workflow, newest first.
#[derive(Debug, Template)]
#[template(path = "workflow_versions.html")]
pub struct WorkflowVersionsPage {
    /// What stands around it.
    pub shell: Shell,
    /// The id: `wfl_…`.
    pub id: String,
    /// The versions.
    pub versions: Vec<WorkflowVersionRow>,
    /// The field `before`: what is compared.
    pub before: Select,
    /// The field `after`: with what.
    pub after: Select,
    /// What is different; `None` where there is nothing to compare.
    pub differences: Option<Vec<Difference>>,
    /// What stands in place of versions.
    pub empty: Empty,
    /// Whether this person may bring one back.
    pub may_manage: bool,
}
