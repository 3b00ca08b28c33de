//! Copies with new ids: of a card, of a whole tree. What points inside the copy points at the copy.

use std::collections::BTreeMap;

use uuid::Uuid;

use crate::{
    card::{Branch, Card, CardKind},
    condition::{Asked, Condition},
    element::{Element, ElementKind},
    tree::CardTree,
};
use kale_domain::id::{BranchId, CardId, ElementId, OptionId};

/// A copied tree, and which card of the original each of its cards comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copied {
    /// The copy, at revision 0.
    pub tree: CardTree,
    /// The original of each card, by the id of its copy.
    pub origins: BTreeMap<CardId, CardId>,
}

/// A copy of a tree with new ids.
#[must_use]
pub fn copy_tree(tree: &CardTree, fresh: &mut dyn FnMut() -> Uuid) -> Option<Copied> {
    let ids = Renaming::of(tree.cards(), fresh);
    let cards = tree.cards().iter().map(|card| ids.card(card)).collect();
    let origins = tree
        .all()
        .into_iter()
        .map(|card| (CardId::from_uuid(ids.renamed(card.id.uuid())), card.id))
        .collect();
    // Equal in shape to a tree that holds together; only a source that repeats an id can break it.
    let tree = CardTree::new(0, cards).ok()?;
    Some(Copied { tree, origins })
}

/// A copy of a card with everything below it, with new ids and without locks.
#[must_use]
pub fn copy_card(card: &Card, fresh: &mut dyn FnMut() -> Uuid) -> Card {
    let mut copy = Renaming::of(std::slice::from_ref(card), fresh).card(card);
    unlock(&mut copy);
    copy
}

/// A copy of an element with new ids.
#[must_use]
pub fn copy_element(element: &Element, fresh: &mut dyn FnMut() -> Uuid) -> Element {
    let mut ids = Renaming::default();
    ids.add_element(element, fresh);
    ids.element(element)
}

fn unlock(card: &mut Card) {
    card.locked_by_template = false;
    for branch in &mut card.branches {
        branch.cards.iter_mut().for_each(unlock);
    }
}

/// The new id of each old one.
#[derive(Default)]
struct Renaming(BTreeMap<Uuid, Uuid>);

impl Renaming {
    fn of(cards: &[Card], fresh: &mut dyn FnMut() -> Uuid) -> Self {
        let mut ids = Self::default();
        for card in cards.iter().flat_map(Card::subtree) {
            ids.0.insert(card.id.uuid(), fresh());
            for branch in &card.branches {
                ids.0.insert(branch.id.uuid(), fresh());
            }
            for element in &card.elements {
                ids.add_element(element, fresh);
            }
        }
        ids
    }

    fn add_element(&mut self, element: &Element, fresh: &mut dyn FnMut() -> Uuid) {
        self.0.insert(element.id.uuid(), fresh());
        for option in element.kind.options() {
            self.0.insert(option.id.uuid(), fresh());
        }
    }

    fn renamed(&self, old: Uuid) -> Uuid {
        self.0.get(&old).copied().unwrap_or(old)
    }

    fn card(&self, card: &Card) -> Card {
        let kind = match &card.kind {
            CardKind::Jump(jump) => {
                let mut jump = *jump;
                jump.to = CardId::from_uuid(self.renamed(jump.to.uuid()));
                CardKind::Jump(jump)
            }
            other => other.clone(),
        };
        Card {
            id: CardId::from_uuid(self.renamed(card.id.uuid())),
            kind,
            title: card.title.clone(),
            elements: card
                .elements
                .iter()
                .map(|element| self.element(element))
                .collect(),
            branches: card.branches.iter().map(|branch| self.branch(branch)).collect(),
            visible_when: card
                .visible_when
                .as_ref()
                .map(|condition| self.condition(condition)),
            locked_by_template: card.locked_by_template,
        }
    }

    fn branch(&self, branch: &Branch) -> Branch {
        Branch {
            id: BranchId::from_uuid(self.renamed(branch.id.uuid())),
            when: self.condition(&branch.when),
            cards: branch.cards.iter().map(|card| self.card(card)).collect(),
        }
    }

    fn element(&self, element: &Element) -> Element {
        let mut kind = element.kind.clone();
        if let ElementKind::SingleChoice(choice) | ElementKind::MultiChoice(choice) = &mut kind {
            for option in &mut choice.options {
                option.id = OptionId::from_uuid(self.renamed(option.id.uuid()));
            }
        }
        Element {
            id: ElementId::from_uuid(self.renamed(element.id.uuid())),
            kind,
        }
    }

    fn condition(&self, condition: &Condition) -> Condition {
        condition.renamed(
            &|asked| match asked {
                Asked::Answer(id) => Asked::Answer(ElementId::from_uuid(self.renamed(id.uuid()))),
                Asked::Decision(id) => Asked::Decision(CardId::from_uuid(self.renamed(id.uuid()))),
            },
            &|text| {
                let id: OptionId = text.parse().ok()?;
                Some(OptionId::from_uuid(self.renamed(id.uuid())).to_string())
            },
        )
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::{
        outcome::Outcome,
        sample::{confirm, jump, offer, outcome, question},
    };

    #[test]
    fn a_copy_shares_no_id_and_points_at_itself() {
        let cards = vec![
            question(
                1,
                vec![vec![offer(2, vec![outcome(3, Outcome::Saved)])], vec![jump(4, 5)]],
            ),
            confirm(5, 6),
            outcome(7, Outcome::Saved),
        ];
        let tree = CardTree::new(3, cards).unwrap();
        let mut next = 1_000_u128;
        let copy = copy_tree(&tree, &mut || {
            next += 1;
            Uuid::from_u128(next)
        })
        .unwrap();

        let text = serde_json::to_string(copy.tree.cards()).unwrap();
        let ids = |text: &str| -> BTreeSet<String> {
            let words = text
                .split('"')
                .filter(|word| word.len() == 30 && word.get(3..4) == Some("_"));
            words.map(str::to_owned).collect()
        };
        let original = serde_json::to_string(tree.cards()).unwrap();
        assert!(ids(&text).is_disjoint(&ids(&original)));
        assert_eq!(ids(&text).len(), ids(&original).len());
        assert_eq!(copy.origins.len(), tree.all().len());
        assert!(copy.origins.values().all(|id| tree.card(*id).is_some()));
    }
}
