//! Secrets with which a company's own server signs tokens of its subscribers.

use jiff::Timestamp;

use crate::id::{UserId, ViewerSecretId};

/// How many of a company may be live at once: enough to change them one after the other.
pub const MOST_LIVE: usize = 10;

/// A secret, without what makes it secret: that is shown once and kept sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ViewerSecret {
    /// Its identity; also stands inside the secret.
    pub id: ViewerSecretId,
    /// What it is for.
    pub name: String,
    /// The last characters of the secret, to tell them apart.
    pub hint: String,
    /// Who made it.
    pub created_by: Option<UserId>,
    /// When.
    pub created_at: Timestamp,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}
