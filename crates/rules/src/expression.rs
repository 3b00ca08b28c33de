//! The rule after its check: typed, resolved, ready to be judged or translated into a query.
//!
//! A [`Leaf`] can only be built by the check, so that its test always fits its subject; whoever translates it matches
//! over [`Subject`] and [`Test`], which are closed.

use std::{collections::BTreeSet, fmt};

use jiff::civil::Date;
use kale_domain::{
    attribute::{AttributeKey, AttributeType},
    fold::fold,
    metric::Metric,
    money::Currency,
};
use rust_decimal::Decimal;

use crate::rule::{Field, Op};

/// A checked rule.
#[derive(Debug, Clone, PartialEq)]
pub enum Expression {
    /// Every one holds; of none: true.
    All(Vec<Self>),
    /// One of them holds; of none: false.
    Any(Vec<Self>),
    /// It is known that it does not hold.
    Not(Box<Self>),
    /// That many of them hold.
    AtLeast {
        /// How many.
        n: usize,
        /// Of which.
        of: Vec<Self>,
    },
    /// It holds of one subscription. Unknown for everyone as long as no subscriptions are kept.
    AnySubscription(Box<Self>),
    /// One test of one value.
    Leaf(Leaf),
    /// Somebody put that word on the customer; never unknown.
    Tag(FoldedText),
}

/// One test of one value.
#[derive(Debug, Clone, PartialEq)]
pub struct Leaf {
    pub(crate) subject: Subject,
    pub(crate) test: Test,
    /// As it was written, for the sentence.
    pub(crate) op: Op,
    pub(crate) shown: String,
    pub(crate) waiting: bool,
}

impl Leaf {
    /// Which value is tested.
    #[must_use]
    pub const fn subject(&self) -> &Subject {
        &self.subject
    }

    /// How it is tested; its type fits the subject's.
    #[must_use]
    pub const fn test(&self) -> &Test {
        &self.test
    }

    /// Whether nobody can have a value for it yet: a metric that is not computed, an attribute no file has brought, a
    /// percentile of no values.
    #[must_use]
    pub const fn is_waiting(&self) -> bool {
        self.waiting
    }
}

/// Which value of a customer is tested.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// A metric of the catalogue.
    Metric(Metric),
    /// An attribute of the company's customers.
    Attribute {
        /// Its name.
        key: AttributeKey,
        /// What it holds; where no file has brought it yet, what the literal of the rule expects (text where there is
        /// no literal).
        kind: AttributeType,
    },
    /// A field that every customer has.
    Field(Field),
}

/// `tenure_days`, `attributes.contract`, `lifecycle`.
impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Metric(metric) => f.write_str(metric.name()),
            Self::Attribute { key, .. } => write!(f, "attributes.{key}"),
            Self::Field(field) => f.write_str(field.name()),
        }
    }
}

/// How a value is tested. But for presence, a missing value or one of another type makes the outcome unknown.
///
/// `ne` and `not_in` are the exact opposite of `eq` and `in` on a known value; on a list they hold where no element is
/// equal, while every other test of a list holds where one element passes it.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// There is a value, of whatever type. Never unknown.
    IsSet,
    /// There is no value. Never unknown.
    IsNotSet,
    /// The value is a decimal or whole number.
    Number(NumberTest),
    /// The value is an amount in that currency; the numbers of the test are minor units.
    Money {
        /// The company's currency; an amount in another one is unknown.
        currency: Currency,
        /// The test of the minor units.
        test: NumberTest,
    },
    /// The value is yes or no, and equal to this (`ne` of one is `eq` of the other).
    Bool(bool),
    /// The value is a calendar day.
    Date(DateTest),
    /// The value is a text or a list of texts, compared folded. Also country codes and lifecycle states.
    Text(TextTest),
    /// Nothing can be said of anybody: a percentile of no values, or a test that does not fit the company's data any
    /// more.
    Unresolved,
}

/// How two ordered values stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Compare {
    Eq,
    Ne,
    Lt,
    Lte,
    Gt,
    Gte,
}

impl Compare {
    /// Whether a value that stands so to the literal passes.
    #[must_use]
    pub const fn accepts(self, ordering: std::cmp::Ordering) -> bool {
        match self {
            Self::Eq => ordering.is_eq(),
            Self::Ne => ordering.is_ne(),
            Self::Lt => ordering.is_lt(),
            Self::Lte => ordering.is_le(),
            Self::Gt => ordering.is_gt(),
            Self::Gte => ordering.is_ge(),
        }
    }
}

/// A test of a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NumberTest {
    /// Against one number; a percentile stands here resolved.
    Compare(Compare, Decimal),
    /// Within two, both included.
    Between(Decimal, Decimal),
    /// Equal to one of them.
    In(Vec<Decimal>),
    /// Equal to none of them.
    NotIn(Vec<Decimal>),
}

/// A test of a calendar day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateTest {
    /// Against one day.
    Compare(Compare, Date),
    /// Within two, both included.
    Between(Date, Date),
    /// After the day that many days before today, and not after today. 1 to 36,500.
    WithinLastDays(u16),
}

/// A test of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextTest {
    /// Equal to it.
    Eq(FoldedText),
    /// Not equal to it.
    Ne(FoldedText),
    /// Equal to one of them.
    In(Vec<FoldedText>),
    /// Equal to none of them.
    NotIn(Vec<FoldedText>),
    /// It occurs in the value.
    Contains(FoldedText),
    /// The value starts with it.
    StartsWith(FoldedText),
}

/// A text as it was written, with the form it is compared in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FoldedText {
    folded: String,
    written: String,
}

impl FoldedText {
    /// Folds it.
    #[must_use]
    pub fn new(written: impl Into<String>) -> Self {
        let written = written.into();
        Self {
            folded: fold(&written),
            written,
        }
    }

    /// The form it is compared in.
    #[must_use]
    pub fn folded(&self) -> &str {
        &self.folded
    }

    /// As it was written.
    #[must_use]
    pub fn written(&self) -> &str {
        &self.written
    }
}

impl Expression {
    /// The nodes right below this one.
    #[must_use]
    pub fn children(&self) -> &[Self] {
        match self {
            Self::All(of) | Self::Any(of) | Self::AtLeast { of, .. } => of,
            Self::Not(inner) | Self::AnySubscription(inner) => std::slice::from_ref(inner),
            Self::Leaf(_) | Self::Tag(_) => &[],
        }
    }

    /// What it needs that nobody has a value of yet: `tenure_days`, `attributes.contract`, `subscriptions`.
    #[must_use]
    pub fn waiting_for(&self) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        self.collect_waiting(&mut names);
        names
    }

    fn collect_waiting(&self, names: &mut BTreeSet<String>) {
        match self {
            Self::Leaf(leaf) if leaf.waiting => {
                names.insert(leaf.subject.to_string());
            }
            Self::AnySubscription(_) => {
                names.insert("subscriptions".to_owned());
            }
            _ => {}
        }
        for child in self.children() {
            child.collect_waiting(names);
        }
    }
}
