//! Properties of trees, edits and walks, over random trees, random edits and random walkers.

use std::collections::{BTreeMap, BTreeSet};

use kale_domain::{id::CardId, money::Currency};
use kale_rules::{check::Schema, facts::FactMap};
use proptest::{collection::vec, prelude::*, sample::Index};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    card::{Branch, Card, CardKind},
    check::{Against, check},
    condition::Condition,
    defaults::{exit_profiles, templates},
    diff::{diff, tests::applied},
    edit::{EditError, Face, Op, Place, Subject, edit_tree, touched},
    element::{Element, ElementKind},
    fair_exit::{fair_exit, offers_allowed},
    outcome::Outcome,
    sample::{
        branch_id, card, card_id, confirm, free_text, hand_off, jump, lane, message, offer, outcome, question,
    },
    show::{View, view},
    step::{Action, Step},
    text::{Locale, Text},
    tree::CardTree,
    variable::Values,
    version::FlowVersion,
    walk::{Applied, Decision, MAX_STEPS, Refusal, Situation, Status, Walk, apply, start},
};

mod edits;
mod trees;

use self::{edits::*, trees::*};

/// What a random walker does at each card: which action, whether to answer, which answer.
#[derive(Debug, Clone)]
struct Whim {
    action: Index,
    answers: bool,
    choice: Index,
}

fn whims() -> impl Strategy<Value = Vec<Whim>> {
    let whim = any::<(Index, bool, Index)>().prop_map(|(action, answers, choice)| Whim {
        action,
        answers,
        choice,
    });
    vec(whim, 1..30)
}

struct Walker {
    version: FlowVersion,
    facts: FactMap,
    values: Values,
}

impl Walker {
    fn new(tree: &CardTree, tags: &[bool]) -> Self {
        let mut facts = FactMap::new();
        for (tag, has) in ["vip", "beta", "old"].into_iter().zip(tags) {
            if *has {
                facts.add_tag(tag);
            }
        }
        Self {
            version: FlowVersion::new(1, tree, &Schema::empty(Currency::USD), 2),
            facts,
            values: Values::from([("preview.resume_on".parse().unwrap(), "1 March".to_owned())]),
        }
    }

