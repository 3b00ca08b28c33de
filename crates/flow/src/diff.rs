//! What is different between two trees of one workflow: by id, so that a card that moved is the same card.

use std::{
    collections::{BTreeMap, BTreeSet},
    hash::Hash,
};

use serde::Serialize;

use crate::{card::Card, condition::Condition, edit::Face, element::Element, tree::CardTree};
use kale_domain::id::{BranchId, CardId, ElementId};

/// Everything that is different. Enough to make the one tree from the other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Diff {
    /// Cards; their home is the lane they stand in, none for the tree itself.
    pub cards: Vec<Change<CardId, Option<BranchId>, Face>>,
    /// Branches; their home is their card.
    pub branches: Vec<Change<BranchId, CardId, Condition>>,
    /// Elements; their home is their card.
    pub elements: Vec<Change<ElementId, CardId, Element>>,
}

/// One thing that is different.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change<I, H, C> {
    /// Which.
    pub id: I,
    /// As it was; none for one that is new.
    pub before: Option<Standing<H, C>>,
    /// As it is; none for one that is gone.
    pub after: Option<Standing<H, C>>,
    /// Whether it stands elsewhere now: in another home, or in another order among those that stayed.
    pub moved: bool,
    /// Whether its content is another.
    pub changed: bool,
}

/// Where something stands, and what it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Standing<H, C> {
    /// In what.
    pub home: H,
    /// Before how many others it comes, from 0.
    pub index: usize,
    /// What it is, without what it holds.
    pub content: C,
}

impl Diff {
    /// Whether nothing is different.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.cards.is_empty() && self.branches.is_empty() && self.elements.is_empty()
    }
}

/// What has to be done to `before` to make it `after`. In document order: what is there, then what is gone.
#[must_use]
pub fn diff(before: &CardTree, after: &CardTree) -> Diff {
    let (before, after) = (Flat::of(before), Flat::of(after));
    Diff {
        cards: compare(&before.cards, &after.cards),
        branches: compare(&before.branches, &after.branches),
        elements: compare(&before.elements, &after.elements),
    }
}

/// Things of one kind in document order.
type Things<I, H, C> = Vec<(I, Standing<H, C>)>;

/// A tree taken apart.
#[derive(Default)]
struct Flat {
    cards: Things<CardId, Option<BranchId>, Face>,
    branches: Things<BranchId, CardId, Condition>,
    elements: Things<ElementId, CardId, Element>,
}

impl Flat {
    fn of(tree: &CardTree) -> Self {
        let mut flat = Self::default();
        flat.lane(None, tree.cards());
        flat
    }

    fn lane(&mut self, home: Option<BranchId>, cards: &[Card]) {
        for (index, card) in cards.iter().enumerate() {
            let content = Face::of(card);
            self.cards.push((card.id, Standing { home, index, content }));
            for (index, element) in card.elements.iter().enumerate() {
                let (home, content) = (card.id, element.clone());
                self.elements
                    .push((element.id, Standing { home, index, content }));
            }
            for (index, branch) in card.branches.iter().enumerate() {
                let (home, content) = (card.id, branch.when.clone());
                self.branches.push((branch.id, Standing { home, index, content }));
                self.lane(Some(branch.id), &branch.cards);
            }
        }
    }
}

fn compare<I, H, C>(before: &[(I, Standing<H, C>)], after: &[(I, Standing<H, C>)]) -> Vec<Change<I, H, C>>
where
    I: Copy + Ord + Hash,
    H: Clone + Ord,
    C: Clone + PartialEq,
{
    let mut gone: BTreeMap<I, Standing<H, C>> = before.iter().cloned().collect();
    let stayed = stayed(&gone, after);
    let mut changes = Vec::new();
    for (id, now) in after {
        let was = gone.remove(id);
        let changed = was.as_ref().is_some_and(|was| was.content != now.content);
        let moved = was.is_some() && !stayed.contains(id);
        if was.is_none() || changed || moved {
            changes.push(Change {
                id: *id,
                before: was,
                after: Some(now.clone()),
                moved,
                changed,
            });
        }
    }
    for (id, _) in before {
        if let Some(was) = gone.remove(id) {
            changes.push(Change {
                id: *id,
                before: Some(was),
                after: None,
                moved: false,
                changed: false,
            });
        }
    }
    changes
}

/// Of each home, the most of its things that are still there in the same order. The others moved.
fn stayed<I, H, C>(before: &BTreeMap<I, Standing<H, C>>, after: &[(I, Standing<H, C>)]) -> BTreeSet<I>
where
    I: Copy + Ord,
    H: Clone + Ord,
{
    let mut homes: BTreeMap<H, Vec<(usize, usize, I)>> = BTreeMap::new();
    for (id, now) in after {
        if let Some(was) = before.get(id).filter(|was| was.home == now.home) {
            let entry = homes.entry(now.home.clone()).or_default();
            entry.push((now.index, was.index, *id));
        }
    }
    let mut stayed = BTreeSet::new();
    for mut things in homes.into_values() {
        things.sort_unstable_by_key(|(now, _, _)| *now);
        let order: Vec<(usize, I)> = things.into_iter().map(|(_, was, id)| (was, id)).collect();
        stayed.extend(longest_rise(&order));
    }
    stayed
}

/// The longest part of a list whose numbers rise.
fn longest_rise<I: Copy>(list: &[(usize, I)]) -> Vec<I> {
    // Per item: how long the longest rise that ends here is, and what comes before it there.
    let mut best: Vec<(usize, Option<usize>)> = Vec::with_capacity(list.len());
    for (number, _) in list {
        let earlier = list.iter().zip(&best).enumerate();
        let longest = earlier
            .filter(|(_, ((other, _), _))| other < number)
            .max_by_key(|(_, (_, (length, _)))| *length);
        let (length, at) = longest.map_or((0, None), |(at, (_, (length, _)))| (*length, Some(at)));
        best.push((length + 1, at));
    }
    let mut end = (0..best.len()).max_by_key(|at| best.get(*at).map(|(length, _)| *length));
    let mut rise = Vec::new();
    while let Some(at) = end {
        rise.extend(list.get(at).map(|(_, id)| *id));
        end = best.get(at).and_then(|(_, before)| *before);
    }
    rise
}

#[cfg(test)]
pub(crate) mod tests;
