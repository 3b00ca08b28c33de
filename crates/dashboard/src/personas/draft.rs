//! A persona as the editor holds it: texts, right or wrong, and what is wrong with them.

use kale_application::personas::{Configuration, Draft, Persona, PersonaCategory, PersonaError};
use kale_domain::{error::FieldError, id::PersonaId, persona::Colour, persona::PersonaKey};
use kale_web::Problem;
use serde_json::{Map, Value, json};

use super::document::Document;
use crate::{
    frame::Form,
    view::{
        form::{Problems, Wrong},
        persona_editor::RuleProblem,
    },
    words::{quoted, sentence},
};

/// The longest reason, in characters.
const REASON: usize = 500;

/// What stands in the form.
#[derive(Debug, Clone, Default)]
pub(super) struct Typed {
    pub(super) name: String,
    pub(super) category: String,
    pub(super) description: String,
    pub(super) priority: String,
    pub(super) colour: String,
    pub(super) enabled: bool,
    pub(super) rule: String,
    pub(super) reason: String,
}

/// What is wrong with it, field by field, and inside of its rule.
#[derive(Debug, Clone, Default)]
pub(super) struct Wrongs {
    /// By field of the form.
    pub(super) fields: Problems,
    /// By place in the rule.
    pub(super) rule: Vec<RuleProblem>,
}

/// A configuration with the persona in it.
#[derive(Debug)]
pub(super) struct Drafted {
    /// Its key; a new one gets it by its name.
    pub(super) key: PersonaKey,
    /// The configuration.
    pub(super) document: Document,
}

impl Typed {
    /// A persona as it is saved.
    pub(super) fn of(persona: &Persona) -> Result<Self, Problem> {
        let rule = serde_json::to_string_pretty(&persona.rule).map_err(|error| Problem::internal(&error))?;
        Ok(Self {
            name: persona.name.clone(),
            category: persona.category.to_string(),
            description: persona.description.clone(),
            priority: persona.priority.to_string(),
            colour: persona.colour.name().to_owned(),
            enabled: persona.enabled,
            rule,
            reason: String::new(),
        })
    }

    /// A new one: asked last, so that at first it takes nobody from another.
    pub(super) fn new(configuration: &Configuration, categories: &[PersonaCategory]) -> Self {
        let lowest = configuration
            .personas
            .iter()
            .map(|persona| persona.priority)
            .min();
        let priority = lowest.map_or(100, |lowest| lowest.saturating_sub(10));
        Self {
            category: categories
                .first()
                .map(|category| category.key.to_string())
                .unwrap_or_default(),
            priority: priority.to_string(),
            colour: Colour::default().name().to_owned(),
            enabled: true,
            rule: "{\n  \"all\": []\n}".to_owned(),
            ..Self::default()
        }
    }

    /// What a form says.
    pub(super) fn read(form: &Form) -> Self {
        Self {
            name: form.get("name").trim().to_owned(),
            category: form.get("category").to_owned(),
            description: form.get("description").trim().to_owned(),
            priority: form.get("priority").trim().to_owned(),
            colour: form.get("colour").to_owned(),
            enabled: form.is_on("enabled"),
            rule: form.get("rule").to_owned(),
            reason: form.get("reason").trim().to_owned(),
        }
    }

    /// The rule as JSON; `None` where it is none.
    pub(super) fn rule(&self) -> Option<Value> {
        serde_json::from_str(&self.rule).ok()
    }

