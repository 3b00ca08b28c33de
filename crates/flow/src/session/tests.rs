use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, civil::date};
use kale_domain::money::Currency;
use kale_rules::{check::Schema, facts::FactMap};
use uuid::Uuid;

use super::*;
use crate::{
    outcome::Outcome,
    sample::{confirm, message, outcome},
    step::Action,
    tree::CardTree,
    variable::Values,
};

fn at(minutes: i64) -> Timestamp {
    "2026-11-14T12:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_mins(minutes)
}

fn version() -> FlowVersion {
    let cards = vec![message(1), message(2), confirm(3, 4), outcome(5, Outcome::Saved)];
    let tree = CardTree::new(1, cards).unwrap();
    FlowVersion::new(3, &tree, &Schema::empty(Currency::USD), 3)
}

fn within<T>(work: impl FnOnce(&Situation<'_>) -> T) -> T {
    let (facts, values, own) = (FactMap::new(), Values::new(), BTreeMap::new());
    let (english, none) = (Locale::english(), BTreeSet::new());
    work(&Situation {
        customer: &facts,
        today: date(2026, 11, 14),
        values: &values,
        card_values: &own,
        locale: &english,
        default_locale: &english,
        contracting: &none,
        seed: 1,
    })
}

fn blank() -> Session {
    let walk = within(|situation| start(&version(), situation)).unwrap().walk;
    Session {
        id: SessionId::from_uuid(Uuid::from_u128(1)),
        workflow: WorkflowId::from_uuid(Uuid::from_u128(2)),
        trigger: Trigger::CancelIntent,
        mode: Mode::Live,
        channel: Channel::Hosted,
        customer: CustomerId::from_uuid(Uuid::from_u128(3)),
        subscription: None,
        persona: None,
        mrr_at_stake: None,
        locale: Locale::english(),
        return_url: None,
        walk,
        returns: 0,
        started_at: at(0),
        last_seen_at: at(0),
        ended_at: None,
        revision: 1,
    }
}

fn begun() -> Changed {
    within(|situation| Session::begin(blank(), &version(), situation, at(0))).unwrap()
}

fn posted(session: &Session, number: u32, action: Action, minutes: i64) -> Result<Stepped, Refusal> {
    let card = session.walk.current().unwrap_or(session.walk.trail[0]);
    let step = Step {
        step: number,
        card,
        action,
        answers: BTreeMap::new(),
    };
    within(|situation| session.step(&version(), &step, situation, at(minutes)))
}

fn stepped(session: &Session, action: Action, minutes: i64) -> Changed {
    match posted(session, session.walk.step, action, minutes).unwrap() {
        Stepped::Changed(changed) => *changed,
        Stepped::Repeated(_) => panic!("repeated"),
    }
}

fn names(changed: &Changed) -> Vec<&str> {
    changed.events.iter().map(|event| event.name.as_str()).collect()
}

#[test]
fn what_happens_is_told_once_under_the_identity_of_its_step_and_position() {
    let begun = begun();
    assert_eq!(names(&begun), ["session.started", "card.viewed"]);
    assert_eq!(begun.events[1].id, event_id(begun.session.id, 0, 1));

    let next = stepped(&begun.session, Action::Next, 1);
    assert_eq!(names(&next), ["card.viewed"]);
    assert_eq!(next.session.last_seen_at, at(1));

    let asked = stepped(&next.session, Action::Cancel, 2);
    let ended = stepped(&asked.session, Action::Cancel, 3);
    assert_eq!(names(&ended), ["card.viewed", "session.ended"]);
    assert_eq!(ended.events[1].properties["outcome"], "cancelled");
    assert_eq!(ended.session.ended_at, Some(at(3)));
    assert_eq!(ended.session.state(), SessionState::Completed);

    let mut seen = BTreeSet::new();
    let all = [begun, next, asked, ended];
    assert!(
        all.iter()
            .flat_map(|changed| &changed.events)
            .all(|event| seen.insert(event.id))
    );
}

#[test]
fn the_same_step_again_is_repeated_and_another_is_refused() {
    let first = begun().session;
    let second = stepped(&first, Action::Next, 1).session;
    let step = Step {
        step: 1,
        card: first.walk.current().unwrap(),
        action: Action::Next,
        answers: BTreeMap::new(),
    };
    let again = |minutes| within(|situation| second.step(&version(), &step, situation, at(minutes)));
    assert_eq!(again(20), Ok(Stepped::Repeated(Box::new(second.clone()))));
    // After a while it is still the same answer, of a session that nobody goes on with.
    for (minutes, state) in [(40, SessionState::Abandoned), (25 * 60, SessionState::Expired)] {
        match again(minutes) {
            Ok(Stepped::Repeated(session)) => assert_eq!(session.state(), state),
            other => panic!("{other:?}"),
        }
    }
    let other = Step {
        action: Action::Cancel,
        ..step
    };
    let refused = within(|situation| second.step(&version(), &other, situation, at(2)));
    assert_eq!(refused, Err(Refusal::StepTaken { step: 1 }));
}

#[test]
fn half_an_hour_abandons_and_coming_back_within_a_day_goes_on_at_the_same_card() {
    let session = stepped(&begun().session, Action::Next, 0).session;
    assert_eq!((session.idled(at(29)), session.come_back(at(29))), (None, None));

    let idle = session.idled(at(31)).unwrap();
    assert_eq!(
        (idle.session.state(), names(&idle)),
        (SessionState::Abandoned, vec![])
    );
    assert_eq!(idle.session.ended_at, None);
    // Whether somebody swept in between or not.
    for left in [&session, &idle.session] {
        assert_eq!(left.state_at(at(20 * 60)), SessionState::Abandoned);
        let back = left.come_back(at(20 * 60)).unwrap();
        assert_eq!(names(&back), ["session.resumed"]);
        assert_eq!(back.session.walk.current(), session.walk.current());
        assert_eq!(
            (back.session.state(), back.session.returns),
            (SessionState::InProgress, 1)
        );

        let on = stepped(left, Action::Next, 20 * 60);
        assert_eq!(names(&on)[0], "session.resumed");
        assert_eq!(on.session.returns, 1);
    }
    // Twice away, twice told.
    let back = session.come_back(at(60)).unwrap().session;
    let twice = back.come_back(at(120)).unwrap();
    assert_ne!(
        twice.events[0].id,
        session.come_back(at(60)).unwrap().events[0].id
    );
}

#[test]
fn a_day_is_the_end_and_nothing_brings_it_back() {
    let session = begun().session;
    for left in [session.clone(), session.idled(at(60)).unwrap().session] {
        let over = left.idled(at(25 * 60)).unwrap();
        assert_eq!(over.session.state(), SessionState::Expired);
        assert_eq!(over.session.ended_at, Some(at(24 * 60)));
        assert_eq!(names(&over), ["session.ended"]);
        assert!(over.events[0].properties.is_empty());
        assert_eq!(left.come_back(at(25 * 60)), None);
        assert_eq!(posted(&left, 1, Action::Next, 25 * 60), Err(Refusal::Ended));
        assert_eq!(over.session.idled(at(50 * 60)), None);
    }
}

#[test]
fn leaving_says_at_once_what_silence_says_later() {
    let session = begun().session;
    let left = session.left(at(1)).unwrap();
    assert_eq!(
        (left.session.state(), names(&left)),
        (SessionState::Abandoned, vec![])
    );
    assert_eq!(left.session.left(at(2)), None);
    assert!(left.session.come_back(at(2)).is_some());
}
