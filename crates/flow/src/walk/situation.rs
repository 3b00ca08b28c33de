//! What a walk is told about the world at each step.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use jiff::civil::Date;
use kale_rules::facts::Facts;

use super::{Decision, Walk};
use crate::{
    card::{Card, CardKind},
    text::Locale,
    variable::Values,
};
use kale_domain::id::CardId;

/// What is known while a step is taken. The engine has no other source.
#[derive(Clone, Copy)]
pub struct Situation<'a> {
    /// What is known of the customer.
    pub customer: &'a dyn Facts,
    /// The company's day.
    pub today: Date,
    /// What the variables stand for, in the reader's words.
    pub values: &'a Values,
    /// What they stand for on one card only: `offer.*` and `preview.*` of its offer. An outcome card speaks of the offer
    /// that was accepted last.
    pub card_values: &'a BTreeMap<CardId, Values>,
    /// What the reader reads.
    pub locale: &'a Locale,
    /// What every text exists in.
    pub default_locale: &'a Locale,
    /// The offer cards whose acceptance makes the subscription smaller, as the preview of billing says.
    pub contracting: &'a BTreeSet<CardId>,
    /// Sets the order of shuffled options; the same for a whole session.
    pub seed: u64,
}

impl<'a> Situation<'a> {
    /// What the variables stand for on a card.
    pub(crate) fn values_on(&self, card: &Card, walk: &Walk) -> Cow<'a, Values> {
        let accepted = || {
            let mut offers = walk.offers.iter().rev();
            offers.find(|offer| walk.decision(offer) == Some(Decision::Accepted))
        };
        let speaks_of = match card.kind {
            CardKind::Outcome(_) => accepted().map_or(card.id, |offer| offer.card),
            _ => card.id,
        };
        match self.card_values.get(&speaks_of) {
            None => Cow::Borrowed(self.values),
            Some(own) => {
                let mut values = self.values.clone();
                values.extend(own.clone());
                Cow::Owned(values)
            }
        }
    }
}

impl fmt::Debug for Situation<'_> {
    /// Without the customer: what is known of a person does not belong into a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Situation")
            .field("today", &self.today)
            .field("locale", &self.locale)
            .finish_non_exhaustive()
    }
}
