use serde_json::{Value, json};

use super::*;
use crate::{
    outcome::Outcome,
    sample::{
        branch_id, card, card_id, confirm, element_id, free_text, jump, lane, message, offer, option_id,
        outcome, question,
    },
};

fn tree() -> CardTree {
    let cards = vec![
        question(
            1,
            vec![vec![offer(2, vec![outcome(3, Outcome::Saved)])], vec![message(4)]],
        ),
        jump(5, 6),
        confirm(6, 7),
        outcome(8, Outcome::Saved),
    ];
    CardTree::new(4, cards).unwrap()
}

fn edit(tree: &CardTree, op: Op) -> Result<Edited, EditError> {
    let mut next = 10_000_u128;
    edit_tree(tree, tree.revision(), op, Subject::Workflow, &mut || {
        next += 1;
        Uuid::from_u128(next)
    })
}

fn place(branch: Option<u128>, index: usize) -> Place {
    Place {
        branch: branch.map(branch_id),
        index,
    }
}

/// One op of each kind.
pub(crate) fn every_op() -> Vec<Op> {
    let mut face = Face::of(&message(4));
    face.title = Text::english("New words");
    face.visible_when = Some(Condition::parse(&json!({"tag": "vip"}), "#").unwrap());
    let new_lane = Branch {
        id: branch_id(900),
        ..lane(vec![message(90)])
    };
    vec![
        Op::AddCard {
            card: Box::new(card(90, vec![lane(vec![message(91)])])),
            at: place(Some(101), 1),
        },
        Op::UpdateCard {
            card: card_id(4),
            face: Box::new(face),
        },
        Op::MoveCard {
            card: card_id(2),
            to: place(None, 1),
        },
        Op::DuplicateCard { card: card_id(1) },
        Op::DeleteCard { card: card_id(1) },
        Op::AddBranch {
            card: card_id(1),
            branch: Box::new(new_lane),
            index: 0,
        },
        Op::UpdateBranch {
            branch: branch_id(101),
            when: Condition::parse(&json!({"tag": "vip"}), "#").unwrap(),
        },
        Op::MoveBranch {
            branch: branch_id(101),
            index: 0,
        },
        Op::DeleteBranch {
            branch: branch_id(100),
        },
        Op::AddElement {
            card: card_id(4),
            element: Box::new(free_text(90, true)),
            index: 0,
        },
        Op::UpdateElement {
            element: Box::new(free_text(1, false)),
        },
        Op::MoveElement {
            element: element_id(1),
            to: card_id(4),
            index: 0,
        },
        Op::DuplicateElement {
            element: element_id(1),
        },
        Op::DeleteElement {
            element: element_id(1),
        },
    ]
}

#[test]
fn every_op_is_taken_back_by_its_inverse_and_made_again_by_the_inverses_inverse() {
    for op in every_op() {
        let before = tree();
        let done = edit(&before, op.clone()).unwrap();
        assert_eq!(done.tree.revision(), 5);
        assert_ne!(done.tree.cards(), before.cards(), "{}", op.name());

        let undone = edit(&done.tree, done.inverse).unwrap();
        assert_eq!(undone.tree.cards(), before.cards(), "{}", op.name());
        let redone = edit(&undone.tree, undone.inverse).unwrap();
        assert_eq!(redone.tree.cards(), done.tree.cards(), "{}", op.name());
    }
}

#[test]
fn every_op_is_written_as_it_was_read() {
    for op in every_op() {
        let document = serde_json::to_value(&op).unwrap();
        assert_eq!(Op::parse(&document, "#").unwrap(), op);
        let mut odd = document.clone();
        odd["colour"] = json!("red");
        let errors = Op::parse(&odd, "#/ops/0").unwrap_err();
        assert_eq!(
            (errors[0].pointer.as_str(), errors[0].code.as_ref()),
            ("#/ops/0/colour", "unknown-key")
        );
    }
    let wrong = |value: Value| Op::parse(&value, "#").unwrap_err().remove(0).pointer;
    assert_eq!(wrong(json!({"op": "paint"})), "#/op");
    assert_eq!(wrong(json!({"op": "move_card", "card": card_id(1)})), "#/to");
    assert_eq!(
        wrong(json!({"op": "delete_card", "card": element_id(1)})),
        "#/card"
    );
    assert_eq!(
        wrong(
            json!({"op": "update_card", "card": card_id(1), "face": {"kind": "outcome", "settings": {"outcome": "won"}}})
        ),
        "#/face/settings/outcome"
    );
}

