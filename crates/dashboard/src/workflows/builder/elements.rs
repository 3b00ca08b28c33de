//! The form of an element: what it says and asks.

use kale_application::{
    offers::Offer,
    workflows::{
        Locale, Text,
        element::{
            CallAction, CallToAction, Checkbox, Choice as Asked, Element, ElementKind, FreeText, Notified,
            OfferSlot, OptionOrder, Rating, Scale, SecureUrl, Words,
        },
    },
};
use kale_domain::error::FieldError;

use super::{
    filled::{Filled, written},
    options,
};
use crate::{
    frame::Form,
    view::{
        builder::Input,
        form::{Choice, Field},
    },
    workflows::words,
};

/// The fields of an element, without its options.
pub(super) fn inputs(kind: &ElementKind, offers: &[Offer], filled: &Filled<'_>) -> Vec<Input> {
    let required = |on| filled.check("e.required", "Needs an answer", on);
    match kind {
        ElementKind::Heading(words) => vec![filled.line("e.text", "Heading", &words.text)],
        ElementKind::Text(words) => vec![hinted(
            filled.area("e.text", "Text", &words.text),
            "Markdown; {{customer.name}} and the like are filled in",
        )],
        ElementKind::SingleChoice(choice) | ElementKind::MultiChoice(choice) => vec![
            hinted(
                filled.line("e.label", "What is asked", &choice.label),
                "Empty where the card asks it",
            ),
            required(choice.required),
            filled.check(
                "e.shuffled",
                "In another order in every session",
                choice.order == OptionOrder::Shuffled,
            ),
        ],
        ElementKind::Rating(rating) => scale(rating, filled),
        ElementKind::ShortText(text) | ElementKind::LongText(text) => vec![
            hinted(
                filled.line("e.label", "What is asked", &text.label),
                "Empty where the card asks it",
            ),
            filled.line("e.hint", "A line of help", &text.hint),
            required(text.required),
        ],
        ElementKind::Checkbox(checkbox) => vec![
            filled.line("e.label", "What is agreed to", &checkbox.label),
            required(checkbox.required),
        ],
        ElementKind::Offer(slot) => vec![offer(slot, offers, filled)],
        ElementKind::CallToAction(call) => action(call, filled),
    }
}

fn hinted(input: Input, hint: &str) -> Input {
    match input {
        Input::Line(field) => Input::Line(field.hint(hint)),
        Input::Area(field) => Input::Area(field.hint(hint)),
        other => other,
    }
}

fn number(filled: &Filled<'_>, name: &str, label: &str, kept: i8) -> Field {
    filled.field(name, label, &kept.to_string())
}

fn scale(rating: &Rating, filled: &Filled<'_>) -> Vec<Input> {
    let (from, to) = rating.scale.ends();
    let kept = match rating.scale {
        Scale::Nps => "nps",
        Scale::Stars => "stars",
        Scale::Range { .. } => "range",
    };
    let scales = [
        Choice::new("nps", "0 to 10: how likely to recommend"),
        Choice::new("stars", "1 to 5"),
        Choice::new("range", "Numbers of your own"),
    ];
    vec![
        filled.line("e.label", "What is asked", &rating.label),
        filled.select("e.scale", "Numbers", kept, scales),
        Input::Line(number(filled, "e.from", "Lowest", from).hint("For numbers of your own")),
        Input::Line(number(filled, "e.to", "Highest", to).hint("For numbers of your own")),
        filled.check("e.required", "Needs an answer", rating.required),
    ]
}

fn offer(slot: &OfferSlot, offers: &[Offer], filled: &Filled<'_>) -> Input {
    let kept = slot.offer.map(|id| id.to_string()).unwrap_or_default();
    let wanted = format!("Not chosen yet: {}", words::offer_label(slot.kind));
    let known = offers
        .iter()
        .filter(|offer| !offer.archived || Some(offer.id) == slot.offer)
        .map(|offer| {
            let kind = words::offer_label(offer.terms.kind());
            Choice::new(offer.id.to_string(), format!("{} ({kind})", offer.name))
        });
    let choices: Vec<Choice> = std::iter::once(Choice::new("", wanted)).chain(known).collect();
    let hint = if choices.len() > 1 {
        ""
    } else {
        "Your company has no offers yet"
    };
    match filled.select("e.offer", "Your offer", &kept, choices) {
        Input::Select(mut select) => {
            select.field = select.field.hint(hint);
            Input::Select(select)
        }
        other => other,
    }
}

