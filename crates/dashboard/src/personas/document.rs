//! The whole configuration as the document that is saved, changed in one place.

use kale_application::personas::{Configuration, Draft, Persona, PersonaCategory};
use kale_domain::{attribute::AttributeKey, id::PersonaId, persona::PersonaKey};
use kale_web::Problem;
use serde::Serialize;
use serde_json::{Map, Value, json};

/// A configuration on its way to being saved.
#[derive(Debug, Clone)]
pub(super) struct Document {
    categories: Vec<PersonaCategory>,
    personas: Vec<Entry>,
}

#[derive(Debug, Clone)]
struct Entry {
    id: Option<PersonaId>,
    key: PersonaKey,
    priority: Option<u32>,
    value: Value,
}

/// Which way a persona moves in the order they are asked in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    /// Asked earlier.
    Up,
    /// Asked later.
    Down,
}

impl Document {
    /// As it is saved now.
    pub(super) fn of(configuration: &Configuration) -> Result<Self, Problem> {
        let entry = |persona: &Persona| {
            Ok(Entry {
                id: Some(persona.id),
                key: persona.key.clone(),
                priority: Some(persona.priority),
                value: without_id(persona)?,
            })
        };
        Ok(Self {
            categories: configuration.categories.clone(),
            personas: configuration
                .personas
                .iter()
                .map(entry)
                .collect::<Result<_, Problem>>()?,
        })
    }

    /// As an industry starts.
    pub(super) fn of_draft(draft: &Draft) -> Result<Self, Problem> {
        let mut personas = Vec::with_capacity(draft.personas.len());
        for persona in &draft.personas {
            let value = json!({
                "key": persona.key, "category": persona.category, "name": persona.name,
                "description": persona.description, "colour": persona.colour, "priority": persona.priority,
                "rule": value(&persona.rule)?, "enabled": persona.enabled,
            });
            personas.push(Entry {
                id: None,
                key: persona.key.clone(),
                priority: Some(persona.priority),
                value,
            });
        }
        Ok(Self {
            categories: draft.categories.clone(),
            personas,
        })
    }

    /// With these categories, where it has none.
    pub(super) fn or_categories(mut self, categories: Vec<PersonaCategory>) -> Self {
        if self.categories.is_empty() {
            self.categories = categories;
        }
        self
    }

    /// A key for a persona of that name which no other has.
    pub(super) fn fresh_key(&self, name: &str) -> Result<PersonaKey, Problem> {
        let stem = AttributeKey::from_header(name).map_or_else(|| "persona".to_owned(), String::from);
        let stem: String = stem.chars().take(40).collect();
        let numbered = (2_u32..1_000).map(|n| format!("{stem}_{n}"));
        let keys = std::iter::once(stem.clone())
            .chain(numbered)
            .filter_map(|text| text.parse().ok());
        // There are far fewer personas than numbers.
        keys.into_iter()
            .find(|key| !self.has(key))
            .ok_or_else(|| Problem::of("internal"))
    }

    fn has(&self, key: &PersonaKey) -> bool {
        self.personas.iter().any(|persona| persona.key == *key)
    }

    /// Puts a persona in, in place of the one of its key. It stands last, so that of two that clash it is the one that
    /// is told.
    pub(super) fn put(&mut self, key: PersonaKey, value: Value) {
        let id = self
            .personas
            .iter()
            .find(|known| known.key == key)
            .and_then(|known| known.id);
        self.personas.retain(|known| known.key != key);
        self.personas.push(Entry {
            id,
            key,
            priority: None,
            value,
        });
    }

    /// Takes a persona out; `false` where there is none of that identity.
    pub(super) fn remove(&mut self, id: PersonaId) -> bool {
        let before = self.personas.len();
        self.personas.retain(|known| known.id != Some(id));
        self.personas.len() < before
    }

    /// Swaps the priorities of a persona and its neighbour; `false` where it has none there.
    pub(super) fn shift(&mut self, id: PersonaId, direction: Direction) -> bool {
        let Some(own) = self.priority_of(id) else {
            return false;
        };
        let others = self.personas.iter().filter_map(|known| known.priority);
        let neighbour = match direction {
            Direction::Up => others.filter(|other| *other > own).min(),
            Direction::Down => others.filter(|other| *other < own).max(),
        };
        let Some(neighbour) = neighbour else { return false };
        for known in &mut self.personas {
            if known.priority == Some(own) {
                known.set_priority(neighbour);
            } else if known.priority == Some(neighbour) {
                known.set_priority(own);
            }
        }
        true
    }

    fn priority_of(&self, id: PersonaId) -> Option<u32> {
        self.personas.iter().find(|known| known.id == Some(id))?.priority
    }

    /// What a problem of the persona at that place is about: its name.
    pub(super) fn name_at(&self, index: usize) -> Option<&str> {
        self.personas.get(index)?.value.get("name")?.as_str()
    }

    /// How many personas it holds.
    pub(super) const fn len(&self) -> usize {
        self.personas.len()
    }

    /// As it is saved.
    pub(super) fn into_json(self) -> Result<Value, Problem> {
        let personas: Vec<Value> = self.personas.into_iter().map(|persona| persona.value).collect();
        Ok(json!({ "categories": value(&self.categories)?, "personas": personas }))
    }
}

impl Entry {
    fn set_priority(&mut self, priority: u32) {
        self.priority = Some(priority);
        if let Value::Object(map) = &mut self.value {
            map.insert("priority".to_owned(), Value::from(priority));
        }
    }
}

fn without_id(persona: &Persona) -> Result<Value, Problem> {
    let mut value = value(persona)?;
    if let Some(map) = value.as_object_mut() {
        map.remove("id");
    }
    Ok(value)
}

fn value(thing: &impl Serialize) -> Result<Value, Problem> {
    serde_json::to_value(thing).map_err(|error| Problem::internal(&error))
}

/// One persona as the document holds it.
pub(super) fn persona(key: &PersonaKey, fields: Map<String, Value>) -> Value {
    let mut map = fields;
    map.insert("key".to_owned(), Value::from(key.as_str()));
    Value::Object(map)
}
