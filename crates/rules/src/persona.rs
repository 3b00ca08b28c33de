//! Personas: named groups of customers, each with the rule that finds them, in an order of priority.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use kale_domain::{
    error::FieldError,
    id::PersonaId,
    persona::{Colour, PersonaKey},
};
use serde::{Deserialize, Serialize};

use crate::{
    check::{Schema, check, resolve},
    evaluate::evaluate,
    expression::Expression,
    facts::Facts,
    rule::Rule,
};

/// How many personas a company may have.
pub const MAX_PERSONAS: usize = 100;
/// How many categories a company may have.
pub const MAX_CATEGORIES: usize = 50;
/// The longest name, in characters.
pub const NAME_CHARS: usize = 80;
/// The longest description, in characters.
pub const DESCRIPTION_CHARS: usize = 500;
/// The highest priority.
pub const MAX_PRIORITY: u32 = 1_000_000;

/// A drawer that personas are sorted into.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonaCategory {
    /// Its immutable name.
    pub key: PersonaKey,
    /// What staff read.
    pub name: String,
    /// What belongs into it.
    pub description: String,
    /// Where it stands among the others; the lowest first.
    pub order: u32,
}

/// A group of customers, found by a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Persona {
    /// Its identity.
    pub id: PersonaId,
    /// The key of its category.
    pub category: PersonaKey,
    /// Its immutable name.
    pub key: PersonaKey,
    /// What staff read; a subscriber never sees it.
    pub name: String,
    /// Who they are and what they need.
    pub description: String,
    /// Its colour in lists and charts.
    pub colour: Colour,
    /// The highest match wins; no two personas of a company share one.
    pub priority: u32,
    /// Who belongs to it.
    pub rule: Rule,
    /// Whether it takes part.
    pub enabled: bool,
}

/// A company's personas and their categories, at one version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Configuration {
    /// Grows by one with every change.
    pub version: u64,
    /// The categories.
    pub categories: Vec<PersonaCategory>,
    /// The personas, in any order.
    pub personas: Vec<Persona>,
}

impl Configuration {
    /// Checks the whole configuration against what the company's customers have, or says everything that is wrong with
    /// it, each with a pointer such as `#/personas/3/priority`.
    pub fn check(&self, schema: &Schema) -> Result<CheckedConfiguration, Vec<FieldError>> {
        let mut errors = self.wrong_in_itself();
        let mut expressions = Vec::with_capacity(self.personas.len());
        for (index, persona) in self.personas.iter().enumerate() {
            match check(&persona.rule, schema, &format!("#/personas/{index}/rule")) {
                Ok(expression) => expressions.push(expression),
                Err(found) => errors.extend(found),
            }
        }
        if errors.is_empty() {
            Ok(self.with(expressions))
        } else {
            Err(errors)
        }
    }

    /// Resolves a configuration that was checked when it was saved. A comparison that does not fit the company's
    /// data any more is unknown for everyone, and its persona says what it waits for.
    #[must_use]
    pub fn resolve(&self, schema: &Schema) -> CheckedConfiguration {
        self.with(
            self.personas
                .iter()
                .map(|persona| resolve(&persona.rule, schema))
                .collect(),
        )
    }

    fn with(&self, expressions: Vec<Expression>) -> CheckedConfiguration {
        let mut personas: Vec<CheckedPersona> = self
            .personas
            .iter()
            .zip(expressions)
            .map(|(persona, expression)| CheckedPersona {
                id: persona.id,
                key: persona.key.clone(),
                name: persona.name.clone(),
                priority: persona.priority,
                enabled: persona.enabled,
                expression,
            })
            .collect();
        personas.sort_by_key(|persona| std::cmp::Reverse(persona.priority));
        CheckedConfiguration {
            version: self.version,
            personas,
        }
    }

