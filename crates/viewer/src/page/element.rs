//! Elements as the templates draw them.

use kale_application::sessions::{CallAction, ShownElement};
use serde_json::Value;

use crate::{
    form::{BOX, CALL, NUMBER, OPTION, OPTIONS, TEXT, TICKED},
    markdown,
    page::Faults,
    words::Words,
};

/// An element, with what was typed and what is wrong with it.
#[derive(Debug)]
pub(super) struct Drawn<'a> {
    pub(super) id: String,
    pub(super) required: bool,
    /// What is wrong with the answer.
    pub(super) error: Option<&'static str>,
    pub(super) kind: Kind<'a>,
}

/// What is drawn.
#[derive(Debug)]
pub(super) enum Kind<'a> {
    Heading(&'a str),
    /// HTML.
    Text(String),
    /// One of several, or several.
    Choice {
        label: &'a str,
        input: &'static str,
        name: String,
        options: Vec<Choosable>,
        is_scale: bool,
    },
    Line {
        label: &'a str,
        hint: &'a str,
        name: String,
        value: String,
        is_long: bool,
    },
    Tick {
        label: &'a str,
        name: String,
        /// The field that says that there was a box.
        there: String,
        ticked: bool,
    },
    /// A button that opens a page.
    Call {
        label: &'a str,
    },
    Nothing,
}

/// Something that can be chosen.
#[derive(Debug)]
pub(super) struct Choosable {
    pub(super) value: String,
    pub(super) text: String,
    pub(super) chosen: bool,
}

/// The elements of a card.
pub(super) fn drawn<'a>(
    elements: &'a [ShownElement],
    faults: &Faults,
    words: &'static Words,
) -> Vec<Drawn<'a>> {
    elements
        .iter()
        .map(|element| draw(element, faults, words))
        .collect()
}

fn draw<'a>(element: &'a ShownElement, faults: &Faults, words: &'static Words) -> Drawn<'a> {
    let id = element.id.to_string();
    let pointer = format!("#/answers/{id}");
    let error = faults.errors.iter().find(|error| error.pointer == pointer);
    Drawn {
        error: error.map(|error| {
            if error.code == "required" {
                words.required
            } else {
                words.invalid
            }
        }),
        required: element.required.unwrap_or(false),
        kind: kind(element, &id, faults),
        id,
    }
}

fn kind<'a>(element: &'a ShownElement, id: &str, faults: &Faults) -> Kind<'a> {
    let label = element.label.as_deref().unwrap_or_default();
    let name = |kind: &str| format!("{kind}{id}");
    match element.kind {
        "heading" => Kind::Heading(element.text.as_deref().unwrap_or_default()),
        "text" => Kind::Text(markdown::html(element.text.as_deref().unwrap_or_default())),
        "single_choice" => choice(element, faults, label, "radio", name(OPTION)),
        "multi_choice" => choice(element, faults, label, "checkbox", name(OPTIONS)),
        "rating" => scale(element, faults, label, name(NUMBER)),
        "short_text" | "long_text" => {
            let name = name(TEXT);
            let before = element
                .answer
                .as_ref()
                .and_then(Value::as_str)
                .unwrap_or_default();
            let value = faults.typed.as_ref().map_or(before, |typed| typed.get(&name));
            Kind::Line {
                label,
                hint: element.hint.as_deref().unwrap_or_default(),
                value: value.to_owned(),
                name,
                is_long: element.kind == "long_text",
            }
        }
        "checkbox" => tick(element, faults, label, name(TICKED), name(BOX)),
        "call_to_action" => match &element.action {
            Some(CallAction::Link { .. }) => Kind::Call { label },
            _ => tick(element, faults, label, name(CALL), String::new()),
        },
        // An offer is told by the texts beside it.
        _ => Kind::Nothing,
    }
}

fn choice<'a>(
    element: &ShownElement,
    faults: &Faults,
    label: &'a str,
    input: &'static str,
    name: String,
) -> Kind<'a> {
    let options = element.options.iter().map(|option| {
        let value = option.id.to_string();
        Choosable {
            chosen: is_chosen(element, faults, &name, &value),
            text: option.text.clone(),
            value,
        }
    });
    Kind::Choice {
        label,
        input,
        options: options.collect(),
        name,
        is_scale: false,
    }
}

fn scale<'a>(element: &ShownElement, faults: &Faults, label: &'a str, name: String) -> Kind<'a> {
    let (from, to) = element.scale.unwrap_or((0, 0));
    let options = (from..=to).map(|number| {
        let value = number.to_string();
        Choosable {
            chosen: is_chosen(element, faults, &name, &value),
            text: value.clone(),
            value,
        }
    });
    Kind::Choice {
        label,
        input: "radio",
        options: options.collect(),
        name,
        is_scale: true,
    }
}

fn tick<'a>(
    element: &ShownElement,
    faults: &Faults,
    label: &'a str,
    name: String,
    there: String,
) -> Kind<'a> {
    let before = element.answer.as_ref().and_then(Value::as_bool).unwrap_or(false);
    let ticked = faults
        .typed
        .as_ref()
        .map_or(before, |typed| typed.has(&name, "on"));
    Kind::Tick {
        label,
        name,
        there,
        ticked,
    }
}

fn is_chosen(element: &ShownElement, faults: &Faults, name: &str, value: &str) -> bool {
    if let Some(typed) = &faults.typed {
        return typed.has(name, value);
    }
    match &element.answer {
        Some(Value::Array(all)) => all.iter().any(|one| one == value),
        Some(Value::String(one)) => one == value,
        Some(Value::Number(number)) => number.to_string() == value,
        _ => false,
    }
}