    fn told<T>(&self, ask: impl FnOnce(&Situation<'_>) -> T) -> T {
        ask(&Situation {
            customer: &self.facts,
            today: "2026-11-22".parse().unwrap(),
            values: &self.values,
            card_values: &BTreeMap::new(),
            locale: &Locale::english(),
            default_locale: &Locale::english(),
            contracting: &BTreeSet::new(),
            seed: 1,
        })
    }

    fn start(&self) -> Result<Walk, Refusal> {
        self.told(|situation| start(&self.version, situation))
            .map(|applied| applied.walk)
    }

    fn apply(&self, walk: &Walk, step: &Step) -> Result<Applied, Refusal> {
        self.told(|situation| apply(&self.version, walk, step, situation))
    }

    fn actions(&self, walk: &Walk) -> Vec<Action> {
        match self.told(|situation| view(&self.version, walk, situation)) {
            View::Card { card } => card.actions,
            View::Ended { .. } | View::Expired => Vec::new(),
        }
    }

    /// A post of this walker: one of the card's actions with good answers.
    fn step(&self, walk: &Walk, whim: &Whim, among: &[Action]) -> Option<Step> {
        let current = walk.current()?;
        let offered: Vec<Action> = self
            .actions(walk)
            .into_iter()
            .filter(|action| among.contains(action))
            .collect();
        if offered.is_empty() {
            return None;
        }
        let action = offered[whim.action.index(offered.len())];
        let mut answers = BTreeMap::new();
        for element in &self.version.card(current)?.elements {
            if whim.answers || element.kind.is_required() {
                answers.extend(good_answer(element, whim).map(|answer| (element.id, answer)));
            }
        }
        Some(Step {
            step: walk.step,
            card: current,
            action,
            answers,
        })
    }

    /// Cancels in at most two posts, whatever was answered.
    fn cancels(&self, walk: &Walk) -> Result<Walk, Refusal> {
        let mut walk = walk.clone();
        for _ in 0..2 {
            let Some(card) = walk.current() else { break };
            let step = Step {
                step: walk.step,
                card,
                action: Action::Cancel,
                answers: BTreeMap::from([(crate::sample::element_id(1), json!({"no": "answer"}))]),
            };
            walk = self.apply(&walk, &step)?.walk;
        }
        Ok(walk)
    }
}

fn good_answer(element: &Element, whim: &Whim) -> Option<Value> {
    match &element.kind {
        ElementKind::SingleChoice(choice) if !choice.options.is_empty() => {
            Some(json!(choice.options[whim.choice.index(choice.options.len())].id))
        }
        ElementKind::ShortText(_) | ElementKind::LongText(_) => Some(json!("my words")),
        _ => None,
    }
}
/// Walks by whims; every state on the way must let the walker cancel. Gives the last state.
fn wander(walker: &Walker, whims: &[Whim], among: &[Action], most: usize) -> Result<Walk, TestCaseError> {
    let mut walk = walker
        .start()
        .map_err(|error| TestCaseError::fail(error.to_string()))?;
    for whim in whims.iter().cycle().take(most) {
        let Some(step) = walker.step(&walk, whim, among) else {
            break;
        };
        let applied = walker.apply(&walk, &step);
        let applied = applied.map_err(|error| TestCaseError::fail(format!("{error} {step:?}")))?;
        let again = walker.apply(&applied.walk, &step);
        prop_assert_eq!(
            again,
            Ok(Applied {
                walk: applied.walk.clone(),
                effects: Vec::new(),
                repeated: true
            })
        );
        prop_assert_eq!(applied.walk.step, walk.step + 1);
        walk = applied.walk;
        prop_assert!(walk.offers.len() <= walker.version.offers_allowed());
        let cancelled = walk
            .decisions
            .values()
            .any(|decision| *decision == Decision::Cancelled);
        prop_assert_eq!(walk.outcome() == Some(Outcome::Cancelled), cancelled);
        if walk.current().is_some() {
            let cancelled = walker
                .cancels(&walk)
                .map_err(|error| TestCaseError::fail(error.to_string()))?;
            prop_assert_eq!(cancelled.outcome(), Some(Outcome::Cancelled));
        }
    }
    Ok(walk)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_random_tree_is_fit_and_is_written_as_it_was_read(tree in tree()) {
        prop_assert!(is_fit(&tree));
        let document = serde_json::to_value(&tree).unwrap();
        prop_assert_eq!(CardTree::parse(&document, "#").unwrap(), tree);
    }

    #[test]
    fn a_walk_that_only_goes_forward_ends_within_the_number_of_cards(
        tree in tree(), whims in whims(), tags in any::<[bool; 3]>(),
    ) {
        let walker = Walker::new(&tree, &tags);
        let walk = wander(&walker, &whims, &FORWARD, tree.all().len())?;
        prop_assert!(walk.outcome().is_some(), "{:?}", walk.status);
    }

    #[test]
    fn any_walk_ends_sooner_or_later_and_can_be_cancelled_at_every_card(
        tree in tree(), whims in whims(), tags in any::<[bool; 3]>(),
    ) {
        let walker = Walker::new(&tree, &tags);
        let most = usize::try_from(MAX_STEPS).unwrap() + 2;
        let walk = wander(&walker, &whims, &ANY, most)?;
        let completed = matches!(walk.status, Status::Completed { .. });
        prop_assert!(completed, "{:?}", walk.status);
    }

    #[test]
    fn the_inverses_of_random_edits_bring_the_tree_back(tree in tree(), ops in ops()) {
        let (mut changed, inverses) = edited(&tree, &ops);
        for inverse in inverses {
            let document = serde_json::to_value(&inverse).unwrap();
            let inverse = Op::parse(&document, "#").unwrap();
            let revision = changed.revision();
            changed = edit_tree(&changed, revision, inverse, Subject::Workflow, &mut Uuid::nil).unwrap().tree;
        }
        prop_assert_eq!(changed.cards(), tree.cards());
    }

    #[test]
    fn a_tree_is_no_different_from_itself_and_applying_a_difference_gives_the_other_tree(
        tree in tree(), ops in ops(),
    ) {
        prop_assert!(diff(&tree, &tree).is_empty());
        let (changed, _) = edited(&tree, &ops);
        for (from, to) in [(&tree, &changed), (&changed, &tree)] {
            let difference = diff(from, to);
            prop_assert_eq!(difference.is_empty(), from.cards() == to.cards());
            let made = applied(from, &difference);
            prop_assert_eq!(made.as_slice(), to.cards());
        }
    }

    #[test]
    fn edits_that_touch_no_card_in_common_give_the_same_in_either_order(
        tree in tree(), first in any::<(u8, [Index; 3])>(), second in any::<(u8, [Index; 3])>(),
    ) {
        let ops = [(first, 50_000), (second, 60_000)].map(|((kind, picks), fresh)| random_op(&tree, kind, &picks, fresh));
        let [Some(first), Some(second)] = ops else { return Ok(()) };
        // A copy is one of what there is when it is made.
        prop_assume!(![&first, &second].iter().any(|op| op.name().starts_with("duplicate")));
        let apart = touched(&tree, &first).is_disjoint(&touched(&tree, &second));
        let apply = |tree: &CardTree, op: &Op, fresh: u128| {
            let mut id = fresh;
            let made = edit_tree(tree, 0, op.clone(), Subject::Workflow, &mut || { id += 1; Uuid::from_u128(id) });
            made.map(|edited| edited.tree)
        };
        let one = apply(&tree, &first, 70_000).and_then(|tree| apply(&tree, &second, 80_000));
        let other = apply(&tree, &second, 80_000).and_then(|tree| apply(&tree, &first, 70_000));
        // What a card says and holds is the same; where it stands in its lane may be the one or the other.
        if let (true, Ok(one), Ok(other)) = (apart, one, other) {
            let faces = |tree: &CardTree| -> BTreeMap<CardId, (Face, Vec<Element>)> {
                let all = tree.all().into_iter();
                all.map(|card| (card.id, (Face::of(card), card.elements.clone()))).collect()
            };
            prop_assert_eq!(faces(&one), faces(&other));
        }
    }

    #[test]
    fn no_order_of_edits_gets_round_the_checks(
        tree in tree(), ops in ops(), whims in whims(), tags in any::<[bool; 3]>(),
    ) {
        let (changed, _) = edited(&tree, &ops);
        let document = serde_json::to_value(&changed).unwrap();
        prop_assert_eq!(&CardTree::parse(&document, "#").unwrap(), &changed);
        let walker = Walker::new(&changed, &tags);
        if is_fit(&changed) {
            let walk = wander(&walker, &whims, &FORWARD, changed.all().len())?;
            prop_assert!(walk.outcome().is_some(), "{:?}", walk.status);
            wander(&walker, &whims, &ANY, 60)?;
        } else if let Ok(walk) = walker.start() {
            // A draft may end nowhere; it never goes round in circles.
            let mut walk = walk;
            for whim in whims.iter().cycle().take(changed.all().len() + 1) {
                let Some(step) = walker.step(&walk, whim, &FORWARD) else { break };
                match walker.apply(&walk, &step) {
                    Ok(applied) => walk = applied.walk,
                    Err(refusal) => {
                        prop_assert!(matches!(refusal, Refusal::DeadEnd), "{refusal}");
                        break;
                    }
                }
            }
        }
    }

    #[test]
    fn a_walk_is_stored_and_read_as_it_was(tree in tree(), whims in whims(), tags in any::<[bool; 3]>()) {
        let walker = Walker::new(&tree, &tags);
        let walk = wander(&walker, &whims, &ANY, 20)?;
        let document = serde_json::to_value(&walk).unwrap();
        prop_assert_eq!(serde_json::from_value::<Walk>(document).unwrap(), walk);
    }

    #[test]
    fn whatever_is_posted_is_answered_and_never_changes_two_steps(
        tree in tree(), step in any::<u32>(), card in 0_u128..20, element in 0_u128..20, action in 0_usize..5,
    ) {
        let walker = Walker::new(&tree, &[true, false, true]);
        let walk = walker.start().unwrap();
        let post = Step {
            step: step % 3,
            card: card_id(card),
            action: ANY[action],
            answers: BTreeMap::from([(crate::sample::element_id(element), json!(["opt_x", 1]))]),
        };
        if let Ok(applied) = walker.apply(&walk, &post) {
            prop_assert_eq!(applied.walk.step, 2);
            prop_assert_eq!((post.step, Some(post.card)), (1, walk.current()));
        }
    }
}

#[test]
fn enough_random_edits_leave_a_tree_fit_for_the_property_to_mean_something() {
    use proptest::{strategy::ValueTree as _, test_runner::TestRunner};
    let mut runner = TestRunner::deterministic();
    let strategy = (tree(), ops());
    let fit = (0..300).filter(|_| {
        let (tree, ops) = strategy.new_tree(&mut runner).unwrap().current();
        let (changed, inverses) = edited(&tree, &ops);
        !inverses.is_empty() && is_fit(&changed)
    });
    let fit = fit.count();
    assert!(fit >= 40, "{fit} of 300");
}

#[test]
fn every_template_can_be_walked_and_cancelled_from_every_card() {
    let profiles = exit_profiles().unwrap();
    for template in templates().unwrap() {
        assert!(fair_exit(&template.tree, &profiles[..1]).is_empty());
        let walker = Walker::new(&template.tree, &[]);
        assert_eq!(offers_allowed(&profiles[..1]), walker.version.offers_allowed());
        for card in template.tree.all() {
            if matches!(card.kind, CardKind::Jump(_) | CardKind::Outcome(_)) {
                continue;
            }
            let mut walk = walker.start().unwrap();
            walk.status = Status::InProgress { card: card.id };
            assert_eq!(
                walker.cancels(&walk).unwrap().outcome(),
                Some(Outcome::Cancelled),
                "{}",
                card.id
            );
        }
    }
}
