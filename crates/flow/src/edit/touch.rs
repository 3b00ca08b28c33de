//! Which cards an operation is about, so that two people who edit at once are told where they meet.

use std::collections::BTreeSet;

use super::Op;
use crate::{
    card::{Branch, Card},
    tree::CardTree,
};
use kale_domain::id::{BranchId, CardId, ElementId};

/// The cards whose content or existence an operation changes in a tree; what it names and the tree lacks is left out.
///
/// Where a card stands is not its content: two cards put into one lane don't meet.
#[must_use]
pub fn touched(tree: &CardTree, op: &Op) -> BTreeSet<CardId> {
    let mut cards = BTreeSet::new();
    match op {
        Op::AddCard { card, .. } => add(&mut cards, card),
        Op::UpdateCard { card, .. } | Op::MoveCard { card, .. } | Op::AddElement { card, .. } => {
            cards.insert(*card);
        }
        // The copy is new, and the original stays as it is.
        Op::DuplicateCard { .. } => {}
        Op::DeleteCard { card } => {
            cards.insert(*card);
            if let Some(card) = tree.card(*card) {
                add(&mut cards, card);
            }
        }
        Op::AddBranch { card, branch, .. } => {
            cards.insert(*card);
            add_lane(&mut cards, branch);
        }
        Op::UpdateBranch { branch, .. } | Op::MoveBranch { branch, .. } => {
            cards.extend(holder_of_branch(tree, *branch).map(|(card, _)| card));
        }
        Op::DeleteBranch { branch } => {
            if let Some((card, branch)) = holder_of_branch(tree, *branch) {
                cards.insert(card);
                add_lane(&mut cards, branch);
            }
        }
        Op::UpdateElement { element } => cards.extend(holder(tree, element.id)),
        Op::MoveElement { element, to, .. } => {
            cards.insert(*to);
            cards.extend(holder(tree, *element));
        }
        Op::DuplicateElement { element } | Op::DeleteElement { element } => {
            cards.extend(holder(tree, *element));
        }
    }
    cards
}

fn add(cards: &mut BTreeSet<CardId>, card: &Card) {
    cards.extend(card.subtree().into_iter().map(|card| card.id));
}

fn add_lane(cards: &mut BTreeSet<CardId>, lane: &Branch) {
    for card in &lane.cards {
        add(cards, card);
    }
}

fn holder(tree: &CardTree, element: ElementId) -> Option<CardId> {
    tree.element(element).map(|(card, _)| card.id)
}

fn holder_of_branch(tree: &CardTree, branch: BranchId) -> Option<(CardId, &Branch)> {
    tree.branch(branch).map(|(card, branch)| (card.id, branch))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        edit::Place,
        sample::{branch_id, card, card_id, confirm, element_id, free_text, lane, message, question},
    };

    /// 1 (lane: 2, 3), 4 (a question), the confirm card 900.
    fn tree() -> CardTree {
        let cards = vec![
            card(1, vec![lane(vec![message(2), message(3)])]),
            question(4, vec![]),
            confirm(900, 901),
        ];
        CardTree::new(0, cards).unwrap()
    }

    fn cards(op: &Op) -> Vec<CardId> {
        touched(&tree(), op).into_iter().collect()
    }

    #[test]
    fn taking_something_out_touches_everything_below_it() {
        let all = [1, 2, 3].map(card_id).to_vec();
        assert_eq!(cards(&Op::DeleteCard { card: card_id(1) }), all);
        let branch = branch_id(100);
        assert_eq!(cards(&Op::DeleteBranch { branch }), all);
        assert_eq!(cards(&Op::MoveBranch { branch, index: 0 }), [card_id(1)]);
    }

    #[test]
    fn what_is_put_into_one_lane_does_not_meet() {
        let at = Place {
            branch: None,
            index: 0,
        };
        let add = |n| Op::AddCard {
            card: Box::new(message(n)),
            at,
        };
        assert_eq!(cards(&add(50)), [card_id(50)]);
        assert_eq!(cards(&add(51)), [card_id(51)]);
        assert_eq!(cards(&Op::DuplicateCard { card: card_id(1) }), []);
    }

    #[test]
    fn an_element_belongs_to_the_card_it_is_in_now() {
        let tree = tree();
        let element = tree.card(card_id(4)).unwrap().elements[0].clone();
        let id = element.id;
        let update = Op::UpdateElement {
            element: Box::new(element),
        };
        assert_eq!(cards(&update), [card_id(4)]);
        let moved = Op::MoveElement {
            element: id,
            to: card_id(1),
            index: 0,
        };
        assert_eq!(cards(&moved), [card_id(1), card_id(4)]);
        let gone = Op::UpdateElement {
            element: Box::new(free_text(77, false)),
        };
        assert!(element_id(77) != id && cards(&gone).is_empty());
    }
}
