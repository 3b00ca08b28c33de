//! Properties of trees, edits and walks, over random trees, random edits and random walkers.

use std::collections::{BTreeMap, BTreeSet};

use kale_domain::money::Currency;
use kale_rules::{check::Schema, facts::FactMap};
use proptest::{collection::vec, prelude::*, sample::Index};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    card::{Branch, Card, CardKind},
    check::{Against, check},
    condition::Condition,
    defaults::{exit_profiles, templates},
    edit::{EditError, Face, Op, Place, Subject, edit_tree},
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

/// The id of the last card of every random tree: the outcome `saved`.
const SAVED: u128 = 9_001;

/// A card of a random tree, before it has an id.
#[derive(Debug, Clone)]
enum Plan {
    Message { hidden: bool },
    Survey { lanes: Vec<Vec<Self>> },
    Words { required: bool },
    Offer { ends: bool, stands_in: bool },
    HandOff,
    Lanes { lanes: Vec<Vec<Self>> },
    End { jumps: bool },
}

fn plans() -> impl Strategy<Value = Vec<Plan>> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(|hidden| Plan::Message { hidden }),
        any::<bool>().prop_map(|required| Plan::Words { required }),
        any::<(bool, bool)>().prop_map(|(ends, stands_in)| Plan::Offer { ends, stands_in }),
        Just(Plan::HandOff),
    ];
    let card = leaf.prop_recursive(3, 20, 4, |inner| {
        let lane = (vec(inner, 0..3), prop::option::of(any::<bool>())).prop_map(|(mut cards, end)| {
            cards.extend(end.map(|jumps| Plan::End { jumps }));
            cards
        });
        let lanes = vec(lane, 2..4);
        prop_oneof![
            lanes.clone().prop_map(|lanes| Plan::Survey { lanes }),
            lanes.prop_map(|lanes| Plan::Lanes { lanes }),
        ]
    });
    vec(card, 0..5)
}

/// Gives plans their ids.
#[derive(Default)]
struct Maker(u128);

impl Maker {
    fn cards(&mut self, plans: Vec<Plan>) -> Vec<Card> {
        plans.into_iter().map(|plan| self.card(plan)).collect()
    }

    fn card(&mut self, plan: Plan) -> Card {
        self.0 += 1;
        let n = self.0;
        match plan {
            Plan::Message { hidden } => {
                let mut card = message(n);
                card.visible_when = hidden.then(|| tagged("vip"));
                card
            }
            Plan::Survey { lanes } => {
                let lanes = lanes.into_iter().map(|lane| self.cards(lane)).collect();
                question(n, lanes)
            }
            Plan::Words { required } => {
                let mut card = question(n, vec![]);
                card.elements = vec![free_text(n, required)];
                if let CardKind::Question(question) = &mut card.kind
                    && required
                {
                    question.skip = Text::default();
                }
                card
            }
            Plan::Offer { ends, stands_in } => {
                let mut card = offer(n, vec![self.end(ends)]);
                if let CardKind::Offer(offer) = &mut card.kind {
                    offer.fallback = stands_in;
                }
                card
            }
            Plan::HandOff => hand_off(n, vec![self.end(true)]),
            Plan::Lanes { lanes } => {
                let lanes = lanes.into_iter().map(|plans| lane(self.cards(plans)));
                let mut lanes: Vec<Branch> = lanes.collect();
                for (index, lane) in lanes.iter_mut().enumerate() {
                    lane.when = tagged(["vip", "beta", "old"][index % 3]);
                }
                card(n, lanes)
            }
            Plan::End { jumps } => self.end(!jumps),
        }
    }

    fn end(&mut self, own: bool) -> Card {
        self.0 += 1;
        if own {
            outcome(self.0, Outcome::Deferred)
        } else {
            jump(self.0, SAVED)
        }
    }
}

fn tagged(tag: &str) -> Condition {
    Condition::parse(&json!({ "tag": tag }), "#").unwrap()
}

/// A random tree that passes the checks, but perhaps not the fair exit.
fn tree() -> impl Strategy<Value = CardTree> {
    plans().prop_map(|plans| {
        let mut cards = Maker::default().cards(plans);
        cards.extend([confirm(900, 901), outcome(SAVED, Outcome::Saved)]);
        CardTree::new(0, cards).unwrap()
    })
}

fn is_fit(tree: &CardTree) -> bool {
    let english = Locale::english();
    let against = Against {
        schema: &Schema::empty(Currency::USD),
        default_locale: &english,
        locales: &[],
        reasons: &BTreeSet::new(),
        offers: None,
    };
    !check(tree, &against)
        .iter()
        .any(crate::problem::Problem::is_error)
}

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

const FORWARD: [Action; 3] = [Action::Next, Action::Accept, Action::Decline];
const ANY: [Action; 5] = [
    Action::Next,
    Action::Accept,
    Action::Decline,
    Action::Back,
    Action::Cancel,
];

/// One random edit of whatever the tree has.
#[expect(clippy::too_many_lines, reason = "one arm for each kind of edit")]
fn random_op(tree: &CardTree, kind: u8, picks: &[Index; 3], fresh: u128) -> Option<Op> {
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
fn edited(tree: &CardTree, ops: &[(u8, [Index; 3])]) -> (CardTree, Vec<Op>) {
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

fn ops() -> impl Strategy<Value = Vec<(u8, [Index; 3])>> {
    vec(any::<(u8, [Index; 3])>(), 0..6)
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
