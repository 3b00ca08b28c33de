use serde_json::{Value, json};

use super::*;
use crate::{
    outcome::Outcome,
    sample::{card, card_id, confirm, free_text, jump, lane, message, offer, outcome, question},
};

fn codes(value: &Value) -> Vec<(String, String)> {
    CardTree::parse(value, "#")
        .unwrap_err()
        .into_iter()
        .map(|error| (error.pointer, error.code.into_owned()))
        .collect()
}

fn at(pointer: &str, code: &str) -> (String, String) {
    (pointer.to_owned(), code.to_owned())
}

#[test]
fn a_tree_is_written_as_it_was_read() {
    let mut why = question(
        1,
        vec![vec![offer(2, vec![outcome(3, Outcome::Saved)])], vec![jump(4, 5)]],
    );
    why.elements.push(free_text(99, false));
    why.visible_when = Some(Condition::parse(&json!({"tag": "vip"}), "#").unwrap());
    let tree = CardTree::new(7, vec![why, confirm(5, 6), outcome(7, Outcome::Saved)]).unwrap();
    let document = serde_json::to_value(&tree).unwrap();

    assert_eq!(CardTree::parse(&document, "#").unwrap(), tree);
    assert_eq!(
        serde_json::from_value::<CardTree>(document.clone()).unwrap(),
        tree
    );
    assert_eq!(
        serde_json::to_value(CardTree::parse(&document, "#").unwrap()).unwrap(),
        document
    );
}

use crate::condition::Condition;

#[test]
fn every_mistake_is_told_at_its_place() {
    let id = |n: u128| card_id(n).to_string();
    let document = json!({"revision": 1, "cards": [
        {"id": id(1), "kind": "survey"},
        {"id": id(2), "kind": "message", "colour": "red"},
        {"id": id(3), "kind": "message", "settings": {"look": "loud"}},
        {"id": "crd_1", "kind": "message"},
        {"id": id(4), "kind": "question", "elements": [{"id": "elm_x", "kind": "text"}, {"id": crate::sample::element_id(1), "kind": "video"}],
         "branches": [{"id": crate::sample::branch_id(1), "when": {"tag": ""}, "cards": [{"id": id(5)}]}]},
    ]});

    assert_eq!(
        codes(&document),
        [
            at("#/cards/0/kind", "unknown-card-kind"),
            at("#/cards/1/colour", "unknown-key"),
            at("#/cards/2/settings/look", "invalid-value"),
            at("#/cards/3/id", "invalid-value"),
            at("#/cards/4/elements/0/id", "invalid-value"),
            at("#/cards/4/elements/1/kind", "unknown-element-kind"),
            at("#/cards/4/branches/0/when/tag", "empty-text"),
            at("#/cards/4/branches/0/cards/0", "missing-key"),
        ]
    );
}

#[test]
fn what_would_break_a_walk_cannot_be_written() {
    let broken = |cards: Vec<Card>| -> Vec<(String, String)> {
        CardTree::new(0, cards)
            .unwrap_err()
            .into_iter()
            .map(|error| (error.pointer, error.code.into_owned()))
            .collect()
    };

    assert_eq!(
        broken(vec![message(1), message(1)]),
        [at("#/cards/1/id", "duplicate-id")]
    );
    assert_eq!(
        broken(vec![message(1), jump(2, 1)]),
        [at("#/cards/1/settings/to", "jump-back")]
    );
    assert_eq!(
        broken(vec![jump(2, 2)]),
        [at("#/cards/0/settings/to", "jump-back")]
    );
    assert_eq!(
        broken(vec![jump(2, 9)]),
        [at("#/cards/0/settings/to", "jump-to-nowhere")]
    );
    let mut end = outcome(1, Outcome::Saved);
    end.branches = card(2, vec![lane(vec![])]).branches;
    assert_eq!(broken(vec![end]), [at("#/cards/0/branches", "branches-on-end")]);
    let mut loud = jump(1, 2);
    loud.elements = vec![free_text(1, false)];
    assert_eq!(
        broken(vec![loud, message(2)]),
        [at("#/cards/0/elements", "elements-on-jump")]
    );
    assert!(CardTree::new(0, vec![outcome(1, Outcome::Saved), jump(2, 1)]).is_ok());
}

#[test]
fn sizes_are_bounded() {
    let many: Vec<Card> = (1..=201).map(message).collect();
    assert_eq!(CardTree::new(0, many).unwrap_err()[0].code, "too-many-cards");

    let mut deep = message(7);
    for n in (1..=6).rev() {
        deep = card(n, vec![lane(vec![deep])]);
    }
    let document = json!({"cards": [deep]});
    assert_eq!(codes(&document).len(), 1);
    assert_eq!(CardTree::new(0, vec![deep]).unwrap_err()[0].code, "tree-too-deep");

    let mut full = message(1);
    full.elements = (1..=51).map(|n| free_text(n, false)).collect();
    assert_eq!(CardTree::new(0, vec![full]).unwrap_err()[0].code, "too-many");

    let mut wordy = message(1);
    wordy.title = crate::text::Text::english("x".repeat(4_001));
    let errors = CardTree::new(0, vec![wordy]).unwrap_err();
    assert_eq!(
        (errors[0].pointer.as_str(), errors[0].code.as_ref()),
        ("#/cards/0/title", "text-too-long")
    );
}
