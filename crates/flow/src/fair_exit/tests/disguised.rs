//! What is hidden, drawn out or dressed up.

use super::*;

#[test]
fn unfair_19_a_language_code_that_hides_the_wording() {
    let problems = refused(|cards| {
        cards[1].title = Text::new("eng".parse().unwrap(), "Hurry, last chance!");
    });
    assert_eq!(problems, at("#/cards/1/title/eng", "wording-urgency"));
}

#[test]
fn unfair_20_wording_behind_markup() {
    let problems = refused(|cards| says(&mut cards[1], "**L**ast c*h*ance, &#72;urry"));
    assert_eq!(
        problems,
        at("#/cards/1/elements/0/config/text/en", "wording-urgency")
    );
}

#[test]
fn unfair_21_look_alike_letters() {
    let place = "#/cards/1/elements/0/config/text/en";
    // Cyrillic and Greek letters, small and capital, and letters of mathematics.
    for text in [
        "l\u{430}st \u{441}hance",
        "L\u{391}ST CH\u{391}\u{39d}CE",
        "\u{1d421}urry",
    ] {
        let problems = refused(|cards| says(&mut cards[1], text));
        assert_eq!(problems, at(place, "wording-urgency"), "{text}");
    }
    let keeps = |label: &str| {
        refused(|cards| {
            if let CardKind::Confirm(confirm) = &mut cards[2].kind {
                confirm.keep = Text::english(label);
            }
        })
    };
    let place = at("#/cards/2/settings/keep/en", "keep-not-plain");
    assert_eq!(keeps("\u{421}ancel"), place);
    assert_eq!(keeps("Can\u{441}e\u{4cf}"), place);
}

#[test]
fn unfair_22_a_button_that_shames_whoever_goes_on() {
    let problems = refused(|cards| {
        if let CardKind::Message(message) = &mut cards[1].kind {
            message.next = Text::english("I don't care about my team");
        }
    });
    assert_eq!(problems, at("#/cards/1/settings/next/en", "wording-shaming"));
}

#[test]
fn unfair_23_a_long_way_of_messages() {
    let with = |more: u128| {
        refused(|cards| {
            for n in 0..more {
                cards.insert(1, message(1000 + n));
            }
        })
    };
    assert_eq!(with(1), []);
    assert_eq!(with(190), at("#/cards/192", "long-way-out"));
}

#[test]
fn unfair_24_a_text_that_buries_the_button() {
    let with = |words: usize| refused(|cards| says(&mut cards[2], &"word ".repeat(words)));
    assert_eq!(with(100), []);
    assert_eq!(with(400), at("#/cards/2/elements", "too-much-text"));
}

#[test]
fn a_limit_that_does_not_refuse_is_a_warning() {
    let rules = serde_json::json!([
        {"rule": "max_cards", "count": 1, "refuses": false},
        {"rule": "max_confirm_text", "chars": 1, "refuses": false},
    ]);
    let profile = serde_json::json!({"key": "k", "source": "s", "as_of": "2026-11-22", "rules": rules});
    let profile = ExitProfile::parse(&profile, "#").unwrap();
    let problems = fair_exit(&CardTree::new(0, fair()).unwrap(), &[profile]);

    let found: Vec<(&str, bool)> = problems
        .iter()
        .map(|problem| (problem.field.code.as_ref(), problem.is_error()))
        .collect();
    assert_eq!(found, [("long-way-out", false), ("too-much-text", false)]);
}
