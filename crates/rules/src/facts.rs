//! What is known of one customer, as far as rules ask.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use kale_domain::{
    attribute::{AttributeKey, AttributeValue},
    customer::{Customer, Lifecycle},
    email::Email,
    metric::{Metric, MetricValue},
    money::Money,
};
use rust_decimal::Decimal;

use crate::{
    expression::{FoldedText, Subject},
    rule::Field,
};

/// One known value, borrowed, so that judging a rule allocates nothing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Fact<'a> {
    /// A text, already folded; also country codes and lifecycle states.
    Text(&'a str),
    /// Texts, already folded; an empty list is a missing value.
    Texts(&'a [String]),
    /// A decimal number.
    Number(Decimal),
    /// A whole number.
    Integer(i64),
    /// An amount.
    Money(Money),
    /// Yes or no.
    Bool(bool),
    /// A calendar day in the company's zone.
    Date(Date),
}

/// What is known of one customer. `None` is *unknown*.
pub trait Facts {
    /// What was measured.
    fn metric(&self, metric: Metric) -> Option<Fact<'_>>;

    /// What the company told us.
    fn attribute(&self, key: &AttributeKey) -> Option<Fact<'_>>;

    /// What every customer has.
    fn field(&self, field: Field) -> Option<Fact<'_>>;

    /// Whether somebody put that word, folded, on the customer.
    fn has_tag(&self, folded: &str) -> bool;

    /// The value as it was written, for an explanation; by default the compared form is shown.
    fn written(&self, subject: &Subject) -> Option<String> {
        let _ = subject;
        None
    }
}

/// One known value, owned.
#[derive(Debug, Clone, PartialEq)]
enum Owned {
    Text(FoldedText),
    Texts {
        folded: Vec<String>,
        written: Vec<String>,
    },
    Number(Decimal),
    Integer(i64),
    Money(Money),
    Bool(bool),
    Date(Date),
}

impl Owned {
    fn texts(texts: &[String]) -> Self {
        let folded = texts.iter().map(|text| kale_domain::fold::fold(text)).collect();
        Self::Texts {
            folded,
            written: texts.to_vec(),
        }
    }

    fn fact(&self) -> Fact<'_> {
        match self {
            Self::Text(text) => Fact::Text(text.folded()),
            Self::Texts { folded, .. } => Fact::Texts(folded),
            Self::Number(number) => Fact::Number(*number),
            Self::Integer(number) => Fact::Integer(*number),
            Self::Money(money) => Fact::Money(*money),
            Self::Bool(holds) => Fact::Bool(*holds),
            Self::Date(date) => Fact::Date(*date),
        }
    }
}

impl From<&AttributeValue> for Owned {
    fn from(value: &AttributeValue) -> Self {
        match value {
            AttributeValue::Text(text) | AttributeValue::Country(text) => Self::Text(FoldedText::new(text)),
            AttributeValue::Number(number) => Self::Number(*number),
            AttributeValue::Integer(number) => Self::Integer(*number),
            AttributeValue::Boolean(holds) => Self::Bool(*holds),
            AttributeValue::Date(date) => Self::Date(*date),
            AttributeValue::Money(money) => Self::Money(*money),
        }
    }
}

impl From<&MetricValue> for Owned {
    fn from(value: &MetricValue) -> Self {
        match value {
            MetricValue::Text(text) => Self::Text(FoldedText::new(text)),
            MetricValue::Number(number) => Self::Number(*number),
            MetricValue::Count(number) => Self::Integer(*number),
            MetricValue::Bool(holds) => Self::Bool(*holds),
            MetricValue::Date(date) => Self::Date(*date),
            MetricValue::Money(money) => Self::Money(*money),
        }
    }
}

/// [`Facts`] that own their values.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FactMap {
    metrics: BTreeMap<Metric, Owned>,
    attributes: BTreeMap<AttributeKey, Owned>,
    fields: BTreeMap<Field, Owned>,
    tags: BTreeSet<String>,
}

impl FactMap {
    /// Nothing is known.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// What a customer's joined record tells.
    #[must_use]
    pub fn of(customer: &Customer) -> Self {
        let mut facts = Self::new();
        for (metric, value) in &customer.metrics {
            facts.set_metric(*metric, value);
        }
        for (key, value) in &customer.attributes {
            facts.set_attribute(key.clone(), value);
        }
        let fields = [
            (Field::Lifecycle, customer.lifecycle.map(Lifecycle::name)),
            (Field::Tier, customer.tier.as_deref()),
            (Field::Locale, customer.locale.as_deref()),
            (Field::Name, customer.name.as_deref()),
            (Field::Email, customer.email.as_ref().map(Email::as_str)),
            (Field::Domain, customer.domain.as_deref()),
        ];
        for (field, text) in fields {
            if let Some(text) = text {
                facts.set_field(field, text);
            }
        }
        facts.set_external_ids(&customer.external_ids);
        for tag in &customer.tags {
            facts.add_tag(tag);
        }
        facts
    }

    /// Knows a metric from now on.
    pub fn set_metric(&mut self, metric: Metric, value: &MetricValue) {
        self.metrics.insert(metric, value.into());
    }

    /// Knows an attribute from now on.
    pub fn set_attribute(&mut self, key: AttributeKey, value: &AttributeValue) {
        self.attributes.insert(key, value.into());
    }

    /// Knows a field of one text from now on.
    pub fn set_field(&mut self, field: Field, text: &str) {
        self.fields.insert(field, Owned::Text(FoldedText::new(text)));
    }

    /// Knows what the company's systems call the customer.
    pub fn set_external_ids(&mut self, ids: &[String]) {
        self.fields.insert(Field::ExternalId, Owned::texts(ids));
    }

    /// Puts a word on the customer.
    pub fn add_tag(&mut self, tag: &str) {
        self.tags.insert(kale_domain::fold::fold(tag));
    }
}

impl Facts for FactMap {
    fn metric(&self, metric: Metric) -> Option<Fact<'_>> {
        self.metrics.get(&metric).map(Owned::fact)
    }

    fn attribute(&self, key: &AttributeKey) -> Option<Fact<'_>> {
        self.attributes.get(key).map(Owned::fact)
    }

    fn field(&self, field: Field) -> Option<Fact<'_>> {
        self.fields.get(&field).map(Owned::fact)
    }

    fn has_tag(&self, folded: &str) -> bool {
        self.tags.contains(folded)
    }

    fn written(&self, subject: &Subject) -> Option<String> {
        let value = match subject {
            Subject::Metric(metric) => self.metrics.get(metric),
            Subject::Attribute { key, .. } => self.attributes.get(key),
            Subject::Field(field) => self.fields.get(field),
        };
        match value {
            Some(Owned::Text(text)) => Some(text.written().to_owned()),
            Some(Owned::Texts { written, .. }) if !written.is_empty() => Some(written.join(", ")),
            _ => None,
        }
    }
}
