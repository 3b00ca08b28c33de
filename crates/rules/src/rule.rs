//! The rule as it is written: the JSON document, read into a tree that is well formed but not yet type-checked.

use std::collections::BTreeSet;

use kale_domain::{attribute::AttributeKey, error::FieldError, metric::Metric, money::Money};
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser, ser::SerializeMap as _};
use serde_json::{Number, Value};

use crate::read;

/// How deep groups may nest; the outermost node is 1.
pub const MAX_DEPTH: usize = 12;
/// How many groups and comparisons a rule may have.
pub const MAX_NODES: usize = 200;
/// How many values a list may have.
pub const MAX_LIST: usize = 500;
/// How long a text may be, in characters.
pub const MAX_TEXT: usize = 500;
/// How many mistakes of one rule are told at once: an answer must not grow far beyond its question.
pub const MAX_ERRORS: usize = 100;

/// A rule about a customer. Its JSON form is closed: any other key is an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rule {
    /// `{"all": [..]}`: every one holds.
    All(Vec<Self>),
    /// `{"any": [..]}`: one of them holds.
    Any(Vec<Self>),
    /// `{"not": ..}`: it is known that it does not hold.
    Not(Box<Self>),
    /// `{"any_subscription": ..}`: it holds of one subscription.
    AnySubscription(Box<Self>),
    /// `{"at_least": n, "of": [..]}`: that many of them hold.
    AtLeast {
        /// How many; 1 up to the length of `of`.
        n: usize,
        /// Of which.
        of: Vec<Self>,
    },
    /// `{"metric"|"attribute"|"field": name, "op": op, "value": value}`.
    Comparison(Comparison),
    /// `{"tag": name}`: somebody put that word on the customer.
    Tag(String),
}

/// One value of the customer against a literal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// Which value.
    pub subject: SubjectName,
    /// How it is compared.
    pub op: Op,
    /// With what; absent for `is_set` and `is_not_set`.
    pub value: Option<Literal>,
}

/// What is compared, by name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum SubjectName {
    /// A metric of the catalogue.
    Metric(Metric),
    /// An attribute of the company's customers.
    Attribute(AttributeKey),
    /// A field that every customer has.
    Field(Field),
}

impl SubjectName {
    /// The JSON key that introduces it.
    #[must_use]
    pub const fn key(&self) -> &'static str {
        match self {
            Self::Metric(_) => "metric",
            Self::Attribute(_) => "attribute",
            Self::Field(_) => "field",
        }
    }

    /// The name in a rule.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Metric(metric) => metric.name(),
            Self::Attribute(key) => key.as_str(),
            Self::Field(field) => field.name(),
        }
    }
}

/// A field that every customer has.
///
/// `lifecycle`, `tier` and `locale` are states; `name`, `email`, `domain` and `external_id` are there so that a list of
/// customers can be filtered by the same language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names are those of the customer's fields")]
pub enum Field {
    Lifecycle,
    Tier,
    Locale,
    Name,
    Email,
    Domain,
    ExternalId,
}

impl Field {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Lifecycle,
        Self::Tier,
        Self::Locale,
        Self::Name,
        Self::Email,
        Self::Domain,
        Self::ExternalId,
    ];

    /// The name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Lifecycle => "lifecycle",
            Self::Tier => "tier",
            Self::Locale => "locale",
            Self::Name => "name",
            Self::Email => "email",
            Self::Domain => "domain",
            Self::ExternalId => "external_id",
        }
    }
}

/// How two values are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(
    missing_docs,
    reason = "the names say it; `Kind::ops` says where each is allowed"
)]
pub enum Op {
    Eq,
    Ne,
    Lt,
    Lte,
    Gt,
    Gte,
    Between,
    In,
    NotIn,
    Contains,
    StartsWith,
    IsSet,
    IsNotSet,
    Before,
    After,
    WithinLastDays,
}

impl Op {
    /// All of them.
    pub const ALL: [Self; 16] = [
        Self::Eq,
        Self::Ne,
        Self::Lt,
        Self::Lte,
        Self::Gt,
        Self::Gte,
        Self::Between,
        Self::In,
        Self::NotIn,
        Self::Contains,
        Self::StartsWith,
        Self::IsSet,
        Self::IsNotSet,
        Self::Before,
        Self::After,
        Self::WithinLastDays,
    ];

