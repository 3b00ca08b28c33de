//! Answers, typed by the element they answer.

use std::collections::{BTreeMap, BTreeSet};

use kale_domain::{
    error::FieldError,
    id::{ElementId, OptionId},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    card::Card,
    element::{Element, ElementKind},
};

/// The longest short text, in characters.
pub const MAX_SHORT: usize = 500;
/// The longest long text, in characters.
pub const MAX_LONG: usize = 5_000;

/// The answer to one element. The stored form carries its type; [`Answer::wire`] is the form of the API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "value", rename_all = "snake_case")]
pub enum Answer {
    /// One option.
    Option(OptionId),
    /// Options, in the order in which the element has them; at least one.
    Options(Vec<OptionId>),
    /// A number of the scale.
    Rating(i8),
    /// The subscriber's own words, trimmed; not blank.
    Text(String),
    /// Whether a box was ticked.
    Checked(bool),
    /// A call to action was followed.
    Clicked,
}

impl Answer {
    /// As the API says it: `"opt_…"`, `["opt_…"]`, `9`, `"words"`, `true`.
    #[must_use]
    pub fn wire(&self) -> Value {
        match self {
            Self::Option(id) => Value::from(id.to_string()),
            Self::Options(ids) => ids.iter().map(ToString::to_string).collect(),
            Self::Rating(number) => Value::from(*number),
            Self::Text(text) => Value::from(text.as_str()),
            Self::Checked(ticked) => Value::from(*ticked),
            Self::Clicked => Value::Bool(true),
        }
    }

    /// The options chosen.
    #[must_use]
    pub fn options(&self) -> &[OptionId] {
        match self {
            Self::Option(id) => std::slice::from_ref(id),
            Self::Options(ids) => ids,
            _ => &[],
        }
    }
}

/// Answers by element.
pub type Answers = BTreeMap<ElementId, Answer>;

/// What was posted, read against a card: the good answers, and what is wrong with the others.
pub(crate) struct Typed {
    pub(crate) answers: Answers,
    pub(crate) errors: Vec<FieldError>,
}

/// Reads posted answers against the card they were posted on. Pointers start at `#/answers`.
pub(crate) fn typed(card: &Card, posted: &BTreeMap<ElementId, Value>) -> Typed {
    let mut read = Typed {
        answers: Answers::new(),
        errors: Vec::new(),
    };
    for (id, value) in posted {
        let element = card.elements.iter().find(|element| element.id == *id);
        let result = match element {
            Some(element) if element.kind.takes_answer() => answer(element, value),
            _ => Err((
                "unknown-element",
                "this card asks nothing under that id".to_owned(),
            )),
        };
        match result {
            Ok(Some(answer)) => {
                read.answers.insert(*id, answer);
            }
            Ok(None) => {}
            Err((code, message)) => read.errors.push(FieldError::new(place(*id), code, message)),
        }
    }
    read
}

/// The required elements of a card that were not answered.
pub(crate) fn unanswered(card: &Card, answers: &Answers) -> Vec<FieldError> {
    let required = card.elements.iter().filter(|element| element.kind.is_required());
    required
        .filter(|element| {
            let answer = answers.get(&element.id);
            // A consent that is required is one that is given.
            matches!(answer, None | Some(Answer::Checked(false)))
        })
        .map(|element| FieldError::new(place(element.id), "required", "please answer this"))
        .collect()
}

fn place(element: ElementId) -> String {
    format!("#/answers/{element}")
}