    /// The configuration with this persona in it, in place of the one of `id`; or what can be said to be wrong without
    /// asking. A name may be missing in a preview.
    pub(super) fn draft(
        &self,
        configuration: &Configuration,
        categories: Vec<PersonaCategory>,
        id: Option<PersonaId>,
    ) -> Result<Result<Drafted, Wrongs>, Problem> {
        let mut document = Document::of(configuration)?.or_categories(categories);
        let own = id.and_then(|id| configuration.personas.iter().find(|persona| persona.id == id));
        let key = match own {
            Some(persona) => persona.key.clone(),
            None => document.fresh_key(&self.name)?,
        };
        let mut wrong = Vec::new();
        let priority: Option<u32> = self.priority.parse().ok();
        if priority.is_none() {
            wrong.push(FieldError::new(
                "#/priority",
                "wrong-type",
                "A priority is a whole number, 0 or more.",
            ));
        }
        if self.reason.chars().count() > REASON {
            let message = format!("A reason has at most {REASON} characters.");
            wrong.push(FieldError::new("#/reason", "too-long", message));
        }
        let rule = serde_json::from_str::<Value>(&self.rule);
        if let Err(error) = &rule {
            wrong.push(FieldError::new(
                "#/rule",
                "malformed-json",
                format!("The rule is no JSON: {error}."),
            ));
        }
        let (Some(priority), Ok(rule), true) = (priority, rule, wrong.is_empty()) else {
            return Ok(Err(Wrongs::local(&wrong)));
        };
        document.put(key.clone(), self.value(&key, priority, rule));
        Ok(Ok(Drafted { key, document }))
    }

    fn value(&self, key: &PersonaKey, priority: u32, rule: Value) -> Value {
        let mut fields = Map::new();
        for (name, text) in [
            ("category", &self.category),
            ("name", &self.name),
            ("description", &self.description),
            ("colour", &self.colour),
        ] {
            fields.insert(name.to_owned(), json!(text));
        }
        fields.insert("priority".to_owned(), json!(priority));
        fields.insert("enabled".to_owned(), json!(self.enabled));
        fields.insert("rule".to_owned(), rule);
        super::document::persona(key, fields)
    }
}

impl Wrongs {
    fn local(errors: &[FieldError]) -> Self {
        let rule = errors.iter().filter(|error| error.pointer == "#/rule");
        Self {
            rule: rule.map(|error| problem("#", error)).collect(),
            fields: Problems::of(errors),
        }
    }

    /// Of a use case, about the whole configuration; the persona at hand stands last in it.
    pub(super) fn of(error: PersonaError, document: &Document) -> Result<Self, Problem> {
        let PersonaError::Invalid(errors) = error else {
            return Err(error.into());
        };
        let own = format!("#/personas/{}/", document.len().saturating_sub(1));
        let mut wrongs = Self::default();
        for error in &errors {
            let field = match error.pointer.strip_prefix(&own) {
                Some(rest) if rest == "rule" || rest.starts_with("rule/") => {
                    let pointer = rest.replacen("rule", "#", 1);
                    wrongs.rule.push(problem(&pointer, error));
                    "rule"
                }
                Some(field) => field,
                None => "",
            };
            let message = match (field, other(&error.pointer, document)) {
                ("", Some(name)) => format!("{name}: {}", quoted(&sentence(&error.message))),
                _ => quoted(&sentence(&error.message)),
            };
            let field = field.to_owned();
            wrongs.fields.list.push(Wrong { field, message });
        }
        Ok(wrongs)
    }

    /// What a preview lists: the rule's problems where they are, the others without a place.
    pub(super) fn listed(&self) -> Vec<RuleProblem> {
        let others = self.fields.list.iter().filter(|wrong| wrong.field != "rule");
        let others = others.map(|wrong| RuleProblem {
            pointer: String::new(),
            message: wrong.message.clone(),
        });
        self.rule.iter().cloned().chain(others).collect()
    }
}

fn problem(pointer: &str, error: &FieldError) -> RuleProblem {
    // The editor has fields and lists where the API has keys: what can happen in them is told in their words.
    let message = match error.code.as_ref() {
        "empty-group" => "Add a condition: a group needs at least one.".to_owned(),
        "empty-text" | "missing-value" => {
            "Type a value; choose “is not known” to find who has none.".to_owned()
        }
        _ => quoted(&sentence(&error.message)),
    };
    RuleProblem {
        pointer: pointer.to_owned(),
        message,
    }
}

/// The name of another persona that an error is about.
fn other<'d>(pointer: &str, document: &'d Document) -> Option<&'d str> {
    let rest = pointer.strip_prefix("#/personas/")?;
    document.name_at(rest.split('/').next()?.parse().ok()?)
}

