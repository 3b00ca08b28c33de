//! Cells: what is counted, and where.

use std::{collections::BTreeMap, fmt, str::FromStr};

use jiff::civil::Date;
use kale_domain::{
    id::{CardId, ElementId, OfferId, OptionId, PersonaId, WorkflowId},
    money::Currency,
    reason::ReasonKey,
};
use kale_flow::{
    outcome::Outcome,
    session::{Channel, SessionState},
};
use serde::{Deserialize, Serialize};

/// Which cells there are: grows when sessions begin to count for others than before, so that roll-ups of the cells before
/// are counted anew.
pub const GENERATION: u32 = 2;

/// Where a session counts: one document of the roll-ups.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// What was walked.
    pub workflow: WorkflowId,
    /// Its version.
    pub version: u32,
    /// The customer's persona at the start.
    pub persona: Option<PersonaId>,
    /// Where it began.
    pub channel: Channel,
    /// The day it began on, in the company's zone.
    pub day: Date,
}

/// What is counted.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Cell {
    /// Sessions by where they stand.
    State(SessionState),
    /// Finished sessions by how they ended.
    Outcome(Outcome),
    /// The same of those only that decide in their save window.
    Decided(Outcome),
    /// Sessions that saw a card, and what became of them there.
    Card(CardId, AtCard),
    /// Sessions by how an element was answered.
    Element(ElementId, Given),
    /// Sessions that gave a reason.
    Reason(ReasonKey),
    /// Of those the finished ones that decide in their save window, by how they ended.
    DecidedReason(ReasonKey, Outcome),
    /// Sessions that saw an offer, and what was decided.
    Offer(OfferId, AtOffer),
    /// Of those that decide and whose monthly worth is known.
    Worth(Currency, Worth),
}

macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $wire:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $($(#[$doc])* $variant,)+ }

        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name in a cell.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $wire),+ }
            }
        }
    };
}

words! {
    /// What became of a session at a card.
    AtCard {
        /// It was shown.
        Viewed = "viewed",
        /// The subscriber went on from it.
        WentOn = "went_on",
        /// It is where the subscriber left.
        Left = "left",
    }
}

words! {
    /// What became of an offer in a session.
    AtOffer {
        /// It was shown.
        Shown = "shown",
        /// It was taken.
        Accepted = "accepted",
        /// It was not.
        Declined = "declined",
    }
}

words! {
    /// What is known of the monthly worth of sessions.
    Worth {
        /// How many it is known of.
        Sessions = "sessions",
        /// Their worth at the start, in minor units.
        AtStake = "at_stake",
        /// That of those that ended with a cancellation.
        Cancelled = "cancelled",
    }
}

/// How an element was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Given {
    /// With this option, perhaps among others.
    Option(OptionId),
    /// With this number.
    Rating(i8),
    /// With words.
    Text,
    /// Ticked.
    Ticked,
    /// Not ticked.
    Unticked,
    /// A call to action was followed.
    Clicked,
}

impl fmt::Display for Given {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Option(id) => write!(f, "{id}"),
            Self::Rating(number) => write!(f, "r{number}"),
            Self::Text => f.write_str("text"),
            Self::Ticked => f.write_str("ticked"),
            Self::Unticked => f.write_str("unticked"),
            Self::Clicked => f.write_str("clicked"),
        }
    }
}

impl FromStr for Given {
    type Err = ParseCellError;

    fn from_str(text: &str) -> Result<Self, ParseCellError> {
        Ok(match text {
            "text" => Self::Text,
            "ticked" => Self::Ticked,
            "unticked" => Self::Unticked,
            "clicked" => Self::Clicked,
            _ => match text.strip_prefix('r') {
                Some(number) => Self::Rating(number.parse().map_err(|_no_number| ParseCellError)?),
                None => Self::Option(text.parse().map_err(|_no_id| ParseCellError)?),
            },
        })
    }
}

/// The text names no cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("names no cell")]
pub struct ParseCellError;

/// As the path of a field: no part of it holds a dot.
impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::State(state) => write!(f, "state.{}", state.name()),
            Self::Outcome(outcome) => write!(f, "outcome.{}", outcome.name()),
            Self::Decided(outcome) => write!(f, "decided.{}", outcome.name()),
            Self::Card(card, at) => write!(f, "card.{card}.{}", at.name()),
            Self::Element(element, given) => write!(f, "element.{element}.{given}"),
            Self::Reason(key) => write!(f, "reason.{key}"),
            Self::DecidedReason(key, outcome) => write!(f, "decided_reason.{key}.{}", outcome.name()),
            Self::Offer(offer, at) => write!(f, "offer.{offer}.{}", at.name()),
            Self::Worth(currency, what) => write!(f, "mrr.{}.{}", currency.code(), what.name()),
        }
    }
}

