//! Secrets at rest: sealed under a ring of keys, bound to the place where they are stored.
//!
//! A sealed value reads `v1.<key id>.<base64url of nonce and ciphertext>` and opens only with its key and at its
//! [`Place`]: moved to another company, document or field it is refused. Sealing uses AES-256-GCM and the ring's current
//! key; the other keys only open. To rotate, put a fresh key in front and [`reseal`] what is stored.

mod field;
mod key;
mod ring;
mod ring_check;
mod rotation;
pub mod secret;
#[cfg(test)]
mod tests;

pub use field::Field;
pub use key::{Fingerprint, SealingKey};
pub use ring::{KeyRing, Place, Sealed};
pub use ring_check::{RingState, forget_key, keys_in_use, ring_check};
pub use rotation::{Resealed, old_seals, reseal};

use std::time::Duration;

use kale_domain::error::{Classify, ErrorKind};

use crate::error::StoreError;

/// One variant per thing a caller does differently. No message holds a secret.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// The text is not a key.
    #[error("a secret key is 32 random bytes in base64url without padding (43 characters)")]
    MalformedKey,
    /// The same key stands twice in a ring.
    #[error("the key {id} is in the ring twice; name each key once")]
    RepeatedKey {
        /// The key's id.
        id: String,
    },
    /// The text is not a sealed value.
    #[error("expected a sealed value, `v1.<key id>.<base64url>`")]
    Malformed,
    /// It was sealed with a key that this ring lacks.
    #[error(
        "it is sealed with the key {id}, which this process does not have; add that key to its other keys"
    )]
    UnknownKey {
        /// The key's id.
        id: String,
    },
    /// It was changed, or moved from the place where it was sealed.
    #[error("the sealed value was changed or does not belong here")]
    Forged,
    /// The system gives no random bytes, or the value is too long for the cipher.
    #[error("the value can't be sealed")]
    NotSealed,
    /// The database holds secrets of keys that this process lacks.
    #[error(
        "the database holds secrets sealed with {}, which this process does not have; start it with the secret key of \
         the process that sealed them (KALE_SECRET_KEY, KALE_SECRET_KEY_FILE, or the key file in its data folder)",
        .missing.join(", ")
    )]
    ForeignRing {
        /// The ids of the keys that are missing.
        missing: Vec<String>,
    },
    /// The current key can't be forgotten.
    #[error("{id} is the current key; put another one in front of it before it is forgotten")]
    CurrentKey {
        /// The key's id.
        id: String,
    },
    /// The database does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Classify for SealError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Store(error) => error.kind(),
            // Keys are the operator's: no caller of ours can mend them, and none is told about them.
            _ => ErrorKind::Internal,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Store(error) => error.code(),
            _ => "internal",
        }
    }

    fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Store(error) => error.retry_after(),
            _ => None,
        }
    }
}
