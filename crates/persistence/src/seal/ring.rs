//! Sealing and opening.

use std::{fmt, str::FromStr};

use aes_gcm::{
    Aes256Gcm,
    aead::{Aead as _, Generate as _, Nonce, Payload},
};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use kale_domain::id::CompanyId;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{Fingerprint, SealError, SealingKey};

const VERSION: &str = "v1";
const NONCE: usize = 12;
const TAG: usize = 16;

/// Where a sealed value is stored. It opens nowhere else.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    company: CompanyId,
    document: &'a [u8],
    field: &'a str,
}

impl<'a> Place<'a> {
    /// The field of a document of a company; see [`super::Field`].
    pub(super) fn new(company: CompanyId, document: &'a (impl AsRef<[u8]> + ?Sized), field: &'a str) -> Self {
        Self {
            company,
            document: document.as_ref(),
            field,
        }
    }

    /// The associated data. The document's length stands before it, so that no two places read the same.
    fn bytes(self) -> Vec<u8> {
        let length = u64::try_from(self.document.len()).unwrap_or(u64::MAX);
        let mut bytes = Vec::with_capacity(24 + self.document.len() + self.field.len());
        bytes.extend_from_slice(self.company.uuid().as_bytes());
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.extend_from_slice(self.document);
        bytes.extend_from_slice(self.field.as_bytes());
        bytes
    }
}

/// A value that only a key ring can read. Safe to store, to log and to back up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Sealed {
    key: String,
    /// Nonce, ciphertext and tag.
    bytes: Vec<u8>,
}

impl Sealed {
    /// The id of the key it is sealed with.
    #[must_use]
    pub fn key_id(&self) -> &str {
        &self.key
    }
}

impl fmt::Display for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{VERSION}.{}.{}",
            self.key,
            BASE64_URL_SAFE_NO_PAD.encode(&self.bytes)
        )
    }
}

impl FromStr for Sealed {
    type Err = SealError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.split('.');
        let (Some(VERSION), Some(key), Some(payload), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(SealError::Malformed);
        };
        match BASE64_URL_SAFE_NO_PAD.decode(payload) {
            Ok(bytes) if bytes.len() >= NONCE + TAG && !key.is_empty() => Ok(Self {
                key: key.to_owned(),
                bytes,
            }),
            _ => Err(SealError::Malformed),
        }
    }
}

impl From<Sealed> for String {
    fn from(sealed: Sealed) -> Self {
        sealed.to_string()
    }
}

impl TryFrom<String> for Sealed {
    type Error = SealError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

/// The keys of an installation: one to seal with, and all of them to open with. Wiped from memory when dropped.
pub struct KeyRing {
    current: Entry,
    others: Vec<Entry>,
}

struct Entry {
    fingerprint: Fingerprint,
    cipher: Aes256Gcm,
}

impl From<SealingKey> for Entry {
    fn from(key: SealingKey) -> Self {
        Self {
            fingerprint: key.fingerprint().clone(),
            cipher: key.cipher(),
        }
    }
}

impl KeyRing {
    /// A ring that seals with `current` and opens with it and `others`.
    pub fn new(current: SealingKey, others: Vec<SealingKey>) -> Result<Self, SealError> {
        let ring = Self {
            current: current.into(),
            others: others.into_iter().map(Entry::from).collect(),
        };
        let mut ids: Vec<&str> = ring.fingerprints().map(Fingerprint::id).collect();
        ids.sort_unstable();
        match ids
            .windows(2)
            .find(|pair| pair.first() == pair.last())
            .and_then(<[&str]>::first)
        {
            Some(id) => Err(SealError::RepeatedKey { id: (*id).to_owned() }),
            None => Ok(ring),
        }
    }

    /// The fingerprint of the key that seals.
    #[must_use]
    pub const fn current(&self) -> &Fingerprint {
        &self.current.fingerprint
    }

    /// The fingerprints of all keys, the current one first.
    pub fn fingerprints(&self) -> impl Iterator<Item = &Fingerprint> {
        self.entries().map(|entry| &entry.fingerprint)
    }

    /// Seals a value for a place, with the current key and a random nonce.
    ///
    /// One key may seal about four thousand million values before two nonces could meet.
    pub fn seal(&self, place: Place<'_>, plaintext: &[u8]) -> Result<Sealed, SealError> {
        let Ok(nonce) = Nonce::<Aes256Gcm>::try_generate() else {
            return Err(SealError::NotSealed);
        };
        let payload = Payload {
            msg: plaintext,
            aad: &place.bytes(),
        };
        let Ok(ciphertext) = self.current.cipher.encrypt(&nonce, payload) else {
            return Err(SealError::NotSealed);
        };
        let bytes = [nonce.as_slice(), &ciphertext].concat();
        Ok(Sealed {
            key: self.current().id().to_owned(),
            bytes,
        })
    }

    /// Opens a value at the place where it was sealed.
    pub fn open(&self, place: Place<'_>, sealed: &Sealed) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let entry = self
            .entries()
            .find(|entry| entry.fingerprint.id() == sealed.key)
            .ok_or_else(|| SealError::UnknownKey {
                id: sealed.key.clone(),
            })?;
        let (nonce, ciphertext) = sealed
            .bytes
            .split_first_chunk::<NONCE>()
            .ok_or(SealError::Malformed)?;
        let payload = Payload {
            msg: ciphertext,
            aad: &place.bytes(),
        };
        match entry.cipher.decrypt(nonce.into(), payload) {
            Ok(plaintext) => Ok(Zeroizing::new(plaintext)),
            Err(aes_gcm::Error) => Err(SealError::Forged),
        }
    }

    /// The same value under the current key; `None` where it is so already.
    pub fn reseal(&self, place: Place<'_>, sealed: &Sealed) -> Result<Option<Sealed>, SealError> {
        if sealed.key == self.current().id() {
            return Ok(None);
        }
        let plaintext = self.open(place, sealed)?;
        self.seal(place, &plaintext).map(Some)
    }

    fn entries(&self) -> impl Iterator<Item = &Entry> {
        std::iter::once(&self.current).chain(&self.others)
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.fingerprints().map(Fingerprint::id))
            .finish()
    }
}
