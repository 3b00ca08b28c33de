//! One key, and what may be known of it.

use std::fmt;

use aes_gcm::{Aes256Gcm, KeyInit as _};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::SealError;

/// 256 random bits. Wiped from memory when dropped; never prints itself.
pub struct SealingKey {
    bytes: Zeroizing<[u8; 32]>,
    fingerprint: Fingerprint,
}

/// What identifies a key without telling it: safe to store and to log.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Fingerprint {
    id: String,
    hash: String,
}

impl SealingKey {
    /// A fresh random key.
    #[must_use]
    pub fn fresh() -> Self {
        Self::from_bytes(Zeroizing::new(rand::random()))
    }

    /// Wraps the bytes of a key.
    #[must_use]
    pub fn from_bytes(bytes: Zeroizing<[u8; 32]>) -> Self {
        let fingerprint = Fingerprint::of(&bytes);
        Self { bytes, fingerprint }
    }

    /// Reads a key as [`SealingKey::to_text`] writes it; white space around it is ignored (key files end in a newline).
    pub fn parse(text: &str) -> Result<Self, SealError> {
        let mut bytes = Zeroizing::new([0; 32]);
        // A decoder may ask for more room than it fills.
        let mut buffer = Zeroizing::new([0; 48]);
        let text = text.trim();
        let length = match BASE64_URL_SAFE_NO_PAD.decode_slice(text, buffer.as_mut_slice()) {
            Ok(length) if text.len() == 43 => length,
            _ => return Err(SealError::MalformedKey),
        };
        bytes.copy_from_slice(buffer.get(..length).ok_or(SealError::MalformedKey)?);
        Ok(Self::from_bytes(bytes))
    }

    /// The key as text, for its file: 43 characters of base64url.
    #[must_use]
    pub fn to_text(&self) -> Zeroizing<String> {
        Zeroizing::new(BASE64_URL_SAFE_NO_PAD.encode(self.bytes.as_slice()))
    }

    /// What may be known of it.
    #[must_use]
    pub const fn fingerprint(&self) -> &Fingerprint {
        &self.fingerprint
    }

    pub(super) fn cipher(&self) -> Aes256Gcm {
        Aes256Gcm::new((&*self.bytes).into())
    }
}

impl fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SealingKey")
            .field("id", &self.fingerprint.id)
            .finish_non_exhaustive()
    }
}

impl Fingerprint {
    fn of(bytes: &[u8; 32]) -> Self {
        let hash = hex::encode(
            Sha256::new()
                .chain_update(b"kale sealing key\0")
                .chain_update(bytes)
                .finalize(),
        );
        // Derived, so that a key can't be given the name of another one.
        let id = hash.chars().take(12).collect();
        Self { id, hash }
    }

    /// The short name of the key: twelve hexadecimal digits, part of everything sealed with it.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }
}
