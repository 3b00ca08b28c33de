//! Signing and checking.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::{
    Claims, MAX_CHARS,
    claims::{read, write},
};
use crate::secret::Token;

const VERSION: &str = "kale1.";
const SIGNATURE_BYTES: usize = 32;

/// The token of those claims.
#[must_use]
pub fn sign(claims: &Claims, secret: &[u8]) -> Token {
    let signed = format!("{VERSION}{}", URL_SAFE_NO_PAD.encode(write(claims)));
    let signature = mac(secret, signed.as_bytes());
    let signature = signature.map(|mac| URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()));
    Token::new(format!("{signed}.{}", signature.unwrap_or_default()))
}

/// A token that can be read, and nobody knows yet whether its company wrote it.
#[derive(Debug, Clone)]
pub struct Unverified<'a> {
    claims: Claims,
    /// What the signature covers.
    signed: &'a str,
    signature: [u8; SIGNATURE_BYTES],
}

impl<'a> Unverified<'a> {
    /// Reads a token; `None` for what is none.
    #[must_use]
    pub fn read(text: &'a str) -> Option<Self> {
        if text.len() > MAX_CHARS {
            return None;
        }
        let (signed, signature) = text.rsplit_once('.')?;
        let payload = signed.strip_prefix(VERSION)?;
        // Padding and bits that say nothing are refused: a token has one spelling.
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        Some(Self {
            claims: read(&URL_SAFE_NO_PAD.decode(payload).ok()?)?,
            signed,
            signature: signature.try_into().ok()?,
        })
    }

    /// Whose secrets to ask: the company it says it is of.
    #[must_use]
    pub const fn company(&self) -> crate::id::CompanyId {
        self.claims.company
    }

    /// Its claims, if one of these secrets signed it. Every secret is tried, whichever fits.
    #[must_use]
    pub fn verify<'s, K>(self, secrets: impl IntoIterator<Item = (K, &'s [u8])>) -> Option<(K, Claims)> {
        let mut by = None;
        for (key, secret) in secrets {
            if is_signed(self.signed, &self.signature, secret) {
                by = Some(key);
            }
        }
        by.map(|key| (key, self.claims))
    }
}

fn is_signed(signed: &str, signature: &[u8], secret: &[u8]) -> bool {
    mac(secret, signed.as_bytes()).is_some_and(|mac| mac.verify_slice(signature).is_ok())
}

fn mac(secret: &[u8], message: &[u8]) -> Option<Hmac<Sha256>> {
    let mac = Hmac::<Sha256>::new_from_slice(secret).ok()?;
    Some(mac.chain_update(message))
}

#[cfg(test)]
mod tests;
