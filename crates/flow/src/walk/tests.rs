mod follow;
mod templates;

use std::collections::{BTreeMap, BTreeSet};

use kale_domain::{error::Classify as _, money::Currency};
use kale_rules::{check::Schema, facts::FactMap};
use serde_json::{Value, json};

use super::*;
use crate::{
    card::Card,
    condition::Condition,
    element::{Element, ElementKind, Words},
    sample::{
        card_id, confirm, element_id, free_text, hand_off, message, offer, option_id, outcome, question,
    },
    show::{View, view},
    step::Step,
    text::{Locale, Text},
    tree::CardTree,
    variable::Values,
    version::FlowVersion,
};

/// One walker with everything they need.
struct Walker {
    version: FlowVersion,
    facts: FactMap,
    values: Values,
    card_values: BTreeMap<CardId, Values>,
    contracting: BTreeSet<CardId>,
    walk: Walk,
}

fn values(pairs: &[(&str, &str)]) -> Values {
    let pairs = pairs.iter();
    pairs
        .map(|(name, value)| (name.parse().unwrap(), (*value).to_owned()))
        .collect()
}

impl Walker {
    fn on(cards: Vec<Card>) -> Self {
        Self::with(
            &CardTree::new(0, cards).unwrap(),
            values(&[("preview.resume_on", "1 March")]),
        )
    }

    fn with(tree: &CardTree, values: Values) -> Self {
        let version = FlowVersion::new(3, tree, &Schema::empty(Currency::USD), 2);
        let facts = FactMap::new();
        let situation = Situation {
            customer: &facts,
            today: "2026-11-22".parse().unwrap(),
            values: &values,
            card_values: &BTreeMap::new(),
            locale: &Locale::english(),
            default_locale: &Locale::english(),
            contracting: &BTreeSet::new(),
            seed: 7,
        };
        let walk = start(&version, &situation).unwrap().walk;
        Self {
            version,
            facts,
            values,
            card_values: BTreeMap::new(),
            contracting: BTreeSet::new(),
            walk,
        }
    }

