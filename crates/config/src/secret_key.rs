//! The ring of keys that seals what the store keeps of secrets.

use std::{fmt, sync::Arc};

use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use secrecy::{ExposeSecret, SecretBox, SecretSlice};

const KEY_BYTES: usize = 32;
const LONGEST_ID: usize = 16;
/// The id of a key that was given without one.
const LONE_ID: &str = "1";

const LENIENT: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);

/// The text is not a key or a ring of keys. No variant holds a part of the text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidKey {
    /// The key at this place of the ring, counted from 1.
    #[error("key {0} is not 32 bytes in base64 or hex; make one with `openssl rand -base64 32`")]
    NotAKey(usize),
    /// All bytes of the key at this place are the same.
    #[error("key {0} is one byte repeated; make a random one with `openssl rand -base64 32`")]
    NotRandom(usize),
    /// The id at this place is missing, too long or has other characters.
    #[error(
        "the id of key {0} must be 1 to 16 of a-z, 0-9, - and _; a ring is written `id:key,id:key`, current first"
    )]
    Id(usize),
    /// Two keys have the same id.
    #[error("key {0} has the id of an earlier one; every key of a ring needs its own")]
    SameId(usize),
}

/// One key and the id that stands beside everything it seals.
pub struct SecretKey {
    id: String,
    bytes: SecretBox<[u8; KEY_BYTES]>,
}

impl SecretKey {
    /// Its id: 1 to 16 of `a-z`, `0-9`, `-` and `_`.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Its bytes. Every call is a place to look at in a review.
    #[must_use]
    pub fn expose(&self) -> &[u8; KEY_BYTES] {
        self.bytes.expose_secret()
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretKey({}, [REDACTED])", self.id)
    }
}

/// The ring: the current key, which seals, and former ones, which only open. Cheap to clone.
#[derive(Debug, Clone)]
pub struct SecretKeys {
    ring: Arc<Ring>,
}

#[derive(Debug)]
struct Ring {
    current: SecretKey,
    former: Vec<SecretKey>,
}

impl SecretKeys {
    /// Reads `key` or `id:key,id:key`, the current one first. A lone key without an id has the id `1`.
    pub fn parse(text: &str) -> Result<Self, InvalidKey> {
        let parts: Vec<&str> = text.split(',').map(str::trim).collect();
        let lone = parts.len() == 1;
        let mut keys: Vec<SecretKey> = Vec::with_capacity(parts.len());
        for (place, part) in (1..).zip(parts) {
            let (id, key) = match part.split_once(':') {
                Some((id, key)) => (id.trim(), key.trim()),
                None if lone => (LONE_ID, part),
                None => return Err(InvalidKey::Id(place)),
            };
            if !is_id(id) {
                return Err(InvalidKey::Id(place));
            }
            if keys.iter().any(|earlier| earlier.id == id) {
                return Err(InvalidKey::SameId(place));
            }
            keys.push(SecretKey {
                id: id.to_owned(),
                bytes: key_bytes(key, place)?,
            });
        }
        let mut keys = keys.into_iter();
        let current = keys.next().ok_or(InvalidKey::NotAKey(1))?;
        Ok(Self {
            ring: Arc::new(Ring {
                current,
                former: keys.collect(),
            }),
        })
    }

    /// The key that seals.
    #[must_use]
    pub fn current(&self) -> &SecretKey {
        &self.ring.current
    }

    /// The key with this id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&SecretKey> {
        self.iter().find(|key| key.id == id)
    }

    /// All keys, the current one first.
    pub fn iter(&self) -> impl Iterator<Item = &SecretKey> {
        std::iter::once(&self.ring.current).chain(&self.ring.former)
    }
}

fn is_id(text: &str) -> bool {
    let known = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_');
    (1..=LONGEST_ID).contains(&text.len()) && text.bytes().all(known)
}

fn key_bytes(text: &str, place: usize) -> Result<SecretBox<[u8; KEY_BYTES]>, InvalidKey> {
    // Hex first: 64 hex digits are base64 too, but of 48 bytes, which no key has.
    let hex = text.len() == 2 * KEY_BYTES;
    let decoded = if hex { hex::decode(text).ok() } else { None }
        .or_else(|| STANDARD.decode(text).ok())
        .or_else(|| URL_SAFE.decode(text).ok())
        .map(SecretSlice::from);
    let decoded = decoded.ok_or(InvalidKey::NotAKey(place))?;
    let bytes: &[u8; KEY_BYTES] = match decoded.expose_secret().try_into() {
        Ok(bytes) => bytes,
        Err(_other_length) => return Err(InvalidKey::NotAKey(place)),
    };
    if bytes.iter().all(|byte| Some(byte) == bytes.first()) {
        return Err(InvalidKey::NotRandom(place));
    }
    Ok(SecretBox::init_with(|| *bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The bytes 0 to 31.
    const HEX: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    const BASE64: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    const OTHER: &str = "_-7dzLuqmYh3ZlVEMyIRAP_u3cy7qpmId2ZVRDMiEQA";

    #[test]
    fn a_key_is_read_from_hex_and_every_common_base64() {
        let expected: Vec<u8> = (0..32).collect();
        for text in [HEX, &HEX.to_uppercase(), BASE64, BASE64.trim_end_matches('=')] {
            let keys = SecretKeys::parse(text).unwrap();
            assert_eq!(keys.current().expose().as_slice(), expected, "{text}");
            assert_eq!(keys.current().id(), "1");
        }
        assert_eq!(
            SecretKeys::parse(OTHER).unwrap().current().expose()[..3],
            [0xff, 0xee, 0xdd]
        );
    }

    #[test]
    fn the_first_key_of_a_ring_is_the_current_one() {
        let keys = SecretKeys::parse(&format!("2026:{OTHER}, 2025:{HEX}")).unwrap();
        assert_eq!(keys.current().id(), "2026");
        assert_eq!(keys.get("2025").unwrap().expose()[31], 31);
        assert!(keys.get("2024").is_none());
        assert_eq!(
            keys.iter().map(SecretKey::id).collect::<Vec<_>>(),
            ["2026", "2025"]
        );
    }

    #[test]
    fn what_is_not_a_key_is_refused_with_its_place() {
        let cases = [
            ("", InvalidKey::NotAKey(1)),
            ("short", InvalidKey::NotAKey(1)),
            (&HEX[..62], InvalidKey::NotAKey(1)),
            (&format!("{HEX}00"), InvalidKey::NotAKey(1)),
            (&"00".repeat(32), InvalidKey::NotRandom(1)),
            (&format!("a:{HEX},b:nonsense"), InvalidKey::NotAKey(2)),
            (&format!("a:{HEX},{HEX}"), InvalidKey::Id(2)),
            (&format!("A B:{HEX}"), InvalidKey::Id(1)),
            (&format!("a:{HEX},a:{OTHER}"), InvalidKey::SameId(2)),
        ];
        for (text, expected) in cases {
            assert_eq!(SecretKeys::parse(text).unwrap_err(), expected, "{text}");
        }
    }

    #[test]
    fn debug_shows_ids_and_no_bytes() {
        let shown = format!("{:?}", SecretKeys::parse(&format!("a:{HEX}")).unwrap());
        assert!(shown.contains("SecretKey(a, [REDACTED])"), "{shown}");
        assert!(!shown.contains("1f") && !shown.contains("31"), "{shown}");
    }
}
