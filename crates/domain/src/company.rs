//! A company: one tenant.

use std::{fmt, str::FromStr};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{attribute::AttributeKey, id::CompanyId, money::Currency};

/// The industry a company is in; its persona defaults come from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Industry {
    Saas,
    Media,
    Telecom,
    Commerce,
    Fintech,
    Education,
    Fitness,
    B2bServices,
}

impl Industry {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Saas,
        Self::Media,
        Self::Telecom,
        Self::Commerce,
        Self::Fintech,
        Self::Education,
        Self::Fitness,
        Self::B2bServices,
    ];

    /// The name on the wire and in the content files.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Saas => "saas",
            Self::Media => "media",
            Self::Telecom => "telecom",
            Self::Commerce => "commerce",
            Self::Fintech => "fintech",
            Self::Education => "education",
            Self::Fitness => "fitness",
            Self::B2bServices => "b2b_services",
        }
    }

    /// The word for people.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Saas => "SaaS",
            Self::Media => "Media and streaming",
            Self::Telecom => "Telecom",
            Self::Commerce => "E-commerce subscription",
            Self::Fintech => "Fintech",
            Self::Education => "Education",
            Self::Fitness => "Fitness",
            Self::B2bServices => "B2B services",
        }
    }
}

/// Whether a company works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CompanyStatus {
    /// Everything works.
    Active,
    /// Nobody signs in, nothing runs.
    Suspended,
    /// To be purged.
    Deleted,
}

/// The short name of a company in addresses: lower-case letters, digits and dashes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Slug(String);

/// The text is no slug.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected 2 to 40 lower-case letters, digits or dashes, starting with a letter")]
pub struct ParseSlugError;

impl Slug {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Slug {
    type Err = ParseSlugError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let legal = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        let starts = text.bytes().next().is_some_and(|b| b.is_ascii_lowercase());
        if (2..=40).contains(&text.len()) && starts && text.bytes().all(legal) {
            Ok(Self(text.to_owned()))
        } else {
            Err(ParseSlugError)
        }
    }
}

impl TryFrom<String> for Slug {
    type Error = ParseSlugError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Slug> for String {
    fn from(slug: Slug) -> Self {
        slug.0
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The most attributes a company may mark sortable (each costs an index).
pub const SORTABLE_ATTRIBUTES: usize = 3;

/// A tenant. Everything a company owns carries its id; nothing is readable across companies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Company {
    /// Its identity.
    pub id: CompanyId,
    /// What people call it.
    pub name: String,
    /// Its short name in addresses.
    pub slug: Slug,
    /// What it does.
    pub industry: Industry,
    /// Whether it works.
    pub status: CompanyStatus,
    /// The IANA time zone its days are counted in.
    pub time_zone: String,
    /// The currency its money metrics are in.
    pub currency: Currency,
    /// The attributes the customer list can be sorted by, in the order of their index slots.
    pub sortable_attributes: Vec<AttributeKey>,
    /// When it came.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Grows by one with every change.
    pub version: u64,
}
