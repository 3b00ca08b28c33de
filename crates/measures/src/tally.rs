//! What a sum of cells says.

use std::collections::BTreeMap;

use kale_domain::{
    id::{CardId, ElementId, OfferId},
    money::Currency,
    reason::ReasonKey,
};
use kale_flow::{outcome::Outcome, session::SessionState};

use crate::{
    cell::{AtCard, AtOffer, Cell, Given, Worth},
    rate::Rate,
    window::takes_part,
};

/// A sum of cells, of however many places.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally(BTreeMap<Cell, i64>);

/// What became of sessions at a card.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CardTally {
    /// How many saw it.
    pub viewed: u64,
    /// How many went on from it.
    pub went_on: u64,
    /// How many left there.
    pub left: u64,
}

/// What became of an offer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OfferTally {
    /// In how many sessions it was shown.
    pub shown: u64,
    /// In how many it was taken.
    pub accepted: u64,
    /// In how many it was not.
    pub declined: u64,
}

/// What became of sessions that gave a reason.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ReasonTally {
    /// How many gave it.
    pub sessions: u64,
    /// How many of them decided and ended without a cancellation.
    pub stayed: u64,
    /// How many decided and ended with one.
    pub left: u64,
    /// *Immediate deflection* among them.
    pub immediate_deflection: Rate,
}

impl ReasonTally {
    /// Those of whom neither is known: not finished, followed by another session that decides, told where to cancel, or
    /// no answer to a wish to leave.
    #[must_use]
    pub fn other(&self) -> u64 {
        self.sessions
            .saturating_sub(self.stayed)
            .saturating_sub(self.left)
    }
}

/// The monthly worth of sessions that decide, in one currency.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct WorthTally {
    /// Of how many it is known.
    pub sessions: u64,
    /// Their worth, in minor units.
    pub at_stake: i64,
    /// That of those that cancelled.
    pub cancelled: i64,
}

/// Whether it ended without a cancellation. Who was told where to cancel elsewhere counts as one who may have.
const fn is_deflected(outcome: Outcome) -> bool {
    matches!(
        outcome,
        Outcome::Saved | Outcome::Contracted | Outcome::Deferred | Outcome::Escalated
    )
}

/// *Immediate deflection* over decisions by outcome.
fn deflection(decided: impl Fn(Outcome) -> u64) -> Rate {
    let sum = |counts: fn(Outcome) -> bool| {
        let outcomes = Outcome::ALL.into_iter().filter(|outcome| counts(*outcome));
        outcomes.map(&decided).sum()
    };
    Rate::of(sum(is_deflected), sum(takes_part))
}

impl Tally {
    /// Adds to a cell.
    pub fn add(&mut self, cell: Cell, number: i64) {
        let sum = self.0.entry(cell).or_default();
        *sum = sum.saturating_add(number);
    }

