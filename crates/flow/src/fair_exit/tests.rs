use super::*;
use crate::{
    card::{Card, CardKind},
    defaults::exit_profiles,
    element::{Checkbox, Element, ElementKind, Words},
    outcome::Outcome,
    sample::{card_id, confirm, element_id, free_text, hand_off, message, offer, outcome, question},
    text::Text,
};

mod disguised;

fn fair() -> Vec<Card> {
    vec![
        question(
            1,
            vec![
                vec![offer(2, vec![outcome(3, Outcome::Saved)])],
                vec![hand_off(4, vec![outcome(5, Outcome::Escalated)])],
            ],
        ),
        message(6),
        confirm(7, 8),
        outcome(9, Outcome::Saved),
    ]
}

fn refused(plant: impl FnOnce(&mut Vec<Card>)) -> Vec<(String, String)> {
    let mut cards = fair();
    plant(&mut cards);
    let tree = CardTree::new(0, cards).unwrap();
    let base = &exit_profiles().unwrap()[..1];
    let problems = fair_exit(&tree, base);
    assert!(
        problems
            .iter()
            .all(|problem| problem.rule.as_ref().unwrap().profile == "base")
    );
    problems
        .into_iter()
        .filter(Problem::is_error)
        .map(|problem| (problem.field.pointer, problem.field.code.into_owned()))
        .collect()
}

fn at(pointer: &str, code: &str) -> Vec<(String, String)> {
    vec![(pointer.to_owned(), code.to_owned())]
}

const OFFER: &str = "#/cards/0/branches/0/cards/0";
const HAND_OFF: &str = "#/cards/0/branches/1/cards/0";

fn decline(card: &mut Card, label: &str) {
    match &mut card.kind {
        CardKind::Offer(offer) => offer.decline = Text::english(label),
        CardKind::HandOff(hand_off) => hand_off.decline = Text::english(label),
        _ => panic!("{}", card.kind.name()),
    }
}

fn offer_card(cards: &mut [Card]) -> &mut Card {
    &mut cards[0].branches[0].cards[0]
}

fn says(card: &mut Card, text: &str) {
    card.elements.push(Element {
        id: element_id(500),
        kind: ElementKind::Text(Words {
            text: Text::english(text),
        }),
    });
}

fn consent(card: &mut Card, label: &str, ticked: bool) {
    card.elements.push(Element {
        id: element_id(501),
        kind: ElementKind::Checkbox(Checkbox {
            label: Text::english(label),
            ticked,
            required: false,
        }),
    });
}

#[test]
fn a_fair_flow_passes() {
    assert_eq!(refused(|_| {}), []);
}

#[test]
fn unfair_01_no_way_to_cancel() {
    let problems = refused(|cards| {
        cards.remove(2);
    });
    // What followed the keep button of that card follows nobody's wish now.
    let ends = at("#/cards/2", "kept-unasked");
    assert_eq!(problems, [at("#/cards", "cancel-not-one-click"), ends].concat());
}

#[test]
fn unfair_02_an_answer_before_cancelling() {
    let problems = refused(|cards| {
        let mut choice = cards[0].elements[0].clone();
        choice.id = element_id(502);
        if let ElementKind::SingleChoice(choice) = &mut choice.kind {
            choice.options.clear();
            choice.required = true;
        }
        cards[2].elements.push(choice);
    });
    assert_eq!(
        problems,
        at("#/cards/2/elements/0/config/required", "cancel-not-one-click")
    );
}

#[test]
fn unfair_03_a_decline_that_shames() {
    let problems = refused(|cards| decline(offer_card(cards), "No, I don\u{2019}t like saving money"));
    let place = format!("{OFFER}/settings/decline/en");
    assert_eq!(
        problems,
        [at(&place, "decline-not-plain"), at(&place, "wording-shaming")].concat()
    );
}

#[test]
fn unfair_04_a_mandatory_text() {
    let problems = refused(|cards| cards[0].elements.push(free_text(503, true)));
    assert_eq!(
        problems,
        at("#/cards/0/elements/1/config/required", "answer-required")
    );
}

