//! Ways through a tree, whatever the conditions say: what can be reached, and the most of something on one way.

use std::collections::BTreeSet;

use crate::{
    card::{Card, CardKind},
    layout::Layout,
};

/// The ways through a tree.
pub(crate) struct Paths<'a> {
    cards: &'a [&'a Card],
    layout: &'a Layout,
    confirm: Option<usize>,
}

impl<'a> Paths<'a> {
    /// Of these cards, all of a tree in document order.
    pub(crate) fn new(cards: &'a [&'a Card], layout: &'a Layout) -> Self {
        let confirm = cards
            .iter()
            .position(|card| matches!(card.kind, CardKind::Confirm(_)));
        Self {
            cards,
            layout,
            confirm,
        }
    }

    /// What can come right after a card, with the way to the confirm card where that is a way forward.
    fn next(&self, number: usize) -> Vec<usize> {
        let Some(card) = self.cards.get(number) else {
            return Vec::new();
        };
        let ends = matches!(card.kind, CardKind::Outcome(_) | CardKind::Jump(_));
        let cancel = self.confirm.filter(|confirm| number < *confirm && !ends);
        self.layout
            .follows(card)
            .into_iter()
            .flatten()
            .chain(cancel)
            .collect()
    }

    /// Every card that can come after a card, itself included.
    pub(crate) fn from(&self, number: usize) -> BTreeSet<usize> {
        let mut reached = BTreeSet::new();
        let mut open = vec![number];
        while let Some(number) = open.pop() {
            if number < self.cards.len() && reached.insert(number) {
                open.extend(self.next(number));
            }
        }
        reached
    }

    /// Every card that some walk comes to.
    pub(crate) fn reachable(&self) -> BTreeSet<usize> {
        let mut reached = self.from(0);
        if let Some(confirm) = self.confirm {
            reached.extend(self.from(confirm));
        }
        reached
    }

    /// The most that one way from each card can weigh, the card included.
    pub(crate) fn heaviest(&self, weight: impl Fn(&Card) -> usize) -> Vec<usize> {
        let mut heaviest = vec![0_usize; self.cards.len()];
        // Outcomes first: a jump may go back to one, everything else goes forward.
        for outcomes in [true, false] {
            for (number, card) in self.cards.iter().enumerate().rev() {
                if matches!(card.kind, CardKind::Outcome(_)) != outcomes {
                    continue;
                }
                let after = self
                    .next(number)
                    .into_iter()
                    .filter_map(|next| heaviest.get(next).copied());
                let most = weight(card) + after.max().unwrap_or(0);
                if let Some(own) = heaviest.get_mut(number) {
                    *own = most;
                }
            }
        }
        heaviest
    }

    /// The most that one way from the start to each card can weigh, the card included; 0 where no walk comes.
    ///
    /// A jump back to an outcome counts there and goes no further.
    pub(crate) fn heaviest_to(&self, weight: impl Fn(&Card) -> usize) -> Vec<usize> {
        let own = |number: usize| self.cards.get(number).map_or(0, |card| weight(card));
        let mut heaviest = vec![0_usize; self.cards.len()];
        if let Some(first) = heaviest.first_mut() {
            *first = own(0);
        }
        let reachable = self.reachable();
        for number in (0..self.cards.len()).filter(|number| reachable.contains(number)) {
            let here = heaviest.get(number).copied().unwrap_or(0);
            for next in self.next(number) {
                let there = here + own(next);
                if let Some(most) = heaviest.get_mut(next) {
                    *most = there.max(*most);
                }
            }
        }
        heaviest
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        outcome::Outcome,
        sample::{confirm, jump, message, offer, outcome, question},
        tree::CardTree,
    };

    #[test]
    fn the_heaviest_way_is_counted_over_lanes_and_jumps() {
        let cards = vec![
            question(
                1,
                vec![
                    vec![offer(2, vec![outcome(3, Outcome::Saved)]), offer(4, vec![])],
                    vec![offer(5, vec![jump(6, 3)])],
                ],
            ),
            confirm(7, 8),
            message(9),
            outcome(10, Outcome::Saved),
        ];
        let tree = CardTree::new(0, cards).unwrap();
        let layout = tree.layout();
        let all = tree.all();
        let paths = Paths::new(&all, &layout);

        let offers = paths.heaviest(|card| usize::from(matches!(card.kind, CardKind::Offer(_))));
        assert_eq!(offers[0], 2);
        let all_cards = paths.heaviest(|_| 1);
        // 1, 2, 4, 7, 9, 10
        assert_eq!(all_cards[0], 6);
        assert_eq!(paths.reachable().len(), tree.all().len());
    }
}
