//! How much stands between a subscriber and the exit.

use super::{
    Phrases,
    look::{Look, phrase},
};
use crate::{
    card::{Card, CardKind},
    check::problem,
    problem::Problem,
    said::said,
    wording::words,
};

pub(super) fn offers(look: &Look<'_>, most: usize, found: &mut Vec<Problem>) {
    let counts = |card: &Card| matches!(&card.kind, CardKind::Offer(offer) if !offer.fallback);
    let message = format!(
        "this is one offer too many on one way: at most {most}; mark it as a stand-in for the one before, or take it out"
    );
    too_many(look, most, counts, "too-many-offers", &message, found);
}

pub(super) fn questions(look: &Look<'_>, most: usize, found: &mut Vec<Problem>) {
    let counts = |card: &Card| matches!(card.kind, CardKind::Question(_));
    let message = format!("this is one question card too many on one way: at most {most}");
    too_many(look, most, counts, "too-many-questions", &message, found);
}

pub(super) fn confirms(look: &Look<'_>, most: usize, phrases: &Phrases, found: &mut Vec<Problem>) {
    let asks = |card: &Card| {
        let says_so = said(card).into_iter().any(|said| {
            let mut texts = said.text.all();
            texts.any(|(locale, text)| phrase(&words(text), locale, phrases).is_some())
        });
        says_so || matches!(card.kind, CardKind::Confirm(_))
    };
    let message = format!("the subscriber is asked again whether they are sure: at most {most} on one way");
    too_many(look, most, asks, "asked-again", &message, found);
}

fn too_many(
    look: &Look<'_>,
    most: usize,
    counts: impl Fn(&Card) -> bool,
    code: &'static str,
    message: &str,
    found: &mut Vec<Problem>,
) {
    let before = look.paths().heaviest_to(|card| usize::from(counts(card)));
    for ((card, slot), count) in look.cards().zip(before) {
        if counts(card) && count > most {
            found.push(problem(card, slot, "", code, message));
        }
    }
}
