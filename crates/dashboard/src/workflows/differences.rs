//! What is different between two trees, card by card.

use std::collections::BTreeSet;

use kale_application::workflows::{
    Card, CardTree, Change, Diff, Face, Locale,
    element::Element,
    said::{Said, said},
};
use kale_domain::id::{BranchId, CardId};

use super::{builder::element_word, conditions, outline, words};
use crate::view::{
    parts::{Chip, Tone},
    workflows::{Difference, Rewording},
};

/// Two trees of one workflow.
pub(super) struct Differences<'a> {
    pub(super) before: &'a CardTree,
    pub(super) after: &'a CardTree,
    pub(super) locale: &'a Locale,
}

/// What happened to something, in a word.
fn chip<I, H, C>(change: &Change<I, H, C>) -> Chip {
    let (label, tone) = match (&change.before, &change.after) {
        (None, _) => ("New", Tone::Leaf),
        (_, None) => ("Gone", Tone::Stem),
        _ if change.changed && change.moved => ("Changed and moved", Tone::Sun),
        _ if change.changed => ("Changed", Tone::Sun),
        _ => ("Moved", Tone::Sky),
    };
    Chip {
        label: label.to_owned(),
        tone,
    }
}

/// Whether it came or went with its card.
fn all_in<I, C>(change: &Change<I, CardId, C>, cards: &BTreeSet<CardId>) -> bool {
    let homes = [&change.before, &change.after];
    let mut homes = homes.into_iter().flatten();
    homes.all(|one| cards.contains(&one.home))
}

impl Differences<'_> {
    /// One line per card, lane and element.
    pub(super) fn of(&self, diff: &Diff) -> Vec<Difference> {
        // A card that came or went did so with all it holds.
        let whole: BTreeSet<CardId> = diff
            .cards
            .iter()
            .filter(|change| change.before.is_none() || change.after.is_none())
            .map(|change| change.id)
            .collect();
        let mut told: Vec<Difference> = diff.cards.iter().map(|change| self.card(change)).collect();
        let lanes = diff.branches.iter().filter(|change| !all_in(change, &whole));
        told.extend(lanes.map(|change| {
            let (tree, standing) = match (&change.after, &change.before) {
                (Some(after), _) => (self.after, Some(after)),
                (None, before) => (self.before, before.as_ref()),
            };
            let label = standing.map(|one| conditions::sentence(&one.content, tree, self.locale));
            let of = standing.map(|one| self.title(one.home)).unwrap_or_default();
            Difference {
                what: chip(change),
                title: format!("Lane {}, of {of}", label.unwrap_or_default()),
                texts: Vec::new(),
            }
        }));
        let elements = diff.elements.iter().filter(|change| !all_in(change, &whole));
        told.extend(elements.map(|change| self.element(change)));
        told
    }

    fn card(&self, change: &Change<CardId, Option<BranchId>, Face>) -> Difference {
        let as_card = |face: &Face| Card {
            title: face.title.clone(),
            ..Card::new(change.id, face.kind.clone())
        };
        let before = change.before.as_ref().map(|one| as_card(&one.content));
        let after = change.after.as_ref().map(|one| as_card(&one.content));
        let kind = after
            .as_ref()
            .or(before.as_ref())
            .map_or("", |card| card.kind.name());
        Difference {
            what: chip(change),
            title: format!("{} {}", words::card_look(kind).label, self.title(change.id)),
            texts: match (before, after) {
                (Some(before), Some(after)) => self.texts(&before, &after),
                _ => Vec::new(),
            },
        }
    }

    fn element(&self, change: &Change<kale_domain::id::ElementId, CardId, Element>) -> Difference {
        let holding = |element: &Element| {
            let kind = kale_application::workflows::card::CardKind::Message(
                kale_application::workflows::card::Message::default(),
            );
            let mut card = Card::new(CardId::from_uuid(element.id.uuid()), kind);
            card.elements.push(element.clone());
            card
        };
        let before = change.before.as_ref().map(|one| holding(&one.content));
        let after = change.after.as_ref().map(|one| holding(&one.content));
        let standing = change.after.as_ref().or(change.before.as_ref());
        let word = standing.map_or("", |one| element_word(one.content.kind.name()));
        let of = standing.map(|one| self.title(one.home)).unwrap_or_default();
        Difference {
            what: chip(change),
            title: format!("{word} on {of}"),
            texts: match (before, after) {
                (Some(before), Some(after)) => self.texts(&before, &after),
                _ => Vec::new(),
            },
        }
    }

    /// What a card is called, in quotes.
    fn title(&self, id: CardId) -> String {
        let found = [self.after, self.before]
            .into_iter()
            .find_map(|tree| Some(outline::title(tree.card(id)?, tree, self.locale)));
        found.map_or_else(String::new, |title| format!("“{title}”"))
    }

    /// The texts that differ, as they were and as they are.
    fn texts(&self, before: &Card, after: &Card) -> Vec<Rewording> {
        let (old, new) = (said(before), said(after));
        let read = |said: &Said<'_>| {
            let text = said.text.read(self.locale, self.locale);
            text.unwrap_or_default().to_owned()
        };
        let mut places: Vec<&str> = new.iter().chain(&old).map(|said| said.at.as_str()).collect();
        places.dedup();
        let mut seen = Vec::new();
        let mut told = Vec::new();
        for place in places {
            if seen.contains(&place) {
                continue;
            }
            seen.push(place);
            let at = |all: &[Said<'_>]| all.iter().find(|said| said.at == place).map(read);
            let (before, after) = (at(&old).unwrap_or_default(), at(&new).unwrap_or_default());
            if before != after {
                told.push(Rewording { before, after });
            }
        }
        told
    }
}

#[cfg(test)]
mod tests {
    use kale_application::{templates::Templates, workflows::Text};

    use super::*;

    #[test]
    fn a_reworded_title_is_told_with_both_wordings() {
        let before = Templates.get("cancel_direct").unwrap().tree;
        let mut cards = before.cards().to_vec();
        let old = cards[0]
            .title
            .read(&Locale::english(), &Locale::english())
            .unwrap()
            .to_owned();
        cards[0].title = Text::english("Leaving?");
        let gone = cards.pop().unwrap();
        let after = CardTree::new(1, cards).unwrap();
        let told = Differences {
            before: &before,
            after: &after,
            locale: &Locale::english(),
        };
        let diff = kale_application::workflows::diff(&before, &after);

        let lines = told.of(&diff);
        assert_eq!(lines[0].what.label, "Changed");
        assert_eq!(lines[0].texts[0].before, old);
        assert_eq!(lines[0].texts[0].after, "Leaving?");
        assert!(
            lines.iter().all(|line| !line.title.contains(" on ")),
            "its texts go with it"
        );
        let title = outline::title(&gone, &before, &Locale::english());
        assert!(
            lines
                .iter()
                .any(|line| line.what.label == "Gone" && line.title.contains(&title))
        );
        assert!(
            told.of(&kale_application::workflows::diff(&after, &after))
                .is_empty()
        );
    }
}
