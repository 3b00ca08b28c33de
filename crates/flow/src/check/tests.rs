use kale_domain::{id::OfferId, money::Currency};
use serde_json::json;

use super::*;
use crate::{
    card::CardKind,
    condition::Condition,
    element::{ElementKind, Rating, Scale},
    outcome::Outcome,
    sample::{
        branch_id, card, card_id, confirm, element_id, free_text, hand_off, jump, lane, message, offer,
        option_id, outcome, question,
    },
    text::Text,
};

/// A flow that nothing is wrong with.
fn sound() -> Vec<Card> {
    vec![
        question(
            1,
            vec![
                vec![offer(2, vec![outcome(3, Outcome::Saved)])],
                vec![hand_off(4, vec![jump(5, 9)])],
            ],
        ),
        message(6),
        confirm(7, 8),
        outcome(9, Outcome::Saved),
    ]
}

fn found_in(cards: Vec<Card>, offers: Option<&BTreeMap<OfferId, OfferState>>) -> Vec<(String, String)> {
    let tree = CardTree::new(0, cards).unwrap();
    let german: Locale = "de".parse().unwrap();
    let reasons = BTreeSet::from(["price_too_high".parse().unwrap()]);
    let english = Locale::english();
    let locales = [english.clone(), german];
    let against = Against {
        schema: &Schema::empty(Currency::USD),
        default_locale: &english,
        locales: if offers.is_some() { &locales } else { &locales[..1] },
        reasons: &reasons,
        offers,
    };
    let problems = check(&tree, &against);
    problems
        .into_iter()
        .map(|problem| (problem.field.pointer, problem.field.code.into_owned()))
        .collect()
}

fn changed(change: impl FnOnce(&mut Vec<Card>)) -> Vec<(String, String)> {
    let mut cards = sound();
    change(&mut cards);
    found_in(cards, None)
}

fn at(pointer: &str, code: &str) -> (String, String) {
    (pointer.to_owned(), code.to_owned())
}

#[expect(clippy::needless_pass_by_value, reason = "the tests write it in place")]
fn condition(document: serde_json::Value) -> Condition {
    Condition::parse(&document, "#").unwrap()
}

#[test]
fn a_sound_flow_has_no_problems() {
    assert_eq!(found_in(sound(), None), []);
}

#[test]
fn nothing_to_walk_and_no_way_out_are_told() {
    assert_eq!(found_in(vec![], None), [at("#/cards", "empty-tree")]);
    assert_eq!(
        changed(|cards| {
            cards.remove(2);
        }),
        [at("#/cards", "no-confirm-card")]
    );
}

#[test]
fn a_card_that_no_walk_comes_to_is_told() {
    let problems = changed(|cards| cards.push(message(20)));
    assert_eq!(problems, [at("#/cards/4", "unreachable-card")]);
}

#[test]
fn a_way_that_ends_nowhere_is_told() {
    let problems = changed(|cards| {
        cards.pop();
        cards[0].branches.pop();
    });
    assert_eq!(problems, [at("#/cards/2", "way-without-end")]);
    let hidden = changed(|cards| cards[3].visible_when = Some(condition(json!({"tag": "vip"}))));
    assert_eq!(hidden, [at("#/cards/3", "way-without-end")]);
}

#[test]
fn the_outcome_cancelled_is_behind_the_confirm_card_only() {
    assert_eq!(
        changed(
            |cards| cards[1].branches = card(6, vec![lane(vec![outcome(30, Outcome::Cancelled)])]).branches
        ),
        [at("#/cards/1", "cancelled-unconfirmed")]
    );
    assert_eq!(
        changed(|cards| cards[2].branches[0].when = condition(json!({"tag": "vip"}))),
        [
            at("#/cards/2/branches/0", "kept-but-cancelled"),
            at("#/cards/2/branches", "no-cancelled-page")
        ]
    );
    assert_eq!(
        changed(|cards| cards[2].visible_when = Some(condition(json!({"tag": "vip"})))),
        [at("#/cards/2/visible_when", "confirm-hidden")]
    );
}

