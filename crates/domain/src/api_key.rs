//! Keys of programs that call the API.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use crate::{
    access::Permission,
    id::{ApiKeyId, UserId},
};

/// How long a key works where nobody says: 90 days.
pub const USUAL_LIFETIME: SignedDuration = SignedDuration::from_hours(90 * 24);
/// How long a replaced key works on where nobody says: a day, to bring the new one to every program.
pub const USUAL_OVERLAP_HOURS: u16 = 24;
/// The longest it may: a week.
pub const MOST_OVERLAP_HOURS: u16 = 168;

/// A key of one company. The secret itself is shown once and kept as a hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// Its identity; also stands inside the token.
    pub id: ApiKeyId,
    /// What it is for.
    pub name: String,
    /// What it may do.
    pub permissions: BTreeSet<Permission>,
    /// The last characters of the secret, to tell keys apart.
    pub hint: String,
    /// Who made it.
    pub created_by: Option<UserId>,
    /// When.
    pub created_at: Timestamp,
    /// When it last worked, to the minute.
    pub last_used_at: Option<Timestamp>,
    /// From when on it works no more.
    pub expires_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// The key that takes its place.
    pub replaced_by: Option<ApiKeyId>,
}

impl ApiKey {
    /// Whether it still opens anything.
    #[must_use]
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| now < end)
    }

    /// When the key that takes its place ends: it works as long as this one was to, from now on.
    #[must_use]
    pub fn end_of_next(&self, now: Timestamp) -> Option<Timestamp> {
        let lifetime = self.expires_at?.duration_since(self.created_at);
        now.checked_add(lifetime).ok()
    }
}
