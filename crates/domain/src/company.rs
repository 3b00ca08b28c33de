//! A company: one tenant.

use std::{fmt, str::FromStr};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{attribute::AttributeKey, id::CompanyId, money::Currency, sign_in::SignInLimits};

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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CompanyStatus {
    /// Everything works.
    Active,
    /// Nobody signs in, nothing runs.
    Suspended,
    /// The same, until all that it owns is purged.
    Deleted {
        /// When that is.
        purge_at: Timestamp,
    },
}

/// How many days a deleted company can be brought back: 0 to 90, 30 unless somebody says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "u32")]
pub struct KeptDays(u32);

/// It is no number of days that a company is kept for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected 0 to {} days", KeptDays::MOST)]
pub struct TooManyDays;

impl KeptDays {
    /// The most.
    pub const MOST: u32 = 90;

    /// Until when that is.
    #[must_use]
    pub fn after(self, now: Timestamp) -> Timestamp {
        let kept = SignedDuration::from_hours(24 * i64::from(self.0));
        now.saturating_add(kept).unwrap_or(Timestamp::MAX)
    }
}

impl Default for KeptDays {
    fn default() -> Self {
        Self(30)
    }
}

impl TryFrom<u32> for KeptDays {
    type Error = TooManyDays;

    fn try_from(days: u32) -> Result<Self, Self::Error> {
        if days > Self::MOST {
            Err(TooManyDays)
        } else {
            Ok(Self(days))
        }
    }
}

/// A company is not where a change of its status begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the company is {is}; {needs}")]
pub struct WrongCompanyStatus {
    /// Where it stands.
    pub is: &'static str,
    /// What would have to be.
    pub needs: &'static str,
}

impl CompanyStatus {
    /// The name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Deleted { .. } => "deleted",
        }
    }

    /// When all that the company owns is purged; `None` unless it is deleted.
    #[must_use]
    pub const fn purge_at(self) -> Option<Timestamp> {
        match self {
            Self::Deleted { purge_at } => Some(purge_at),
            Self::Active | Self::Suspended => None,
        }
    }

    /// Stops everything.
    pub const fn suspended(self) -> Result<Self, WrongCompanyStatus> {
        match self {
            Self::Active | Self::Suspended => Ok(Self::Suspended),
            Self::Deleted { .. } => Err(self.wrong("only one that works can be suspended")),
        }
    }

    /// Lets everything work again. One that is deleted comes back until it is purged.
    #[must_use]
    pub const fn resumed(self) -> Self {
        Self::Active
    }

    /// Stops everything, and has all that the company owns purged then. One that is deleted keeps its day.
    pub const fn deleted(self, purge_at: Timestamp) -> Result<Self, WrongCompanyStatus> {
        match self {
            Self::Active | Self::Suspended => Ok(Self::Deleted { purge_at }),
            Self::Deleted { .. } => Err(self.wrong("resume it first to give it another day")),
        }
    }

    const fn wrong(self, needs: &'static str) -> WrongCompanyStatus {
        WrongCompanyStatus {
            is: self.name(),
            needs,
        }
    }
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
    /// How long its people stay signed in.
    pub sign_in_limits: SignInLimits,
    /// When it came.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Grows by one with every change.
    pub version: u64,
}