#[test]
fn unfair_05_a_third_offer() {
    let lane = "#/cards/0/branches/0/cards";
    let third = |fallback: bool| {
        refused(|cards| {
            for n in [20, 30] {
                let mut more = offer(n, vec![outcome(n + 1, Outcome::Saved)]);
                if let CardKind::Offer(offer) = &mut more.kind {
                    offer.fallback = fallback;
                }
                cards[0].branches[0].cards.push(more);
            }
        })
    };
    assert_eq!(third(false), at(&format!("{lane}/2"), "too-many-offers"));
    // Stand-ins are dropped while walking.
    assert_eq!(third(true), []);
}

#[test]
fn unfair_06_an_offer_that_hides_its_end() {
    let hidden = refused(|cards| {
        offer_card(cards).elements.remove(0);
    });
    assert_eq!(hidden, at(&format!("{OFFER}/elements"), "terms-hidden"));
    let covered = refused(|cards| {
        offer_card(cards).elements[0].kind = ElementKind::Text(Words {
            text: Text::english("Back {{preview.resume_on|\"soon\"}}."),
        });
    });
    assert_eq!(covered, at(&format!("{OFFER}/elements"), "terms-hidden"));
}

#[test]
fn unfair_07_a_ticked_box() {
    let problems = refused(|cards| consent(&mut cards[1], "Send me offers", true));
    assert_eq!(problems, at("#/cards/1/elements/0/config/ticked", "box-ticked"));
}

#[test]
fn unfair_08_a_double_negative() {
    let problems = refused(|cards| consent(&mut cards[1], "Untick if you do not want no mail", false));
    assert_eq!(
        problems,
        at("#/cards/1/elements/0/config/label/en", "double-negative")
    );
}

#[test]
fn unfair_09_false_urgency() {
    let problems = refused(|cards| says(&mut cards[1], "La\u{200b}st chance: only today!"));
    assert_eq!(
        problems,
        at("#/cards/1/elements/0/config/text/en", "wording-urgency")
    );
}

#[test]
fn unfair_10_asked_twice_whether_they_are_sure() {
    let problems = refused(|cards| says(&mut cards[1], "Are you sure?"));
    assert_eq!(problems, at("#/cards/2", "asked-again"));
    let two_confirms = refused(|cards| cards.insert(3, confirm(60, 61)));
    assert_eq!(two_confirms, at("#/cards/3", "asked-again"));
}

#[test]
fn unfair_11_a_call_that_cannot_be_declined() {
    let problems = refused(|cards| decline(&mut cards[0].branches[1].cards[0], ""));
    assert_eq!(
        problems,
        [
            at(&format!("{HAND_OFF}/settings/decline/en"), "decline-missing"),
            at(&format!("{HAND_OFF}/settings/decline"), "call-required"),
        ]
        .concat()
    );
    let by_phone = refused(|cards| says(&mut cards[2], "Please call our team to cancel."));
    assert_eq!(
        by_phone,
        at("#/cards/2/elements/0/config/text/en", "wording-call")
    );
}

#[test]
fn unfair_12_a_decline_that_nobody_reads() {
    let problems = refused(|cards| decline(offer_card(cards), "x"));
    let place = format!("{OFFER}/settings/decline/en");
    assert_eq!(
        problems,
        [at(&place, "decline-not-plain"), at(&place, "decline-unreadable")].concat()
    );
}

#[test]
fn unfair_13_guilt() {
    let problems = refused(|cards| cards[1].title = Text::english("You'll let the whole team down"));
    assert_eq!(problems, at("#/cards/1/title/en", "wording-guilt"));
}

#[test]
fn unfair_14_a_false_loss() {
    let problems = refused(|cards| says(&mut cards[2], "All your data will be deleted."));
    assert_eq!(
        problems,
        at("#/cards/2/elements/0/config/text/en", "wording-false_loss")
    );
}

#[test]
fn unfair_15_not_now_where_the_cancellation_comes_next() {
    let label = |next_is_confirm: bool| {
        refused(|cards| {
            decline(&mut cards[0].branches[1].cards[0], "Not now");
            if next_is_confirm {
                cards.remove(1);
            }
        })
    };
    assert_eq!(label(false), []);
    assert_eq!(
        label(true),
        at(&format!("{HAND_OFF}/settings/decline/en"), "decline-not-plain")
    );
}

