//! Which card comes next.

use kale_rules::evaluate::evaluate;

use super::{Situation, Walk, facts::WalkFacts};
use crate::{
    card::{Card, CardKind},
    outcome::Outcome,
    said::said,
    variable::{Escaping, fill},
    version::FlowVersion,
};

/// Where a walk comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Arrival {
    /// A card that is shown.
    Card(usize),
    /// An outcome.
    End(usize, Outcome),
    /// Nothing follows.
    Nowhere,
}

pub(super) struct Route<'a> {
    version: &'a FlowVersion,
    walk: &'a Walk,
    situation: &'a Situation<'a>,
    facts: WalkFacts<'a>,
}

impl<'a> Route<'a> {
    pub(super) fn new(version: &'a FlowVersion, walk: &'a Walk, situation: &'a Situation<'a>) -> Self {
        Self {
            version,
            walk,
            situation,
            facts: WalkFacts::new(situation.customer, walk, version),
        }
    }

    /// The first card of a walk.
    pub(super) fn first(&self) -> Arrival {
        self.arrive((!self.version.cards().is_empty()).then_some(0))
    }

    /// What comes after a card: the first branch whose condition holds, else the next card of its lane.
    pub(super) fn after(&self, number: usize) -> Arrival {
        let Some(slot) = self.version.layout().slot(number) else {
            return Arrival::Nowhere;
        };
        let taken = self
            .version
            .branches(number)
            .iter()
            .position(|when| evaluate(when, &self.facts, self.situation.today).matches());
        let lane = taken.and_then(|taken| slot.lanes.get(taken).copied().flatten());
        self.arrive(lane.or(slot.after))
    }

    /// The card itself, or what follows where it is passed over.
    ///
    /// Ends: every turn of the loop goes on to a later card, except a jump to an outcome, which is the last.
    fn arrive(&self, candidate: Option<usize>) -> Arrival {
        let mut candidate = candidate;
        let mut turns = 0;
        while let Some(number) = candidate.filter(|_| turns <= self.version.cards().len()) {
            turns += 1;
            let (Some(card), Some(slot)) = (
                self.version.cards().get(number),
                self.version.layout().slot(number),
            ) else {
                break;
            };
            match &card.kind {
                _ if self.is_passed_over(number, card) => candidate = slot.after,
                CardKind::Jump(jump) => candidate = self.version.layout().number(jump.to),
                CardKind::Outcome(end) if end.outcome == Outcome::Cancelled => return self.cancelled(number),
                CardKind::Outcome(end) => return Arrival::End(number, end.outcome),
                _ => return Arrival::Card(number),
            }
        }
        Arrival::Nowhere
    }

    /// Nobody cancels without having said so on the confirm card.
    fn cancelled(&self, number: usize) -> Arrival {
        let confirmed = self
            .walk
            .decisions
            .values()
            .any(|decision| *decision == super::Decision::Cancelled);
        if confirmed {
            return Arrival::End(number, Outcome::Cancelled);
        }
        self.version.confirm().map_or(Arrival::Nowhere, Arrival::Card)
    }

    /// Whether a card is not shown: its condition is not known to hold, it would be one offer too many, or a value it
    /// speaks of is not known.
    fn is_passed_over(&self, number: usize, card: &Card) -> bool {
        // The way out is always there.
        if matches!(card.kind, CardKind::Confirm(_)) {
            return false;
        }
        let visible = self.version.visible(number);
        if visible.is_some_and(|when| !evaluate(when, &self.facts, self.situation.today).matches()) {
            return true;
        }
        match card.kind {
            CardKind::Jump(_) | CardKind::Outcome(_) | CardKind::Confirm(_) => false,
            CardKind::Offer(_) => self.is_one_offer_too_many(card) || !self.can_be_said(card),
            _ => !self.can_be_said(card),
        }
    }

    fn is_one_offer_too_many(&self, card: &Card) -> bool {
        let shown = self.walk.offers.iter().any(|offer| offer.card == card.id);
        !shown && self.walk.offers.len() >= self.version.offers_allowed()
    }

    /// Whether everything the card says has a value for every variable in it.
    fn can_be_said(&self, card: &Card) -> bool {
        let values = self.situation.values_on(card, self.walk);
        said(card).iter().all(|said| {
            let text = said
                .text
                .read(self.situation.locale, self.situation.default_locale);
            text.is_none_or(|text| fill(text, &values, Escaping::Plain).is_ok())
        })
    }
}
