//! What kind of value a comparison is about, and which operators fit it.

use std::fmt;

use kale_domain::{
    attribute::AttributeType,
    metric::{Metric, MetricKind},
};

use crate::rule::{Field, Literal, Op};

/// The kind of the compared value, as far as operators and literals care.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A decimal number.
    Number,
    /// A share: 0.8 is 80 %.
    Ratio,
    /// A number of things: whole and never negative.
    Count,
    /// A whole number; of days too, which may lie behind (negative).
    Whole,
    /// An amount in the company's currency, in minor units.
    Money,
    /// Yes or no.
    Bool,
    /// A calendar day.
    Date,
    /// Any text, compared folded.
    Text,
    /// An ISO 3166 alpha-2 code.
    Country,
    /// A state of [`Lifecycle`](kale_domain::customer::Lifecycle).
    Lifecycle,
}

const NUMBERS: [Op; 11] = [
    Op::Eq,
    Op::Ne,
    Op::Lt,
    Op::Lte,
    Op::Gt,
    Op::Gte,
    Op::Between,
    Op::In,
    Op::NotIn,
    Op::IsSet,
    Op::IsNotSet,
];
const DATES: [Op; 12] = [
    Op::Eq,
    Op::Ne,
    Op::Before,
    Op::After,
    Op::Lt,
    Op::Lte,
    Op::Gt,
    Op::Gte,
    Op::Between,
    Op::WithinLastDays,
    Op::IsSet,
    Op::IsNotSet,
];

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 10] = [
        Self::Number,
        Self::Ratio,
        Self::Count,
        Self::Whole,
        Self::Money,
        Self::Bool,
        Self::Date,
        Self::Text,
        Self::Country,
        Self::Lifecycle,
    ];

    /// The operators that fit it; `before` and `after` are `lt` and `gt` of days.
    #[must_use]
    pub const fn ops(self) -> &'static [Op] {
        match self {
            Self::Number | Self::Ratio | Self::Count | Self::Whole | Self::Money => &NUMBERS,
            Self::Bool => &[Op::Eq, Op::Ne, Op::IsSet, Op::IsNotSet],
            Self::Date => &DATES,
            Self::Text => &[
                Op::Eq,
                Op::Ne,
                Op::In,
                Op::NotIn,
                Op::Contains,
                Op::StartsWith,
                Op::IsSet,
                Op::IsNotSet,
            ],
            Self::Country | Self::Lifecycle => &[Op::Eq, Op::Ne, Op::In, Op::NotIn, Op::IsSet, Op::IsNotSet],
        }
    }

    /// Whether its values are numbers, so that a percentile can stand for one.
    #[must_use]
    pub const fn is_numeric(self) -> bool {
        matches!(
            self,
            Self::Number | Self::Ratio | Self::Count | Self::Whole | Self::Money
        )
    }

    /// The kind of an attribute an operator and a literal are written for, where no file has brought it yet.
    pub(crate) fn expected(op: Op, value: Option<&Literal>) -> AttributeType {
        match op {
            Op::Before | Op::After | Op::WithinLastDays => return AttributeType::Date,
            Op::Contains | Op::StartsWith => return AttributeType::Text,
            _ => {}
        }
        let first = match value {
            Some(Literal::List(values)) => values.first(),
            value => value,
        };
        match first {
            Some(Literal::Number(_) | Literal::Percentile(_)) => AttributeType::Number,
            Some(Literal::Bool(_)) => AttributeType::Boolean,
            Some(Literal::Money(_)) => AttributeType::Money,
            // Texts have no order, days do.
            Some(Literal::Text(_)) if matches!(op, Op::Lt | Op::Lte | Op::Gt | Op::Gte | Op::Between) => {
                AttributeType::Date
            }
            _ => AttributeType::Text,
        }
    }
}

impl From<Metric> for Kind {
    fn from(metric: Metric) -> Self {
        match metric.kind() {
            MetricKind::Number => Self::Number,
            MetricKind::Money => Self::Money,
            MetricKind::Count => Self::Count,
            MetricKind::Days => Self::Whole,
            MetricKind::Ratio => Self::Ratio,
            MetricKind::Date => Self::Date,
            MetricKind::Bool => Self::Bool,
            MetricKind::Text => Self::Text,
        }
    }
}

impl From<AttributeType> for Kind {
    fn from(kind: AttributeType) -> Self {
        match kind {
            AttributeType::Text => Self::Text,
            AttributeType::Number => Self::Number,
            AttributeType::Integer => Self::Whole,
            AttributeType::Boolean => Self::Bool,
            AttributeType::Date => Self::Date,
            AttributeType::Money => Self::Money,
            AttributeType::Country => Self::Country,
        }
    }
}

impl From<Field> for Kind {
    fn from(field: Field) -> Self {
        if field == Field::Lifecycle {
            Self::Lifecycle
        } else {
            Self::Text
        }
    }
}

/// With its article, for a message: `a whole number`.
impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Number => "a number",
            Self::Ratio => "a share such as 0.8",
            Self::Count => "a whole number, 0 or more",
            Self::Whole => "a whole number",
            Self::Money => "an amount in minor units",
            Self::Bool => "true or false",
            Self::Date => "a day such as 2026-03-01",
            Self::Text => "text",
            Self::Country => "a country code such as DE",
            Self::Lifecycle => "a state of the customer",
        })
    }
}