#[test]
fn accepting_leads_elsewhere_than_declining() {
    let offer_card = "#/cards/0/branches/0/cards/0/branches";
    let problems = changed(|cards| cards[0].branches[0].cards[0].branches.clear());
    assert_eq!(problems, [at(offer_card, "accept-leads-nowhere")]);
}

#[test]
fn a_branch_that_repeats_a_condition_is_told() {
    let problems = changed(|cards| {
        let mut again = cards[0].branches[0].clone();
        again.id = branch_id(5_000);
        again.cards.clear();
        cards[0].branches.push(again);
    });
    assert_eq!(problems, [at("#/cards/0/branches/2/when", "branch-never-taken")]);
}

#[test]
fn conditions_read_earlier_questions_that_exist() {
    let when = |document: serde_json::Value| {
        let problems = changed(|cards| cards[1].visible_when = Some(condition(document)));
        assert_eq!(problems.len(), 1, "{problems:?}");
        let (pointer, code) = problems.into_iter().next().unwrap();
        (pointer.replace("#/cards/1/visible_when", ""), code)
    };
    let ask = |id: u128, value: serde_json::Value| json!({"all": [{"answer": element_id(id), "op": "eq", "value": value}]});

    assert_eq!(when(ask(77, json!("x"))), at("/all/0/answer", "asks-the-unknown"));
    assert_eq!(
        when(ask(1, json!(option_id(99)))),
        at("/all/0/value", "unknown-option")
    );
    assert_eq!(when(ask(1, json!(5))), at("/all/0/value", "wrong-type"));
    assert_eq!(when(ask(2, json!("x"))), at("/all/0/answer", "asks-the-unknown"));
    assert_eq!(
        when(json!({"decision": card_id(7), "op": "eq", "value": "kept"})),
        at("/decision", "asks-the-later")
    );
    assert_eq!(
        when(json!({"decision": card_id(2), "op": "eq", "value": "kept"})),
        at("/value", "unknown-decision")
    );
    assert_eq!(
        when(json!({"decision": card_id(1), "op": "is_set"})),
        at("/decision", "asks-the-unknown")
    );
    assert_eq!(
        when(json!({"metric": "mrr", "op": "contains", "value": "x"})),
        at("/op", "op-not-allowed")
    );
    let own = changed(|cards| {
        cards[0].visible_when = Some(condition(json!({"answer": element_id(1), "op": "is_not_set"})));
    });
    assert_eq!(own, [at("#/cards/0/visible_when/answer", "asks-the-later")]);
    let other_lane = changed(|cards| {
        let asks = json!({"decision": card_id(2), "op": "eq", "value": "declined"});
        cards[0].branches[1].cards[0].visible_when = Some(condition(asks));
    });
    assert_eq!(
        other_lane,
        [at(
            "#/cards/0/branches/1/cards/0/visible_when/decision",
            "asks-the-later"
        )]
    );
}

#[test]
fn each_kind_of_card_holds_what_it_is_for() {
    let elements = "#/cards/0/elements";
    let no_question = changed(|cards| {
        cards[0].elements.clear();
        cards[0].branches.clear();
    });
    assert_eq!(no_question, [at(elements, "asks-nothing")]);

    let below = "#/cards/0/branches/0/cards/0";
    let no_offer = changed(|cards| {
        cards[0].branches[0].cards[0].elements.pop();
    });
    assert_eq!(no_offer, [at(&format!("{below}/elements"), "offer-missing")]);
    let two_offers = changed(|cards| {
        let mut second = cards[0].branches[0].cards[0].elements[1].clone();
        second.id = element_id(60);
        cards[0].branches[0].cards[0].elements.push(second);
    });
    assert_eq!(two_offers, [at(&format!("{below}/elements"), "several-offers")]);
    let astray = changed(|cards| {
        let offer = cards[0].branches[0].cards[0].elements.pop().unwrap();
        cards[1].elements.push(offer);
    });
    assert!(astray.contains(&at("#/cards/1/elements", "offer-outside-offer-card")));
    let skipped = changed(|cards| cards[0].elements.push(free_text(60, true)));
    assert_eq!(skipped, [at("#/cards/0/settings/skip", "skip-of-required")]);
    let late = changed(|cards| cards[3].elements.push(free_text(60, true)));
    assert_eq!(
        late,
        [at("#/cards/3/elements/0/config/required", "required-after-end")]
    );
}

