//! The tree of cards that templates and workflows are made of.

use std::collections::BTreeSet;

use kale_domain::{
    error::FieldError,
    id::{BranchId, CardId, ElementId},
};
use serde::{Deserialize, Deserializer, Serialize, de};
use serde_json::Value;

use crate::{
    card::{Branch, Card, CardKind, MAX_DEPTH, list},
    element::{Element, MAX_OPTIONS},
    layout::Layout,
    read::{Reader, joined, step},
    said::said,
};

/// How many cards a tree may have.
pub const MAX_CARDS: usize = 200;
/// How many elements a card may have.
pub const MAX_ELEMENTS: usize = 50;
/// How many branches a card may have.
pub const MAX_BRANCHES: usize = 30;

/// An ordered tree of cards.
///
/// What it holds can always be walked: ids are unique, sizes bounded, and a jump goes to a later card or to an outcome, so
/// that no cycle can be written. It is only made by reading and by [`edit_tree`](crate::edit::edit_tree), which both check
/// that. Whether it is fit to be published is another question, answered by [`check`](crate::check::check).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CardTree {
    revision: u64,
    cards: Vec<Card>,
}

impl CardTree {
    /// A tree without cards, at revision 0.
    #[must_use]
    pub const fn empty() -> Self {
        Self {
            revision: 0,
            cards: Vec::new(),
        }
    }

    /// Of these cards, or everything that would break it.
    pub fn new(revision: u64, cards: Vec<Card>) -> Result<Self, Vec<FieldError>> {
        let errors = broken(&cards);
        if errors.is_empty() {
            Ok(Self { revision, cards })
        } else {
            Err(errors)
        }
    }

    /// Reads a tree, or says everything that is wrong with it; `base` is its JSON pointer (`#` where it is the body).
    pub fn parse(value: &Value, base: &str) -> Result<Self, Vec<FieldError>> {
        let mut reader = Reader::default();
        let written: Option<Written> = reader.typed(value, base);
        let read = written.and_then(|written| {
            let cards = list(&written.cards, &step(base, "cards"), |value, at| {
                Card::read(value, at, 1, &mut reader)
            });
            Some((written.revision, cards?))
        });
        let (revision, cards) = reader.finish(read)?;
        Self::new(revision, cards).map_err(|errors| rebased(errors, base))
    }

    /// Grows by one with every edit.
    #[must_use]
    pub const fn revision(&self) -> u64 {
        self.revision
    }

    /// The cards of the tree itself; those of the lanes are below them.
    #[must_use]
    pub fn cards(&self) -> &[Card] {
        &self.cards
    }

    /// All cards in document order.
    #[must_use]
    pub fn all(&self) -> Vec<&Card> {
        self.cards.iter().flat_map(Card::subtree).collect()
    }

    /// Where each card stands.
    #[must_use]
    pub fn layout(&self) -> Layout {
        Layout::of(&self.cards, "#")
    }

    /// One card.
    #[must_use]
    pub fn card(&self, id: CardId) -> Option<&Card> {
        self.all().into_iter().find(|card| card.id == id)
    }

    /// One element, with its card.
    #[must_use]
    pub fn element(&self, id: ElementId) -> Option<(&Card, &Element)> {
        self.all().into_iter().find_map(|card| {
            let element = card.elements.iter().find(|element| element.id == id)?;
            Some((card, element))
        })
    }

    /// One branch, with its card.
    #[must_use]
    pub fn branch(&self, id: BranchId) -> Option<(&Card, &Branch)> {
        self.all().into_iter().find_map(|card| {
            let branch = card.branches.iter().find(|branch| branch.id == id)?;
            Some((card, branch))
        })
    }

    /// The confirm card: where every cancel leads. The first one, should a draft have several.
    #[must_use]
    pub fn confirm(&self) -> Option<&Card> {
        self.all()
            .into_iter()
            .find(|card| matches!(card.kind, CardKind::Confirm(_)))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default)]
    revision: u64,
    cards: Vec<Value>,
}

impl<'de> Deserialize<'de> for CardTree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        Self::parse(&value, "#").map_err(|errors| de::Error::custom(joined(&errors)))
    }
}

/// Errors whose pointers start at the tree, at its place in the body.
pub(crate) fn rebased(mut errors: Vec<FieldError>, base: &str) -> Vec<FieldError> {
    for error in &mut errors {
        if let Some(rest) = error.pointer.strip_prefix('#') {
            error.pointer = format!("{base}{rest}");
        }
    }
    errors
}

