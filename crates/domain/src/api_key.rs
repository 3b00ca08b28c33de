//! Keys of programs that call the API.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::{
    access::Permission,
    id::{ApiKeyId, UserId},
};

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
}

impl ApiKey {
    /// Whether it still opens anything.
    #[must_use]
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| now < end)
    }
}
