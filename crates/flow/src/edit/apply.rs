//! Carries out one operation on the cards.

use std::fmt;

use uuid::Uuid;

use super::{EditError, Face, Op, Place, Subject};
use crate::{
    card::{Branch, Card},
    copy::{copy_card, copy_element},
    element::Element,
    tree::CardTree,
};
use kale_domain::id::{BranchId, CardId, ElementId};

/// The cards while they are changed; dropped if the change is refused.
pub(super) struct Draft {
    pub(super) cards: Vec<Card>,
    subject: Subject,
    /// Whether a place beyond the end means the end.
    clamps: bool,
}

fn missing(what: impl fmt::Display) -> EditError {
    EditError::NotFound(what.to_string())
}

impl Draft {
    pub(super) fn new(tree: &CardTree, subject: Subject, clamps: bool) -> Self {
        Self {
            cards: tree.cards().to_vec(),
            subject,
            clamps,
        }
    }

    /// Changes the cards and says what takes the change back.
    pub(super) fn apply(&mut self, op: Op, fresh: &mut dyn FnMut() -> Uuid) -> Result<Op, EditError> {
        match op {
            Op::AddCard { card, at } => self.add_card(*card, at),
            Op::UpdateCard { card, face } => self.update_card(card, *face),
            Op::MoveCard { card, to } => self.move_card(card, to),
            Op::DuplicateCard { card } => self.duplicate_card(card, fresh),
            Op::DeleteCard { card } => {
                let (card, at) = self.take(card)?;
                let card = Box::new(card);
                Ok(Op::AddCard { card, at })
            }
            Op::AddBranch { card, branch, index } => self.add_branch(card, *branch, index),
            Op::UpdateBranch { branch, when } => {
                let found = self.branch(branch)?;
                let when = std::mem::replace(&mut found.when, when);
                Ok(Op::UpdateBranch { branch, when })
            }
            Op::MoveBranch { branch, index } => {
                let (card, taken, old) = self.take_branch(branch)?;
                self.add_branch(card, taken, index)?;
                Ok(Op::MoveBranch { branch, index: old })
            }
            Op::DeleteBranch { branch } => {
                let (card, branch, index) = self.take_branch(branch)?;
                if let Some(locked) = branch.cards.iter().find_map(|card| self.locked(card)) {
                    return Err(EditError::Locked(locked));
                }
                let branch = Box::new(branch);
                Ok(Op::AddBranch { card, branch, index })
            }
            Op::AddElement { card, element, index } => self.add_element(card, *element, index),
            Op::UpdateElement { element } => self.update_element(*element),
            Op::MoveElement { element, to, index } => {
                let (from, taken, old) = self.take_element(element)?;
                self.add_element(to, taken, index)?;
                Ok(Op::MoveElement {
                    element,
                    to: from,
                    index: old,
                })
            }
            Op::DuplicateElement { element } => self.duplicate_element(element, fresh),
            Op::DeleteElement { element } => {
                let (card, element, index) = self.take_element(element)?;
                let element = Box::new(element);
                Ok(Op::AddElement { card, element, index })
            }
        }
    }

    fn duplicate_card(&mut self, card: CardId, fresh: &mut dyn FnMut() -> Uuid) -> Result<Op, EditError> {
        let (original, place) = self.find(card)?;
        let copy = copy_card(&original, fresh);
        let at = Place {
            index: place.index + 1,
            ..place
        };
        self.add_card(copy, at)
    }

    fn duplicate_element(
        &mut self,
        element: ElementId,
        fresh: &mut dyn FnMut() -> Uuid,
    ) -> Result<Op, EditError> {
        let (card, original, index) = self.take_element(element)?;
        let copy = copy_element(&original, fresh);
        self.add_element(card, original, index)?;
        self.add_element(card, copy, index + 1)
    }

    fn add_card(&mut self, card: Card, at: Place) -> Result<Op, EditError> {
        if let Some(locked) = self.locked(&card) {
            return Err(EditError::Locked(locked));
        }
        let id = card.id;
        self.insert(card, at)?;
        Ok(Op::DeleteCard { card: id })
    }

    fn insert(&mut self, card: Card, at: Place) -> Result<(), EditError> {
        let clamps = self.clamps;
        let lane = match at.branch {
            None => &mut self.cards,
            Some(id) => {
                let lane = branch_mut(&mut self.cards, id);
                &mut lane.ok_or_else(|| missing(id))?.cards
            }
        };
        put(lane, card, at.index, clamps)
    }

    fn update_card(&mut self, id: CardId, face: Face) -> Result<Op, EditError> {
        if self.subject == Subject::Workflow && face.locked_by_template {
            return Err(EditError::Locked(id));
        }
        let card = self.open(id)?;
        let old = Face::of(card);
        card.kind = face.kind;
        card.title = face.title;
        card.visible_when = face.visible_when;
        card.locked_by_template = face.locked_by_template;
        Ok(Op::UpdateCard {
            card: id,
            face: Box::new(old),
        })
    }

    fn move_card(&mut self, id: CardId, to: Place) -> Result<Op, EditError> {
        let (card, from) = self.take(id)?;
        let below = |lane: BranchId| {
            let subtree = card.subtree();
            subtree
                .iter()
                .any(|card| card.branches.iter().any(|branch| branch.id == lane))
        };
        if to.branch.is_some_and(below) {
            return Err(EditError::IntoItself);
        }
        self.insert(card, to)?;
        Ok(Op::MoveCard { card: id, to: from })
    }

