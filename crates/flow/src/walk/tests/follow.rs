use super::*;
use crate::{
    effect::Effect,
    element::{CallAction, CallToAction, Notified},
};

fn call(number: u128, action: CallAction) -> Element {
    Element {
        id: element_id(number),
        kind: ElementKind::CallToAction(CallToAction {
            label: Text::default(),
            action,
        }),
    }
}

fn link() -> CallAction {
    let url = "https://example.com/help".to_owned();
    CallAction::Link {
        url: url.try_into().unwrap(),
    }
}

/// A card with words, a link and somebody to tell; one more; the way out; an end with a link.
fn walker() -> Walker {
    let mut first = message(1);
    first.elements = vec![
        free_text(11, false),
        call(12, link()),
        call(
            13,
            CallAction::Notify {
                who: Notified::RetentionAdmin,
            },
        ),
    ];
    let mut end = outcome(5, Outcome::Saved);
    end.elements = vec![call(14, link())];
    Walker::on(vec![first, message(2), confirm(3, 4), end])
}

fn followed(card: u128, element: u128) -> Effect {
    Effect::CallFollowed {
        card: card_id(card),
        element: element_id(element),
    }
}

/// `follow` of those elements, on a card.
fn follow(walker: &Walker, card: u128, answers: &[(u128, Value)]) -> Step {
    let answers = answers
        .iter()
        .map(|(element, value)| (element_id(*element), value.clone()));
    Step {
        step: walker.walk.step,
        card: card_id(card),
        action: Action::Follow,
        answers: answers.collect(),
    }
}

#[test]
fn a_call_is_followed_once_and_the_walk_stays_with_what_was_typed() {
    let mut walker = walker();
    let step = follow(&walker, 1, &[(11, json!("so")), (12, json!(true))]);
    let words = Effect::Answered {
        card: card_id(1),
        element: element_id(11),
    };

    assert_eq!(walker.take(&step).unwrap().effects, [words, followed(1, 12)]);
    assert_eq!((walker.walk.step, walker.walk.current()), (1, Some(card_id(1))));
    let again = walker.take(&step).unwrap();
    assert!(again.repeated && again.effects.is_empty());
    // Another call of the card is told, and the first is not told again.
    let both = follow(&walker, 1, &[(12, json!(true)), (13, json!(true))]);
    assert_eq!(walker.take(&both).unwrap().effects, [followed(1, 13)]);
    // The page that is still open goes on from where it is.
    assert_eq!(walker.goes("next"), [Effect::CardViewed { card: card_id(2) }]);
}

#[test]
fn what_was_followed_is_not_unsaid_and_so_not_told_twice() {
    let mut walker = walker();
    let step = follow(&walker, 1, &[(12, json!(true))]);
    walker.take(&step).unwrap();
    walker.goes("next");
    assert!(walker.walk.answers.contains_key(&element_id(12)));

    walker.goes("back");
    let step = follow(&walker, 1, &[(12, json!(true))]);
    assert!(walker.take(&step).unwrap().repeated);
    let sent = walker.post("next", json!({ element_id(12).to_string(): true }));
    assert_eq!(sent.unwrap().effects, [Effect::CardViewed { card: card_id(2) }]);
}

#[test]
fn only_a_call_of_the_present_card_is_followed() {
    let mut walker = walker();
    for nothing in [
        &[][..],
        &[(12, json!(false))],
        &[(11, json!("so"))],
        &[(99, json!(true))],
    ] {
        let step = follow(&walker, 1, nothing);
        let refused = walker.take(&step).unwrap_err();
        assert!(matches!(refused, Refusal::Answers(_)), "{nothing:?}");
    }
    let other = follow(&walker, 5, &[(14, json!(true))]);
    assert_eq!(
        walker.take(&other),
        Err(Refusal::AnotherCard { current: card_id(1) })
    );
    let mut late = follow(&walker, 1, &[(12, json!(true))]);
    walker.goes("next");
    assert!(matches!(walker.take(&late), Err(Refusal::OutOfStep { .. })));
    late.step = walker.walk.step;
    assert_eq!(
        walker.take(&late),
        Err(Refusal::AnotherCard { current: card_id(2) })
    );
}

#[test]
fn following_takes_up_an_abandoned_walk_and_no_expired_one() {
    let mut walker = walker();
    let step = follow(&walker, 1, &[(12, json!(true))]);
    walker.walk = walker.walk.clone().abandon().unwrap();
    assert_eq!(
        walker.take(&step).unwrap().effects,
        [Effect::Resumed, followed(1, 12)]
    );
    walker.walk = walker.walk.clone().expire().unwrap();
    assert_eq!(walker.take(&step), Err(Refusal::Ended));
}

#[test]
fn a_call_on_the_last_page_is_followed_and_the_outcome_stays() {
    let mut walker = walker();
    walker.goes("cancel");
    walker.goes("decline");
    let ended = walker.walk.status;
    assert_eq!(walker.walk.outcome(), Some(Outcome::Saved));

    let step = follow(&walker, 5, &[(14, json!(true))]);
    assert_eq!(walker.take(&step).unwrap().effects, [followed(5, 14)]);
    assert_eq!(walker.walk.status, ended);
    assert!(walker.take(&step).unwrap().repeated);
}
