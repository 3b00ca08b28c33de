//! A customer as a program sends it.

use std::collections::BTreeMap;

use kale_application::customers::CustomerInput;
use kale_domain::money::Money;
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::view::MoneyView;

/// A customer with its key. What is absent is left as it was.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewCustomer)]
pub(super) struct CustomerBody {
    /// What your systems call it: 1 to 200 characters.
    pub(super) external_id: String,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    email: Option<String>,
    #[serde(default)]
    domain: Option<String>,
    #[serde(default)]
    plan: Option<String>,
    /// What it pays per month.
    #[serde(default)]
    #[schema(value_type = Option<MoneyView>)]
    mrr: Option<Money>,
    #[serde(default)]
    tier: Option<String>,
    /// Texts, numbers, true or false, days, amounts, by name; null takes a value away.
    #[serde(default)]
    #[schema(value_type = Object)]
    attributes: BTreeMap<String, Value>,
}

/// A customer whose key stands elsewhere. What is absent is left as it was.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CustomerFields {
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    email: Option<String>,
    #[serde(default)]
    domain: Option<String>,
    #[serde(default)]
    plan: Option<String>,
    /// What it pays per month.
    #[serde(default)]
    #[schema(value_type = Option<MoneyView>)]
    mrr: Option<Money>,
    #[serde(default)]
    tier: Option<String>,
    /// Texts, numbers, true or false, days, amounts, by name; null takes a value away.
    #[serde(default)]
    #[schema(value_type = Object)]
    attributes: BTreeMap<String, Value>,
}

impl CustomerFields {
    /// With its key.
    pub(super) fn of(self, external_id: String) -> CustomerInput {
        CustomerInput {
            external_id,
            name: self.name,
            email: self.email,
            domain: self.domain,
            plan: self.plan,
            mrr: self.mrr,
            tier: self.tier,
            attributes: self.attributes,
        }
    }
}

impl From<CustomerBody> for CustomerInput {
    fn from(body: CustomerBody) -> Self {
        Self {
            external_id: body.external_id,
            name: body.name,
            email: body.email,
            domain: body.domain,
            plan: body.plan,
            mrr: body.mrr,
            tier: body.tier,
            attributes: body.attributes,
        }
    }
}
