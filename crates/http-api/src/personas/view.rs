//! A configuration of personas as the API shows it.

use std::collections::BTreeSet;

use kale_application::personas::{Configuration, Persona, PersonaCategory, PersonasView};
use kale_domain::{
    id::{JobId, PersonaId},
    money::{Currency, Money},
};
use kale_web::Problem;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use crate::customers::view::MoneyView;

/// The largest configuration, in bytes.
pub(super) const BODY_BYTES: usize = 1024 * 1024;

/// A whole configuration as it is sent.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PersonaDraft)]
pub(super) struct DraftBody {
    /// `[{key, name, description?, order?}]`
    #[serde(default)]
    #[schema(value_type = Vec<Object>)]
    categories: Option<Value>,
    /// `[{key, category, name, description?, colour?, priority, rule, enabled?}]`; keys and priorities are unique, the
    /// highest priority that matches wins.
    #[serde(default)]
    #[schema(value_type = Vec<Object>)]
    personas: Option<Value>,
    /// Why it is changed, at most 500 characters; kept with the version.
    #[serde(default)]
    pub(super) note: Option<String>,
}

impl DraftBody {
    /// The configuration alone. What is missing is told by whoever reads it, together with all else that is wrong.
    pub(super) fn document(self) -> Value {
        let parts = [("categories", self.categories), ("personas", self.personas)];
        let parts = parts
            .into_iter()
            .filter_map(|(name, part)| Some((name.to_owned(), part?)));
        Value::Object(parts.collect::<Map<_, _>>())
    }
}

/// A drawer that personas are sorted into.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PersonaCategory)]
pub(super) struct CategoryView {
    /// Its immutable name.
    #[schema(example = "new")]
    pub(super) key: String,
    /// What staff read.
    pub(super) name: String,
    /// What belongs into it.
    pub(super) description: String,
    /// Where it stands among the others; the lowest first.
    pub(super) order: u32,
}

/// A persona.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Persona)]
pub(super) struct PersonaDocument {
    /// Its identity.
    #[schema(value_type = String, example = "per_01h455vb4pex5vsknk084sn02q")]
    id: PersonaId,
    /// Its immutable name.
    #[schema(example = "early_monthly")]
    key: String,
    /// The key of its category.
    category: String,
    /// What staff read; a subscriber never sees it.
    name: String,
    /// Who they are and what they need.
    description: String,
    /// `leaf`, `stem`, `sun`, `sky` or `slate`.
    #[schema(example = "leaf")]
    colour: &'static str,
    /// The highest match wins.
    priority: u32,
    /// Who belongs to it.
    #[schema(value_type = Object)]
    rule: Value,
    /// Whether it takes part.
    enabled: bool,
    /// Its rule as a sentence.
    sentence: String,
    /// What its rule needs that nobody has a value of yet.
    waiting_for: BTreeSet<String>,
    /// How many customers it has.
    customers: u64,
    /// Their MRR together, of those where it is known; null where it is known of none.
    mrr: Option<MoneyView>,
}

/// The whole configuration.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Personas)]
pub(super) struct ConfigurationView {
    /// Its version; 0 while there is none. The `ETag` is `"v"` and this.
    version: u64,
    /// The categories, in their order.
    categories: Vec<CategoryView>,
    /// The personas, the highest priority first.
    personas: Vec<PersonaDocument>,
    /// How many customers have none.
    unassigned: u64,
    /// The job that assigns customers anew, where this request started one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    job: Option<JobId>,
}

/// A persona's place in a configuration that is not shown whole.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = PersonaKeyAndName)]
pub(super) struct KeyAndName {
    /// Its immutable name.
    #[schema(example = "early_monthly")]
    pub(super) key: String,
    /// What staff read.
    pub(super) name: String,
}

impl KeyAndName {
    /// Of the persona of that id, where one of these configurations has it.
    pub(super) fn of(id: PersonaId, configurations: &[&Configuration]) -> Option<Self> {
        let found = configurations
            .iter()
            .flat_map(|all| &all.personas)
            .find(|persona| persona.id == id)?;
        Some(Self {
            key: found.key.to_string(),
            name: found.name.clone(),
        })
    }
}

impl ConfigurationView {
    /// The configuration, amounts in that currency.
    pub(super) fn new(view: PersonasView, currency: Currency, job: Option<JobId>) -> Result<Self, Problem> {
        let personas = view.personas.into_iter().map(|one| {
            let Persona {
                id,
                category,
                key,
                name,
                description,
                colour,
                priority,
                rule,
                enabled,
            } = one.persona;
            let rule = serde_json::to_value(&rule).map_err(|error| Problem::internal(&error))?;
            let mrr = one.mrr_minor.map(|amount_minor| {
                Money {
                    amount_minor,
                    currency,
                }
                .into()
            });
            Ok(PersonaDocument {
                id,
                key: key.into(),
                category: category.into(),
                name,
                description,
                colour: colour.name(),
                priority,
                rule,
                enabled,
                sentence: one.sentence,
                waiting_for: one.waiting_for,
                customers: one.customers,
                mrr,
            })
        });
        Ok(Self {
            version: view.version,
            personas: personas.collect::<Result<_, Problem>>()?,
            categories: view.categories.into_iter().map(CategoryView::from).collect(),
            unassigned: view.unassigned,
            job,
        })
    }
}

impl From<PersonaCategory> for CategoryView {
    fn from(category: PersonaCategory) -> Self {
        Self {
            key: category.key.into(),
            name: category.name,
            description: category.description,
            order: category.order,
        }
    }
}

fn rule_example() -> Value {
    json!({ "all": [
        { "attribute": "contract", "op": "eq", "value": "Month-to-month" },
        { "attribute": "tenure", "op": "lt", "value": 6 }
    ] })
}

/// A draft, for the document.
pub(super) fn draft_example() -> Value {
    json!({
        "categories": [{ "key": "new", "name": "New", "description": "The first months", "order": 1 }],
        "personas": [{
            "key": "early_monthly", "category": "new", "name": "New and monthly", "description": "", "colour": "stem",
            "priority": 100, "rule": rule_example(), "enabled": true
        }]
    })
}

/// A configuration, for the document.
pub(super) fn example() -> Value {
    json!({
        "version": 3,
        "categories": [{ "key": "new", "name": "New", "description": "The first months", "order": 1 }],
        "personas": [{
            "id": "per_01h455vb4pex5vsknk084sn02q", "key": "early_monthly", "category": "new",
            "name": "New and monthly", "description": "", "colour": "stem", "priority": 100, "rule": rule_example(),
            "enabled": true, "sentence": "contract is Month-to-month and tenure is less than 6", "waiting_for": [],
            "customers": 1397, "mrr": { "amount_minor": 8_123_400, "currency": "USD" }
        }],
        "unassigned": 1204
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_note_is_no_part_of_the_configuration() {
        let body: DraftBody = serde_json::from_value(json!({ "personas": [], "note": "why" })).unwrap();

        assert_eq!(body.note.as_deref(), Some("why"));
        assert_eq!(body.document(), json!({ "personas": [] }));
        assert!(serde_json::from_value::<DraftBody>(json!({ "persona": [] })).is_err());
    }
}
