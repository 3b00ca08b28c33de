//! Every text is there, and every variable in it exists.

use super::{Against, Look, problem};
use crate::{
    card::{Card, CardKind},
    layout::Slot,
    problem::Problem,
    said::{Role, Said, said},
    text::Locale,
    variable::{Piece, Variable, pieces},
};

pub(super) fn check(look: &Look<'_>, against: &Against<'_>, problems: &mut Vec<Problem>) {
    for (_, card, slot) in look.cards() {
        for said in said(card) {
            let mut found = Vec::new();
            found.extend(complete(card, slot, &said, against));
            for (locale, text) in said.text.all() {
                variables(card, slot, &said, (locale, text), &mut found);
            }
            problems.extend(found.into_iter().map(|problem| problem.about(said.element)));
        }
    }
}

fn complete(card: &Card, slot: &Slot, said: &Said<'_>, against: &Against<'_>) -> Option<Problem> {
    if said.text.is_blank() && said.role.is_optional() {
        return None;
    }
    if said.text.exactly(against.default_locale).is_none() {
        let at = format!("{}/{}", said.at, against.default_locale);
        let message = format!("{} has no text in `{}`", name(said.role), against.default_locale);
        return Some(problem(card, slot, &at, "text-missing", message));
    }
    let missing: Vec<&str> = against
        .locales
        .iter()
        .filter(|locale| said.text.exactly(locale).is_none())
        .map(Locale::as_str)
        .collect();
    if missing.is_empty() {
        return None;
    }
    let message = format!("{} has no text in {}", name(said.role), missing.join(", "));
    Some(problem(card, slot, &said.at, "translation-missing", message).warning())
}

fn variables(
    card: &Card,
    slot: &Slot,
    said: &Said<'_>,
    (locale, text): (&Locale, &str),
    found: &mut Vec<Problem>,
) {
    let at = format!("{}/{locale}", said.at);
    let pieces = match pieces(text) {
        Ok(pieces) => pieces,
        Err(error) => {
            found.push(problem(card, slot, &at, "variable-unreadable", error.to_string()));
            return;
        }
    };
    let stays = matches!(card.kind, CardKind::Confirm(_) | CardKind::Outcome(_));
    for piece in pieces {
        let Piece::Variable { name, default } = piece else {
            continue;
        };
        let variable = match name.parse::<Variable>() {
            Ok(variable) => variable,
            Err(error) => {
                found.push(problem(card, slot, &at, "unknown-variable", error.to_string()));
                continue;
            }
        };
        let ended = matches!(card.kind, CardKind::Outcome(_));
        if variable.as_str().starts_with("receipt.") && !ended {
            let message = format!("`{variable}` exists once the walk has ended; use it on an outcome card");
            found.push(problem(card, slot, &at, "variable-too-early", message));
        }
        // Such a card is shown whatever is known; only its paragraphs can be left out.
        if stays && said.role != Role::Body && default.is_none() {
            let message = format!(
                "this card is always shown: give `{variable}` a default, as in {{{{{variable}|\"…\"}}}}"
            );
            found.push(problem(card, slot, &at, "variable-without-default", message));
        }
    }
}

const fn name(role: Role) -> &'static str {
    match role {
        Role::Title => "the title",
        Role::Body => "the paragraph",
        Role::Label => "the question",
        Role::Hint => "the hint",
        Role::Option => "the option",
        Role::Consent => "the consent",
        Role::Next | Role::Skip | Role::Accept | Role::Decline | Role::Cancel | Role::Keep | Role::Action => {
            "the button"
        }
    }
}