#[test]
fn what_would_break_the_tree_changes_nothing() {
    let breaks = |op: Op| match edit(&tree(), op).unwrap_err() {
        EditError::Breaks(errors) => errors[0].code.clone().into_owned(),
        other => panic!("{other}"),
    };
    assert_eq!(breaks(Op::DeleteCard { card: card_id(6) }), "jump-to-nowhere");
    assert_eq!(
        breaks(Op::MoveCard {
            card: card_id(6),
            to: place(None, 0)
        }),
        "jump-back"
    );
    assert_eq!(
        breaks(Op::AddCard {
            card: Box::new(message(4)),
            at: place(None, 0)
        }),
        "duplicate-id"
    );
    let ends = Face::of(&outcome(1, Outcome::Saved));
    assert_eq!(
        breaks(Op::UpdateCard {
            card: card_id(1),
            face: Box::new(ends)
        }),
        "branches-on-end"
    );
}

#[test]
fn a_card_does_not_go_into_its_own_lanes_nor_beyond_the_end() {
    let own = Op::MoveCard {
        card: card_id(1),
        to: place(Some(200), 0),
    };
    assert_eq!(edit(&tree(), own).unwrap_err(), EditError::IntoItself);
    let beyond = Op::MoveCard {
        card: card_id(4),
        to: place(None, 5),
    };
    assert_eq!(
        edit(&tree(), beyond).unwrap_err(),
        EditError::OutOfRange { index: 5, length: 4 }
    );
    let nowhere = Op::DeleteCard { card: card_id(77) };
    assert_eq!(
        edit(&tree(), nowhere).unwrap_err(),
        EditError::NotFound(card_id(77).to_string())
    );
}

#[test]
fn a_stale_base_is_rebased_while_its_targets_are_there() {
    let tree = edit(&tree(), Op::DeleteCard { card: card_id(4) }).unwrap().tree;
    let mut none = || Uuid::nil();
    let mut stale = |base: u64, op: Op| edit_tree(&tree, base, op, Subject::Workflow, &mut none);

    let add = Op::AddCard {
        card: Box::new(message(50)),
        at: place(Some(101), 1),
    };
    let edited = stale(4, add).unwrap();
    assert!(edited.rebased);
    assert_eq!(edited.inverse, Op::DeleteCard { card: card_id(50) });

    let gone = Op::DeleteCard { card: card_id(4) };
    assert_eq!(
        stale(4, gone).unwrap_err(),
        EditError::Stale(card_id(4).to_string())
    );
    let ahead = Op::DeleteCard { card: card_id(1) };
    assert_eq!(
        stale(6, ahead).unwrap_err(),
        EditError::UnknownRevision { base: 6, current: 5 }
    );
}

#[test]
fn what_the_template_locked_stays_in_a_workflow() {
    let mut locked = message(2);
    locked.locked_by_template = true;
    locked.elements = vec![free_text(1, false)];
    let tree = CardTree::new(
        0,
        vec![card(1, vec![lane(vec![locked])]), outcome(3, Outcome::Saved)],
    )
    .unwrap();
    let ops = [
        Op::DeleteCard { card: card_id(1) },
        Op::DeleteCard { card: card_id(2) },
        Op::DeleteBranch {
            branch: branch_id(100),
        },
        Op::DeleteElement {
            element: element_id(1),
        },
        Op::UpdateCard {
            card: card_id(2),
            face: Box::new(Face::of(&message(2))),
        },
    ];
    for op in ops {
        assert_eq!(
            edit(&tree, op.clone()).unwrap_err(),
            EditError::Locked(card_id(2))
        );
        assert!(edit_tree(&tree, 0, op, Subject::Template, &mut Uuid::nil).is_ok());
    }
    let copy = edit(&tree, Op::DuplicateCard { card: card_id(2) }).unwrap();
    assert_eq!(
        copy.tree
            .all()
            .iter()
            .filter(|card| card.locked_by_template)
            .count(),
        1
    );
}

#[test]
fn a_copied_question_is_asked_by_its_own_lanes() {
    let edited = edit(&tree(), Op::DuplicateCard { card: card_id(1) }).unwrap();
    let copy = &edited.tree.cards()[1];

    assert_ne!(copy.id, card_id(1));
    let asked = copy.branches[0].when.asked();
    assert_eq!(
        asked,
        std::collections::BTreeSet::from([crate::condition::Asked::Answer(copy.elements[0].id)])
    );
    let text = serde_json::to_string(copy).unwrap();
    assert!(!text.contains(&option_id(10).to_string()));
}
