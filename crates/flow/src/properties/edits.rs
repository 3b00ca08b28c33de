//! Random edits.

use super::*;

pub(super) const FORWARD: [Action; 3] = [Action::Next, Action::Accept, Action::Decline];
pub(super) const ANY: [Action; 5] = [
    Action::Next,
    Action::Accept,
    Action::Decline,
    Action::Back,
    Action::Cancel,
];

/// One random edit of whatever the tree has.
#[expect(clippy::too_many_lines, reason = "one arm for each kind of edit")]
pub(super) fn random_op(tree: &CardTree, kind: u8, picks: &[Index; 3], fresh: u128) -> Option<Op> {
    let cards = tree.all();
    let [a, b, c] = picks;
    let one = |pick: &Index| (!cards.is_empty()).then(|| cards[pick.index(cards.len())]);
    let branches: Vec<&Branch> = cards.iter().flat_map(|card| &card.branches).collect();
    let branch = |pick: &Index| (!branches.is_empty()).then(|| branches[pick.index(branches.len())]);
    let elements: Vec<&Element> = cards.iter().flat_map(|card| &card.elements).collect();
    let element = |pick: &Index| (!elements.is_empty()).then(|| elements[pick.index(elements.len())]);
    let place = || {
        let into = branch(b).filter(|_| c.index(2) == 0);
        let length = into.map_or(tree.cards().len(), |branch| branch.cards.len());
        Place {
            branch: into.map(|branch| branch.id),
            index: c.index(length + 1),
        }
    };
    Some(match kind % 14 {
        0 => Op::AddCard {
            card: Box::new(message(fresh)),
            at: place(),
        },
        1 => Op::UpdateCard {
            card: one(a)?.id,
            face: Box::new(Face::of(one(b)?)),
        },
        2 | 3 => Op::MoveCard {
            card: one(a)?.id,
            to: place(),
        },
        4 => Op::DuplicateCard { card: one(a)?.id },
        5 => Op::DeleteCard { card: one(a)?.id },
        6 => Op::AddBranch {
            card: one(a)?.id,
            branch: Box::new(Branch {
                id: branch_id(fresh),
                when: tagged("old"),
                cards: vec![message(fresh)],
            }),
            index: 0,
        },
        7 => Op::UpdateBranch {
            branch: branch(a)?.id,
            when: branch(b)?.when.clone(),
        },
        8 => Op::MoveBranch {
            branch: branch(a)?.id,
            index: 0,
        },
        9 => Op::DeleteBranch {
            branch: branch(a)?.id,
        },
        10 => Op::MoveElement {
            element: element(a)?.id,
            to: one(b)?.id,
            index: 0,
        },
        11 => Op::DuplicateElement {
            element: element(a)?.id,
        },
        12 => Op::DeleteElement {
            element: element(a)?.id,
        },
        _ => Op::AddElement {
            card: one(a)?.id,
            element: Box::new(free_text(fresh, false)),
            index: 0,
        },
    })
}

/// Applies random edits; the refused ones are passed over. Gives the tree and what takes the edits back, last first.
pub(super) fn edited(tree: &CardTree, ops: &[(u8, [Index; 3])]) -> (CardTree, Vec<Op>) {
    let mut tree = tree.clone();
    let mut inverses = Vec::new();
    let mut next = 100_000_u128;
    for (kind, picks) in ops {
        next += 100;
        let Some(op) = random_op(&tree, *kind, picks, next) else {
            continue;
        };
        let mut id = next * 1_000;
        let result = edit_tree(&tree, tree.revision(), op, Subject::Workflow, &mut || {
            id += 1;
            Uuid::from_u128(id)
        });
        match result {
            Ok(edit) => {
                tree = edit.tree;
                inverses.insert(0, edit.inverse);
            }
            Err(EditError::Breaks(_) | EditError::IntoItself | EditError::OutOfRange { .. }) => {}
            Err(other) => panic!("{other}"),
        }
    }
    (tree, inverses)
}

pub(super) fn ops() -> impl Strategy<Value = Vec<(u8, [Index; 3])>> {
    vec(any::<(u8, [Index; 3])>(), 0..6)
}
