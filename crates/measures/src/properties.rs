//! Figures that are added up step by step, in whatever order, are those of a naive count from scratch.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use kale_domain::{
    id::{CardId, CustomerId, ElementId, OfferId, OptionId, PersonaId, SessionId, WorkflowId},
    money::{Currency, Money},
    subscriber::Mode,
    workflow::Trigger,
};
use kale_flow::{
    answer::Answer,
    offer::OfferKind,
    outcome::Outcome,
    session::{Channel, Session},
    text::Locale,
    walk::{Afterthought, Decision, OfferShown, Status, Viewed, Walk},
};
use proptest::prelude::*;
use uuid::Uuid;

use crate::{
    cell::{Counted, Numbers, difference},
    session::{Asked, count},
    window::{Finished, superseded, takes_part},
};

fn uuid(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn card(number: u128) -> CardId {
    CardId::from_uuid(uuid(number))
}

/// A session of one of three subscriptions.
fn begun(number: u128, hour: i64) -> Session {
    let at = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hour);
    Session {
        id: SessionId::from_uuid(uuid(number)),
        workflow: WorkflowId::from_uuid(uuid(number % 2)),
        trigger: Trigger::CancelIntent,
        mode: Mode::Live,
        channel: Channel::Hosted,
        customer: CustomerId::from_uuid(uuid(number % 3)),
        subscription: None,
        persona: number.is_multiple_of(2).then(|| PersonaId::from_uuid(uuid(1))),
        mrr_at_stake: (!number.is_multiple_of(4)).then(|| Money {
            amount_minor: i64::try_from(number).unwrap(),
            currency: Currency::USD,
        }),
        locale: Locale::english(),
        return_url: None,
        walk: Walk {
            version: 1,
            step: 1,
            status: Status::InProgress { card: card(1) },
            trail: vec![card(1)],
            viewed: vec![Viewed {
                card: card(1),
                step: 1,
            }],
            answers: BTreeMap::new(),
            decisions: BTreeMap::new(),
            offers: Vec::new(),
            last: None,
        },
        returns: 0,
        started_at: at,
        last_seen_at: at,
        ended_at: None,
        revision: 1,
    }
}

/// What happens to a session.
#[derive(Debug, Clone, Copy)]
enum Step {
    Begin,
    Look(usize, u128),
    Answer(usize, u128),
    Offer(usize, bool),
    Abandon(usize),
    End(usize, Outcome),
    /// Some that have changed are counted.
    Count(usize),
    Wait(i64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let outcome = prop::sample::select(Outcome::ALL.to_vec());
    let one = prop_oneof![
        3 => Just(Step::Begin),
        2 => (0_usize..20, 1_u128..5).prop_map(|(at, card)| Step::Look(at, card)),
        2 => (0_usize..20, 1_u128..4).prop_map(|(at, option)| Step::Answer(at, option)),
        1 => (0_usize..20, any::<bool>()).prop_map(|(at, taken)| Step::Offer(at, taken)),
        1 => (0_usize..20).prop_map(Step::Abandon),
        4 => (0_usize..20, outcome).prop_map(|(at, outcome)| Step::End(at, outcome)),
        3 => (1_usize..5).prop_map(Step::Count),
        3 => (1_i64..400).prop_map(Step::Wait),
    ];
    prop::collection::vec(one, 1..80)
}

#[derive(Default)]
struct World {
    hour: i64,
    sessions: Vec<(Session, Option<Counted>, bool)>,
    numbers: Numbers,
}

/// One question, whose options but one stand for reasons.
fn asked() -> Asked {
    let reasons = [(1, "price_too_high"), (2, "other")];
    let reasons = reasons.map(|(option, key)| (OptionId::from_uuid(uuid(option)), key.parse().unwrap()));
    Asked::of(ElementId::from_uuid(uuid(1)), card(1), reasons)
}

/// Which of the sessions of a subscription decide nothing.
fn without_say(sessions: &[(Session, Option<Counted>, bool)], of: &Session) -> BTreeSet<SessionId> {
    let family = sessions.iter().map(|(session, ..)| session).filter(|one| {
        (one.customer, &one.subscription) == (of.customer, &of.subscription)
            && one.walk.outcome().is_some_and(takes_part)
    });
    let finished: Vec<Finished> = family
        .map(|one| Finished {
            at: one.ended_at.unwrap(),
            id: one.id,
        })
        .collect();
    superseded(&finished)
}

impl World {
    fn open(&mut self, at: usize) -> Option<&mut Session> {
        let all = self.sessions.len();
        let (session, _, dirty) = self.sessions.get_mut(at % all.max(1))?;
        if session.state().is_final() {
            return None;
        }
        *dirty = true;
        Some(session)
    }

