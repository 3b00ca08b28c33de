//! What conditions see: the customer's facts, and this walk's answers and decisions under their ids.

use std::collections::BTreeMap;

use kale_domain::{
    attribute::{AttributeKey, AttributeValue},
    metric::Metric,
};
use kale_rules::{
    expression::Subject,
    facts::{Fact, FactMap, Facts},
    rule::Field,
};

use super::Walk;
use crate::{answer::Answer, condition::Asked, version::FlowVersion};

/// Facts about a customer in the middle of a walk.
pub(super) struct WalkFacts<'a> {
    customer: &'a dyn Facts,
    single: FactMap,
    lists: BTreeMap<AttributeKey, Vec<String>>,
}

impl<'a> WalkFacts<'a> {
    /// Only cards on the way here count, so that going back unsays what was said.
    pub(super) fn new(customer: &'a dyn Facts, walk: &Walk, version: &FlowVersion) -> Self {
        let counting = walk.counting();
        let mut facts = Self {
            customer,
            single: FactMap::new(),
            lists: BTreeMap::new(),
        };
        for card in version.cards().iter().filter(|card| counting.contains(&card.id)) {
            for element in &card.elements {
                if let (Some(answer), Some(key)) =
                    (walk.answers.get(&element.id), Asked::Answer(element.id).key())
                {
                    facts.set(key, answer);
                }
            }
            if let (Some(decision), Some(key)) =
                (walk.decisions.get(&card.id), Asked::Decision(card.id).key())
            {
                let value = AttributeValue::Text(decision.name().to_owned());
                facts.single.set_attribute(key, &value);
            }
        }
        facts
    }

    fn set(&mut self, key: AttributeKey, answer: &Answer) {
        let value = match answer {
            Answer::Option(id) => AttributeValue::Text(id.to_string()),
            Answer::Options(ids) => {
                self.lists
                    .insert(key, ids.iter().map(ToString::to_string).collect());
                return;
            }
            Answer::Rating(number) => AttributeValue::Integer(i64::from(*number)),
            Answer::Text(text) => AttributeValue::Text(text.clone()),
            Answer::Checked(ticked) => AttributeValue::Boolean(*ticked),
            Answer::Clicked => AttributeValue::Boolean(true),
        };
        self.single.set_attribute(key, &value);
    }
}

impl Facts for WalkFacts<'_> {
    fn metric(&self, metric: Metric) -> Option<Fact<'_>> {
        self.customer.metric(metric)
    }

    fn attribute(&self, key: &AttributeKey) -> Option<Fact<'_>> {
        if let Some(list) = self.lists.get(key) {
            return Some(Fact::Texts(list));
        }
        match Asked::of(key) {
            Some(_) => self.single.attribute(key),
            None => self.customer.attribute(key),
        }
    }

    fn field(&self, field: Field) -> Option<Fact<'_>> {
        self.customer.field(field)
    }

    fn has_tag(&self, folded: &str) -> bool {
        self.customer.has_tag(folded)
    }

    fn written(&self, subject: &Subject) -> Option<String> {
        self.customer.written(subject)
    }
}
