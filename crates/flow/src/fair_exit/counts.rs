//! How much stands between a subscriber and the exit.

use std::collections::BTreeMap;

use super::{
    Phrases,
    look::{Look, phrase},
};
use crate::{
    card::{Card, CardKind},
    check::problem,
    problem::Problem,
    said::said,
    text::Locale,
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

pub(super) fn cards(look: &Look<'_>, most: usize, refuses: bool, found: &mut Vec<Problem>) {
    let before = look.paths().heaviest_to(|card| match &card.kind {
        CardKind::Offer(offer) => usize::from(!offer.fallback),
        CardKind::Message(_) | CardKind::Question(_) | CardKind::HandOff(_) => 1,
        CardKind::Confirm(_) | CardKind::Jump(_) | CardKind::Outcome(_) => 0,
    });
    for ((card, slot), count) in look.cards().zip(before) {
        if matches!(card.kind, CardKind::Confirm(_)) && count > most {
            let message = format!(
                "{count} cards come before this one on one way: at most {most}; take some out, or put what they say together"
            );
            found.push(weighed(problem(card, slot, "", "long-way-out", message), refuses));
        }
    }
}

pub(super) fn confirm_text(look: &Look<'_>, most: usize, refuses: bool, found: &mut Vec<Problem>) {
    for (card, slot) in look.cards() {
        if !matches!(card.kind, CardKind::Confirm(_)) {
            continue;
        }
        let mut chars: BTreeMap<&Locale, usize> = BTreeMap::new();
        let said = said(card);
        for (locale, text) in said.iter().flat_map(|said| said.text.all()) {
            *chars.entry(locale).or_default() += text.chars().count();
        }
        let longest = chars.into_iter().max_by_key(|(_, count)| *count);
        if let Some((locale, count)) = longest.filter(|(_, count)| *count > most) {
            let message = format!(
                "the confirm card has {count} characters to read in `{locale}`: at most {most}, so that its buttons are \
                 seen; shorten its texts"
            );
            found.push(weighed(
                problem(card, slot, "/elements", "too-much-text", message),
                refuses,
            ));
        }
    }
}

fn weighed(problem: Problem, refuses: bool) -> Problem {
    if refuses { problem } else { problem.warning() }
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