    fn step(&mut self, step: Step) {
        let hour = self.hour;
        match step {
            Step::Begin => {
                let number = u128::try_from(self.sessions.len()).unwrap();
                self.sessions.push((begun(number, hour), None, true));
            }
            Step::Look(at, number) => {
                if let Some(session) = self.open(at) {
                    session.walk.status = Status::InProgress { card: card(number) };
                    session.walk.viewed.push(Viewed {
                        card: card(number),
                        step: 1,
                    });
                }
            }
            Step::Answer(at, option) => {
                if let Some(session) = self.open(at) {
                    let answer = Answer::Option(OptionId::from_uuid(uuid(option)));
                    session.walk.answers.insert(ElementId::from_uuid(uuid(1)), answer);
                }
            }
            Step::Offer(at, taken) => {
                if let Some(session) = self.open(at) {
                    session.walk.offers.push(OfferShown {
                        card: card(2),
                        element: ElementId::from_uuid(uuid(2)),
                        kind: OfferKind::Pause,
                        offer: Some(OfferId::from_uuid(uuid(1))),
                        step: 1,
                    });
                    if taken {
                        session.walk.decisions.insert(card(2), Decision::Accepted);
                    }
                }
            }
            Step::Abandon(at) => {
                if let Some(session) = self.open(at) {
                    session.walk = session.walk.clone().abandon().unwrap_or(session.walk.clone());
                }
            }
            Step::End(at, outcome) => {
                if let Some(session) = self.open(at) {
                    session.walk.status = Status::Completed {
                        outcome,
                        page: None,
                        afterthought: Afterthought::Closed,
                    };
                    session.ended_at = Some(Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hour));
                }
            }
            Step::Count(most) => self.count(most),
            Step::Wait(hours) => self.hour += hours,
        }
    }

    /// Counts some that are dirty, and with them those of the same subscription whose say has moved.
    fn count(&mut self, most: usize) {
        let dirty = self.sessions.iter().filter(|(_, _, dirty)| *dirty).take(most);
        let batch: BTreeSet<SessionId> = dirty.map(|(session, ..)| session.id).collect();
        let touched: Vec<Session> = self
            .sessions
            .iter()
            .filter(|(session, ..)| batch.contains(&session.id))
            .map(|(session, ..)| session.clone())
            .collect();
        for one in touched {
            let gone = without_say(&self.sessions, &one);
            for (session, counted, dirty) in &mut self.sessions {
                let family = (session.customer, &session.subscription) == (one.customer, &one.subscription);
                // Who has never been counted will be.
                if family && (batch.contains(&session.id) || (counted.is_some() && !*dirty)) {
                    let after = count(session, &asked(), &TimeZone::UTC, !gone.contains(&session.id));
                    difference(&mut self.numbers, counted.as_ref(), Some(&after));
                    *counted = Some(after);
                    *dirty = false;
                }
            }
        }
    }

    fn recount(&self) -> Numbers {
        let mut numbers = Numbers::new();
        for (session, ..) in &self.sessions {
            let gone = without_say(&self.sessions, session);
            let counted = count(session, &asked(), &TimeZone::UTC, !gone.contains(&session.id));
            difference(&mut numbers, None, Some(&counted));
        }
        numbers
    }
}

proptest! {
    #[test]
    fn what_is_added_up_step_by_step_is_a_count_from_scratch(steps in steps()) {
        let mut world = World::default();
        for step in steps {
            world.step(step);
        }
        while world.sessions.iter().any(|(_, _, dirty)| *dirty) {
            world.count(3);
        }
        prop_assert_eq!(&world.numbers, &world.recount());
        // One that was counted away leaves nothing.
        let mut numbers = world.numbers.clone();
        for (_, counted, _) in &world.sessions {
            difference(&mut numbers, counted.as_ref(), None);
        }
        prop_assert_eq!(numbers, Numbers::new());
    }
}
