//! Signatures that this edge gives and takes back: tokens of forms and cursors.

use std::fmt;

use hmac::{Hmac, KeyInit as _, Mac as _};
use kale_config::SecretKeys;
use sha2::Sha256;

/// What a signature is for; one made for one purpose is worth nothing for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    Csrf,
    Cursor,
    Session,
}

impl Purpose {
    const fn label(self) -> &'static [u8] {
        match self {
            Self::Csrf => b"kale web: csrf",
            Self::Cursor => b"kale web: cursor",
            Self::Session => b"kale web: session",
        }
    }
}

/// Signs with the current key of the ring, and knows the signatures of the former ones. The same in every process of
/// an installation.
#[derive(Clone)]
pub struct Signer {
    keys: Vec<[u8; 32]>,
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signer([redacted])")
    }
}

impl Signer {
    /// With that ring.
    #[must_use]
    pub fn new(ring: &SecretKeys) -> Self {
        Self {
            keys: ring.iter().map(|key| *key.expose()).collect(),
        }
    }

    pub(crate) fn sign(&self, purpose: Purpose, message: &[u8]) -> [u8; 32] {
        self.keys
            .first()
            .and_then(|key| mac(key, purpose, message))
            .map_or([0; 32], |mac| mac.finalize().into_bytes().into())
    }

    /// Whether one of the ring's keys made that signature; takes the same time for every wrong one.
    pub(crate) fn verify(&self, purpose: Purpose, message: &[u8], signature: &[u8]) -> bool {
        let made_it = |key| mac(key, purpose, message).is_some_and(|mac| mac.verify_slice(signature).is_ok());
        self.keys.iter().any(made_it)
    }

    /// As [`Signer::verify`] for the first bytes of a signature, at least 16 of them.
    pub(crate) fn verify_short(&self, purpose: Purpose, message: &[u8], start: &[u8]) -> bool {
        let made_it =
            |key| mac(key, purpose, message).is_some_and(|mac| mac.verify_truncated_left(start).is_ok());
        start.len() >= 16 && self.keys.iter().any(made_it)
    }
}

/// A key of its own per purpose, derived by HMAC, so that the ring's keys sign nothing themselves.
fn mac(key: &[u8; 32], purpose: Purpose, message: &[u8]) -> Option<Hmac<Sha256>> {
    let derived = Hmac::<Sha256>::new_from_slice(key)
        .ok()?
        .chain_update(purpose.label())
        .finalize()
        .into_bytes();
    Some(
        Hmac::<Sha256>::new_from_slice(&derived)
            .ok()?
            .chain_update(message),
    )
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    const NEW: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    const OLD: &str = "ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

    pub(crate) fn signer() -> Signer {
        Signer::new(&SecretKeys::parse(NEW).unwrap())
    }

    #[test]
    fn a_signature_holds_for_its_purpose_and_message_only() {
        let signer = signer();
        let signature = signer.sign(Purpose::Csrf, b"one");

        assert!(signer.verify(Purpose::Csrf, b"one", &signature));
        assert!(!signer.verify(Purpose::Csrf, b"two", &signature));
        assert!(!signer.verify(Purpose::Cursor, b"one", &signature));
        assert!(!signer.verify(Purpose::Csrf, b"one", &signature[..31]));
        assert!(!signer.verify(Purpose::Csrf, b"one", b""));
    }

    #[test]
    fn a_signature_of_a_former_key_still_holds_and_one_of_a_strange_key_does_not() {
        let old = Signer::new(&SecretKeys::parse(OLD).unwrap()).sign(Purpose::Cursor, b"x");
        let ring = Signer::new(&SecretKeys::parse(&format!("b:{NEW},a:{OLD}")).unwrap());

        assert!(ring.verify(Purpose::Cursor, b"x", &old));
        assert!(!signer().verify(Purpose::Cursor, b"x", &old));
    }

    #[test]
    fn no_key_is_shown() {
        assert_eq!(format!("{:?}", signer()), "Signer([redacted])");
    }
}