    fn add_branch(&mut self, card: CardId, branch: Branch, index: usize) -> Result<Op, EditError> {
        if let Some(locked) = branch.cards.iter().find_map(|card| self.locked(card)) {
            return Err(EditError::Locked(locked));
        }
        let clamps = self.clamps;
        let id = branch.id;
        put(&mut self.open(card)?.branches, branch, index, clamps)?;
        Ok(Op::DeleteBranch { branch: id })
    }

    fn add_element(&mut self, card: CardId, element: Element, index: usize) -> Result<Op, EditError> {
        let clamps = self.clamps;
        let id = element.id;
        put(&mut self.open(card)?.elements, element, index, clamps)?;
        Ok(Op::DeleteElement { element: id })
    }

    fn update_element(&mut self, element: Element) -> Result<Op, EditError> {
        let id = element.id;
        let holder = self.holder(|card| card.elements.iter().any(|element| element.id == id));
        let card = self.open(holder.ok_or_else(|| missing(id))?)?;
        let found = card.elements.iter_mut().find(|element| element.id == id);
        let old = std::mem::replace(found.ok_or_else(|| missing(id))?, element);
        Ok(Op::UpdateElement {
            element: Box::new(old),
        })
    }

    /// The first card with a lock in it that this edit may not touch.
    fn locked(&self, card: &Card) -> Option<CardId> {
        if self.subject == Subject::Template {
            return None;
        }
        let subtree = card.subtree();
        subtree
            .iter()
            .find(|card| card.locked_by_template)
            .map(|card| card.id)
    }

    /// The card that holds something.
    fn holder(&self, holds: impl Fn(&Card) -> bool) -> Option<CardId> {
        let all = self.cards.iter().flat_map(Card::subtree);
        all.into_iter().find(|card| holds(card)).map(|card| card.id)
    }

    /// A card whose own content may be changed.
    fn open(&mut self, id: CardId) -> Result<&mut Card, EditError> {
        let subject = self.subject;
        let card = card_mut(&mut self.cards, id).ok_or_else(|| missing(id))?;
        if subject == Subject::Workflow && card.locked_by_template {
            return Err(EditError::Locked(id));
        }
        Ok(card)
    }

    fn branch(&mut self, id: BranchId) -> Result<&mut Branch, EditError> {
        let holder = self.holder(|card| card.branches.iter().any(|branch| branch.id == id));
        let card = self.open(holder.ok_or_else(|| missing(id))?)?;
        let found = card.branches.iter_mut().find(|branch| branch.id == id);
        found.ok_or_else(|| missing(id))
    }

    /// A card and where it stands.
    fn find(&self, id: CardId) -> Result<(Card, Place), EditError> {
        find(&self.cards, None, id).ok_or_else(|| missing(id))
    }

    /// Takes out a card that may be taken out.
    fn take(&mut self, id: CardId) -> Result<(Card, Place), EditError> {
        let (card, place) = self.find(id)?;
        if let Some(locked) = self.locked(&card) {
            return Err(EditError::Locked(locked));
        }
        let lane = match place.branch {
            None => &mut self.cards,
            Some(branch) => {
                let lane = branch_mut(&mut self.cards, branch);
                &mut lane.ok_or_else(|| missing(branch))?.cards
            }
        };
        lane.retain(|card| card.id != id);
        Ok((card, place))
    }

    fn take_branch(&mut self, id: BranchId) -> Result<(CardId, Branch, usize), EditError> {
        let holder = self.holder(|card| card.branches.iter().any(|branch| branch.id == id));
        let card = self.open(holder.ok_or_else(|| missing(id))?)?;
        let index = card.branches.iter().position(|branch| branch.id == id);
        let index = index.ok_or_else(|| missing(id))?;
        Ok((card.id, card.branches.remove(index), index))
    }

    fn take_element(&mut self, id: ElementId) -> Result<(CardId, Element, usize), EditError> {
        let holder = self.holder(|card| card.elements.iter().any(|element| element.id == id));
        let card = self.open(holder.ok_or_else(|| missing(id))?)?;
        let index = card.elements.iter().position(|element| element.id == id);
        let index = index.ok_or_else(|| missing(id))?;
        Ok((card.id, card.elements.remove(index), index))
    }
}

fn put<T>(list: &mut Vec<T>, item: T, index: usize, clamps: bool) -> Result<(), EditError> {
    let length = list.len();
    if index <= length {
        list.insert(index, item);
    } else if clamps {
        list.push(item);
    } else {
        return Err(EditError::OutOfRange { index, length });
    }
    Ok(())
}

fn find(cards: &[Card], branch: Option<BranchId>, id: CardId) -> Option<(Card, Place)> {
    for (index, card) in cards.iter().enumerate() {
        if card.id == id {
            return Some((card.clone(), Place { branch, index }));
        }
        let mut lanes = card.branches.iter();
        if let Some(found) = lanes.find_map(|branch| find(&branch.cards, Some(branch.id), id)) {
            return Some(found);
        }
    }
    None
}

fn card_mut(cards: &mut [Card], id: CardId) -> Option<&mut Card> {
    for card in cards {
        if card.id == id {
            return Some(card);
        }
        for branch in &mut card.branches {
            if let Some(found) = card_mut(&mut branch.cards, id) {
                return Some(found);
            }
        }
    }
    None
}

fn branch_mut(cards: &mut [Card], id: BranchId) -> Option<&mut Branch> {
    for card in cards {
        for branch in &mut card.branches {
            if branch.id == id {
                return Some(branch);
            }
            if let Some(found) = branch_mut(&mut branch.cards, id) {
                return Some(found);
            }
        }
    }
    None
}
