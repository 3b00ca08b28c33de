//! What is known of a customer, in words.

use jiff::tz::TimeZone;
use kale_domain::{
    attribute::AttributeDefinition,
    company::Company,
    customer::{Customer, CustomerSource, LinkReason},
    metric::{Metric, MetricKind, MetricSource, MetricValue},
    persona::{AssignedBy, PersonaChange, PersonaState},
};
use rust_decimal::Decimal;

use crate::{
    customers::{
        personas::PersonaTags,
        table::{mrr, plan},
    },
    people::People,
    view::{
        customer::{Fact, MetricGroup, PersonaMove, SourceRecord},
        format,
    },
};

/// How many facts stand at the top.
const HEADLINE: usize = 5;

/// What stands at the top of the page: what is known of revenue and plan, then the attributes the company sorts by.
pub(super) fn headline(
    customer: &Customer,
    definitions: &[AttributeDefinition],
    company: &Company,
    zone: &TimeZone,
) -> Vec<Fact> {
    let revenue = [
        ("MRR", mrr(customer).map(format::money)),
        ("Plan", plan(customer)),
    ];
    let known = revenue
        .into_iter()
        .filter_map(|(label, value)| Some(Fact::new(label, value?)));
    let sorted: Vec<AttributeDefinition> = definitions
        .iter()
        .filter(|definition| company.sortable_attributes.contains(&definition.key))
        .cloned()
        .collect();
    let external_id = customer
        .external_ids
        .first()
        .map(|id| Fact::new("External ID", id));
    let since = Fact::new(
        "Known since",
        format::date(customer.created_at.to_zoned(zone.clone()).date()),
    );
    known
        .chain(attributes(customer, &sorted))
        .chain(external_id)
        .chain([since])
        .take(HEADLINE)
        .collect()
}

/// The company's attributes in their order, those without a value left out.
pub(super) fn attributes(customer: &Customer, definitions: &[AttributeDefinition]) -> Vec<Fact> {
    let fact = |definition: &AttributeDefinition| {
        let value = customer.attributes.get(&definition.key)?;
        let label = Some(definition.label.trim()).filter(|label| !label.is_empty());
        let label = label.map_or_else(|| definition.key.as_str().replace('_', " "), str::to_owned);
        Some(Fact::new(label, format::attribute(value)))
    };
    definitions.iter().filter_map(fact).collect()
}

/// The metrics by the system they come from.
pub(super) fn metrics(customer: &Customer) -> Vec<MetricGroup> {
    let sources = [
        (MetricSource::Billing, "Billing"),
        (MetricSource::Support, "Help desk"),
        (MetricSource::Usage, "Product usage"),
        (MetricSource::Retention, "Sessions and offers"),
    ];
    let group = |(source, label): (MetricSource, &'static str)| {
        let all = Metric::ALL.iter().filter(|metric| metric.source() == source);
        let known: Vec<Fact> = all
            .clone()
            .filter_map(|metric| {
                customer
                    .metrics
                    .get(metric)
                    .map(|value| metric_fact(*metric, value))
            })
            .collect();
        let unknown = all.count().saturating_sub(known.len());
        let unknown = u64::try_from(unknown).unwrap_or_default();
        let waiting = match (unknown, known.is_empty()) {
            (0, _) => String::new(),
            (1, true) => "1 waits for data.".to_owned(),
            (n, true) => format!("{} wait for data.", format::number(n)),
            (1, false) => "1 more waits for data.".to_owned(),
            (n, false) => format!("{} more wait for data.", format::number(n)),
        };
        MetricGroup {
            label,
            metrics: known,
            waiting,
        }
    };
    sources.map(group).into()
}

fn metric_fact(metric: Metric, value: &MetricValue) -> Fact {
    if let (MetricKind::Ratio, MetricValue::Number(share)) = (metric.kind(), value) {
        let percent = (share * Decimal::from(100)).round_dp(1);
        return Fact::new(metric.title(), format!("{}%", format::decimal(percent)));
    }
    let note = match metric.kind() {
        // The sign of the amount says it; names and days have none.
        MetricKind::Money | MetricKind::Text | MetricKind::Date | MetricKind::Bool => "",
        _ => metric.unit(),
    };
    Fact::new(metric.title(), format::metric(value)).note(note)
}

