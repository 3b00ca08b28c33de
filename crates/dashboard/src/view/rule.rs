//! A persona's rule as a form: rows of conditions in groups.
//!
//! The server writes the rows; the island `kale-rule-editor` lets people change them and keeps the JSON in the field
//! `rule` in step. Without scripts that field is edited as text.

use askama::Template;

/// What kind of value a subject has; decides operators and inputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueKind {
    /// Any text.
    Text,
    /// A decimal or whole number.
    Number,
    /// An amount, typed in major units.
    Money,
    /// Yes or no.
    Bool,
    /// A calendar day.
    Date,
    /// A tag: it is there or not.
    Tag,
}

/// How many values an operator takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arity {
    /// None: it is set or not.
    None,
    /// One.
    One,
    /// From and to.
    Two,
    /// Any number, one a line.
    Many,
    /// A number of days, whatever the subject holds.
    Days,
}

impl Arity {
    /// The word the island knows it by.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::One => "one",
            Self::Two => "two",
            Self::Many => "many",
            Self::Days => "days",
        }
    }
}

/// A comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Operator {
    /// The name on the wire.
    pub name: &'static str,
    /// The words.
    pub label: &'static str,
    /// How many values it takes.
    pub arity: Arity,
}

const fn op(name: &'static str, label: &'static str, arity: Arity) -> Operator {
    Operator { name, label, arity }
}

const SET: Operator = op("is_set", "is known", Arity::None);
const NOT_SET: Operator = op("is_not_set", "is not known", Arity::None);

const TEXT: &[Operator] = &[
    op("eq", "is", Arity::One),
    op("ne", "is not", Arity::One),
    op("in", "is one of", Arity::Many),
    op("not_in", "is none of", Arity::Many),
    op("contains", "contains", Arity::One),
    op("starts_with", "starts with", Arity::One),
    SET,
    NOT_SET,
];
const NUMBER: &[Operator] = &[
    op("eq", "is", Arity::One),
    op("ne", "is not", Arity::One),
    op("lt", "is less than", Arity::One),
    op("lte", "is at most", Arity::One),
    op("gt", "is more than", Arity::One),
    op("gte", "is at least", Arity::One),
    op("between", "is between", Arity::Two),
    SET,
    NOT_SET,
];
const BOOL: &[Operator] = &[op("eq", "is", Arity::One), SET, NOT_SET];
const DATE: &[Operator] = &[
    op("eq", "is on", Arity::One),
    op("before", "is before", Arity::One),
    op("after", "is after", Arity::One),
    op("between", "is between", Arity::Two),
    op("within_last_days", "is within the last days", Arity::Days),
    SET,
    NOT_SET,
];
const TAG: &[Operator] = &[op("tag", "is on the customer", Arity::One)];

impl ValueKind {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Text,
        Self::Number,
        Self::Money,
        Self::Bool,
        Self::Date,
        Self::Tag,
    ];

    /// The word the island knows it by.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "number",
            Self::Money => "money",
            Self::Bool => "bool",
            Self::Date => "date",
            Self::Tag => "tag",
        }
    }

    /// The comparisons its values allow.
    #[must_use]
    pub const fn operators(&self) -> &'static [Operator] {
        match self {
            Self::Text => TEXT,
            Self::Number | Self::Money => NUMBER,
            Self::Bool => BOOL,
            Self::Date => DATE,
            Self::Tag => TAG,
        }
    }

    /// The type of the input a value is typed into.
    #[must_use]
    pub const fn input(&self) -> &'static str {
        match self {
            Self::Text | Self::Tag | Self::Bool => "text",
            Self::Number | Self::Money => "number",
            Self::Date => "date",
        }
    }
}

/// Something a condition can be about.
#[derive(Debug, Clone)]
pub struct Subject {
    /// What is sent: `metric:mrr`, `attribute:contract`, `field:lifecycle`, `tag`.
    pub value: String,
    /// The words.
    pub label: String,
    /// What it holds.
    pub kind: ValueKind,
    /// What its values are counted in, shown behind the input; empty for none.
    pub unit: String,
    /// How many decimal places are shifted between what is typed and what is sent: that of the currency for money in
    /// minor units, else 0.
    pub exponent: u32,
    /// Values that occur, offered while typing.
    pub suggestions: Vec<String>,
    /// What is said under the row: nobody has a value yet. Empty for nothing.
    pub note: String,
}

/// Subjects under one heading.
#[derive(Debug, Clone)]
pub struct SubjectGroup {
    /// `Attributes`, `Billing`
    pub label: String,
    /// The subjects.
    pub subjects: Vec<Subject>,
}

/// How the parts of a group are joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Join {
    /// Every one.
    All,
    /// One or more.
    Any,
    /// None of them.
    None,
    /// That many or more.
    AtLeast(u32),
}

impl Join {
    /// The word the island knows it by.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Any => "any",
            Self::None => "none",
            Self::AtLeast(_) => "at_least",
        }
    }

    /// How many of them, where that is said.
    #[must_use]
    pub const fn least(&self) -> u32 {
        match self {
            Self::AtLeast(n) => *n,
            _ => 2,
        }
    }
}

/// A row: subject, comparison, values.
#[derive(Debug, Clone)]
pub struct Condition {
    /// What it is about.
    pub subject: Subject,
    /// The name of the comparison.
    pub operator: String,
    /// The values, money in major units.
    pub values: Vec<String>,
    /// What is wrong with it; empty for nothing.
    pub error: String,
}

impl Condition {
    /// How many values its comparison takes.
    #[must_use]
    pub fn arity(&self) -> Arity {
        let operator = self
            .subject
            .kind
            .operators()
            .iter()
            .find(|operator| operator.name == self.operator);
        operator.map_or(Arity::One, |operator| operator.arity)
    }

    /// The value at that place, or nothing.
    #[must_use]
    pub fn value(&self, index: usize) -> &str {
        self.values.get(index).map_or("", String::as_str)
    }

    /// All values, one a line.
    #[must_use]
    pub fn lines(&self) -> String {
        self.values.join("\n")
    }
}

/// What a part of a rule is.
#[derive(Debug, Clone)]
pub enum Part {
    /// Rows that belong together.
    Group {
        /// How they are joined.
        join: Join,
        /// The rows.
        children: Vec<RuleNode>,
        /// Whether it is the outermost, which can't be removed.
        root: bool,
    },
    /// One row.
    Condition(Condition),
    /// A part that has no form (a percentile, one subscription's rule); kept as it is.
    Opaque {
        /// Its JSON.
        json: String,
        /// What it says.
        sentence: String,
    },
}

/// A row, a group of rows, or a part the form can't show. The outermost is always a group.
#[derive(Debug, Clone, Template)]
#[template(path = "parts/rule_node.html")]
pub struct RuleNode {
    /// Which of them.
    pub part: Part,
}

impl RuleNode {
    /// The outermost group.
    #[must_use]
    pub const fn root(join: Join, children: Vec<Self>) -> Self {
        Self {
            part: Part::Group {
                join,
                children,
                root: true,
            },
        }
    }

    /// A group inside another one.
    #[must_use]
    pub const fn group(join: Join, children: Vec<Self>) -> Self {
        Self {
            part: Part::Group {
                join,
                children,
                root: false,
            },
        }
    }

    /// A row.
    #[must_use]
    pub const fn condition(condition: Condition) -> Self {
        Self {
            part: Part::Condition(condition),
        }
    }

    /// A part that has no form.
    #[must_use]
    pub const fn opaque(json: String, sentence: String) -> Self {
        Self {
            part: Part::Opaque { json, sentence },
        }
    }
}
