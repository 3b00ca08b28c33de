//! What customers can be filtered by, sorted by and shown with.

use kale_domain::{
    attribute::{AttributeDefinition, AttributeType},
    company::Company,
    customer::Lifecycle,
    metric::{Metric, MetricKind},
    money::{Currency, Money},
    sensitive::sensitive,
};
use rust_decimal::Decimal;

use super::personas::PersonaTags;
use crate::view::{form::Choice, format};

/// The kind of values a subject has, as far as forms and cells differ by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A persona, by key.
    Persona,
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
        }
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

impl Kind {
    /// The operators a form offers.
    pub(super) fn operators(self) -> Vec<Operator> {
        match self {
            Self::Persona => vec![("eq", "is one of")],
            Self::Tag => vec![("eq", "is")],
            Self::Lifecycle => with_presence(IS),
            Self::Boolean => with_presence(&[("eq", "is")]),
            Self::Text => with_presence(TEXTS),
            Self::Number | Self::Money => with_presence(NUMBERS),
            Self::Date => with_presence(DATES),
        }
    }

    /// The values there are, where they are few.
    pub(super) fn values(self, personas: &PersonaTags) -> Option<Vec<Choice>> {
        match self {
            Self::Persona => Some(personas.choices()),
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

#[cfg(test)]
pub(crate) mod tests {
    use serde_json::json;

    use super::*;
    use crate::customers::personas::tests::configuration;

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