impl FromStr for Cell {
    type Err = ParseCellError;

    fn from_str(text: &str) -> Result<Self, ParseCellError> {
        fn word<T: Copy>(
            all: &[T],
            name: impl Fn(T) -> &'static str,
            text: &str,
        ) -> Result<T, ParseCellError> {
            all.iter()
                .copied()
                .find(|one| name(*one) == text)
                .ok_or(ParseCellError)
        }
        fn id<T: FromStr>(text: &str) -> Result<T, ParseCellError> {
            text.parse().map_err(|_no_id| ParseCellError)
        }
        let parts: Vec<&str> = text.split('.').collect();
        match parts.as_slice() {
            ["state", name] => word(&SessionState::ALL, SessionState::name, name).map(Self::State),
            ["outcome", name] => word(&Outcome::ALL, Outcome::name, name).map(Self::Outcome),
            ["decided", name] => word(&Outcome::ALL, Outcome::name, name).map(Self::Decided),
            ["card", card, at] => Ok(Self::Card(id(card)?, word(AtCard::ALL, AtCard::name, at)?)),
            ["element", element, given] => Ok(Self::Element(id(element)?, given.parse()?)),
            ["reason", key] => Ok(Self::Reason(id(key)?)),
            ["decided_reason", key, name] => {
                let outcome = word(&Outcome::ALL, Outcome::name, name)?;
                Ok(Self::DecidedReason(id(key)?, outcome))
            }
            ["offer", offer, at] => Ok(Self::Offer(id(offer)?, word(AtOffer::ALL, AtOffer::name, at)?)),
            ["mrr", currency, what] => Ok(Self::Worth(id(currency)?, word(Worth::ALL, Worth::name, what)?)),
            _ => Err(ParseCellError),
        }
    }
}

impl From<Cell> for String {
    fn from(cell: Cell) -> Self {
        cell.to_string()
    }
}

impl TryFrom<String> for Cell {
    type Error = ParseCellError;

    fn try_from(text: String) -> Result<Self, ParseCellError> {
        text.parse()
    }
}

/// What one session counts for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// Where.
    pub place: Place,
    /// What, and how much: one each, but for money.
    pub cells: BTreeMap<Cell, i64>,
}

/// Numbers by where and what.
pub type Numbers = BTreeMap<Place, BTreeMap<Cell, i64>>;

/// Adds what changes where a session that counted as `before` counts as `after`. Nothing that cancels out stays.
pub fn difference(numbers: &mut Numbers, before: Option<&Counted>, after: Option<&Counted>) {
    for (counted, sign) in [(before, -1), (after, 1)] {
        let Some(Counted { place, cells }) = counted else {
            continue;
        };
        let there = numbers.entry(*place).or_default();
        for (cell, number) in cells {
            let sum = there.entry(cell.clone()).or_default();
            *sum = sum.saturating_add(number.saturating_mul(sign));
            if *sum == 0 {
                there.remove(cell);
            }
        }
        if there.is_empty() {
            numbers.remove(place);
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_cell_is_the_same_behind_its_path() {
        let one = Uuid::from_u128(0x0193_a1b2_0000_7000_8000_0000_0000_0001);
        let mut all = vec![
            Cell::Card(CardId::from_uuid(one), AtCard::Left),
            Cell::Reason("price_too_high".parse().unwrap()),
            Cell::DecidedReason("price_too_high".parse().unwrap(), Outcome::Redirected),
            Cell::Offer(OfferId::from_uuid(one), AtOffer::Declined),
            Cell::Worth(Currency::USD, Worth::AtStake),
        ];
        all.extend(SessionState::ALL.map(Cell::State));
        all.extend(Outcome::ALL.map(Cell::Outcome));
        all.extend(Outcome::ALL.map(Cell::Decided));
        let given = [
            Given::Option(OptionId::from_uuid(one)),
            Given::Rating(-3),
            Given::Rating(10),
            Given::Text,
            Given::Ticked,
            Given::Unticked,
            Given::Clicked,
        ];
        all.extend(given.map(|given| Cell::Element(ElementId::from_uuid(one), given)));
        for cell in all {
            let path = cell.to_string();
            assert_eq!(path.parse(), Ok(cell), "{path}");
        }
        for wrong in ["", "state", "state.over", "card.x.viewed", "state.completed.more"] {
            assert_eq!(wrong.parse::<Cell>(), Err(ParseCellError), "{wrong}");
        }
    }
}
