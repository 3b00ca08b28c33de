//! A persona and its rule, with what saving would change.

use askama::Template;

use super::{
    form::{Choice, Field, Problems, Stale},
    parts::{Band, PersonaTag, Swatch},
    rule::{RuleNode, SubjectGroup, ValueKind},
    shell::Shell,
};

/// A colour that may be chosen.
#[derive(Debug)]
pub struct ColourChoice {
    /// What is sent: `leaf`.
    pub value: &'static str,
    /// How it looks.
    pub swatch: Swatch,
    /// Whether it is chosen.
    pub selected: bool,
}

/// The editor.
#[derive(Debug, Template)]
#[template(path = "persona_editor.html", blocks = ["editor"])]
pub struct PersonaEditorPage {
    /// What stands around it.
    pub shell: Shell,
    /// The id: `per_…`; empty for a new persona.
    pub id: String,
    /// Where the form is sent: `/personas/per_…` or `/personas`.
    pub action: String,
    /// What was wrong with it when it was sent.
    pub problems: Problems,
    /// Somebody else changed the personas in between.
    pub stale: Option<Stale>,
    /// The field `name`.
    pub name: Field,
    /// The field `description`.
    pub description: Field,
    /// The field `category`.
    pub category: super::form::Select,
    /// The field `priority`.
    pub priority: Field,
    /// The field `colour`.
    pub colours: Vec<ColourChoice>,
    /// Whether it takes part; the box `enabled`.
    pub enabled: bool,
    /// The rule as rows.
    pub rule: RuleNode,
    /// The rule as JSON, in the field `rule`.
    pub rule_json: String,
    /// The rule in one sentence.
    pub sentence: String,
    /// Everything a condition can be about.
    pub subjects: Vec<SubjectGroup>,
    /// The field `reason`: why the change is made.
    pub reason: Field,
    /// What saving would change; as the preview shows it.
    pub preview: PersonaPreview,
    /// Whether this person may save; else everything is shown and nothing can be changed.
    pub may_manage: bool,
    /// The version of the configuration, for `_etag`.
    pub etag: String,
}

impl PersonaEditorPage {
    /// The kinds of values, for the lists of operators the island takes its words from.
    #[must_use]
    pub const fn kinds(&self) -> [ValueKind; 6] {
        ValueKind::ALL
    }

    /// The choices of how the rows of a group are joined.
    #[must_use]
    pub fn joins() -> Vec<Choice> {
        [
            ("all", "all of these"),
            ("any", "any of these"),
            ("none", "none of these"),
            ("at_least", "at least"),
        ]
        .map(|(value, label)| Choice::new(value, label))
        .into()
    }
}

/// A number of the matrix: from one persona to another.
#[derive(Debug, Clone)]
pub struct MatrixCell {
    /// The number as text; empty for nobody.
    pub count: String,
    /// How dark, 0 to 5.
    pub heat: u8,
    /// Whether it is where nobody moves.
    pub diagonal: bool,
}

/// A row of the matrix.
#[derive(Debug, Clone)]
pub struct MatrixRow {
    /// Where the customers are now.
    pub from: PersonaTag,
    /// Where they would be, in the order of the columns.
    pub cells: Vec<MatrixCell>,
}

/// What is wrong with the rule, and where in it.
#[derive(Debug, Clone)]
pub struct RuleProblem {
    /// The pointer into the rule: `#/all/1/value`.
    pub pointer: String,
    /// What is wrong and what is allowed.
    pub message: String,
}

/// What saving would change. The answer of `POST /personas/preview`.
#[derive(Debug, Clone, Template)]
#[template(path = "parts/persona_preview.html")]
pub struct PersonaPreview {
    /// What is wrong; then nothing else is shown.
    pub problems: Vec<RuleProblem>,
    /// The rule in one sentence.
    pub sentence: String,
    /// How many customers the persona would have: `1,412`.
    pub after: String,
    /// How many it has now.
    pub before: String,
    /// The difference: `+388`, `no change`.
    pub change: String,
    /// How many its rule is true for, also where a persona of higher priority takes them.
    pub matches: String,
    /// How many nobody can judge: `128 customers can't be judged: contract is not known.`; empty for none.
    pub unknown: String,
    /// The customers by persona, as they would be.
    pub band: Option<Band>,
    /// How many move in all: `412 customers would move`.
    pub moved: String,
    /// The personas the columns stand for; no columns where nobody moves.
    pub columns: Vec<PersonaTag>,
    /// Who comes from where.
    pub rows: Vec<MatrixRow>,
    /// How many stay because a person decided: `12 stay: put there by hand.`; empty for none.
    pub locked: String,
}