    /// The name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Eq => "eq",
            Self::Ne => "ne",
            Self::Lt => "lt",
            Self::Lte => "lte",
            Self::Gt => "gt",
            Self::Gte => "gte",
            Self::Between => "between",
            Self::In => "in",
            Self::NotIn => "not_in",
            Self::Contains => "contains",
            Self::StartsWith => "starts_with",
            Self::IsSet => "is_set",
            Self::IsNotSet => "is_not_set",
            Self::Before => "before",
            Self::After => "after",
            Self::WithinLastDays => "within_last_days",
        }
    }

    /// Whether it asks for presence alone and takes no value.
    #[must_use]
    pub const fn is_presence(self) -> bool {
        matches!(self, Self::IsSet | Self::IsNotSet)
    }
}

/// A value as it is written in a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Literal {
    /// `"Month-to-month"`; also a day, `"2026-03-01"`.
    Text(String),
    /// `6`, `0.5`; for money, minor units of the company's currency.
    Number(Decimal),
    /// `true`, `false`.
    Bool(bool),
    /// `{"company_percentile": 75}`: resolved to a number when the rule is checked.
    Percentile(Decimal),
    /// `{"amount_minor": 1999, "currency": "USD"}`.
    Money(Money),
    /// `[..]`, of values that are no lists.
    List(Vec<Self>),
}

impl Rule {
    /// Reads a rule, or says everything that is wrong with it.
    ///
    /// `base` is the JSON pointer of the rule in the request's body (`#` where the rule is the body); each error's
    /// pointer continues it (`#/all/1/op`).
    pub fn parse(value: &Value, base: &str) -> Result<Self, Vec<FieldError>> {
        read::rule(value, base)
    }

    /// The nodes right below this one.
    #[must_use]
    pub fn children(&self) -> &[Self] {
        match self {
            Self::All(of) | Self::Any(of) | Self::AtLeast { of, .. } => of,
            Self::Not(inner) | Self::AnySubscription(inner) => std::slice::from_ref(inner),
            Self::Comparison(_) | Self::Tag(_) => &[],
        }
    }

    /// The percentiles it mentions, so that the caller can work them out and put them into the
    /// [`Schema`](crate::check::Schema) before the check.
    #[must_use]
    pub fn percentiles(&self) -> BTreeSet<(SubjectName, Decimal)> {
        let mut found = BTreeSet::new();
        self.collect_percentiles(&mut found);
        found
    }

    fn collect_percentiles(&self, found: &mut BTreeSet<(SubjectName, Decimal)>) {
        if let Self::Comparison(Comparison {
            subject,
            value: Some(value),
            ..
        }) = self
        {
            let values = if let Literal::List(values) = value {
                values.as_slice()
            } else {
                std::slice::from_ref(value)
            };
            for value in values {
                if let Literal::Percentile(percentile) = value {
                    found.insert((subject.clone(), *percentile));
                }
            }
        }
        for child in self.children() {
            child.collect_percentiles(found);
        }
    }
}

impl Serialize for Rule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        match self {
            Self::All(of) => map.serialize_entry("all", of)?,
            Self::Any(of) => map.serialize_entry("any", of)?,
            Self::Not(inner) => map.serialize_entry("not", inner)?,
            Self::AnySubscription(inner) => map.serialize_entry("any_subscription", inner)?,
            Self::AtLeast { n, of } => {
                map.serialize_entry("at_least", n)?;
                map.serialize_entry("of", of)?;
            }
            Self::Comparison(Comparison { subject, op, value }) => {
                map.serialize_entry(subject.key(), subject.name())?;
                map.serialize_entry("op", op.name())?;
                if let Some(value) = value {
                    map.serialize_entry("value", value)?;
                }
            }
            Self::Tag(tag) => map.serialize_entry("tag", tag)?,
        }
        map.end()
    }
}

impl Serialize for Literal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Number(number) => json_number(*number)?.serialize(serializer),
            Self::Bool(holds) => serializer.serialize_bool(*holds),
            Self::Percentile(percentile) => {
                let mut map = serializer.serialize_map(Some(1))?;
                map.serialize_entry("company_percentile", &json_number(*percentile)?)?;
                map.end()
            }
            Self::Money(money) => money.serialize(serializer),
            Self::List(values) => serializer.collect_seq(values),
        }
    }
}

fn json_number<E: ser::Error>(number: Decimal) -> Result<Number, E> {
    number.normalize().to_string().parse().map_err(E::custom)
}

impl<'de> Deserialize<'de> for Rule {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        Self::parse(&value, "#").map_err(|errors| {
            let texts: Vec<String> = errors
                .into_iter()
                .map(|error| format!("{}: {}", error.pointer, error.message))
                .collect();
            de::Error::custom(texts.join("; "))
        })
    }
}
