//! A configuration of personas as it comes over the wire: read whole, with every mistake named at its place.

use kale_domain::{
    error::FieldError,
    id::PersonaId,
    persona::{Colour, PersonaKey},
};
use serde_json::{Map, Value};

use crate::{
    persona::{Configuration, MAX_CATEGORIES, MAX_PERSONAS, Persona, PersonaCategory},
    read::{MAX_KEYS, kind_of, step},
    rule::Rule,
    suggestion::hint,
};

/// A configuration that has no version and no ids yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The categories.
    pub categories: Vec<PersonaCategory>,
    /// The personas.
    pub personas: Vec<PersonaDraft>,
}

/// A persona that has no id yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonaDraft {
    /// The key of its category.
    pub category: PersonaKey,
    /// Its immutable name; the id of the persona goes by it.
    pub key: PersonaKey,
    /// What staff read.
    pub name: String,
    /// Who they are and what they need.
    pub description: String,
    /// Its colour in lists and charts.
    pub colour: Colour,
    /// The highest match wins.
    pub priority: u32,
    /// Who belongs to it.
    pub rule: Rule,
    /// Whether it takes part.
    pub enabled: bool,
}

impl Draft {
    /// Reads `{"categories": [{key, name, description?, order?}], "personas": [{key, category, name, description?,
    /// colour?, priority, rule, enabled?}]}`, or says everything that is wrong with it.
    ///
    /// A category without `order` takes its place in the list; a persona without `colour` is `leaf`, without `enabled`
    /// it takes part. Whether keys and priorities are unique and the rules fit the company's data is for
    /// [`Configuration::check`].
    pub fn parse(value: &Value) -> Result<Self, Vec<FieldError>> {
        let mut errors = Vec::new();
        let draft = Object::new(value, "#", &["categories", "personas"], &mut errors).map(|object| Self {
            categories: list(&object, "categories", MAX_CATEGORIES, &mut errors, category),
            personas: list(&object, "personas", MAX_PERSONAS, &mut errors, persona),
        });
        match draft {
            Some(draft) if errors.is_empty() => Ok(draft),
            _ => Err(errors),
        }
    }

    /// The configuration of that version; `id_of` gives the id of a key, an old one where the key is known.
    #[must_use]
    pub fn into_configuration(
        self,
        version: u64,
        mut id_of: impl FnMut(&PersonaKey) -> PersonaId,
    ) -> Configuration {
        let personas = self.personas.into_iter().map(|draft| Persona {
            id: id_of(&draft.key),
            category: draft.category,
            key: draft.key,
            name: draft.name,
            description: draft.description,
            colour: draft.colour,
            priority: draft.priority,
            rule: draft.rule,
            enabled: draft.enabled,
        });
        Configuration {
            version,
            personas: personas.collect(),
            categories: self.categories,
        }
    }
}

/// A JSON object at its place.
struct Object<'a> {
    map: &'a Map<String, Value>,
    at: &'a str,
}

impl<'a> Object<'a> {
    fn new(value: &'a Value, at: &'a str, keys: &[&str], errors: &mut Vec<FieldError>) -> Option<Self> {
        let Value::Object(map) = value else {
            let message = format!(
                "expected an object with {}, not {}",
                keys.join(", "),
                kind_of(value)
            );
            errors.push(FieldError::new(at, "wrong-type", message));
            return None;
        };
        for key in map
            .keys()
            .filter(|key| !keys.contains(&key.as_str()))
            .take(MAX_KEYS)
        {
            let shown: String = key.chars().take(64).collect();
            let near = hint(key, keys.iter().copied());
            let message = format!("unknown key `{shown}`; allowed here: {}{near}", keys.join(", "));
            errors.push(FieldError::new(step(at, &shown), "unknown-key", message));
        }
        Some(Self { map, at })
    }

