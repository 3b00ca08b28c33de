//! What customers can be filtered by, sorted by and shown with.

use kale_domain::{
    attribute::{AttributeDefinition, AttributeType},
    company::Company,
    metric::{Metric, MetricKind},
    money::{Currency, Money},
    sensitive::sensitive,
};
use rust_decimal::Decimal;

use super::{kinds::Kind, personas::PersonaTags};
use crate::{
    people::People,
    view::{form::Choice, format},
};

/// What a filter calls it that nobody looks after a customer.
pub(super) const NOBODY: &str = "nobody";

/// Something that is known of customers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Subject {
    /// What addresses call it: `mrr`, `attributes.contract`.
    pub(super) name: String,
    /// What people call it.
    pub(super) label: String,
    /// What kind of values it has.
    pub(super) kind: Kind,
    /// What the list is sorted by for it, where it can be.
    pub(super) sort: Option<String>,
    /// Whether the list can be filtered by it.
    pub(super) filter: bool,
    /// Whether it can be a column.
    pub(super) column: bool,
}

/// Everything that is known of a company's customers.
#[derive(Debug, Clone)]
pub(super) struct Subjects {
    all: Vec<Subject>,
    currency: Currency,
    people: Vec<Choice>,
}

impl Subjects {
    /// Of a company with these attributes.
    pub(super) fn of(company: &Company, definitions: &[AttributeDefinition]) -> Self {
        let one = |name: &str, label: &str, kind, column| Subject {
            name: name.to_owned(),
            label: label.to_owned(),
            kind,
            sort: matches!(name, "persona" | "mrr").then(|| name.to_owned()),
            filter: true,
            column,
        };
        let mut all = vec![
            one("persona", "Persona", Kind::Persona, true),
            one("mrr", "MRR", Kind::Money, true),
            one("plan", "Plan", Kind::Text, true),
            one("tier", "Tier", Kind::Text, true),
            one("lifecycle", "Lifecycle", Kind::Lifecycle, true),
            one("tag", "Tag", Kind::Tag, true),
            one("email", "E-mail", Kind::Text, true),
            one("domain", "Domain", Kind::Text, true),
            one("external_id", "External ID", Kind::Text, true),
            one("name", "Name", Kind::Text, false),
        ];
        all.push(Subject {
            sort: Some("created_at".to_owned()),
            filter: false,
            ..one("created_at", "Since", Kind::Date, true)
        });
        all.extend(
            definitions
                .iter()
                .map(|definition| attribute(definition, company)),
        );
        Self {
            all,
            currency: company.currency,
            people: Vec::new(),
        }
    }

    /// With who looks after them, where the reader may see these people; the first choice is nobody.
    pub(super) fn with_people(mut self, people: Option<&People>) -> Self {
        let Some(people) = people else {
            return self;
        };
        let nobody = Choice::new(NOBODY, "Nobody");
        let named = people.colleagues().into_iter();
        self.people = std::iter::once(nobody)
            .chain(named.map(|(id, name)| Choice::new(id.to_string(), name)))
            .collect();
        let subject = Subject {
            name: "expert".to_owned(),
            label: "Looked after by".to_owned(),
            kind: Kind::Expert,
            sort: None,
            filter: true,
            column: true,
        };
        self.all.insert(1, subject);
        self
    }

    /// Who looks after customers: `nobody`, and people by id.
    pub(super) fn people(&self) -> &[Choice] {
        &self.people
    }

    /// What somebody is called who looks after customers.
    pub(super) fn person(&self, id: &str) -> String {
        let known = self.people.iter().find(|one| one.value == id);
        known.map_or_else(|| "somebody who left".to_owned(), |one| one.label.clone())
    }

    /// All of them.
    pub(super) fn all(&self) -> &[Subject] {
        &self.all
    }

    /// The one of that name.
    pub(super) fn find(&self, name: &str) -> Option<&Subject> {
        self.all.iter().find(|subject| subject.name == name)
    }

    /// The word for a name, also for one that is not listed.
    pub(super) fn label(&self, name: &str) -> String {
        match self.find(name) {
            Some(subject) => subject.label.clone(),
            None => name
                .parse::<Metric>()
                .map_or_else(|_| name.to_owned(), Metric::title),
        }
    }

    /// The kind of a name's values, also of one that is not listed.
    pub(super) fn kind(&self, name: &str) -> Kind {
        match (self.find(name), name.parse::<Metric>()) {
            (Some(subject), _) => subject.kind,
            (None, Ok(metric)) => match metric.kind() {
                MetricKind::Money => Kind::Money,
                MetricKind::Date => Kind::Date,
                MetricKind::Bool => Kind::Boolean,
                MetricKind::Text => Kind::Text,
                _ => Kind::Number,
            },
            (None, Err(_not_a_metric)) => Kind::Text,
        }
    }

    /// The currency amounts are in.
    pub(super) const fn currency(&self) -> Currency {
        self.currency
    }

    /// A value of an address as a form shows it: amounts in major units.
    pub(super) fn typed(&self, name: &str, value: &str) -> String {
        match (self.kind(name), value.parse::<Decimal>()) {
            (Kind::Money, Ok(minor)) => shift(minor, self.currency, false).normalize().to_string(),
            _ => value.to_owned(),
        }
    }

    /// What was typed as an address has it: amounts in minor units.
    pub(super) fn sent(&self, name: &str, typed: &str) -> String {
        let typed = typed.trim();
        match (self.kind(name), typed.parse::<Decimal>()) {
            (Kind::Money, Ok(major)) => shift(major, self.currency, true).normalize().to_string(),
            _ => typed.to_owned(),
        }
    }

