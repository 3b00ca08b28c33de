//! The joined record of one paying account.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    attribute::{AttributeKey, AttributeValue},
    email::Email,
    id::{CustomerId, UserId},
    metric::{Metric, MetricValue},
    persona::PersonaState,
};

/// The longest external id we keep.
pub const EXTERNAL_ID_CHARS: usize = 200;
/// The longest name we keep.
pub const NAME_CHARS: usize = 300;
/// The longest text attribute we keep.
pub const TEXT_CHARS: usize = 2_000;

/// Where a customer stands with their subscription.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the field's standard terms")]
pub enum Lifecycle {
    Free,
    Trial,
    Active,
    PastDue,
    Paused,
    Cancelling,
    Churned,
}

impl Lifecycle {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Free,
        Self::Trial,
        Self::Active,
        Self::PastDue,
        Self::Paused,
        Self::Cancelling,
        Self::Churned,
    ];

    /// The name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::Trial => "trial",
            Self::Active => "active",
            Self::PastDue => "past_due",
            Self::Paused => "paused",
            Self::Cancelling => "cancelling",
            Self::Churned => "churned",
        }
    }
}

/// The joined record. Derived from source records, except tags and experts, which people set.
#[derive(Debug, Clone, PartialEq)]
pub struct Customer {
    /// Its identity.
    pub id: CustomerId,
    /// What the company's systems call it.
    pub external_ids: Vec<String>,
    /// Its name, where one is known.
    pub name: Option<String>,
    /// Where its mail goes.
    pub email: Option<Email>,
    /// Its domain, for company-level customers.
    pub domain: Option<String>,
    /// Where it stands; unknown while no billing is connected.
    pub lifecycle: Option<Lifecycle>,
    /// The level of product it pays for.
    pub tier: Option<String>,
    /// The language it reads.
    pub locale: Option<String>,
    /// Its persona, and why.
    pub persona: PersonaState,
    /// What was measured.
    pub metrics: BTreeMap<Metric, MetricValue>,
    /// What the company told us.
    pub attributes: BTreeMap<AttributeKey, AttributeValue>,
    /// Words people put on it.
    pub tags: Vec<String>,
    /// Who looks after it.
    pub experts: Vec<UserId>,
    /// When it came.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Grows by one with every change.
    pub version: u64,
}

impl Customer {
    /// What a customer is called of whom no name is known.
    pub const UNNAMED: &str = "Unnamed customer";

    /// What to call it: its name, else its e-mail, else its first external id.
    #[must_use]
    pub fn label(&self) -> &str {
        self.name
            .as_deref()
            .or_else(|| self.email.as_ref().map(Email::as_str))
            .or_else(|| self.external_ids.first().map(String::as_str))
            .unwrap_or(Self::UNNAMED)
    }
}

/// Why a source record belongs to a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkReason {
    /// The same external id.
    SameExternalId,
    /// A column of a file says so.
    MappedByFile,
    /// The same e-mail address.
    SameEmail,
    /// The same company domain.
    SameDomain,
    /// A person said so.
    Manual,
}

/// A source record of a customer, and why it belongs there.
#[derive(Debug, Clone, PartialEq)]
pub struct CustomerSource {
    /// Which built-in or provider connection it came from: `files` or `api`.
    pub connection: String,
    /// What kind of record it is.
    pub kind: String,
    /// Its key at the source.
    pub external_id: String,
    /// Why it belongs to this customer.
    pub reason: LinkReason,
    /// When it was linked.
    pub linked_at: Timestamp,
    /// The fields it gave, as they are now.
    pub fields: BTreeMap<String, String>,
}
