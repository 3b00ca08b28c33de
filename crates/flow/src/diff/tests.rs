use super::*;
use crate::{
    card::Branch,
    edit::{Op, Place, Subject, edit_tree},
    sample::{branch_id, card, card_id, confirm, lane, message, question},
};

fn tree(cards: Vec<Card>) -> CardTree {
    CardTree::new(0, cards).unwrap()
}

/// Makes the later tree from the earlier one and what is said to be different.
pub(crate) fn applied(before: &CardTree, diff: &Diff) -> Vec<Card> {
    let flat = Flat::of(before);
    let cards = patched(flat.cards, &diff.cards);
    let branches = patched(flat.branches, &diff.branches);
    let elements = patched(flat.elements, &diff.elements);
    lane_of(None, &cards, &branches, &elements)
}

/// The things of each home in order.
type Homes<I, H, C> = BTreeMap<H, Vec<(I, C)>>;

fn patched<I: Copy + Ord, H: Copy + Ord, C: Clone>(
    things: Things<I, H, C>,
    changes: &[Change<I, H, C>],
) -> Homes<I, H, C> {
    let by_id: BTreeMap<I, &Change<I, H, C>> = changes.iter().map(|change| (change.id, change)).collect();
    let mut homes: Homes<I, H, C> = BTreeMap::new();
    for (id, was) in things {
        let kept = match by_id.get(&id) {
            None => Some(was.content),
            Some(change) if change.moved => None,
            Some(change) => change.after.as_ref().map(|now| now.content.clone()),
        };
        if let Some(content) = kept {
            homes.entry(was.home).or_default().push((id, content));
        }
    }
    let put = changes
        .iter()
        .filter(|change| change.moved || change.before.is_none());
    let mut put: Vec<(usize, H, I, C)> = put
        .filter_map(|change| {
            let now = change.after.as_ref()?;
            Some((now.index, now.home, change.id, now.content.clone()))
        })
        .collect();
    put.sort_by_key(|(index, ..)| *index);
    for (index, home, id, content) in put {
        homes.entry(home).or_default().insert(index, (id, content));
    }
    homes
}

fn lane_of(
    home: Option<BranchId>,
    cards: &Homes<CardId, Option<BranchId>, Face>,
    branches: &Homes<BranchId, CardId, Condition>,
    elements: &Homes<ElementId, CardId, Element>,
) -> Vec<Card> {
    let lane = cards.get(&home).into_iter().flatten();
    lane.map(|(id, face)| Card {
        id: *id,
        kind: face.kind.clone(),
        title: face.title.clone(),
        visible_when: face.visible_when.clone(),
        locked_by_template: face.locked_by_template,
        elements: elements
            .get(id)
            .into_iter()
            .flatten()
            .map(|(_, element)| element.clone())
            .collect(),
        branches: branches
            .get(id)
            .into_iter()
            .flatten()
            .map(|(branch, when)| Branch {
                id: *branch,
                when: when.clone(),
                cards: lane_of(Some(*branch), cards, branches, elements),
            })
            .collect(),
    })
    .collect()
}

fn edited(tree: &CardTree, op: Op) -> CardTree {
    let mut fresh = 5_000_u128;
    edit_tree(tree, tree.revision(), op, Subject::Workflow, &mut || {
        fresh += 1;
        uuid::Uuid::from_u128(fresh)
    })
    .unwrap()
    .tree
}

#[test]
fn a_card_put_in_front_moves_no_other() {
    let before = tree(vec![message(1), message(2), confirm(900, 901)]);
    let after = edited(
        &before,
        Op::AddCard {
            card: Box::new(message(3)),
            at: Place {
                branch: None,
                index: 0,
            },
        },
    );
    let diff = diff(&before, &after);
    let ids: Vec<CardId> = diff.cards.iter().map(|change| change.id).collect();
    assert_eq!(ids, [card_id(3)]);
    assert!(diff.cards[0].before.is_none() && diff.branches.is_empty() && diff.elements.is_empty());
    assert_eq!(applied(&before, &diff), after.cards());
}

#[test]
fn one_that_moved_is_said_once_and_what_stayed_is_not() {
    let before = tree(vec![
        card(1, vec![lane(vec![message(2)])]),
        message(3),
        message(4),
        message(5),
        confirm(900, 901),
    ]);
    let branch = before.card(card_id(1)).unwrap().branches[0].id;
    let last = Place {
        branch: None,
        index: 4,
    };
    let mut after = edited(
        &before,
        Op::MoveCard {
            card: card_id(3),
            to: last,
        },
    );
    let into = Place {
        branch: Some(branch),
        index: 0,
    };
    after = edited(
        &after,
        Op::MoveCard {
            card: card_id(5),
            to: into,
        },
    );

    let diff = diff(&before, &after);

    let mut moved: Vec<CardId> = diff.cards.iter().map(|change| change.id).collect();
    moved.sort_unstable();
    assert_eq!(moved, [card_id(3), card_id(5)]);
    assert!(diff.cards.iter().all(|change| change.moved && !change.changed));
    assert_eq!(applied(&before, &diff), after.cards());
}

#[test]
fn a_lane_that_is_gone_is_said_with_all_that_was_in_it() {
    let before = tree(vec![
        question(1, vec![vec![message(2)], vec![message(3)]]),
        confirm(900, 901),
    ]);
    let branch = before.card(card_id(1)).unwrap().branches[0].id;
    let after = edited(&before, Op::DeleteBranch { branch });

    let diff = diff(&before, &after);

    assert_eq!(diff.branches.len(), 1);
    assert!(branch != branch_id(1) && diff.branches[0].after.is_none());
    let gone: Vec<CardId> = diff.cards.iter().map(|change| change.id).collect();
    assert_eq!(gone, [card_id(2)]);
    assert_eq!(applied(&before, &diff), after.cards());
}

#[test]
fn the_longest_rise_is_found() {
    let rise = |numbers: &[usize]| {
        let list: Vec<(usize, usize)> = numbers.iter().map(|number| (*number, *number)).collect();
        let mut rise = longest_rise(&list);
        rise.reverse();
        rise
    };
    assert_eq!(rise(&[1, 2, 3, 0]), [1, 2, 3]);
    assert_eq!(rise(&[3, 0, 1, 2]), [0, 1, 2]);
    assert_eq!(rise(&[]), [0_usize; 0]);
    assert_eq!(rise(&[2, 1, 0]).len(), 1);
}