    /// The values of a filter in words.
    pub(super) fn words(&self, name: &str, op: &str, value: &str, personas: &PersonaTags) -> String {
        if matches!(op, "is_set" | "is_not_set") {
            return String::new();
        }
        if matches!(op, "contains" | "starts_with") {
            return value.to_owned();
        }
        let one = |part: &str| self.word(name, part.trim(), personas);
        value.split(',').map(one).collect::<Vec<_>>().join(", ")
    }

    fn word(&self, name: &str, value: &str, personas: &PersonaTags) -> String {
        match self.kind(name) {
            Kind::Persona => personas.name_of_key(value),
            Kind::Expert => self.person(value),
            Kind::Lifecycle => lifecycle_word(value),
            Kind::Boolean if value == "true" => "Yes".to_owned(),
            Kind::Boolean if value == "false" => "No".to_owned(),
            Kind::Money => match value.parse() {
                Ok(amount_minor) => format::money(Money {
                    amount_minor,
                    currency: self.currency,
                }),
                Err(_no_amount) => value.to_owned(),
            },
            Kind::Date => value.parse().map_or_else(|_| value.to_owned(), format::date),
            _ => value.to_owned(),
        }
    }
}

fn attribute(definition: &AttributeDefinition, company: &Company) -> Subject {
    let name = format!("attributes.{}", definition.key);
    Subject {
        label: if definition.label.trim().is_empty() {
            definition.key.as_str().replace('_', " ")
        } else {
            definition.label.clone()
        },
        kind: match definition.kind {
            AttributeType::Text | AttributeType::Country => Kind::Text,
            AttributeType::Number | AttributeType::Integer => Kind::Number,
            AttributeType::Boolean => Kind::Boolean,
            AttributeType::Date => Kind::Date,
            AttributeType::Money => Kind::Money,
        },
        sort: company
            .sortable_attributes
            .contains(&definition.key)
            .then(|| name.clone()),
        // Rules and filters refuse what tells who somebody is, so nobody is led there.
        filter: sensitive(definition.key.as_str()).is_none(),
        column: true,
        name,
    }
}

fn shift(amount: Decimal, currency: Currency, to_minor: bool) -> Decimal {
    let factor = Decimal::from(10_u64.checked_pow(currency.exponent()).unwrap_or(1));
    let shifted = if to_minor {
        amount.checked_mul(factor)
    } else {
        amount.checked_div(factor)
    };
    shifted.unwrap_or(amount)
}

/// `past_due` in words.
pub(super) fn lifecycle_word(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters
        .next()
        .map(|first| first.to_uppercase().to_string())
        .unwrap_or_default();
    format!("{first}{}", letters.as_str().replace('_', " "))
}

#[cfg(test)]
pub(crate) mod tests {
    use serde_json::json;

    use super::*;
    use crate::customers::{kinds::operator_word, personas::tests::configuration};

    pub(crate) fn company() -> Company {
        let at = "2026-11-02T10:00:00Z".parse().unwrap();
        Company {
            id: "cmp_01h455vb4pex5vsknk084sn02q".parse().unwrap(),
            name: "Northwind".to_owned(),
            slug: "northwind".parse().unwrap(),
            industry: serde_json::from_value(json!("telecom")).unwrap(),
            status: kale_domain::company::CompanyStatus::Active,
            time_zone: "America/New_York".to_owned(),
            currency: Currency::USD,
            sortable_attributes: vec!["tenure".parse().unwrap()],
            sign_in_limits: kale_domain::sign_in::SignInLimits::WIDEST,
            created_at: at,
            updated_at: at,
            version: 1,
        }
    }

    pub(crate) fn definitions() -> Vec<AttributeDefinition> {
        let one = |key: &str, label: &str, kind| AttributeDefinition {
            key: key.parse().unwrap(),
            label: label.to_owned(),
            kind,
        };
        vec![
            one("contract", "Contract", AttributeType::Text),
            one("tenure", "Tenure", AttributeType::Integer),
            one("churn", "Churn", AttributeType::Boolean),
            one("total", "Total charges", AttributeType::Money),
        ]
    }

    #[test]
    fn people_type_major_units_and_addresses_hold_minor_ones() {
        let subjects = Subjects::of(&company(), &definitions());

        assert_eq!(subjects.sent("mrr", " 19.9 "), "1990");
        assert_eq!(subjects.typed("attributes.total", "1990"), "19.9");
        assert_eq!(subjects.sent("attributes.tenure", "12"), "12");
        assert_eq!(subjects.sent("mrr", "a lot"), "a lot");
    }

    #[test]
    fn a_filter_reads_like_a_sentence() {
        let subjects = Subjects::of(&company(), &definitions());
        let tags = PersonaTags::of(&configuration());
        let say = |name: &str, op: &str, value: &str| {
            let word = operator_word(subjects.kind(name), op, value.contains(','));
            format!(
                "{} {word} {}",
                subjects.label(name),
                subjects.words(name, op, value, &tags)
            )
        };

        assert_eq!(
            say("persona", "eq", "slipping,unassigned"),
            "Persona is one of Slipping away, Unassigned"
        );
        assert_eq!(say("mrr", "gte", "1000"), "MRR is at least $10");
        assert_eq!(say("attributes.churn", "eq", "true"), "Churn is Yes");
        assert_eq!(say("attributes.tenure", "is_set", ""), "Tenure is known ");
        assert_eq!(say("lifecycle", "ne", "past_due"), "Lifecycle is not Past due");
        assert_eq!(say("open_tickets", "gt", "2"), "Open tickets is more than 2");
    }
}