fn action(call: &CallToAction, filled: &Filled<'_>) -> Vec<Input> {
    let (kept, url) = match &call.action {
        CallAction::Notify {
            who: Notified::RetentionAdmin,
        } => ("admins", ""),
        CallAction::Notify {
            who: Notified::RetentionExpert,
        } => ("expert", ""),
        CallAction::Link { url } => ("link", url.as_str()),
        CallAction::BookCall => ("call", ""),
    };
    let actions = [
        Choice::new("admins", "Tells the retention admins"),
        Choice::new("expert", "Tells the customer’s expert"),
        Choice::new("link", "Opens a page"),
        Choice::new("call", "Opens the expert’s booking page"),
    ];
    vec![
        filled.line("e.label", "Button", &call.label),
        filled.select("e.action", "What it does", kept, actions),
        Input::Line(filled.field("e.url", "Page", url).hint("Begins with https://")),
    ]
}

/// What an element becomes by its form.
pub(super) fn read(
    element: &Element,
    form: &Form,
    offers: &[Offer],
    locale: &Locale,
) -> Result<Element, Vec<FieldError>> {
    let text = |kept: &Text, name: &str| written(kept, form, name, locale);
    let required = form.is_on("e.required");
    let words = |words: &Words| Words {
        text: text(&words.text, "e.text"),
    };
    let kind = match &element.kind {
        ElementKind::Heading(kept) => ElementKind::Heading(words(kept)),
        ElementKind::Text(kept) => ElementKind::Text(words(kept)),
        ElementKind::SingleChoice(kept) => ElementKind::SingleChoice(choice(kept, form, locale)),
        ElementKind::MultiChoice(kept) => ElementKind::MultiChoice(choice(kept, form, locale)),
        ElementKind::Rating(kept) => ElementKind::Rating(Rating {
            label: text(&kept.label, "e.label"),
            scale: read_scale(form)?,
            required,
        }),
        ElementKind::ShortText(kept) => ElementKind::ShortText(free(kept, form, locale)),
        ElementKind::LongText(kept) => ElementKind::LongText(free(kept, form, locale)),
        ElementKind::Checkbox(kept) => ElementKind::Checkbox(Checkbox {
            label: text(&kept.label, "e.label"),
            ticked: kept.ticked,
            required,
        }),
        ElementKind::Offer(kept) => ElementKind::Offer(read_offer(kept, form, offers)?),
        ElementKind::CallToAction(kept) => ElementKind::CallToAction(CallToAction {
            label: text(&kept.label, "e.label"),
            action: read_action(form)?,
        }),
    };
    Ok(Element { id: element.id, kind })
}

fn choice(kept: &Asked, form: &Form, locale: &Locale) -> Asked {
    Asked {
        label: written(&kept.label, form, "e.label", locale),
        options: options::read(&kept.options, form, locale),
        required: form.is_on("e.required"),
        order: if form.is_on("e.shuffled") {
            OptionOrder::Shuffled
        } else {
            OptionOrder::Written
        },
    }
}

fn free(kept: &FreeText, form: &Form, locale: &Locale) -> FreeText {
    FreeText {
        label: written(&kept.label, form, "e.label", locale),
        hint: written(&kept.hint, form, "e.hint", locale),
        required: form.is_on("e.required"),
    }
}

fn wrong(pointer: &'static str, message: impl Into<String>) -> Vec<FieldError> {
    vec![FieldError::new(pointer, "invalid", message)]
}

