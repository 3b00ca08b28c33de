//! From a session to the cells it counts in.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use kale_domain::{
    id::{CardId, ElementId, OfferId, OptionId},
    reason::ReasonKey,
};
use kale_flow::{
    answer::Answer,
    card::Card,
    outcome::Outcome,
    session::Session,
    walk::{Decision, Status},
};

use crate::cell::{AtCard, AtOffer, Cell, Counted, Given, Place, Worth};

/// What is asked in a version: on which card, and which options stand for which reasons.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked(BTreeMap<ElementId, (CardId, BTreeMap<OptionId, ReasonKey>)>);

impl Asked {
    /// On these cards.
    #[must_use]
    pub fn on<'a>(cards: impl IntoIterator<Item = &'a Card>) -> Self {
        let elements = cards.into_iter().flat_map(|card| {
            card.elements.iter().map(|element| {
                let options = element.kind.options().iter();
                let reasons = options.filter_map(|option| Some((option.id, option.reason.clone()?)));
                (element.id, (card.id, reasons.collect()))
            })
        });
        Self(elements.collect())
    }

    /// One element.
    #[cfg(test)]
    pub(crate) fn of(
        element: ElementId,
        card: CardId,
        reasons: impl IntoIterator<Item = (OptionId, ReasonKey)>,
    ) -> Self {
        Self(BTreeMap::from([(element, (card, reasons.into_iter().collect()))]))
    }
}

/// The day of an instant in a zone.
#[must_use]
pub fn day(at: Timestamp, zone: &TimeZone) -> Date {
    at.to_zoned(zone.clone()).date()
}

/// What a live session counts for. `decides`: no other one of its subscription takes its place in the save window.
#[must_use]
pub fn count(session: &Session, asked: &Asked, zone: &TimeZone, decides: bool) -> Counted {
    let place = Place {
        workflow: session.workflow,
        version: session.walk.version,
        persona: session.persona,
        channel: session.channel,
        day: day(session.started_at, zone),
    };
    let reasons = reasons(session, asked);
    let mut cells = BTreeMap::from([(Cell::State(session.state()), 1)]);
    if let Some(outcome) = session.walk.outcome() {
        cells.insert(Cell::Outcome(outcome), 1);
        if decides {
            cells.insert(Cell::Decided(outcome), 1);
            worth(&mut cells, session, outcome);
            let decided = reasons.iter().cloned();
            cells.extend(decided.map(|key| (Cell::DecidedReason(key, outcome), 1)));
        }
    }
    cells.extend(reasons.into_iter().map(|key| (Cell::Reason(key), 1)));
    cells.extend(cards(session).into_iter().map(|cell| (cell, 1)));
    cells.extend(offers(session).into_iter().map(|cell| (cell, 1)));
    cells.extend(answers(session).into_iter().map(|cell| (cell, 1)));
    Counted { place, cells }
}

fn worth(cells: &mut BTreeMap<Cell, i64>, session: &Session, outcome: Outcome) {
    let Some(money) = session.mrr_at_stake else { return };
    let cell = |what| Cell::Worth(money.currency, what);
    cells.insert(cell(Worth::Sessions), 1);
    if money.amount_minor != 0 {
        cells.insert(cell(Worth::AtStake), money.amount_minor);
        if outcome == Outcome::Cancelled {
            cells.insert(cell(Worth::Cancelled), money.amount_minor);
        }
    }
}

/// Each card once, however often it was seen.
fn cards(session: &Session) -> BTreeSet<Cell> {
    let walk = &session.walk;
    let (left, last) = match walk.status {
        Status::InProgress { card } => (None, Some(card)),
        Status::Abandoned { card } | Status::Expired { card } => (Some(card), Some(card)),
        // The page that says how it ended is the end of the way.
        Status::Completed { page, .. } => (None, page),
    };
    let mut cells = BTreeSet::new();
    for viewed in &walk.viewed {
        cells.insert(Cell::Card(viewed.card, AtCard::Viewed));
        if last != Some(viewed.card) {
            cells.insert(Cell::Card(viewed.card, AtCard::WentOn));
        }
    }
    cells.extend(left.map(|card| Cell::Card(card, AtCard::Left)));
    cells
}

/// Each offer once, however many cards show it: taken where it was taken on one of them.
fn offers(session: &Session) -> BTreeSet<Cell> {
    let mut decided: BTreeMap<OfferId, Option<Decision>> = BTreeMap::new();
    for shown in &session.walk.offers {
        let Some(offer) = shown.offer else { continue };
        let now = session.walk.decision(shown);
        let kept = decided.entry(offer).or_default();
        if *kept != Some(Decision::Accepted) && now.is_some() {
            *kept = now;
        }
    }
    let mut cells = BTreeSet::new();
    for (offer, decision) in decided {
        cells.insert(Cell::Offer(offer, AtOffer::Shown));
        match decision {
            Some(Decision::Accepted) => cells.insert(Cell::Offer(offer, AtOffer::Accepted)),
            Some(Decision::Declined) => cells.insert(Cell::Offer(offer, AtOffer::Declined)),
            _ => false,
        };
    }
    cells
}

/// The last answer to each element.
fn answers(session: &Session) -> BTreeSet<Cell> {
    let answers = session.walk.answers.iter();
    let cells = answers.flat_map(|(element, answer)| {
        let given = given(answer).into_iter();
        given.map(|given| Cell::Element(*element, given))
    });
    cells.collect()
}

/// The reasons given on the way and on the last page; what was answered on a card that the subscriber went back from is
/// none.
fn reasons(session: &Session, asked: &Asked) -> BTreeSet<ReasonKey> {
    let walk = &session.walk;
    let mut on_the_way: BTreeSet<CardId> = walk.trail.iter().copied().collect();
    if let Status::Completed { page, .. } = walk.status {
        on_the_way.extend(page);
    }
    let mut given = BTreeSet::new();
    for (element, answer) in &walk.answers {
        let Some((card, reasons)) = asked.0.get(element) else {
            continue;
        };
        if on_the_way.contains(card) {
            let chosen = answer.options().iter().filter_map(|option| reasons.get(option));
            given.extend(chosen.cloned());
        }
    }
    given
}

fn given(answer: &Answer) -> Vec<Given> {
    match answer {
        Answer::Option(_) | Answer::Options(_) => {
            answer.options().iter().copied().map(Given::Option).collect()
        }
        Answer::Rating(number) => vec![Given::Rating(*number)],
        Answer::Text(_) => vec![Given::Text],
        Answer::Checked(true) => vec![Given::Ticked],
        Answer::Checked(false) => vec![Given::Unticked],
        Answer::Clicked => vec![Given::Clicked],
    }
}
