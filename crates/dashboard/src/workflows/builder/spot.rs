//! Where cards stand and where they can be put.

use std::fmt;

use kale_application::workflows::{Branch, Card, CardTree, Locale, Place};
use kale_domain::id::{BranchId, CardId};

use crate::workflows::{conditions, outline};

/// A place for a card as forms name it: `root 0`, `brn_… 2`. It is before the card that stands there now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::workflows) struct Spot {
    /// In which lane; `None` for the tree itself.
    pub(in crate::workflows) lane: Option<BranchId>,
    /// Before which card of it; its length is the end.
    pub(in crate::workflows) index: usize,
}

impl Spot {
    /// Reads one; `None` for a text that names no place.
    pub(in crate::workflows) fn read(text: &str) -> Option<Self> {
        let (lane, index) = text.split_once(' ')?;
        let lane = match lane {
            "root" => None,
            id => Some(id.parse().ok()?),
        };
        let index = index.parse().ok()?;
        Some(Self { lane, index })
    }
}

impl fmt::Display for Spot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.lane {
            None => write!(f, "root {}", self.index),
            Some(lane) => write!(f, "{lane} {}", self.index),
        }
    }
}

impl From<Spot> for Place {
    fn from(spot: Spot) -> Self {
        Self {
            branch: spot.lane,
            index: spot.index,
        }
    }
}

/// The cards of a lane; `None` where the tree has no such lane.
pub(in crate::workflows) fn lane_cards(tree: &CardTree, lane: Option<BranchId>) -> Option<&[Card]> {
    match lane {
        None => Some(tree.cards()),
        Some(id) => tree.branch(id).map(|(_, branch)| branch.cards.as_slice()),
    }
}

/// Where a card stands.
pub(in crate::workflows) fn spot_of(tree: &CardTree, id: CardId) -> Option<Spot> {
    find(tree.cards(), None, id)
}

fn find(cards: &[Card], lane: Option<BranchId>, id: CardId) -> Option<Spot> {
    for (index, card) in cards.iter().enumerate() {
        if card.id == id {
            return Some(Spot { lane, index });
        }
        let mut lanes = card.branches.iter();
        if let Some(found) = lanes.find_map(|branch| find(&branch.cards, Some(branch.id), id)) {
            return Some(found);
        }
    }
    None
}

/// The lane that stands before or after a lane below the same card.
pub(in crate::workflows) fn beside(tree: &CardTree, lane: BranchId, right: bool) -> Option<&Branch> {
    let (card, _) = tree.branch(lane)?;
    let at = card.branches.iter().position(|branch| branch.id == lane)?;
    let next = if right {
        at.checked_add(1)
    } else {
        at.checked_sub(1)
    };
    card.branches.get(next?)
}

/// What a lane is called: `“It costs too much”` with its quotes, or the workflow.
pub(in crate::workflows) fn lane_name(tree: &CardTree, lane: Option<BranchId>, locale: &Locale) -> String {
    let branch = lane.and_then(|id| tree.branch(id));
    branch.map_or_else(
        || "the workflow".to_owned(),
        |(_, branch)| conditions::sentence(&branch.when, tree, locale),
    )
}

/// Where a card stands, in words: `2 of 3 in “It costs too much”`.
pub(in crate::workflows) fn standing(tree: &CardTree, id: CardId, locale: &Locale) -> String {
    let Some(spot) = spot_of(tree, id) else {
        return String::new();
    };
    let of = lane_cards(tree, spot.lane).map_or(0, <[Card]>::len);
    let lane = lane_name(tree, spot.lane, locale);
    format!("{} of {of} in {lane}", spot.index.saturating_add(1))
}

/// A place in words: `Before “What is the reason?”`, `At the end of “It costs too much”`.
pub(in crate::workflows) fn described(tree: &CardTree, spot: Spot, locale: &Locale) -> String {
    let cards = lane_cards(tree, spot.lane).unwrap_or_default();
    match cards.get(spot.index) {
        Some(card) => format!("Before “{}”", outline::title(card, tree, locale)),
        None if cards.is_empty() => format!("As the first card of {}", lane_name(tree, spot.lane, locale)),
        None => format!("At the end of {}", lane_name(tree, spot.lane, locale)),
    }
}

/// Every place of a tree outside of one card, in document order, each with how deep it lies.
pub(in crate::workflows) fn spots(tree: &CardTree, without: CardId) -> Vec<(Spot, usize)> {
    let mut found = Vec::new();
    below(tree.cards(), None, 0, without, &mut found);
    found
}

fn below(
    cards: &[Card],
    lane: Option<BranchId>,
    depth: usize,
    without: CardId,
    found: &mut Vec<(Spot, usize)>,
) {
    for (index, card) in cards.iter().enumerate() {
        found.push((Spot { lane, index }, depth));
        if card.id == without {
            continue;
        }
        for branch in &card.branches {
            below(
                &branch.cards,
                Some(branch.id),
                depth.saturating_add(1),
                without,
                found,
            );
        }
    }
    let index = cards.len();
    found.push((Spot { lane, index }, depth));
}

#[cfg(test)]
mod tests {
    use kale_application::templates::Templates;

    use super::*;

    #[test]
    fn a_place_is_read_as_it_is_written() {
        let tree = Templates.get("cancel_saas").unwrap().tree;
        let lane = tree.cards()[0].branches[0].id;
        for spot in [
            Spot { lane: None, index: 0 },
            Spot {
                lane: Some(lane),
                index: 2,
            },
        ] {
            assert_eq!(Spot::read(&spot.to_string()), Some(spot));
        }
        for wrong in ["", "root", "root x", "root -1", "crd_1 1", "brn_1 0"] {
            assert_eq!(Spot::read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_card_is_told_where_it_stands_and_never_into_itself() {
        let tree = Templates.get("cancel_saas").unwrap().tree;
        let asked = &tree.cards()[0];
        let inner = &asked.branches[0].cards[0];
        let english = Locale::english();

        assert_eq!(
            standing(&tree, asked.id, &english),
            format!("1 of {} in the workflow", tree.cards().len())
        );
        assert_eq!(
            standing(&tree, inner.id, &english),
            format!(
                "1 of {} in “It costs more than I want to pay”",
                asked.branches[0].cards.len()
            )
        );
        let all = spots(&tree, asked.id);
        assert!(
            all.iter()
                .all(|(spot, _)| spot.lane != Some(asked.branches[0].id))
        );
        assert!(spots(&tree, inner.id).len() > all.len());
        assert_eq!(
            beside(&tree, asked.branches[0].id, true).unwrap().id,
            asked.branches[1].id
        );
        assert!(beside(&tree, asked.branches[0].id, false).is_none());
    }
}
