//! People who sign in.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    access::Role,
    email::Email,
    id::{CompanyId, UserId},
};

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
    /// When they came.
    pub created_at: Timestamp,
    /// Grows by one with every change.
    pub version: u64,
}