    /// Adds another one.
    pub fn add_all<'a>(&mut self, cells: impl IntoIterator<Item = (&'a Cell, &'a i64)>) {
        for (cell, number) in cells {
            match self.0.get_mut(cell) {
                Some(sum) => *sum = sum.saturating_add(*number),
                None => drop(self.0.insert(cell.clone(), *number)),
            }
        }
    }

    /// Each cell and its sum.
    pub fn iter(&self) -> impl Iterator<Item = (&Cell, &i64)> {
        self.0.iter()
    }

    fn number(&self, cell: &Cell) -> u64 {
        let number = self.0.get(cell).copied().unwrap_or(0);
        u64::try_from(number).unwrap_or(0)
    }

    /// All sessions.
    #[must_use]
    pub fn sessions(&self) -> u64 {
        let states = SessionState::ALL.map(|state| self.state(state));
        states.into_iter().sum()
    }

    /// Sessions in that state.
    #[must_use]
    pub fn state(&self, state: SessionState) -> u64 {
        self.number(&Cell::State(state))
    }

    /// Sessions that ended so.
    #[must_use]
    pub fn outcome(&self, outcome: Outcome) -> u64 {
        self.number(&Cell::Outcome(outcome))
    }

    /// Decisions of that outcome: several sessions of one subscription in the save window are one.
    #[must_use]
    pub fn decided(&self, outcome: Outcome) -> u64 {
        self.number(&Cell::Decided(outcome))
    }

    /// *Immediate deflection*: decisions without a cancellation / decisions.
    #[must_use]
    pub fn immediate_deflection(&self) -> Rate {
        deflection(|outcome| self.decided(outcome))
    }

    /// What is known of the monthly worth, by currency.
    #[must_use]
    pub fn worth(&self) -> BTreeMap<&'static str, (Currency, WorthTally)> {
        let mut all: BTreeMap<_, (Currency, WorthTally)> = BTreeMap::new();
        for (cell, number) in &self.0 {
            if let Cell::Worth(currency, what) = cell {
                let (_, one) = all
                    .entry(currency.code())
                    .or_insert_with(|| (*currency, WorthTally::default()));
                match what {
                    Worth::Sessions => one.sessions = u64::try_from(*number).unwrap_or(0),
                    Worth::AtStake => one.at_stake = *number,
                    Worth::Cancelled => one.cancelled = *number,
                }
            }
        }
        all
    }

    /// What became of the sessions that gave each reason.
    #[must_use]
    pub fn reasons(&self) -> BTreeMap<&ReasonKey, ReasonTally> {
        let reasons = self.0.keys().filter_map(|cell| match cell {
            Cell::Reason(key) => Some((key, self.number(cell))),
            _ => None,
        });
        let given = reasons.filter(|(_, sessions)| *sessions > 0);
        given
            .map(|(key, sessions)| {
                let decided = |outcome| self.number(&Cell::DecidedReason(key.clone(), outcome));
                let immediate_deflection = deflection(decided);
                let tally = ReasonTally {
                    sessions,
                    stayed: immediate_deflection.hits,
                    left: decided(Outcome::Cancelled),
                    immediate_deflection,
                };
                (key, tally)
            })
            .collect()
    }

    /// What became of each offer.
    #[must_use]
    pub fn offers(&self) -> BTreeMap<OfferId, OfferTally> {
        let mut all: BTreeMap<OfferId, OfferTally> = BTreeMap::new();
        for cell in self.0.keys() {
            if let Cell::Offer(offer, at) = cell {
                let (one, number) = (all.entry(*offer).or_default(), self.number(cell));
                match at {
                    AtOffer::Shown => one.shown = number,
                    AtOffer::Accepted => one.accepted = number,
                    AtOffer::Declined => one.declined = number,
                }
            }
        }
        all
    }

    /// What became of sessions at that card.
    #[must_use]
    pub fn card(&self, card: CardId) -> CardTally {
        CardTally {
            viewed: self.number(&Cell::Card(card, AtCard::Viewed)),
            went_on: self.number(&Cell::Card(card, AtCard::WentOn)),
            left: self.number(&Cell::Card(card, AtCard::Left)),
        }
    }

    /// How an element was answered, and in how many sessions.
    #[must_use]
    pub fn answers(&self, element: ElementId) -> BTreeMap<Given, u64> {
        let answers = self.0.keys().filter_map(|cell| match cell {
            Cell::Element(id, given) if *id == element => Some((*given, self.number(cell))),
            _ => None,
        });
        answers.filter(|(_, number)| *number > 0).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decided(numbers: &[(Outcome, i64)]) -> Tally {
        let mut tally = Tally::default();
        for (outcome, number) in numbers {
            tally.add(Cell::Decided(*outcome), *number);
        }
        tally
    }

    #[test]
    fn a_deflection_is_a_decision_without_a_cancellation_and_nothing_else() {
        use Outcome::{
            Cancelled, Contracted, Deferred, Escalated, Reactivated, Recovered, Redirected, Saved,
        };
        let tally = decided(&[
            (Saved, 10),
            (Contracted, 1),
            (Deferred, 2),
            (Escalated, 3),
            (Cancelled, 20),
            (Redirected, 4),
            (Recovered, 100),
            (Reactivated, 100),
        ]);
        let rate = tally.immediate_deflection();
        assert_eq!((rate.hits, rate.n), (16, 40));
        assert!(rate.share.is_some());
        assert_eq!(decided(&[(Saved, 19)]).immediate_deflection().share, None);
    }

    #[test]
    fn a_reason_is_split_by_what_was_decided_and_the_rest_is_neither() {
        use Outcome::{Cancelled, Deferred, Recovered, Redirected, Saved};
        let key: ReasonKey = "price_too_high".parse().unwrap();
        let mut tally = Tally::default();
        tally.add(Cell::Reason(key.clone()), 30);
        for (outcome, number) in [
            (Saved, 7),
            (Deferred, 2),
            (Cancelled, 8),
            (Redirected, 2),
            (Recovered, 1),
        ] {
            tally.add(Cell::DecidedReason(key.clone(), outcome), number);
        }
        let one = |tally: &Tally| tally.reasons()[&key];
        let few = one(&tally);
        assert_eq!((few.sessions, few.stayed, few.left, few.other()), (30, 9, 8, 13));
        assert_eq!(
            (few.immediate_deflection.hits, few.immediate_deflection.n),
            (9, 19)
        );
        assert_eq!(few.immediate_deflection.share, None);
        tally.add(Cell::DecidedReason(key.clone(), Redirected), 1);
        assert!(one(&tally).immediate_deflection.share.is_some());
    }
}