    fn required(&self, key: &str, errors: &mut Vec<FieldError>) -> Option<&'a Value> {
        let value = self.map.get(key);
        if value.is_none() {
            errors.push(FieldError::new(
                step(self.at, key),
                "missing-key",
                format!("`{key}` is missing"),
            ));
        }
        value
    }

    /// A required text that `read` takes.
    fn text<T>(
        &self,
        key: &str,
        errors: &mut Vec<FieldError>,
        read: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        let at = step(self.at, key);
        let value = self.required(key, errors)?;
        let Value::String(text) = value else {
            errors.push(FieldError::new(
                at,
                "wrong-type",
                format!("expected text, not {}", kind_of(value)),
            ));
            return None;
        };
        read(text)
            .map_err(|message| errors.push(FieldError::new(at, "invalid-text", message)))
            .ok()
    }

    fn key(&self, key: &str, errors: &mut Vec<FieldError>) -> Option<PersonaKey> {
        self.text(key, errors, |text| {
            text.parse().map_err(|error| format!("`{key}`: {error}"))
        })
    }

    fn name(&self, errors: &mut Vec<FieldError>) -> Option<String> {
        self.text("name", errors, |text| Ok(text.trim().to_owned()))
    }

    /// An optional value: what `read` makes of it, `default` where it is absent or null.
    fn optional<T>(
        &self,
        key: &str,
        default: T,
        expected: &str,
        errors: &mut Vec<FieldError>,
        read: impl FnOnce(&Value) -> Option<T>,
    ) -> Option<T> {
        match self.map.get(key) {
            None | Some(Value::Null) => Some(default),
            Some(value) => {
                let read = read(value);
                if read.is_none() {
                    errors.push(FieldError::new(
                        step(self.at, key),
                        "wrong-type",
                        format!("expected {expected}"),
                    ));
                }
                read
            }
        }
    }

    fn description(&self, errors: &mut Vec<FieldError>) -> Option<String> {
        self.optional("description", String::new(), "text", errors, |value| {
            value.as_str().map(|text| text.trim().to_owned())
        })
    }
}

fn whole(value: &Value) -> Option<u32> {
    value.as_u64().and_then(|number| u32::try_from(number).ok())
}

fn list<T>(
    object: &Object<'_>,
    key: &str,
    most: usize,
    errors: &mut Vec<FieldError>,
    read: impl Fn(&Value, usize, &str, &mut Vec<FieldError>) -> Option<T>,
) -> Vec<T> {
    let at = step(object.at, key);
    let Some(value) = object.required(key, errors) else {
        return Vec::new();
    };
    let Value::Array(items) = value else {
        errors.push(FieldError::new(
            at,
            "wrong-type",
            format!("expected a list, not {}", kind_of(value)),
        ));
        return Vec::new();
    };
    if items.len() > most {
        errors.push(FieldError::new(
            at,
            "too-many",
            format!("at most {most} {key}; these are {}", items.len()),
        ));
        return Vec::new();
    }
    items
        .iter()
        .enumerate()
        .filter_map(|(index, item)| read(item, index, &format!("{at}/{index}"), errors))
        .collect()
}

fn category(value: &Value, index: usize, at: &str, errors: &mut Vec<FieldError>) -> Option<PersonaCategory> {
    let object = Object::new(value, at, &["key", "name", "description", "order"], errors)?;
    let place = u32::try_from(index + 1).unwrap_or(u32::MAX);
    let key = object.key("key", errors);
    let name = object.name(errors);
    let description = object.description(errors);
    let order = object.optional("order", place, "a whole number, 0 or more", errors, whole);
    Some(PersonaCategory {
        key: key?,
        name: name?,
        description: description?,
        order: order?,
    })
}

fn persona(value: &Value, _index: usize, at: &str, errors: &mut Vec<FieldError>) -> Option<PersonaDraft> {
    let keys = [
        "key",
        "category",
        "name",
        "description",
        "colour",
        "priority",
        "rule",
        "enabled",
    ];
    let object = Object::new(value, at, &keys, errors)?;
    let key = object.key("key", errors);
    let category = object.key("category", errors);
    let name = object.name(errors);
    let description = object.description(errors);
    let colours = format!("one of {}", Colour::ALL.map(Colour::name).join(", "));
    let colour = object.optional("colour", Colour::default(), &colours, errors, |value| {
        Colour::ALL
            .into_iter()
            .find(|colour| value.as_str() == Some(colour.name()))
    });
    let enabled = object.optional("enabled", true, "true or false", errors, Value::as_bool);
    let priority = object.required("priority", errors).and_then(|value| {
        let priority = whole(value);
        if priority.is_none() {
            let message = "expected a whole number, 0 or more; the highest match wins";
            errors.push(FieldError::new(step(at, "priority"), "wrong-type", message));
        }
        priority
    });
    let rule = object.required("rule", errors).and_then(|value| {
        Rule::parse(value, &step(at, "rule"))
            .map_err(|found| errors.extend(found))
            .ok()
    });
    Some(PersonaDraft {
        category: category?,
        key: key?,
        name: name?,
        description: description?,
        colour: colour?,
        priority: priority?,
        rule: rule?,
        enabled: enabled?,
    })
}

#[cfg(test)]
mod tests;