    /// What is wrong whatever the company's data are.
    fn wrong_in_itself(&self) -> Vec<FieldError> {
        let mut errors = Vec::new();
        too_many(self.categories.len(), MAX_CATEGORIES, "categories", &mut errors);
        too_many(self.personas.len(), MAX_PERSONAS, "personas", &mut errors);
        let mut categories = BTreeSet::new();
        for (index, category) in self.categories.iter().enumerate() {
            let at = format!("#/categories/{index}");
            texts(&category.name, &category.description, &at, &mut errors);
            if !categories.insert(&category.key) {
                let message = format!("`{}` is the key of two categories; a key is unique", category.key);
                errors.push(FieldError::new(format!("{at}/key"), "duplicate-key", message));
            }
        }
        let mut keys = BTreeSet::new();
        let mut priorities = BTreeMap::new();
        for (index, persona) in self.personas.iter().enumerate() {
            let at = format!("#/personas/{index}");
            texts(&persona.name, &persona.description, &at, &mut errors);
            if !keys.insert(&persona.key) {
                let message = format!("`{}` is the key of two personas; a key is unique", persona.key);
                errors.push(FieldError::new(format!("{at}/key"), "duplicate-key", message));
            }
            if !categories.contains(&persona.category) {
                let message = format!("there is no category `{}` in `categories`", persona.category);
                errors.push(FieldError::new(
                    format!("{at}/category"),
                    "unknown-category",
                    message,
                ));
            }
            let at = format!("{at}/priority");
            if persona.priority > MAX_PRIORITY {
                let message = format!("a priority is a whole number from 0 to {MAX_PRIORITY}");
                errors.push(FieldError::new(&at, "out-of-range", message));
            }
            if let Some(first) = priorities.insert(persona.priority, &persona.key) {
                let message = format!(
                    "`{first}` has priority {} too; a priority is unique",
                    persona.priority
                );
                errors.push(FieldError::new(at, "duplicate-priority", message));
            }
        }
        errors
    }
}

fn too_many(count: usize, most: usize, list: &str, errors: &mut Vec<FieldError>) {
    if count > most {
        let message = format!("at most {most} {list}; these are {count}");
        errors.push(FieldError::new(format!("#/{list}"), "too-many", message));
    }
}

fn texts(name: &str, description: &str, at: &str, errors: &mut Vec<FieldError>) {
    if name.trim().is_empty() || name.chars().count() > NAME_CHARS {
        let message = format!("a name has 1 to {NAME_CHARS} characters");
        errors.push(FieldError::new(format!("{at}/name"), "name-length", message));
    }
    if description.chars().count() > DESCRIPTION_CHARS {
        let message = format!("a description has at most {DESCRIPTION_CHARS} characters");
        errors.push(FieldError::new(
            format!("{at}/description"),
            "text-too-long",
            message,
        ));
    }
}

/// A persona whose rule is checked.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckedPersona {
    /// Its identity.
    pub id: PersonaId,
    /// Its immutable name.
    pub key: PersonaKey,
    /// What staff read.
    pub name: String,
    /// The highest match wins.
    pub priority: u32,
    /// Whether it takes part.
    pub enabled: bool,
    /// Who belongs to it.
    pub expression: Expression,
}

/// A configuration that can assign.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckedConfiguration {
    version: u64,
    personas: Vec<CheckedPersona>,
}

impl CheckedConfiguration {
    /// The configuration's version.
    #[must_use]
    pub const fn version(&self) -> u64 {
        self.version
    }

    /// The personas, the highest priority first; also those that are switched off.
    #[must_use]
    pub fn personas(&self) -> &[CheckedPersona] {
        &self.personas
    }

    /// The persona of that identity.
    #[must_use]
    pub fn persona(&self, id: PersonaId) -> Option<&CheckedPersona> {
        self.personas.iter().find(|persona| persona.id == id)
    }

    /// Which persona the customer of these facts belongs to: the enabled one of the highest priority that matches.
    /// `None` is *unassigned*. Allocates nothing.
    #[must_use]
    pub fn assign<F: Facts + ?Sized>(&self, facts: &F, today: Date) -> Option<&PersonaId> {
        self.personas
            .iter()
            .find(|persona| persona.enabled && evaluate(&persona.expression, facts, today).matches())
            .map(|persona| &persona.id)
    }

    /// What the enabled personas need that nobody has a value of yet.
    #[must_use]
    pub fn waiting_for(&self) -> BTreeSet<String> {
        self.personas
            .iter()
            .filter(|persona| persona.enabled)
            .flat_map(|p| p.expression.waiting_for())
            .collect()
    }
}

#[cfg(test)]
mod tests;