    fn told<T>(&self, ask: impl FnOnce(&Situation<'_>) -> T) -> T {
        ask(&Situation {
            customer: &self.facts,
            today: "2026-11-22".parse().unwrap(),
            values: &self.values,
            card_values: &self.card_values,
            locale: &Locale::english(),
            default_locale: &Locale::english(),
            contracting: &self.contracting,
            seed: 7,
        })
    }

    #[expect(clippy::needless_pass_by_value, reason = "the tests write it in place")]
    fn step(&self, action: &str, answers: Value) -> Step {
        let card = self.walk.current().unwrap();
        let post = json!({"step": self.walk.step, "card": card, "action": action, "answers": answers});
        Step::parse(&post, "#").unwrap()
    }

    fn take(&mut self, step: &Step) -> Result<Applied, Refusal> {
        let applied = self.told(|situation| apply(&self.version, &self.walk, step, situation))?;
        self.walk = applied.walk.clone();
        Ok(applied)
    }

    fn post(&mut self, action: &str, answers: Value) -> Result<Applied, Refusal> {
        let step = self.step(action, answers);
        self.take(&step)
    }

    fn goes(&mut self, action: &str) -> Vec<crate::effect::Effect> {
        self.post(action, json!({})).unwrap().effects
    }

    fn view(&self) -> View {
        self.told(|situation| view(&self.version, &self.walk, situation))
    }

    fn title(&self) -> String {
        match self.view() {
            View::Card { card } => card.title,
            View::Ended { page, .. } => page.map_or_else(String::new, |page| page.title),
            View::Expired => "expired".to_owned(),
        }
    }
}

fn flow() -> Vec<Card> {
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

fn answer(option: u128) -> Value {
    json!({ element_id(1).to_string(): option_id(option) })
}

#[test]
fn a_lane_is_taken_and_rejoins() {
    let mut walker = Walker::on(flow());
    assert_eq!(walker.walk.current(), Some(card_id(1)));

    walker.post("next", answer(10)).unwrap();
    assert_eq!(walker.walk.current(), Some(card_id(2)));
    walker.goes("decline");
    assert_eq!(walker.walk.current(), Some(card_id(6)));
    walker.goes("next");
    walker.goes("decline");
    assert_eq!(walker.walk.outcome(), Some(Outcome::Saved));
    assert_eq!(walker.walk.decisions[&card_id(7)], Decision::Kept);
    let viewed: Vec<CardId> = walker.walk.viewed.iter().map(|viewed| viewed.card).collect();
    assert_eq!(viewed, [1, 2, 6, 7, 9].map(card_id));
}

#[test]
fn an_unanswered_question_takes_no_lane() {
    let mut walker = Walker::on(flow());
    walker.goes("next");
    assert_eq!(walker.walk.current(), Some(card_id(6)));
}

#[test]
fn cancel_is_two_posts_from_every_card_whatever_the_answers() {
    for way in [
        vec![],
        vec![("next", answer(10))],
        vec![("next", answer(11))],
        vec![("next", json!({}))],
    ] {
        let mut walker = Walker::on(flow());
        for (action, answers) in way {
            walker.post(action, answers).unwrap();
        }
        let nonsense = json!({ element_id(77).to_string(): {"a": 1} });
        walker.post("cancel", nonsense.clone()).unwrap();
        assert_eq!(walker.walk.current(), Some(card_id(7)));
        let last = walker.post("cancel", nonsense).unwrap();

        assert_eq!(walker.walk.outcome(), Some(Outcome::Cancelled));
        assert_eq!(walker.title(), "Card 8");
        assert!(
            last.effects
                .contains(&crate::effect::Effect::Cancelled { card: card_id(7) })
        );
    }
}

#[test]
fn the_same_step_again_gets_the_same_answer_and_any_other_is_refused() {
    let mut walker = Walker::on(flow());
    let first = walker.step("next", answer(10));
    let done = walker.take(&first).unwrap();
    let again = walker.take(&first).unwrap();
    assert!(again.repeated && !done.repeated);
    assert_eq!((again.walk, again.effects.len()), (done.walk, 0));

    let other = Step {
        answers: BTreeMap::from([(element_id(1), json!(option_id(11)))]),
        ..first.clone()
    };
    assert_eq!(walker.take(&other), Err(Refusal::StepTaken { step: 1 }));
    let cancel = Step {
        action: Action::Cancel,
        ..first.clone()
    };
    assert_eq!(walker.take(&cancel), Err(Refusal::StepTaken { step: 1 }));

    walker.goes("decline");
    assert_eq!(
        walker.take(&first),
        Err(Refusal::OutOfStep { expected: 3, got: 1 })
    );
    let ahead = Step {
        step: 9,
        ..walker.step("next", json!({}))
    };
    assert_eq!(
        walker.take(&ahead),
        Err(Refusal::OutOfStep { expected: 3, got: 9 })
    );
    let elsewhere = Step {
        card: card_id(1),
        ..walker.step("next", json!({}))
    };
    assert_eq!(
        walker.take(&elsewhere),
        Err(Refusal::AnotherCard { current: card_id(6) })
    );
}

#[test]
fn going_back_unsays_the_lane_and_keeps_the_answers_to_be_shown() {
    let mut walker = Walker::on(flow());
    walker.post("next", answer(10)).unwrap();
    walker.goes("back");
    assert_eq!(walker.walk.current(), Some(card_id(1)));
    let View::Card { card } = walker.view() else {
        panic!("{:?}", walker.view())
    };
    assert_eq!(card.elements[0].answer, Some(json!(option_id(10))));
    assert!(!card.actions.contains(&Action::Back));

    walker.post("next", answer(11)).unwrap();
    assert_eq!(walker.walk.current(), Some(card_id(4)));
    assert_eq!(walker.walk.step, 4);
    assert_eq!(walker.walk.offers.len(), 1);
}

#[test]
fn what_was_answered_in_a_lane_that_was_left_counts_for_nothing() {
    let mut asked = message(6);
    let condition = json!({"answer": element_id(20), "op": "is_set"});
    asked.visible_when = Some(Condition::parse(&condition, "#").unwrap());
    let mut words = question(20, vec![]);
    words.elements = vec![free_text(20, false)];
    let cards = vec![
        question(1, vec![vec![words], vec![]]),
        asked,
        confirm(7, 8),
        outcome(9, Outcome::Saved),
    ];
    let mut walker = Walker::on(cards);
    let words = json!({ element_id(20).to_string(): "because" });

    walker.post("next", answer(10)).unwrap();
    walker.post("next", words).unwrap();
    assert_eq!(walker.walk.current(), Some(card_id(6)));
    walker.goes("back");
    walker.goes("back");
    walker.post("next", answer(11)).unwrap();

    assert_eq!(walker.walk.current(), Some(card_id(7)));
    assert!(walker.walk.answers.contains_key(&element_id(20)));
}

#[test]
fn a_card_posted_again_without_an_answer_unsays_it() {
    let mut walker = Walker::on(flow());
    walker.post("next", answer(10)).unwrap();
    walker.goes("back");
    walker.goes("next");

    assert_eq!(walker.walk.current(), Some(card_id(6)));
    assert!(walker.walk.answers.is_empty());
}

#[test]
fn nobody_goes_back_behind_what_was_promised() {
    let mut walker = Walker::on(vec![
        offer(1, vec![message(2)]),
        confirm(3, 4),
        outcome(5, Outcome::Saved),
    ]);
    walker.goes("accept");
    assert_eq!(walker.walk.current(), Some(card_id(2)));

    let refused = walker.post("back", json!({})).unwrap_err();
    assert_eq!(refused.code(), "action-not-offered");
}

#[test]
fn required_answers_are_asked_for_and_wrong_ones_named() {
    let mut cards = flow();
    cards[0].elements.push(free_text(50, true));
    let mut walker = Walker::on(cards);

    let refused = walker.post("next", answer(99)).unwrap_err();
    let codes: Vec<(String, String)> = refused
        .fields()
        .into_iter()
        .map(|error| (error.pointer, error.code.into_owned()))
        .collect();
    let at = |id: u128, code: &str| (format!("#/answers/{}", element_id(id)), code.to_owned());
    assert_eq!(codes, [at(1, "unknown-option"), at(50, "required")]);
    assert_eq!(walker.walk.step, 1);
}

#[test]
fn a_third_offer_is_passed_over() {
    let cards = vec![
        offer(1, vec![outcome(2, Outcome::Saved)]),
        offer(3, vec![outcome(4, Outcome::Saved)]),
        offer(5, vec![outcome(6, Outcome::Saved)]),
        confirm(7, 8),
        outcome(9, Outcome::Saved),
    ];
    let mut walker = Walker::on(cards);
    walker.goes("decline");
    walker.goes("decline");
    assert_eq!(walker.walk.current(), Some(card_id(7)));
    walker.goes("back");
    assert_eq!(walker.walk.current(), Some(card_id(3)));
}

#[test]
fn a_card_whose_values_are_not_known_is_passed_over_and_the_way_out_never_is() {
    let mut cards = flow();
    let say = |text: &str| {
        vec![Element {
            id: element_id(70),
            kind: ElementKind::Text(Words {
                text: Text::english(text),
            }),
        }]
    };
    cards[1].elements = say("Due: {{preview.final_amount}}");
    let mut confirm = confirm(7, 8);
    let mut lines = say("You keep access until {{subscription.ends_on}}.");
    lines[0].id = element_id(71);
    confirm.elements = lines;
    cards[2] = confirm;
    let mut walker = Walker::on(cards);

    walker.goes("next");
    assert_eq!(walker.walk.current(), Some(card_id(7)));
    let View::Card { card } = walker.view() else {
        panic!("{:?}", walker.view())
    };
    assert!(card.elements.is_empty());
    assert_eq!(card.labels["cancel"], "Cancel subscription");
}

#[test]
fn a_downgrade_is_contracted_and_the_receipt_says_what_was_promised() {
    let mut walker = Walker::on(flow());
    walker.contracting.insert(card_id(2));
    walker.post("next", answer(10)).unwrap();
    walker.goes("accept");

    assert_eq!(walker.walk.outcome(), Some(Outcome::Contracted));
    let View::Ended { receipt, .. } = walker.view() else {
        panic!("{:?}", walker.view())
    };
    assert_eq!(receipt.promised.len(), 1);
    assert_eq!(receipt.promised[0].card, card_id(2));
    assert_eq!(walker.post_after_end(), Err(Refusal::Ended));
}

impl Walker {
    fn post_after_end(&mut self) -> Result<Applied, Refusal> {
        let post = json!({"step": self.walk.step, "card": card_id(1), "action": "cancel"});
        self.take(&Step::parse(&post, "#").unwrap())
    }
}

#[test]
fn an_abandoned_walk_goes_on_where_it_was_and_an_expired_one_does_not() {
    let mut walker = Walker::on(flow());
    walker.post("next", answer(10)).unwrap();
    walker.walk = walker.walk.clone().abandon().unwrap();
    assert_eq!(walker.walk.clone().abandon(), Err(Refusal::WrongState));
    assert_eq!(walker.title(), "Card 2");
    let effects = walker.goes("decline");
    assert_eq!(effects[0], crate::effect::Effect::Resumed);

    let step = walker.step("next", json!({}));
    walker.walk = walker.walk.clone().abandon().unwrap().expire().unwrap();
    assert_eq!(walker.walk.clone().resume(), Err(Refusal::WrongState));
    assert_eq!(walker.take(&step), Err(Refusal::Ended));
    assert_eq!(walker.view(), View::Expired);
}

#[test]
fn an_outcome_cancelled_that_nobody_confirmed_leads_to_the_confirm_card() {
    let mut walker = Walker::on(vec![
        message(1),
        outcome(2, Outcome::Cancelled),
        confirm(3, 4),
        outcome(5, Outcome::Saved),
    ]);
    walker.goes("next");
    assert_eq!(walker.walk.current(), Some(card_id(3)));
}

#[test]
fn a_draft_without_an_end_is_a_dead_end_and_changes_nothing() {
    let mut walker = Walker::on(vec![message(1)]);
    let refused = walker.post("next", json!({})).unwrap_err();
    assert_eq!(refused, Refusal::DeadEnd);
    assert_eq!(walker.walk.step, 1);
}

#[test]
fn after_many_steps_only_cancelling_is_left() {
    let mut walker = Walker::on(flow());
    while walker.walk.step <= MAX_STEPS {
        walker.goes("next");
        if walker.walk.step <= MAX_STEPS {
            walker.goes("back");
        }
    }
    assert_eq!(walker.post("back", json!({})), Err(Refusal::TooManySteps));
    walker.goes("cancel");
    walker.goes("cancel");
    assert_eq!(walker.walk.outcome(), Some(Outcome::Cancelled));
}

#[test]
fn a_hidden_card_is_shown_to_whom_its_condition_holds() {
    let mut cards = flow();
    cards[1].visible_when = Some(Condition::parse(&json!({"tag": "vip"}), "#").unwrap());
    let mut walker = Walker::on(cards);
    walker.goes("next");
    assert_eq!(walker.walk.current(), Some(card_id(7)));
    walker.goes("back");
    walker.facts.add_tag("VIP");
    walker.goes("next");
    assert_eq!(walker.walk.current(), Some(card_id(6)));
}

#[test]
fn a_walk_is_stored_whole() {
    let mut walker = Walker::on(flow());
    walker.post("next", answer(10)).unwrap();
    let document = serde_json::to_value(&walker.walk).unwrap();
    assert_eq!(
        document["status"],
        json!({"state": "in_progress", "card": card_id(2)})
    );
    assert_eq!(serde_json::from_value::<Walk>(document).unwrap(), walker.walk);
}

#[test]
fn a_walk_of_another_version_is_refused() {
    let mut walker = Walker::on(flow());
    walker.walk.version = 2;
    assert_eq!(
        walker.post("next", json!({})),
        Err(Refusal::AnotherVersion { walked: 2, given: 3 })
    );
}
