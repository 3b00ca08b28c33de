//! Tokens: `prefix_<id>_<secret>`. The id finds the record in one read; of the secret the store keeps a hash.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use kale_domain::secret::Token;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use uuid::Uuid;

/// How many characters an id has in base 32.
const ID_CHARS: usize = 26;

/// What a token opens; each kind has its own prefix, so that a leaked one is recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A sign-in of a browser: the dashboard's cookie.
    SignIn,
    /// What a program sends for a quarter of an hour.
    Access,
    /// What a program exchanges for the next access token.
    Refresh,
    /// A link that signs in once.
    Link,
    /// A link that makes the first Kale admin.
    SetUp,
    /// An invitation of one who is to join a company.
    Invitation,
    /// An API key.
    ApiKey,
    /// A secret that signs tokens of subscribers.
    ViewerSecret,
}

impl Kind {
    const ALL: [Self; 8] = [
        Self::SignIn,
        Self::Access,
        Self::Refresh,
        Self::Link,
        Self::SetUp,
        Self::Invitation,
        Self::ApiKey,
        Self::ViewerSecret,
    ];

    pub(crate) const fn prefix(self) -> &'static str {
        match self {
            Self::SignIn => "kale_sgn_",
            Self::Access => "kale_acc_",
            Self::Refresh => "kale_ref_",
            Self::Link => "kale_lnk_",
            Self::SetUp => "kale_set_",
            Self::Invitation => "kale_inv_",
            Self::ApiKey => "kale_key_",
            Self::ViewerSecret => "kale_vsc_",
        }
    }
}

/// Whether a token of ours stands in a text, or what begins like one.
pub(crate) fn is_in(text: &str) -> bool {
    Kind::ALL.into_iter().any(|kind| text.contains(kind.prefix()))
}

/// SHA-256 of a secret of 256 random bits: no salt or stretching is needed for what can't be guessed.
pub(crate) fn hash(secret: &str) -> [u8; 32] {
    hash_bytes(secret.as_bytes())
}

/// The same of bytes that are no text.
pub(crate) fn hash_bytes(secret: &[u8]) -> [u8; 32] {
    Sha256::digest(secret).into()
}

/// Makes a token for the record `id`; answers it with the hash to keep.
pub(crate) fn mint(kind: Kind, id: Uuid) -> (Token, [u8; 32]) {
    mint_with(kind, id, &rand::random::<[u8; 32]>())
}

/// The same with a secret of 32 bytes that says something of its own.
pub(crate) fn mint_with(kind: Kind, id: Uuid, secret: &[u8]) -> (Token, [u8; 32]) {
    let secret = URL_SAFE_NO_PAD.encode(secret);
    let text = format!("{}{}_{secret}", kind.prefix(), kale_domain::id::suffix(id));
    (Token::new(text), hash(&secret))
}

/// The record a token names and the hash of its secret; `None` for what is no token of that kind.
pub(crate) fn read(kind: Kind, text: &str) -> Option<(Uuid, [u8; 32])> {
    let tail = text.strip_prefix(kind.prefix())?;
    let (id, secret) = tail.split_at_checked(ID_CHARS)?;
    let secret = secret.strip_prefix('_')?;
    if secret.len() != 43 {
        return None;
    }
    // Any typed id decodes the same suffix.
    let id: kale_domain::id::SignInId = format!("sgn_{id}").parse().ok()?;
    Some((id.uuid(), hash(secret)))
}

/// Compares two hashes in a time that tells nothing.
pub(crate) fn same(a: &[u8], b: &[u8]) -> bool {
    a.ct_eq(b).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_names_its_record_and_nothing_else() {
        let id = Uuid::from_u128(0x0199_0000_0000_7000_8000_0000_0000_0001);
        let (token, kept) = mint(Kind::ApiKey, id);

        assert_eq!(read(Kind::ApiKey, token.reveal()), Some((id, kept)));
        assert_eq!(read(Kind::SignIn, token.reveal()), None);
        assert_eq!(read(Kind::ApiKey, &token.reveal()[..60]), None);
        assert_eq!(read(Kind::ApiKey, "kale_key_é"), None);
        assert_eq!(format!("{token:?}"), "[REDACTED]");
    }
}
