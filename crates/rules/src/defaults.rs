//! The personas an industry starts with: copied into a company on onboarding, its own to change from then on.

use kale_domain::{company::Industry, error::FieldError, persona::Colour};
use serde_json::{Value, json};

use crate::draft::Draft;

const PERSONAS: &str = include_str!("../content/personas.json");
const CATEGORIES: &str = include_str!("../content/categories.json");

/// The built-in content can't be read. Ours to fix: a test reads all of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DefaultsError {
    /// It is no JSON.
    #[error("the built-in personas are no JSON: {0}")]
    Json(String),
    /// It is no configuration.
    #[error("the built-in personas of {industry} are no configuration: {}", .errors.first().map_or("", |e| e.message.as_str()))]
    Content {
        /// Whose.
        industry: &'static str,
        /// What is wrong.
        errors: Vec<FieldError>,
    },
}

/// The categories, the same for all industries, and the personas of one.
pub fn defaults(industry: Industry) -> Result<Draft, DefaultsError> {
    let personas: Value = read(PERSONAS)?;
    let personas = personas.get(industry.key()).cloned().unwrap_or(Value::Null);
    let categories: Value = read(CATEGORIES)?;
    let mut draft =
        Draft::parse(&json!({ "categories": categories, "personas": personas })).map_err(|errors| {
            DefaultsError::Content {
                industry: industry.key(),
                errors,
            }
        })?;
    for persona in &mut draft.personas {
        persona.colour = colour(persona.category.as_str());
    }
    Ok(draft)
}

fn read(text: &str) -> Result<Value, DefaultsError> {
    serde_json::from_str(text).map_err(|error| DefaultsError::Json(error.to_string()))
}

/// The colour of a category's personas: warm where something presses, green where it goes well.
fn colour(category: &str) -> Colour {
    match category {
        "leaving" | "payment" => Colour::Sun,
        "renewal" | "service" => Colour::Sky,
        "fit" => Colour::Slate,
        "new" => Colour::Stem,
        _ => Colour::Leaf,
    }
}

#[cfg(test)]
mod tests {
    use kale_domain::{id::PersonaId, money::Currency};

    use super::*;
    use crate::{
        check::Schema,
        sentence::{Labels, sentence},
    };

    #[test]
    fn every_default_persona_of_every_industry_is_read_and_checked() {
        let schema = Schema::empty(Currency::USD);
        let mut count = 0;
        for industry in Industry::ALL {
            let draft = defaults(industry).unwrap();
            assert_eq!(draft.categories.len(), 8);
            count += draft.personas.len();
            let mut next = 0;
            let configuration = draft.into_configuration(1, |_| {
                next += 1;
                PersonaId::from_uuid(uuid(next))
            });
            let checked = configuration.check(&schema).unwrap();
            for persona in checked.personas() {
                assert!(
                    sentence(&persona.expression, &Labels::default()).len() > 10,
                    "{}",
                    persona.key
                );
            }
        }
        assert_eq!(count, 62);
    }

    fn uuid(number: u128) -> uuid::Uuid {
        uuid::Uuid::from_u128(number)
    }
}
