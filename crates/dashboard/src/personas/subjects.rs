//! What a condition can be about: attributes, metrics, fields, tags.

use std::collections::BTreeMap;

use kale_domain::{
    attribute::{AttributeDefinition, AttributeKey, AttributeType},
    customer::Lifecycle,
    metric::{Metric, MetricKind, MetricSource},
    money::Currency,
    sensitive::sensitive,
};

use crate::view::rule::{Subject, SubjectGroup, ValueKind};

/// The value of the one subject that has no name.
pub(super) const TAG: &str = "tag";

/// Everything the rules of one company can be about.
#[derive(Debug)]
pub(super) struct Subjects {
    groups: Vec<SubjectGroup>,
    currency: Currency,
}

impl Subjects {
    /// Of a company with those attributes; `samples` are values that occur.
    pub(super) fn of(
        definitions: &[AttributeDefinition],
        samples: &BTreeMap<AttributeKey, Vec<String>>,
        currency: Currency,
    ) -> Self {
        let attributes = definitions
            .iter()
            // Rules that use one are refused, so nobody is led there.
            .filter(|definition| sensitive(definition.key.as_str()).is_none())
            .map(|definition| {
                let found = samples.get(&definition.key).cloned().unwrap_or_default();
                attribute(definition, found, currency)
            })
            .collect();
        let sources = [
            (MetricSource::Billing, "Billing"),
            (MetricSource::Support, "Help desk"),
            (MetricSource::Usage, "Product usage"),
            (MetricSource::Retention, "Sessions and offers"),
        ];
        let metrics = sources.map(|(source, label)| {
            let all = Metric::ALL.iter().filter(|metric| metric.source() == source);
            group(label, all.map(|metric| self::metric(*metric, currency)).collect())
        });
        let first = group("Attributes", attributes);
        let groups = std::iter::once(first)
            .chain(metrics)
            .chain([group("Other", others())])
            .filter(|group| !group.subjects.is_empty())
            .collect();
        Self { groups, currency }
    }

    /// As the editor lists them.
    pub(super) fn groups(&self) -> Vec<SubjectGroup> {
        self.groups.clone()
    }

    /// The company's currency.
    pub(super) const fn currency(&self) -> Currency {
        self.currency
    }

    /// The subject of that value: `metric:mrr`.
    pub(super) fn find(&self, value: &str) -> Option<&Subject> {
        let mut all = self.groups.iter().flat_map(|group| &group.subjects);
        all.find(|subject| subject.value == value)
    }
}

/// A subject that is not on the list: an attribute no file has brought yet, a field the list of customers knows.
pub(super) fn unlisted(value: &str, kind: ValueKind) -> Subject {
    let name = value.split_once(':').map_or(value, |(_, name)| name);
    let waits = value.starts_with("attribute:");
    Subject {
        value: value.to_owned(),
        label: words(name),
        kind,
        unit: String::new(),
        exponent: 0,
        suggestions: Vec::new(),
        note: if waits {
            "Waits for data: no file has brought this attribute.".to_owned()
        } else {
            String::new()
        },
    }
}

fn group(label: &str, subjects: Vec<Subject>) -> SubjectGroup {
    SubjectGroup {
        label: label.to_owned(),
        subjects,
    }
}

fn attribute(definition: &AttributeDefinition, suggestions: Vec<String>, currency: Currency) -> Subject {
    let money = definition.kind == AttributeType::Money;
    let kind = match definition.kind {
        AttributeType::Text | AttributeType::Country => ValueKind::Text,
        AttributeType::Number | AttributeType::Integer => ValueKind::Number,
        AttributeType::Boolean => ValueKind::Bool,
        AttributeType::Date => ValueKind::Date,
        AttributeType::Money => ValueKind::Money,
    };
    Subject {
        value: format!("attribute:{}", definition.key),
        label: definition.label.clone(),
        kind,
        unit: if money {
            currency.code().to_owned()
        } else {
            String::new()
        },
        exponent: if money { currency.exponent() } else { 0 },
        suggestions: if kind == ValueKind::Text {
            suggestions
        } else {
            Vec::new()
        },
        note: String::new(),
    }
}

fn metric(metric: Metric, currency: Currency) -> Subject {
    let (kind, unit) = match metric.kind() {
        MetricKind::Money => (ValueKind::Money, currency.code()),
        MetricKind::Number | MetricKind::Count | MetricKind::Days | MetricKind::Ratio => {
            (ValueKind::Number, metric.unit())
        }
        MetricKind::Date => (ValueKind::Date, ""),
        MetricKind::Bool => (ValueKind::Bool, ""),
        MetricKind::Text => (ValueKind::Text, ""),
    };
    Subject {
        value: format!("metric:{}", metric.name()),
        label: metric.title(),
        kind,
        unit: unit.to_owned(),
        exponent: if kind == ValueKind::Money {
            currency.exponent()
        } else {
            0
        },
        suggestions: Vec::new(),
        note: if metric.is_computed() {
            String::new()
        } else {
            "Waits for data: nobody has a value yet.".to_owned()
        },
    }
}

fn others() -> Vec<Subject> {
    let field = |name: &str, suggestions: Vec<String>| Subject {
        suggestions,
        ..unlisted(&format!("field:{name}"), ValueKind::Text)
    };
    let states = Lifecycle::ALL.map(|state| state.name().to_owned()).into();
    vec![
        field("lifecycle", states),
        field("tier", Vec::new()),
        field("locale", Vec::new()),
        unlisted(TAG, ValueKind::Tag),
    ]
}

/// `external_id` as words: `External id`.
fn words(name: &str) -> String {
    let spaced = name.replace('_', " ");
    let mut chars = spaced.chars();
    chars
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in super::super) fn telco() -> Subjects {
        let define = |key: &str, kind| AttributeDefinition {
            key: key.parse().unwrap(),
            label: words(key),
            kind,
        };
        let definitions = [
            define("contract", AttributeType::Text),
            define("tenure", AttributeType::Integer),
            define("churn", AttributeType::Boolean),
            define("total_charges", AttributeType::Money),
            define("female", AttributeType::Boolean),
        ];
        Subjects::of(&definitions, &BTreeMap::new(), Currency::USD)
    }

    #[test]
    fn amounts_are_typed_in_major_units_of_the_companys_currency() {
        let subjects = telco();
        let mrr = subjects.find("metric:mrr").unwrap();

        assert_eq!(
            (mrr.kind, mrr.exponent, mrr.unit.as_str()),
            (ValueKind::Money, 2, "USD")
        );
        assert_eq!(subjects.find("attribute:tenure").unwrap().exponent, 0);
    }

    #[test]
    fn nobody_is_led_to_an_attribute_that_rules_may_not_use() {
        assert!(telco().find("attribute:female").is_none());
    }

    #[test]
    fn a_metric_that_nobody_computes_yet_says_that_it_waits() {
        let subjects = telco();
        assert!(
            subjects
                .find("metric:open_tickets")
                .unwrap()
                .note
                .starts_with("Waits")
        );
        assert!(subjects.find("metric:mrr").unwrap().note.is_empty());
    }
}
