//! A tree as the rules look at it.

use super::Phrases;
use kale_domain::id::CardId;

use crate::{
    card::{Card, CardKind},
    check::problem,
    layout::{Layout, Slot},
    paths::Paths,
    problem::Problem,
    said::{Said, said},
    text::Locale,
};

/// All cards with their places.
pub(super) struct Look<'a> {
    all: &'a [&'a Card],
    layout: &'a Layout,
}

/// One text in one language, where it stands.
pub(super) struct Line<'a> {
    pub(super) card: &'a Card,
    pub(super) slot: &'a Slot,
    pub(super) said: Said<'a>,
    pub(super) locale: &'a Locale,
    pub(super) text: &'a str,
}

impl<'a> Look<'a> {
    pub(super) const fn new(all: &'a [&'a Card], layout: &'a Layout) -> Self {
        Self { all, layout }
    }

    pub(super) fn cards(&self) -> impl Iterator<Item = (&'a Card, &'a Slot)> {
        self.all.iter().copied().zip(self.layout.slots())
    }

    /// The card with that number.
    pub(super) fn card(&self, number: usize) -> Option<(&'a Card, &'a Slot)> {
        Some((self.all.get(number).copied()?, self.layout.slot(number)?))
    }

    /// The number of a card.
    pub(super) fn number(&self, card: CardId) -> Option<usize> {
        self.layout.number(card)
    }

    pub(super) fn paths(&self) -> Paths<'a> {
        Paths::new(self.all, self.layout)
    }

    /// Every text in every language.
    pub(super) fn lines(&self) -> Vec<Line<'a>> {
        let mut lines = Vec::new();
        for (card, slot) in self.cards() {
            for said in said(card) {
                lines.extend(said.text.all().map(|(locale, text)| Line {
                    card,
                    slot,
                    said: said.clone(),
                    locale,
                    text,
                }));
            }
        }
        lines
    }

    /// Whether the confirm card comes next where no branch is taken.
    pub(super) fn is_before_confirm(&self, slot: &Slot) -> bool {
        let next = slot.after.and_then(|after| self.all.get(after));
        next.is_some_and(|card| matches!(card.kind, CardKind::Confirm(_)))
    }
}

impl Line<'_> {
    pub(super) fn problem(&self, code: &'static str, message: impl Into<String>) -> Problem {
        let at = format!("{}/{}", self.said.at, self.locale);
        problem(self.card, self.slot, &at, code, message).about(self.said.element)
    }
}

/// The phrases for a language: those of the very locale, else of its language.
pub(super) fn spoken<'a, T>(
    locale: &Locale,
    by_locale: &'a std::collections::BTreeMap<Locale, Vec<T>>,
) -> Option<&'a [T]> {
    let found = by_locale
        .get(locale)
        .or_else(|| by_locale.get(&locale.language()));
    found.map(Vec::as_slice)
}

/// Whether the words contain one of the phrases for the language, or of all languages where nobody has looked at that one;
/// which one.
pub(super) fn phrase<'a>(words: &[String], locale: &Locale, phrases: &'a Phrases) -> Option<&'a str> {
    let all: Vec<&String> = match spoken(locale, phrases) {
        Some(phrases) => phrases.iter().collect(),
        None => phrases.values().flatten().collect(),
    };
    all.into_iter()
        .map(String::as_str)
        .find(|phrase| crate::wording::contains(words, phrase))
}
