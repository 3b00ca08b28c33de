//! The options of a choice, as rows of its form.

use kale_application::{
    reasons::Reason,
    workflows::{Locale, element::ChoiceOption},
};
use kale_domain::{error::FieldError, id::OptionId};

use super::filled::{Filled, written};
use crate::{
    frame::Form,
    view::{
        builder::OptionRow,
        form::{Choice, Select},
    },
};

fn name(id: impl std::fmt::Display) -> String {
    format!("o.{id}")
}

/// The rows. `reasons` are those that can be chosen.
pub(super) fn rows(options: &[ChoiceOption], reasons: &[Reason], filled: &Filled<'_>) -> Vec<OptionRow> {
    options
        .iter()
        .map(|option| row(option, reasons, filled))
        .collect()
}

fn row(option: &ChoiceOption, reasons: &[Reason], filled: &Filled<'_>) -> OptionRow {
    let name = name(option.id);
    let reason = option
        .reason
        .as_ref()
        .map(ToString::to_string)
        .unwrap_or_default();
    let known = reasons
        .iter()
        .filter(|one| !one.archived || one.key.as_str() == reason)
        .map(|one| Choice::new(one.key.to_string(), one.title.clone()));
    let none = Choice::new("", "Stands for no reason");
    let reason_name = format!("{name}.reason");
    let last_name = format!("{name}.last");
    OptionRow {
        id: option.id.to_string(),
        text: filled.text(&name, "Option", &option.text),
        reason: Select::new(
            filled.field(&reason_name, "Reason", &reason),
            std::iter::once(none).chain(known),
        ),
        last: filled.typed.map_or(option.last, |form| form.is_on(&last_name)),
    }
}

/// The options as the form has them: those it names, in its order. One that another person added since stays, at the
/// end.
pub(super) fn read(kept: &[ChoiceOption], form: &Form, locale: &Locale) -> Vec<ChoiceOption> {
    let named: Vec<&str> = form.all("option").collect();
    let place = |option: &ChoiceOption| {
        let id = option.id.to_string();
        named.iter().position(|named| *named == id).unwrap_or(named.len())
    };
    let mut options: Vec<ChoiceOption> = kept.iter().map(|option| filled(option, form, locale)).collect();
    options.sort_by_key(place);
    options
}

fn filled(option: &ChoiceOption, form: &Form, locale: &Locale) -> ChoiceOption {
    let id = option.id.to_string();
    if !form.all("option").any(|named| named == id) {
        return option.clone();
    }
    let name = name(option.id);
    ChoiceOption {
        id: option.id,
        text: written(&option.text, form, &name, locale),
        reason: form
            .text(&format!("{name}.reason"))
            .and_then(|key| key.parse().ok()),
        last: form.is_on(&format!("{name}.last")),
    }
}

/// What a button of a row does to the options beside keeping them; the id of a new one is `fresh`.
pub(super) fn then(
    options: &mut Vec<ChoiceOption>,
    then: &str,
    fresh: OptionId,
) -> Result<(), Vec<FieldError>> {
    let (verb, id) = then.split_once(' ').unwrap_or((then, ""));
    let at = options.iter().position(|option| option.id.to_string() == id);
    match (verb, at) {
        ("", _) => {}
        ("option-add", _) => options.push(ChoiceOption {
            id: fresh,
            text: kale_application::workflows::Text::default(),
            reason: None,
            last: false,
        }),
        ("option-up", Some(at)) => {
            if let Some(before) = at.checked_sub(1) {
                options.swap(before, at);
            }
        }
        ("option-down", Some(at)) => {
            let after = at.saturating_add(1);
            if after < options.len() {
                options.swap(at, after);
            }
        }
        ("option-drop", Some(at)) => drop(options.remove(at)),
        _ => {
            let message = "That option is gone.";
            return Err(vec![FieldError::new("#/option", "unknown-option", message)]);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use kale_application::workflows::Text;
    use uuid::Uuid;

    use super::*;

    fn id(n: u128) -> OptionId {
        OptionId::from_uuid(Uuid::from_u128(n))
    }

    fn option(n: u128) -> ChoiceOption {
        ChoiceOption {
            id: id(n),
            text: Text::english(n.to_string()),
            reason: None,
            last: false,
        }
    }

    fn ids(options: &[ChoiceOption]) -> Vec<OptionId> {
        options.iter().map(|option| option.id).collect()
    }

    #[test]
    fn rows_move_come_and_go() {
        let mut options = vec![option(1), option(2)];
        then(&mut options, &format!("option-down {}", id(1)), id(3)).unwrap();
        assert_eq!(ids(&options), [id(2), id(1)]);
        then(&mut options, &format!("option-up {}", id(2)), id(3)).unwrap();
        assert_eq!(ids(&options), [id(2), id(1)], "the first stays the first");
        then(&mut options, "option-add", id(3)).unwrap();
        then(&mut options, &format!("option-drop {}", id(2)), id(4)).unwrap();
        assert_eq!(ids(&options), [id(1), id(3)]);
        let gone = then(&mut options, &format!("option-drop {}", id(2)), id(4)).unwrap_err();
        assert_eq!(gone[0].code, "unknown-option");
    }

    #[test]
    fn an_option_that_the_form_does_not_know_stays_as_it_is() {
        let kept = [option(1), option(2)];
        let fields = [
            ("option".to_owned(), id(2).to_string()),
            (format!("o.{}", id(2)), "Two".to_owned()),
            (format!("o.{}.reason", id(2)), "price_too_high".to_owned()),
        ];
        let read = read(&kept, &Form::of(fields.to_vec()), &Locale::english());
        assert_eq!(ids(&read), [id(2), id(1)]);
        assert_eq!(read[0].text, Text::english("Two"));
        assert_eq!(read[0].reason.as_ref().unwrap().as_str(), "price_too_high");
        assert_eq!(read[1], option(1));
    }
}
