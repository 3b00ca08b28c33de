//! Where each card stands, and what can come after it.
//!
//! Cards are numbered in document order: a card, then its lanes, then the next card. Every step of a walk but a jump to an
//! outcome goes to a higher number; therefore a walk that only goes forward ends.

use std::collections::BTreeMap;

use crate::card::{Card, CardKind};
use kale_domain::id::CardId;

/// The place of one card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// Whose place it is.
    pub id: CardId,
    /// Its JSON pointer: `#/cards/0/branches/1/cards/2`.
    pub pointer: String,
    /// How deep it lies; a card of the tree itself is at 1.
    pub depth: usize,
    /// What comes after it and its lanes: the next card of its lane, else what comes after the parent.
    pub after: Option<usize>,
    /// The first card of each of its branches; `None` for a lane without cards.
    pub lanes: Vec<Option<usize>>,
}

/// The places of all cards of a tree.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Layout {
    slots: Vec<Slot>,
    numbers: BTreeMap<CardId, usize>,
}

impl Layout {
    /// Of these cards; `base` is the JSON pointer of what holds them (`#`).
    #[must_use]
    pub fn of(cards: &[Card], base: &str) -> Self {
        let mut layout = Self::default();
        layout.lane(cards, base, 1, None);
        layout
    }

    fn lane(&mut self, cards: &[Card], at: &str, depth: usize, after_lane: Option<usize>) {
        for (index, card) in cards.iter().enumerate() {
            let number = self.slots.len();
            let after = if index + 1 < cards.len() {
                Some(number + card.subtree().len())
            } else {
                after_lane
            };
            let pointer = format!("{at}/cards/{index}");
            let mut first = number + 1;
            let mut lanes = Vec::with_capacity(card.branches.len());
            for branch in &card.branches {
                lanes.push((!branch.cards.is_empty()).then_some(first));
                first += branch
                    .cards
                    .iter()
                    .map(|card| card.subtree().len())
                    .sum::<usize>();
            }
            self.numbers.insert(card.id, number);
            self.slots.push(Slot {
                id: card.id,
                pointer: pointer.clone(),
                depth,
                after,
                lanes,
            });
            for (index, branch) in card.branches.iter().enumerate() {
                self.lane(
                    &branch.cards,
                    &format!("{pointer}/branches/{index}"),
                    depth + 1,
                    after,
                );
            }
        }
    }

    /// The places, in document order.
    #[must_use]
    pub fn slots(&self) -> &[Slot] {
        &self.slots
    }

    /// One place.
    #[must_use]
    pub fn slot(&self, number: usize) -> Option<&Slot> {
        self.slots.get(number)
    }

    /// The number of a card.
    #[must_use]
    pub fn number(&self, card: CardId) -> Option<usize> {
        self.numbers.get(&card).copied()
    }

    /// Everything that can come after a card in some walk, whatever the conditions say; `None` is the end of the tree.
    ///
    /// A card that may be passed over is followed by what comes after it. The way to the confirm card, which every card
    /// has, is not among them.
    #[must_use]
    pub fn follows(&self, card: &Card) -> Vec<Option<usize>> {
        let Some(slot) = self.number(card.id).and_then(|number| self.slot(number)) else {
            return Vec::new();
        };
        let passed_over = card.visible_when.is_some().then_some(slot.after);
        match &card.kind {
            CardKind::Jump(jump) => std::iter::once(self.number(jump.to)).chain(passed_over).collect(),
            CardKind::Outcome(_) => passed_over.into_iter().collect(),
            _ => slot
                .lanes
                .iter()
                .map(|first| first.or(slot.after))
                .chain([slot.after])
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::Outcome;
    use crate::sample::{card, jump, lane, message, outcome};

    #[test]
    fn lanes_rejoin_after_their_parent() {
        let cards = vec![
            card(1, vec![lane(vec![message(2), message(3)]), lane(vec![])]),
            jump(4, 5),
            outcome(5, Outcome::Saved),
        ];
        let layout = Layout::of(&cards, "#");
        let after: Vec<Option<usize>> = layout.slots().iter().map(|slot| slot.after).collect();

        assert_eq!(after, [Some(3), Some(2), Some(3), Some(4), None]);
        assert_eq!(layout.slots()[2].pointer, "#/cards/0/branches/0/cards/1");
        assert_eq!(layout.follows(&cards[0]), [Some(1), Some(3), Some(3)]);
        assert_eq!(layout.follows(&cards[1]), [Some(4)]);
        assert_eq!(layout.follows(&cards[2]), []);
    }
}
