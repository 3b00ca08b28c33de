//! A customer as the API shows it.

#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;
use kale_application::{
    Tenant,
    customers::json_value,
    personas::{Configuration, Persona, Personas},
};
use kale_domain::{
    attribute::AttributeValue,
    customer::{Customer, Lifecycle},
    email::Email,
    id::{CustomerId, PersonaId, UserId},
    metric::{Metric, MetricValue},
    money::Money,
    persona::{AssignedBy, PersonaState},
};
use kale_web::{Problem, etag::etag_naming};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

/// A customer, for the document.
pub(crate) fn example() -> Value {
    json!({
        "id": "cus_01h455vb4pex5vsknk084sn02q", "external_ids": ["7590-VHVEG"], "name": "Ada Lovelace",
        "email": "ada@example.com", "domain": null, "lifecycle": null, "tier": null, "locale": null, "plan": "Team",
        "mrr": { "amount_minor": 2985, "currency": "USD" },
        "persona": {
            "id": "per_01h455vb4pex5vsknk084sn02q", "key": "early_monthly", "name": "New and monthly", "by": "rule",
            "locked": false, "since": "2026-03-15T09:30:00Z"
        },
        "unassigned": null,
        "metrics": { "mrr": { "amount_minor": 2985, "currency": "USD" }, "plan": "Team" },
        "attributes": { "contract": "Month-to-month", "tenure": 1 },
        "tags": ["vip"], "experts": [], "created_at": "2026-03-15T09:30:00Z", "updated_at": "2026-03-15T09:30:00Z",
        "version": 3
    })
}

/// The fields of a customer that `fields` may name.
pub(crate) const FIELDS: &[&str] = &[
    "id",
    "external_ids",
    "name",
    "email",
    "domain",
    "lifecycle",
    "tier",
    "locale",
    "plan",
    "mrr",
    "persona",
    "unassigned",
    "metrics",
    "attributes",
    "tags",
    "experts",
    "created_at",
    "updated_at",
    "version",
];

/// A customer: the joined record.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Customer)]
pub(crate) struct CustomerView {
    /// Its identity.
    #[schema(value_type = String, example = "cus_01h455vb4pex5vsknk084sn02q")]
    id: CustomerId,
    /// What the company's systems call it.
    #[schema(example = json!(["7590-VHVEG"]))]
    external_ids: Vec<String>,
    /// Its name, where one is known.
    name: Option<String>,
    /// Where its mail goes.
    email: Option<String>,
    /// Its domain, for company-level customers.
    domain: Option<String>,
    /// `free`, `trial`, `active`, `past_due`, `paused`, `cancelling` or `churned`; null while no billing is connected.
    lifecycle: Option<&'static str>,
    /// The level of product it pays for.
    tier: Option<String>,
    /// The language it reads.
    locale: Option<String>,
    /// The plan it is on.
    plan: Option<String>,
    /// What it pays per month; null where that is not known.
    mrr: Option<MoneyView>,
    /// Its persona; null where it has none.
    persona: Option<AssignedPersona>,
    /// Why it has no persona; null where it has one.
    unassigned: Option<Unassigned>,
    /// The metrics that are known of it, by name.
    #[schema(value_type = Object, example = json!({"mrr": {"amount_minor": 2985, "currency": "USD"}}))]
    metrics: BTreeMap<&'static str, Value>,
    /// What the company told us, by name: texts, numbers, true or false, days, amounts.
    #[schema(value_type = Object, example = json!({"contract": "Month-to-month", "tenure": 1}))]
    attributes: BTreeMap<String, Value>,
    /// Words people put on it.
    tags: Vec<String>,
    /// Who looks after it.
    #[schema(value_type = Vec<String>)]
    experts: Vec<UserId>,
    /// When it came.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// When it last changed.
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
    /// Grows by one with every change; its `ETag` begins with `"v` and this.
    version: u64,
}

/// An exact amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Money)]
pub(crate) struct MoneyView {
    /// Whole minor units: 1999 is USD 19.99, JPY 1999.
    #[schema(example = 1999)]
    amount_minor: i64,
    /// ISO 4217.
    #[schema(example = "USD")]
    currency: &'static str,
}

/// A persona by id, key and name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct PersonaRef {
    /// Its identity.
    #[schema(value_type = String, example = "per_01h455vb4pex5vsknk084sn02q")]
    pub(crate) id: PersonaId,
    /// Its immutable name; null for a persona that was deleted and whose customers wait for the next assignment.
    #[schema(example = "early_monthly")]
    pub(crate) key: Option<String>,
    /// What staff read.
    pub(crate) name: Option<String>,
}