fn read_scale(form: &Form) -> Result<Scale, Vec<FieldError>> {
    let end = |name: &str| form.get(name).trim().parse::<i8>().ok();
    match form.get("e.scale") {
        "nps" => Ok(Scale::Nps),
        "stars" => Ok(Scale::Stars),
        _ => {
            let message = "Use a whole number from -128 to 127.";
            Ok(Scale::Range {
                from: end("e.from").ok_or_else(|| wrong("#/e.from", message))?,
                to: end("e.to").ok_or_else(|| wrong("#/e.to", message))?,
            })
        }
    }
}

fn read_offer(kept: &OfferSlot, form: &Form, offers: &[Offer]) -> Result<OfferSlot, Vec<FieldError>> {
    let chosen = form.get("e.offer");
    if chosen.is_empty() {
        return Ok(OfferSlot {
            kind: kept.kind,
            offer: None,
        });
    }
    let known = offers.iter().find(|offer| offer.id.to_string() == chosen);
    let offer = known.ok_or_else(|| wrong("#/e.offer", "Choose one of your offers."))?;
    Ok(OfferSlot {
        kind: offer.terms.kind(),
        offer: Some(offer.id),
    })
}

fn read_action(form: &Form) -> Result<CallAction, Vec<FieldError>> {
    let tells = |who| CallAction::Notify { who };
    Ok(match form.get("e.action") {
        "admins" => tells(Notified::RetentionAdmin),
        "expert" => tells(Notified::RetentionExpert),
        "call" => CallAction::BookCall,
        _ => CallAction::Link {
            url: SecureUrl::try_from(form.get("e.url").trim().to_owned())
                .map_err(|error| wrong("#/e.url", error.to_string()))?,
        },
    })
}

#[cfg(test)]
mod tests {
    use kale_application::templates::Templates;

    use super::*;
    use crate::view::form::Problems;

    fn form(fields: &[(&str, &str)]) -> Form {
        let owned = fields
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Form::of(owned.collect())
    }

    #[test]
    fn a_form_that_nobody_touched_changes_no_element_of_any_template() {
        let english = Locale::english();
        let none = Problems::default();
        let filled = Filled {
            typed: None,
            problems: &none,
            locale: &english,
        };
        let mut seen = 0;
        for template in Templates.list().unwrap() {
            for element in template.tree.all().into_iter().flat_map(|card| &card.elements) {
                let mut fields: Vec<(String, String)> = Vec::new();
                for input in inputs(&element.kind, &[], &filled) {
                    match input {
                        Input::Line(field) | Input::Area(field) | Input::Check(field) => {
                            fields.push((field.name, field.value));
                        }
                        Input::Select(select) => fields.push((select.field.name, select.field.value)),
                    }
                }
                for row in options::rows(element.kind.options(), &[], &filled) {
                    fields.push(("option".to_owned(), row.id));
                    fields.push((
                        format!("{}.last", row.text.name),
                        if row.last {
                            "true".to_owned()
                        } else {
                            String::new()
                        },
                    ));
                    fields.push((row.text.name, row.text.value));
                    fields.push((row.reason.field.name, row.reason.field.value));
                }
                let read = read(element, &Form::of(fields), &[], &english);
                assert_eq!(read, Ok(element.clone()), "{}", element.id);
                seen += 1;
            }
        }
        assert!(seen > 20);
    }

    #[test]
    fn what_can_not_be_read_is_told_at_its_field() {
        let english = Locale::english();
        let template = Templates.get("cancel_saas").unwrap();
        let mut all = template.tree.all().into_iter().flat_map(|card| &card.elements);
        let slot = all
            .find(|element| matches!(element.kind, ElementKind::Offer(_)))
            .unwrap();
        let refused = read(slot, &form(&[("e.offer", "off_nothing")]), &[], &english).unwrap_err();
        assert_eq!(refused[0].pointer, "#/e.offer");

        let refused = read_action(&form(&[("e.action", "link"), ("e.url", "http://x.example")])).unwrap_err();
        assert_eq!(refused[0].pointer, "#/e.url");
        let refused =
            read_scale(&form(&[("e.scale", "range"), ("e.from", "1"), ("e.to", "many")])).unwrap_err();
        assert_eq!(refused[0].pointer, "#/e.to");
    }
}
