//! The kinds of values customers are filtered by, and how values of each kind are compared.

use kale_domain::customer::Lifecycle;

use super::{personas::PersonaTags, subjects::lifecycle_word};
use crate::view::form::Choice;

/// The kind of values a subject has, as far as forms and cells differ by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A persona, by key.
    Persona,
    /// Somebody who looks after customers, by id.
    Expert,
    /// A word people put on customers.
    Tag,
    /// One of the lifecycle's words.
    Lifecycle,
    /// A text.
    Text,
    /// A number.
    Number,
    /// An amount in the company's currency.
    Money,
    /// Yes or no.
    Boolean,
    /// A day.
    Date,
}

/// An operator and the word for it.
type Operator = (&'static str, &'static str);

const PRESENCE: [Operator; 2] = [("is_set", "is known"), ("is_not_set", "is not known")];
const IS: &[Operator] = &[("eq", "is"), ("ne", "is not")];
const TEXTS: &[Operator] = &[
    ("eq", "is"),
    ("ne", "is not"),
    ("contains", "contains"),
    ("starts_with", "begins with"),
];
const NUMBERS: &[Operator] = &[
    ("gte", "is at least"),
    ("lte", "is at most"),
    ("eq", "is"),
    ("ne", "is not"),
    ("gt", "is more than"),
    ("lt", "is less than"),
];
const DATES: &[Operator] = &[
    ("after", "is after"),
    ("before", "is before"),
    ("eq", "is"),
    ("within_last_days", "is within the last days"),
];

/// The words for operators that forms don't offer, but addresses may hold.
const OTHERS: &[Operator] = &[
    ("in", "is one of"),
    ("not_in", "is none of"),
    ("between", "is between"),
];

impl Kind {
    /// The operators a form offers.
    pub(super) fn operators(self) -> Vec<Operator> {
        match self {
            Self::Persona | Self::Expert => vec![("eq", "is one of")],
            Self::Tag => vec![("eq", "is")],
            Self::Lifecycle => with_presence(IS),
            Self::Boolean => with_presence(&[("eq", "is")]),
            Self::Text => with_presence(TEXTS),
            Self::Number | Self::Money => with_presence(NUMBERS),
            Self::Date => with_presence(DATES),
        }
    }

    /// The values there are, where they are few.
    pub(super) fn values(self, personas: &PersonaTags, people: &[Choice]) -> Option<Vec<Choice>> {
        match self {
            Self::Persona => Some(personas.choices()),
            Self::Expert => Some(people.to_vec()),
            Self::Lifecycle => {
                let all = Lifecycle::ALL.map(Lifecycle::name);
                Some(all.map(|name| Choice::new(name, lifecycle_word(name))).into())
            }
            Self::Boolean => Some(vec![Choice::new("true", "Yes"), Choice::new("false", "No")]),
            _ => None,
        }
    }

    /// Whether its cells are numbers.
    pub(super) const fn is_numeric(self) -> bool {
        matches!(self, Self::Number | Self::Money)
    }
}

fn with_presence(own: &[Operator]) -> Vec<Operator> {
    own.iter().copied().chain(PRESENCE).collect()
}

/// The word for an operator; several values are *one of* them.
pub(super) fn operator_word(kind: Kind, op: &str, several: bool) -> &'static str {
    match (op, several) {
        ("eq", false) => "is",
        ("eq", true) => "is one of",
        ("ne", true) => "is none of",
        ("within_last_days", _) => "is within the last days:",
        _ => {
            let known = kind.operators().into_iter().chain(OTHERS.iter().copied());
            let all = known.chain(NUMBERS.iter().copied()).chain(PRESENCE);
            all.into_iter()
                .find(|(name, _)| *name == op)
                .map_or("is", |(_, word)| word)
        }
    }
}
