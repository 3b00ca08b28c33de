//! Moving a card: up and down its lane, to the lane beside, to a place that was chosen.

use kale_application::workflows::{CardTree, Locale, Op, Place};
use kale_domain::id::CardId;

use super::spot::{Spot, beside, lane_cards, lane_name, spot_of};
use crate::workflows::{outline, words};

/// Where to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Up,
    Down,
    Left,
    Right,
    To(Spot),
}

/// What comes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Moved {
    /// An operation, and what is said of it.
    Op(Op, String),
    /// It can't go there; what is said of it.
    Stays(String),
}

/// Moves a card; `None` where the tree has no such card or place.
pub(super) fn moved(tree: &CardTree, card: CardId, way: Way, locale: &Locale) -> Option<Moved> {
    let own = spot_of(tree, card)?;
    let length = lane_cards(tree, own.lane)?.len();
    let found = tree.card(card)?;
    let name = match outline::title(found, tree, locale) {
        title if found.title.is_blank() => title,
        title => format!("{} “{title}”", words::card_look(found.kind.name()).label),
    };
    let stays = |why: &str| Some(Moved::Stays(format!("{name} {why}")));
    let to = match way {
        Way::Up if own.index == 0 => return stays("is the first of its lane."),
        Way::Up => Spot {
            index: own.index.saturating_sub(1),
            ..own
        },
        Way::Down if own.index.saturating_add(1) >= length => return stays("is the last of its lane."),
        Way::Down => Spot {
            index: own.index.saturating_add(1),
            ..own
        },
        Way::Left | Way::Right => {
            let lane = own.lane.and_then(|lane| beside(tree, lane, way == Way::Right));
            let Some(lane) = lane else {
                return stays("has no lane there.");
            };
            Spot {
                lane: Some(lane.id),
                index: own.index.min(lane.cards.len()),
            }
        }
        // A place is before a card; the card itself is not counted.
        Way::To(spot) if spot.lane == own.lane && spot.index > own.index => Spot {
            index: spot.index.saturating_sub(1),
            ..spot
        },
        Way::To(spot) => spot,
    };
    if to == own {
        return stays("stands there.");
    }
    let there = lane_cards(tree, to.lane)?.len();
    let of = if to.lane == own.lane {
        there
    } else {
        there.saturating_add(1)
    };
    let lane = lane_name(tree, to.lane, locale);
    let said = format!(
        "{name} moved to {} of {of} in {lane}.",
        to.index.saturating_add(1)
    );
    let to = Place::from(to);
    Some(Moved::Op(Op::MoveCard { card, to }, said))
}

#[cfg(test)]
mod tests {
    use kale_application::templates::Templates;

    use super::*;

    fn tree() -> CardTree {
        Templates.get("cancel_saas").unwrap().tree
    }

    fn said(moved: Option<Moved>) -> String {
        match moved.unwrap() {
            Moved::Op(_, said) | Moved::Stays(said) => said,
        }
    }

    #[test]
    fn a_card_goes_to_the_lane_beside_and_says_where_it_stands() {
        let tree = tree();
        let asked = &tree.cards()[0];
        let card = asked.branches[0].cards[0].id;
        let english = Locale::english();

        let Some(Moved::Op(Op::MoveCard { to, .. }, said)) = moved(&tree, card, Way::Right, &english) else {
            panic!("it stays");
        };
        assert_eq!((to.branch, to.index), (Some(asked.branches[1].id), 0));
        let of = asked.branches[1].cards.len() + 1;
        let lane = lane_name(&tree, to.branch, &english);
        assert!(
            said.ends_with(&format!("moved to 1 of {of} in {lane}.")),
            "{said}"
        );
    }

    #[test]
    fn a_card_that_can_go_nowhere_says_so() {
        let tree = tree();
        let first = tree.cards()[0].id;
        let english = Locale::english();
        assert!(said(moved(&tree, first, Way::Up, &english)).ends_with("is the first of its lane."));
        assert!(said(moved(&tree, first, Way::Left, &english)).ends_with("has no lane there."));
        let own = Spot { lane: None, index: 1 };
        assert!(said(moved(&tree, first, Way::To(own), &english)).ends_with("stands there."));
    }

    #[test]
    fn a_place_behind_the_card_is_counted_without_it() {
        let tree = tree();
        let first = tree.cards()[0].id;
        let end = Spot {
            lane: None,
            index: tree.cards().len(),
        };
        let Some(Moved::Op(Op::MoveCard { to, .. }, _)) =
            moved(&tree, first, Way::To(end), &Locale::english())
        else {
            panic!("it stays");
        };
        assert_eq!(to.index, tree.cards().len() - 1);
    }
}