#[test]
fn unfair_16_an_end_before_anything_was_shown() {
    let end = |cards: &mut Vec<Card>, outcome_is: Outcome| cards.insert(0, outcome(70, outcome_is));
    let first = refused(|cards| end(cards, Outcome::Saved));
    assert!(
        first.contains(&("#/cards/0".to_owned(), "ends-before-way-out".to_owned())),
        "{first:?}"
    );
    let hidden = refused(|cards| {
        end(cards, Outcome::Escalated);
        let mut never = message(71);
        never.visible_when = Some(serde_json::from_str(r#"{"tag": "never-there"}"#).unwrap());
        cards.insert(0, never);
    });
    assert!(
        hidden.contains(&("#/cards/1".to_owned(), "ends-before-way-out".to_owned())),
        "{hidden:?}"
    );
}

#[test]
fn unfair_17_kept_without_having_asked_for_it() {
    let by_next = refused(|cards| cards.insert(2, outcome(70, Outcome::Saved)));
    assert_eq!(by_next, at("#/cards/2", "kept-unasked"));
    let by_declining = refused(|cards| cards[0].branches[0].cards.push(outcome(70, Outcome::Contracted)));
    assert_eq!(by_declining, at("#/cards/0/branches/0/cards/1", "kept-unasked"));
    let after_accepting = refused(|cards| offer_card(cards).branches[0].cards.insert(0, message(70)));
    assert_eq!(after_accepting, []);
}

#[test]
fn unfair_18_a_button_that_does_not_say_that_it_cancels() {
    let labels = |cancel: &str, keep: &str| {
        refused(|cards| {
            if let CardKind::Confirm(confirm) = &mut cards[2].kind {
                confirm.cancel = Text::english(cancel);
                confirm.keep = Text::english(keep);
            }
        })
    };
    let (cancels, keeps) = ("#/cards/2/settings/cancel/en", "#/cards/2/settings/keep/en");

    assert_eq!(labels("Yes, cancel", "Stay with us"), []);
    assert_eq!(
        labels(".", "Stay"),
        [at(cancels, "cancel-not-plain"), at(cancels, "decline-unreadable")].concat()
    );
    assert_eq!(
        labels("Keep my subscription", "Cancel"),
        [at(cancels, "cancel-not-plain"), at(keeps, "keep-not-plain")].concat()
    );
    assert_eq!(
        labels("\u{200b}\u{2063}", "Stay"),
        at(cancels, "decline-missing"),
        "what nobody can see is no label"
    );
    assert_eq!(
        labels("I don't like saving money", "Stay"),
        [at(cancels, "cancel-not-plain"), at(cancels, "wording-shaming")].concat()
    );
}

#[test]
fn a_language_nobody_looked_at_is_a_warning() {
    let mut cards = fair();
    if let CardKind::Offer(offer) = &mut offer_card(&mut cards).kind {
        offer.decline = serde_json::from_str(r#"{"en": "No thanks", "fr": "Non merci"}"#).unwrap();
    }
    let tree = CardTree::new(0, cards).unwrap();
    let problems = fair_exit(&tree, &exit_profiles().unwrap()[..1]);

    let codes: Vec<(&str, bool)> = problems
        .iter()
        .map(|problem| (problem.field.code.as_ref(), problem.is_error()))
        .collect();
    assert_eq!(codes, [("decline-unreviewed", false), ("terms-hidden", true)]);
    assert_eq!(problems[0].card, Some(card_id(2)));
}

#[test]
fn the_strictest_profile_decides_how_many_offers_are_shown() {
    let profiles = exit_profiles().unwrap();
    assert_eq!(offers_allowed(&[]), OFFERS);
    assert_eq!(offers_allowed(&profiles[..1]), 2);
    assert_eq!(offers_allowed(&profiles), 1);
}

#[test]
fn an_unknown_rule_or_key_is_refused() {
    let parse = |text: &str| ExitProfile::parse(&serde_json::from_str(text).unwrap(), "#").is_err();
    let with = |rule: &str| format!(r#"{{"key":"k","source":"s","as_of":"2026-11-22","rules":[{rule}]}}"#);

    assert!(!parse(&with(r#"{"rule":"no_ticked_boxes"}"#)));
    assert!(parse(&with(r#"{"rule":"no_ticked_boxes","unless":"vip"}"#)));
    assert!(parse(&with(r#"{"rule":"be_nice"}"#)));
    assert!(parse(&with(
        r#"{"rule":"offer_terms","kind":"pause","variables":["no.such"]}"#
    )));
}