/// The persona of a customer, and how it came to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct AssignedPersona {
    /// Its identity.
    #[schema(value_type = String, example = "per_01h455vb4pex5vsknk084sn02q")]
    id: PersonaId,
    /// Its immutable name; null for a persona that was deleted and whose customers wait for the next assignment.
    #[schema(example = "early_monthly")]
    key: Option<String>,
    /// What staff read.
    name: Option<String>,
    /// `rule` or `manual`; null while nobody has looked yet.
    #[schema(example = "rule")]
    by: Option<&'static str>,
    /// Whether a person decided, so that no rule moves the customer.
    locked: bool,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    since: Timestamp,
    /// Why, in the words of the person who decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

/// Why a customer has no persona.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Unassigned {
    /// `rule`: no rule matches; `manual`: a person decided so; null while nobody has looked yet.
    by: Option<&'static str>,
    /// Whether a person decided, so that no rule moves the customer.
    locked: bool,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    since: Timestamp,
    /// Why, in the words of the person who decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

/// The keys and names of a company's personas.
#[derive(Debug, Clone)]
pub(crate) struct PersonaNames(Arc<Configuration>);

impl PersonaNames {
    /// Those of a company: at most two seconds behind another process.
    pub(crate) async fn read(personas: &Personas, tenant: Tenant) -> Result<Self, Problem> {
        Ok(Self(personas.names(tenant).await?))
    }

    /// Those of a configuration.
    #[cfg(test)]
    pub(crate) fn of(configuration: Configuration) -> Self {
        Self(Arc::new(configuration))
    }

    /// The `ETag` of that version of a customer under these names: a persona that is renamed changes what is shown.
    pub(super) fn etag(&self, version: u64) -> String {
        etag_naming(version, self.0.version)
    }

    /// A persona with its names.
    pub(crate) fn of_id(&self, id: PersonaId) -> PersonaRef {
        let named = |persona: &Persona| (persona.key.to_string(), persona.name.clone());
        let found = self.0.personas.iter().find(|persona| persona.id == id);
        let (key, name) = found.map(named).unzip();
        PersonaRef { id, key, name }
    }
}

impl CustomerView {
    /// The customer, its persona named.
    pub(crate) fn new(customer: Customer, names: &PersonaNames) -> Self {
        let plan = match customer.metrics.get(&Metric::Plan) {
            Some(MetricValue::Text(plan)) => Some(plan.clone()),
            _ => None,
        };
        let mrr = match customer.metrics.get(&Metric::Mrr) {
            Some(MetricValue::Money(mrr)) => Some(MoneyView::from(*mrr)),
            _ => None,
        };
        let (persona, unassigned) = persona(&customer.persona, names);
        Self {
            id: customer.id,
            external_ids: customer.external_ids,
            name: customer.name,
            email: customer.email.as_ref().map(Email::to_string),
            domain: customer.domain,
            lifecycle: customer.lifecycle.map(Lifecycle::name),
            tier: customer.tier,
            locale: customer.locale,
            plan,
            mrr,
            persona,
            unassigned,
            metrics: customer
                .metrics
                .into_iter()
                .map(|(metric, value)| (metric.name(), metric_value(value)))
                .collect(),
            attributes: customer
                .attributes
                .iter()
                .map(|(key, value)| (key.to_string(), json_value(value)))
                .collect(),
            tags: customer.tags,
            experts: customer.experts,
            created_at: customer.created_at,
            updated_at: customer.updated_at,
            version: customer.version,
        }
    }
}

/// Where a customer is: in a persona, or in none.
pub(crate) fn persona(
    state: &PersonaState,
    names: &PersonaNames,
) -> (Option<AssignedPersona>, Option<Unassigned>) {
    let (by, reason) = match &state.by {
        None => (None, None),
        Some(AssignedBy::Rule { .. }) => (Some("rule"), None),
        Some(AssignedBy::Manual { reason, .. }) => (Some("manual"), reason.clone()),
    };
    let (locked, since) = (state.is_locked(), state.since);
    match state.persona {
        Some(id) => {
            let PersonaRef { id, key, name } = names.of_id(id);
            (
                Some(AssignedPersona {
                    id,
                    key,
                    name,
                    by,
                    locked,
                    since,
                    reason,
                }),
                None,
            )
        }
        None => (
            None,
            Some(Unassigned {
                by,
                locked,
                since,
                reason,
            }),
        ),
    }
}

/// A metric as JSON, written as attributes are.
pub(crate) fn metric_value(value: MetricValue) -> Value {
    json_value(&match value {
        MetricValue::Number(number) => AttributeValue::Number(number),
        MetricValue::Money(money) => AttributeValue::Money(money),
        MetricValue::Count(count) => AttributeValue::Integer(count),
        MetricValue::Date(date) => AttributeValue::Date(date),
        MetricValue::Bool(flag) => AttributeValue::Boolean(flag),
        MetricValue::Text(text) => AttributeValue::Text(text),
    })
}

impl From<Money> for MoneyView {
    fn from(money: Money) -> Self {
        Self {
            amount_minor: money.amount_minor,
            currency: money.currency.code(),
        }
    }
}
