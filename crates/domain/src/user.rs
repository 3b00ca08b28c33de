//! People who sign in.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    access::Role,
    email::Email,
    id::{CompanyId, UserId},
};

/// How long an invitation works.
pub const INVITATION: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Where a user stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UserStatus {
    /// Asked to join, has not yet.
    Invited,
    /// May sign in.
    Active,
    /// May not sign in; what they did stays.
    Deactivated,
}

impl UserStatus {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Invited, Self::Active, Self::Deactivated];

    /// The name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Invited => "invited",
            Self::Active => "active",
            Self::Deactivated => "deactivated",
        }
    }
}

/// What an invited person was sent. It works once and goes away with the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Invitation {
    /// Who asked them to join; `None` where it was a program.
    pub by: Option<UserId>,
    /// From when on it works no more.
    pub expires_at: Timestamp,
}

/// How the dashboard looks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the device says.
    #[default]
    Auto,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// A person of one company, or a Kale admin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Their identity.
    pub id: UserId,
    /// Whose they are; a Kale admin has no company.
    pub company: Option<CompanyId>,
    /// Where their mail goes; unique in a company.
    pub email: Email,
    /// What people call them.
    pub name: String,
    /// The part they play.
    pub role: Role,
    /// Where they stand.
    pub status: UserStatus,
    /// How the dashboard looks for them.
    pub theme: Theme,
    /// What they were sent, while they have not answered.
    pub invitation: Option<Invitation>,
    /// When they came.
    pub created_at: Timestamp,
    /// Grows by one with every change.
    pub version: u64,
}
