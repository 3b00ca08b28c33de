//! A person's authenticated presence. (*Session* always means a walk of a workflow.)

use jiff::{SignedDuration, Timestamp};

use crate::id::{CompanyId, SignInId, UserId};

/// How long a sign-in lasts without use.
pub const IDLE: SignedDuration = SignedDuration::from_hours(14 * 24);
/// How long a sign-in lasts at most.
pub const ABSOLUTE: SignedDuration = SignedDuration::from_hours(90 * 24);
/// How long an access token of a program works; a refresh token gets the next one.
pub const ACCESS: SignedDuration = SignedDuration::from_mins(15);
/// How long a sign-in link works.
pub const LINK: SignedDuration = SignedDuration::from_mins(15);

/// How long a Kale admin sees what somebody else sees: then they see their own again.
pub const IMPERSONATION: SignedDuration = SignedDuration::from_mins(30);

/// Whom a Kale admin looks over the shoulder of. They see what that person sees, and change nothing meanwhile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Impersonation {
    /// Whom.
    pub user: UserId,
    /// Their version when it began: whatever is changed about them ends it.
    pub version: u64,
    /// Until when.
    pub until: Timestamp,
}

/// A sign-in of one user on one device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignIn {
    /// Its identity; also stands inside the token.
    pub id: SignInId,
    /// Who.
    pub user: UserId,
    /// The company a Kale admin has switched into.
    pub acting_in: Option<CompanyId>,
    /// Whom of that company they impersonate.
    pub impersonating: Option<Impersonation>,
    /// What the browser called itself, shortened.
    pub device: String,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used, to the minute.
    pub last_seen_at: Timestamp,
}

impl SignIn {
    /// From when on it works no more.
    #[must_use]
    pub fn expires_at(&self) -> Timestamp {
        let idle = self.last_seen_at.saturating_add(IDLE).unwrap_or(Timestamp::MAX);
        let absolute = self.created_at.saturating_add(ABSOLUTE).unwrap_or(Timestamp::MAX);
        idle.min(absolute)
    }
}