/// The categories of a company; those of its industry while it has none.
pub(super) fn categories(
    configuration: &Configuration,
    defaults: impl FnOnce() -> Result<Draft, PersonaError>,
) -> Result<Vec<PersonaCategory>, Problem> {
    let mut categories = if configuration.categories.is_empty() {
        defaults()?.categories
    } else {
        configuration.categories.clone()
    };
    categories.sort_by_key(|category| category.order);
    Ok(categories)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn configuration() -> Configuration {
        let persona = |key: &str, id: u128, priority: u32| {
            json!({
                "id": PersonaId::from_uuid(uuid(id)), "category": "new", "key": key, "name": key, "description": "",
                "colour": "leaf", "priority": priority, "rule": { "tag": "vip" }, "enabled": true
            })
        };
        serde_json::from_value(json!({
            "version": 3,
            "categories": [{ "key": "new", "name": "New", "description": "", "order": 1 }],
            "personas": [persona("first", 1, 900), persona("second", 2, 100)]
        }))
        .unwrap()
    }

    fn uuid(number: u128) -> uuid::Uuid {
        uuid::Uuid::from_u128(number)
    }

    fn typed() -> Typed {
        Typed {
            name: "First".to_owned(),
            category: "new".to_owned(),
            priority: "800".to_owned(),
            colour: "sun".to_owned(),
            rule: r#"{"tag":"new"}"#.to_owned(),
            ..Typed::default()
        }
    }

    #[test]
    fn the_persona_at_hand_stands_last_so_that_it_is_told_of_a_clash() {
        let id = PersonaId::from_uuid(uuid(1));
        let drafted = typed()
            .draft(&configuration(), Vec::new(), Some(id))
            .unwrap()
            .unwrap();
        let json = drafted.document.clone().into_json().unwrap();

        assert_eq!(drafted.key.as_str(), "first");
        assert_eq!(json["personas"][1]["name"], "First");
        assert_eq!(json["personas"][1]["priority"], 800);
        let errors = vec![
            FieldError::new("#/personas/1/rule/all/0/value", "wrong-type", "a number"),
            FieldError::new(
                "#/personas/1/name",
                "name-length",
                "a name has 1 to 80 characters",
            ),
            FieldError::new("#/personas/0/rule", "wrong-type", "does not fit"),
        ];
        let wrongs = Wrongs::of(PersonaError::Invalid(errors), &drafted.document).unwrap();
        assert_eq!(wrongs.rule[0].pointer, "#/all/0/value");
        assert_eq!(wrongs.fields.at("name"), "A name has 1 to 80 characters.");
        assert_eq!(wrongs.fields.at(""), "second: Does not fit.");
        assert_eq!(wrongs.listed().len(), 3);
    }

    #[test]
    fn a_new_persona_gets_a_key_that_is_free() {
        let drafted = typed()
            .draft(&configuration(), Vec::new(), None)
            .unwrap()
            .unwrap();
        assert_eq!(drafted.key.as_str(), "first_2");
    }

    #[test]
    fn what_is_no_rule_and_no_number_is_told_without_asking() {
        let typed = Typed {
            priority: "high".to_owned(),
            rule: "{".to_owned(),
            ..typed()
        };
        let wrongs = typed
            .draft(&configuration(), Vec::new(), None)
            .unwrap()
            .unwrap_err();

        assert!(!wrongs.fields.at("priority").is_empty());
        assert_eq!(wrongs.rule[0].pointer, "#");
        assert!(typed.rule().is_none());
    }

    #[test]
    fn moving_a_persona_swaps_two_priorities() {
        use super::super::document::Direction;

        let mut document = Document::of(&configuration()).unwrap();
        let (first, second) = (PersonaId::from_uuid(uuid(1)), PersonaId::from_uuid(uuid(2)));
        assert!(!document.shift(first, Direction::Up));
        assert!(document.shift(second, Direction::Up));
        let json = document.clone().into_json().unwrap();
        assert_eq!(
            (&json["personas"][0]["priority"], &json["personas"][1]["priority"]),
            (&json!(100), &json!(900))
        );
        assert!(document.remove(first) && !document.remove(first));
    }
}