type Wrong = (&'static str, String);

/// The typed answer; nothing where the value says that there is none (a blank text, no option, no click).
fn answer(element: &Element, value: &Value) -> Result<Option<Answer>, Wrong> {
    match &element.kind {
        ElementKind::SingleChoice(_) => Ok(Some(Answer::Option(option(element, value)?))),
        ElementKind::MultiChoice(_) => {
            let items = value.as_array().ok_or_else(|| type_error("a list of options"))?;
            let chosen = items.iter().map(|item| option(element, item));
            let chosen: BTreeSet<OptionId> = chosen.collect::<Result<_, _>>()?;
            let options = element.kind.options().iter().map(|option| option.id);
            let ordered: Vec<OptionId> = options.filter(|id| chosen.contains(id)).collect();
            Ok((!ordered.is_empty()).then_some(Answer::Options(ordered)))
        }
        ElementKind::Rating(rating) => {
            let (from, to) = rating.scale.ends();
            let number = value.as_i64().and_then(|number| i8::try_from(number).ok());
            match number {
                Some(number) if (from..=to).contains(&number) => Ok(Some(Answer::Rating(number))),
                _ => Err((
                    "out-of-range",
                    format!("expected a whole number from {from} to {to}"),
                )),
            }
        }
        ElementKind::ShortText(_) => text(value, MAX_SHORT),
        ElementKind::LongText(_) => text(value, MAX_LONG),
        ElementKind::Checkbox(_) => {
            let ticked = value.as_bool().ok_or_else(|| type_error("true or false"))?;
            Ok(Some(Answer::Checked(ticked)))
        }
        ElementKind::CallToAction(_) => {
            let clicked = value.as_bool().ok_or_else(|| type_error("true or false"))?;
            Ok(clicked.then_some(Answer::Clicked))
        }
        ElementKind::Heading(_) | ElementKind::Text(_) | ElementKind::Offer(_) => Err((
            "unknown-element",
            "this card asks nothing under that id".to_owned(),
        )),
    }
}

fn type_error(expected: &str) -> Wrong {
    ("wrong-type", format!("expected {expected}"))
}

fn option(element: &Element, value: &Value) -> Result<OptionId, Wrong> {
    let text = value
        .as_str()
        .ok_or_else(|| type_error("the id of an option as text"))?;
    let id = text.parse::<OptionId>().ok();
    let known = id.filter(|id| element.kind.options().iter().any(|option| option.id == *id));
    known.ok_or_else(|| ("unknown-option", "this is no option of the question".to_owned()))
}

fn text(value: &Value, most: usize) -> Result<Option<Answer>, Wrong> {
    let text = value.as_str().ok_or_else(|| type_error("text"))?;
    let text = text.trim();
    if text.chars().count() > most {
        return Err(("text-too-long", format!("expected at most {most} characters")));
    }
    Ok((!text.is_empty()).then(|| Answer::Text(text.to_owned())))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        element::{Checkbox, Choice, ChoiceOption, FreeText, Rating, Scale},
        sample::{element_id, message, option_id},
        text::Text,
    };

    fn asking(kind: ElementKind) -> Card {
        let mut card = message(1);
        card.elements = vec![Element {
            id: element_id(1),
            kind,
        }];
        card
    }

    fn choice() -> Choice {
        let options = [3, 1, 2].map(|n| ChoiceOption {
            id: option_id(n),
            text: Text::default(),
            reason: None,
            last: false,
        });
        Choice {
            options: options.to_vec(),
            ..Choice::default()
        }
    }

    #[test]
    fn an_answer_has_the_type_of_its_question() {
        let cases = [
            (
                ElementKind::SingleChoice(choice()),
                json!(option_id(1)),
                Some(json!(option_id(1))),
            ),
            (ElementKind::SingleChoice(choice()), json!(option_id(9)), None),
            (ElementKind::SingleChoice(choice()), json!([option_id(1)]), None),
            (
                ElementKind::MultiChoice(choice()),
                json!([option_id(2), option_id(3), option_id(2)]),
                Some(json!([option_id(3), option_id(2)])),
            ),
            (rating(), json!(10), Some(json!(10))),
            (rating(), json!(11), None),
            (rating(), json!(9.5), None),
            (
                ElementKind::ShortText(FreeText::default()),
                json!("  so  "),
                Some(json!("so")),
            ),
            (
                ElementKind::ShortText(FreeText::default()),
                json!("x".repeat(501)),
                None,
            ),
            (ElementKind::LongText(FreeText::default()), json!(1), None),
            (
                ElementKind::Checkbox(Checkbox::default()),
                json!(false),
                Some(json!(false)),
            ),
            (ElementKind::Checkbox(Checkbox::default()), json!("on"), None),
            (
                ElementKind::Heading(crate::element::Words::default()),
                json!("x"),
                None,
            ),
        ];
        for (kind, value, expected) in cases {
            let read = typed(&asking(kind), &BTreeMap::from([(element_id(1), value.clone())]));
            assert_eq!(
                read.answers.get(&element_id(1)).map(Answer::wire),
                expected,
                "{value}"
            );
            assert_eq!(read.errors.is_empty(), expected.is_some(), "{value}");
        }
    }

    fn rating() -> ElementKind {
        ElementKind::Rating(Rating {
            label: Text::default(),
            scale: Scale::Nps,
            required: false,
        })
    }

    #[test]
    fn a_blank_answer_is_none() {
        for (kind, value) in [
            (ElementKind::ShortText(FreeText::default()), json!("  ")),
            (ElementKind::MultiChoice(choice()), json!([])),
        ] {
            let read = typed(&asking(kind), &BTreeMap::from([(element_id(1), value)]));
            assert!(read.answers.is_empty() && read.errors.is_empty());
        }
    }

    #[test]
    fn an_answer_to_nothing_on_the_card_is_refused_at_its_place() {
        let read = typed(&message(1), &BTreeMap::from([(element_id(9), json!(1))]));

        assert_eq!(read.errors[0].pointer, format!("#/answers/{}", element_id(9)));
        assert_eq!(read.errors[0].code, "unknown-element");
    }
}