#[test]
fn a_question_can_be_answered() {
    let empty = changed(|cards| {
        if let ElementKind::SingleChoice(choice) = &mut cards[0].elements[0].kind {
            choice.options.truncate(1);
        }
        cards[0].branches.pop();
    });
    assert_eq!(
        empty,
        [at("#/cards/0/elements/0/config/options", "too-few-options")]
    );
    let flat = changed(|cards| {
        cards[1].elements.push(crate::element::Element {
            id: element_id(60),
            kind: ElementKind::Rating(Rating {
                label: Text::english("How was it?"),
                scale: Scale::Range { from: 3, to: 3 },
                required: false,
            }),
        });
    });
    assert_eq!(flat, [at("#/cards/1/elements/0/config/scale", "empty-scale")]);
    let unknown = changed(|cards| {
        if let ElementKind::SingleChoice(choice) = &mut cards[0].elements[0].kind {
            choice.options[0].reason = Some("price_too_high".parse().unwrap());
            choice.options[1].reason = Some("weather".parse().unwrap());
        }
    });
    assert_eq!(
        unknown,
        [at(
            "#/cards/0/elements/0/config/options/1/reason",
            "unknown-reason"
        )]
    );
}

#[test]
fn texts_are_complete_and_their_variables_known() {
    let titled = |number: usize, text: &str| {
        let problems = changed(|cards| cards[number].title = Text::english(text));
        assert!(problems.len() <= 1, "{problems:?}");
        problems.into_iter().next().map(|(_, code)| code)
    };
    assert_eq!(titled(1, " ").as_deref(), Some("text-missing"));
    assert_eq!(titled(1, "{{shoe.size}}").as_deref(), Some("unknown-variable"));
    assert_eq!(
        titled(1, "{{customer.name").as_deref(),
        Some("variable-unreadable")
    );
    assert_eq!(
        titled(1, "{{receipt.number}}").as_deref(),
        Some("variable-too-early")
    );
    assert_eq!(titled(1, "{{customer.name}}"), None);
    assert_eq!(
        titled(2, "{{subscription.plan}}").as_deref(),
        Some("variable-without-default")
    );
    assert_eq!(titled(2, "{{subscription.plan|\"your plan\"}}"), None);
    let quiet = changed(|cards| {
        if let CardKind::Offer(offer) = &mut cards[0].branches[0].cards[0].kind {
            offer.decline = Text::default();
        }
    });
    assert_eq!(
        quiet,
        [at(
            "#/cards/0/branches/0/cards/0/settings/decline/en",
            "text-missing"
        )]
    );
}

#[test]
fn a_published_offer_exists_and_can_be_carried_out() {
    let id = |n: u128| OfferId::from_uuid(uuid::Uuid::from_u128(n));
    let state = |kind, unavailable: Option<&str>| OfferState {
        kind,
        unavailable: unavailable.map(str::to_owned),
    };
    let offers = BTreeMap::from([
        (id(1), state(OfferKind::Pause, None)),
        (id(2), state(OfferKind::Credit, None)),
        (id(3), state(OfferKind::Pause, Some("billing has no pause"))),
    ]);
    let chosen = |chosen: Option<u128>| -> Vec<String> {
        let mut cards = sound();
        if let ElementKind::Offer(slot) = &mut cards[0].branches[0].cards[0].elements[1].kind {
            slot.offer = chosen.map(id);
        }
        let found = found_in(cards, Some(&offers));
        found
            .into_iter()
            .map(|(_, code)| code)
            .filter(|code| code != "translation-missing")
            .collect()
    };

    assert_eq!(chosen(None), ["offer-not-chosen"]);
    assert_eq!(chosen(Some(9)), ["unknown-offer"]);
    assert_eq!(chosen(Some(2)), ["offer-of-other-kind"]);
    assert_eq!(chosen(Some(3)), ["offer-unavailable"]);
    assert!(chosen(Some(1)).is_empty());
    let gaps = found_in(sound(), Some(&offers));
    assert!(gaps.contains(&at("#/cards/1/title", "translation-missing")));
}
