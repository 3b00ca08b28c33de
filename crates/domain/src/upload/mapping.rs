//! How a file is read: which column goes where, and what an import does with rows that exist.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    attribute::{AttributeKey, AttributeType},
    money::Currency,
};

/// Where a column goes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Target {
    /// The key of the row.
    ExternalId,
    /// The customer's name.
    Name,
    /// The customer's e-mail address.
    Email,
    /// The customer's domain.
    Domain,
    /// The customer's id in the billing system.
    BillingId,
    /// The customer's id in the help desk.
    TicketingId,
    /// The name of the plan: the metric `plan`.
    Plan,
    /// The amount paid per month: the metric `mrr`.
    Amount,
    /// The product tier.
    Tier,
    /// An attribute of the company's own.
    Attribute(AttributeKey),
    /// Nowhere: not read, not kept.
    Ignore,
}

/// The text is no target of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected external_id, name, email, domain, billing_id, ticketing_id, plan, amount, tier, ignore or attributes.<name>"
)]
pub struct ParseTargetError;

impl Target {
    /// The targets that are no attribute, in the order the mapping page lists them.
    pub const FIELDS: [Self; 10] = [
        Self::ExternalId,
        Self::Name,
        Self::Email,
        Self::Domain,
        Self::BillingId,
        Self::TicketingId,
        Self::Plan,
        Self::Amount,
        Self::Tier,
        Self::Ignore,
    ];

    /// The type its column has to have, where the target fixes it.
    #[must_use]
    pub const fn fixed_type(&self) -> Option<AttributeType> {
        match self {
            Self::Amount => Some(AttributeType::Money),
            Self::Attribute(_) | Self::Ignore => None,
            _ => Some(AttributeType::Text),
        }
    }
}

impl TryFrom<String> for Target {
    type Error = ParseTargetError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Ok(match text.as_str() {
            "external_id" => Self::ExternalId,
            "name" => Self::Name,
            "email" => Self::Email,
            "domain" => Self::Domain,
            "billing_id" => Self::BillingId,
            "ticketing_id" => Self::TicketingId,
            "plan" => Self::Plan,
            "amount" => Self::Amount,
            "tier" => Self::Tier,
            "ignore" => Self::Ignore,
            other => {
                let key = other.strip_prefix("attributes.").ok_or(ParseTargetError)?;
                // The reason of the inner error is contained in the outer one.
                Self::Attribute(key.parse().or(Err(ParseTargetError))?)
            }
        })
    }
}

impl From<Target> for String {
    fn from(target: Target) -> Self {
        match target {
            Target::ExternalId => "external_id".to_owned(),
            Target::Name => "name".to_owned(),
            Target::Email => "email".to_owned(),
            Target::Domain => "domain".to_owned(),
            Target::BillingId => "billing_id".to_owned(),
            Target::TicketingId => "ticketing_id".to_owned(),
            Target::Plan => "plan".to_owned(),
            Target::Amount => "amount".to_owned(),
            Target::Tier => "tier".to_owned(),
            Target::Ignore => "ignore".to_owned(),
            Target::Attribute(key) => format!("attributes.{key}"),
        }
    }
}

/// How one column is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ColumnMapping {
    /// Where it goes.
    pub to: Target,
    /// What it holds; may be left out where the target fixes it or the column is ignored.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<AttributeType>,
    /// How it is written, where that has to be said: `dd/mm/yyyy` for a date, `1.234,56` for a number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// The currency of an amount.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
}

/// What an import does with rows that exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportMode {
    /// Refuses rows whose key exists.
    Append,
    /// Changes only the mapped columns of rows that exist.
    Upsert,
    /// As `upsert` with all columns, and rows whose key is absent from the file are taken out.
    Replace,
}

/// What a row number stands for, in a file without a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowNumberAs {
    /// The key of the row: its number among the data rows, from 1.
    ExternalId,
}

/// How a file is read. Confirmed by a person before anything is imported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// What an import does with rows that exist.
    pub mode: ImportMode,
    /// By header. A header that is not listed is ignored.
    pub columns: BTreeMap<String, ColumnMapping>,
    /// What the row number stands for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row_number_as: Option<RowNumberAs>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_read_as_they_are_written() {
        for target in Target::FIELDS {
            assert_eq!(Target::try_from(String::from(target.clone())), Ok(target));
        }
        assert_eq!(
            Target::try_from("attributes.tenure".to_owned()),
            Ok(Target::Attribute("tenure".parse().unwrap()))
        );
        assert_eq!(
            Target::try_from("attributes.$where".to_owned()),
            Err(ParseTargetError)
        );
    }
}