/// Everything that no tree may be.
fn broken(cards: &[Card]) -> Vec<FieldError> {
    let mut reader = Reader::default();
    let flat: Vec<&Card> = cards.iter().flat_map(Card::subtree).collect();
    if flat.len() > MAX_CARDS {
        let message = format!("a tree may have {MAX_CARDS} cards; this has {}", flat.len());
        reader.wrong::<()>("#/cards", "too-many-cards", message);
    }
    let layout = Layout::of(cards, "#");
    let mut seen = Seen::default();
    for (card, slot) in flat.iter().zip(layout.slots()) {
        let at = &slot.pointer;
        if slot.depth > MAX_DEPTH {
            let message = format!("lanes may nest {MAX_DEPTH} deep; this is deeper");
            reader.wrong::<()>(at, "tree-too-deep", message);
        }
        seen.card(card, at, &mut reader);
        sizes(card, at, &mut reader);
        shape(card, at, &layout, &flat, &mut reader);
    }
    reader.errors
}

/// Ids met so far, of all kinds: no two things of a tree share one.
#[derive(Default)]
struct Seen(BTreeSet<String>);

impl Seen {
    fn card(&mut self, card: &Card, at: &str, reader: &mut Reader) {
        self.once(card.id.to_string(), at, reader);
        for (index, branch) in card.branches.iter().enumerate() {
            self.once(branch.id.to_string(), &format!("{at}/branches/{index}"), reader);
        }
        for (index, element) in card.elements.iter().enumerate() {
            let at = format!("{at}/elements/{index}");
            self.once(element.id.to_string(), &at, reader);
            for (index, option) in element.kind.options().iter().enumerate() {
                self.once(
                    option.id.to_string(),
                    &format!("{at}/config/options/{index}"),
                    reader,
                );
            }
        }
    }

    fn once(&mut self, id: String, at: &str, reader: &mut Reader) {
        let message = format!("`{id}` stands more than once in this tree");
        if !self.0.insert(id) {
            reader.wrong::<()>(step(at, "id"), "duplicate-id", message);
        }
    }
}

fn sizes(card: &Card, at: &str, reader: &mut Reader) {
    let mut limit = |count: usize, most: usize, at: String, what: &str| {
        if count > most {
            let message = format!("expected at most {most} {what}, not {count}");
            reader.wrong::<()>(at, "too-many", message);
        }
    };
    limit(
        card.elements.len(),
        MAX_ELEMENTS,
        step(at, "elements"),
        "elements",
    );
    limit(
        card.branches.len(),
        MAX_BRANCHES,
        step(at, "branches"),
        "branches",
    );
    for (index, element) in card.elements.iter().enumerate() {
        let options = element.kind.options().len();
        limit(
            options,
            MAX_OPTIONS,
            format!("{at}/elements/{index}/config/options"),
            "options",
        );
    }
    for said in said(card) {
        if !said.text.fits() {
            let message = format!("expected at most {} characters", crate::text::MAX_TEXT);
            reader.wrong::<()>(format!("{at}{}", said.at), "text-too-long", message);
        }
    }
}

fn shape(card: &Card, at: &str, layout: &Layout, flat: &[&Card], reader: &mut Reader) {
    if matches!(card.kind, CardKind::Jump(_)) && !card.elements.is_empty() {
        reader.wrong::<()>(
            step(at, "elements"),
            "elements-on-jump",
            "a jump is never shown and has no elements",
        );
    }
    if matches!(card.kind, CardKind::Jump(_) | CardKind::Outcome(_)) && !card.branches.is_empty() {
        let message = "nothing comes after a jump or an outcome; it has no branches";
        reader.wrong::<()>(step(at, "branches"), "branches-on-end", message);
    }
    let CardKind::Jump(jump) = &card.kind else { return };
    let place = format!("{at}/settings/to");
    let Some(target) = layout.number(jump.to) else {
        let message = format!("there is no card `{}` in this tree", jump.to);
        reader.wrong::<()>(place, "jump-to-nowhere", message);
        return;
    };
    let later = layout.number(card.id).is_some_and(|own| own < target);
    let outcome = flat
        .get(target)
        .is_some_and(|card| matches!(card.kind, CardKind::Outcome(_)));
    if !later && !outcome {
        let message = "a jump goes to a later card or to an outcome, so that every walk ends";
        reader.wrong::<()>(place, "jump-back", message);
    }
}

#[cfg(test)]
mod tests;