/// The records the customer is made of.
pub(super) fn sources(sources: &[CustomerSource], zone: &TimeZone) -> Vec<SourceRecord> {
    let record = |source: &CustomerSource| SourceRecord {
        kind: match source.connection.as_str() {
            "files" => "Customer-data file".to_owned(),
            "api" => "API".to_owned(),
            other => other.to_owned(),
        },
        external_id: source.external_id.clone(),
        reason: match source.reason {
            LinkReason::SameExternalId => "The same external ID",
            LinkReason::MappedByFile => "A column of a file says so",
            LinkReason::SameEmail => "The same e-mail address",
            LinkReason::SameDomain => "The same company domain",
            LinkReason::Manual => "A person said so",
        }
        .to_owned(),
        linked_at: format::date(source.linked_at.to_zoned(zone.clone()).date()),
        origin: None,
        fields: source
            .fields
            .iter()
            .map(|(name, value)| Fact::new(words(name), value))
            .collect(),
    };
    sources.iter().map(record).collect()
}

/// `attributes.tech_support` as words.
fn words(name: &str) -> String {
    let name = name.strip_prefix("attributes.").unwrap_or(name).replace('_', " ");
    let mut letters = name.chars();
    let first = letters
        .next()
        .map(|first| first.to_uppercase().to_string())
        .unwrap_or_default();
    format!("{first}{}", letters.as_str())
}

/// Since when the customer has its persona, and by whom.
pub(super) fn since(state: &PersonaState, people: &People, zone: &TimeZone) -> String {
    let day = format::date(state.since.to_zoned(zone.clone()).date());
    match &state.by {
        None => "nobody has looked yet".to_owned(),
        Some(by) => format!("since {day}, by {}", decided(by, people)),
    }
}

/// The changes of persona, newest first.
pub(super) fn history(
    changes: &[PersonaChange],
    personas: &PersonaTags,
    people: &People,
    zone: &TimeZone,
) -> Vec<PersonaMove> {
    let moved = |change: &PersonaChange| PersonaMove {
        from: personas.tag(change.from, false),
        to: personas.tag(change.to, false),
        by: decided(&change.by, people),
        at: format::date(change.at.to_zoned(zone.clone()).date()),
    };
    changes.iter().map(moved).collect()
}

fn decided(by: &AssignedBy, people: &People) -> String {
    match by {
        AssignedBy::Rule { version: 0, .. } => "rule".to_owned(),
        AssignedBy::Rule { version, .. } => format!("rule, version {version}"),
        AssignedBy::Manual {
            user,
            reason: Some(reason),
        } => format!("{}: “{reason}”", people.name(*user)),
        AssignedBy::Manual { user, reason: None } => people.name(*user),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::customers::{
        one::tests::ada,
        personas::tests::{configuration, id},
        subjects::tests::{company, definitions},
    };

    #[test]
    fn what_is_known_stands_first_and_the_rest_is_counted() {
        let groups = metrics(&ada());
        let billing = &groups[0];
        let known: Vec<_> = billing
            .metrics
            .iter()
            .map(|f| (f.label.as_str(), f.value.as_str()))
            .collect();
        assert_eq!(known, [("MRR", "$29.85"), ("Plan", "Team")]);
        assert!(
            billing.waiting.ends_with("more wait for data."),
            "{}",
            billing.waiting
        );
        assert!(groups[1].metrics.is_empty() && !groups[1].waiting.contains("more"));
    }

    #[test]
    fn the_top_shows_what_is_known() {
        let mut customer = ada();
        let labels = |customer: &Customer| -> Vec<String> {
            let facts = headline(customer, &definitions(), &company(), &TimeZone::UTC);
            facts.into_iter().map(|fact| fact.label).collect()
        };
        assert_eq!(
            labels(&customer),
            ["MRR", "Plan", "Tenure", "External ID", "Known since"]
        );

        customer.metrics.clear();
        assert_eq!(labels(&customer), ["Tenure", "External ID", "Known since"]);
    }

    #[test]
    fn attributes_keep_the_order_of_the_file() {
        let facts = attributes(&ada(), &definitions());
        let shown: Vec<_> = facts
            .iter()
            .map(|f| (f.label.as_str(), f.value.as_str()))
            .collect();
        assert_eq!(shown, [("Contract", "Month-to-month"), ("Tenure", "1")]);
    }

    #[test]
    fn a_decision_by_hand_gives_its_reason() {
        let change = PersonaChange {
            from: Some(id(1)),
            to: None,
            by: AssignedBy::Manual {
                user: None,
                reason: Some("asked for it".to_owned()),
            },
            at: ada().created_at,
        };
        let tags = PersonaTags::of(&configuration());
        let moved = history(&[change], &tags, &People::default(), &TimeZone::UTC).remove(0);

        assert_eq!(
            (moved.from.name.as_str(), moved.to.name.as_str()),
            ("Settled", "Unassigned")
        );
        assert_eq!(moved.by, "a program: “asked for it”");
        assert_eq!(
            since(&ada().persona, &People::default(), &TimeZone::UTC),
            "since 22 Nov 2026, by rule, version 4"
        );
    }
}
