//! An offer says what it costs, from when, and until when.

use std::collections::BTreeSet;

use super::look::Look;
use crate::{
    card::{Card, CardKind},
    check::problem,
    element::ElementKind,
    offer::OfferKind,
    problem::Problem,
    said::said,
    text::Locale,
    variable::{Piece, Variable, pieces},
};

pub(super) fn said_of(look: &Look<'_>, kind: OfferKind, variables: &[Variable], found: &mut Vec<Problem>) {
    for (card, slot) in look.cards() {
        let is_of_kind = |element: &crate::element::Element| matches!(&element.kind, ElementKind::Offer(slot) if slot.kind == kind);
        if !matches!(card.kind, CardKind::Offer(_)) || !card.elements.iter().any(is_of_kind) {
            continue;
        }
        let texts = said(card);
        let locales: BTreeSet<&Locale> = texts
            .iter()
            .flat_map(|said| said.text.all())
            .map(|(locale, _)| locale)
            .collect();
        for locale in locales {
            let told = told(card, locale);
            let missing: Vec<&str> = variables
                .iter()
                .map(Variable::as_str)
                .filter(|variable| !told.contains(*variable))
                .collect();
            if !missing.is_empty() {
                let message = format!(
                    "an offer says what it costs and when it ends; in `{locale}` this does not say {} (without a default)",
                    missing.join(", ")
                );
                found.push(problem(card, slot, "/elements", "terms-hidden", message));
            }
        }
    }
}

/// The variables that a card says in a language, without a default that could stand in for them.
fn told(card: &Card, locale: &Locale) -> BTreeSet<String> {
    let mut told = BTreeSet::new();
    for said in said(card) {
        let cut = said.text.exactly(locale).map(pieces);
        for piece in cut.and_then(Result::ok).unwrap_or_default() {
            if let Piece::Variable { name, default: None } = piece {
                told.insert(name.to_owned());
            }
        }
    }
    told
}
