//! Handles of hosted pages: 128 random bits in an address, of which the store keeps a hash and what they stand for.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use bson::{Binary, DateTime, doc, spec::BinarySubtype};
use jiff::{SignedDuration, Timestamp};
use kale_domain::{id::ViewerSecretId, secret::Token, subscriber::Claims};
use mongodb::Collection;
use serde::{Deserialize, Serialize};

use crate::{
    error::{Result, StoreError},
    store::Store,
    tenant::Tenant,
    token, value,
};

/// How long a page can be come back to. Its session may be over long before.
const LASTS: SignedDuration = SignedDuration::from_hours(7 * 24);
/// 128 bits in base64url.
const CHARS: usize = 22;

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Record {
    #[serde(rename = "_id")]
    hash: Binary,
    company_id: bson::Uuid,
    claims: String,
    /// Which secret signed them; absent where the API made them.
    #[serde(default)]
    signed_by: Option<bson::Uuid>,
    expires_at: DateTime,
}

fn records(store: &Store) -> Collection<Record> {
    store.database().collection("viewer_handles")
}

fn hash(handle: &str) -> Binary {
    Binary {
        subtype: BinarySubtype::Generic,
        bytes: token::hash(handle).to_vec(),
    }
}

/// A handle that stands for those claims, which somebody has checked. It ends with the secret that signed them.
pub async fn mint(
    store: &Store,
    tenant: Tenant,
    claims: &Claims,
    signed_by: Option<ViewerSecretId>,
) -> Result<Token> {
    let handle = URL_SAFE_NO_PAD.encode(rand::random::<[u8; 16]>());
    let payload = String::from_utf8(claims.payload());
    let expires = store.now().saturating_add(LASTS).unwrap_or(Timestamp::MAX);
    let record = Record {
        hash: hash(&handle),
        company_id: value::uuid(tenant.company().uuid()),
        claims: payload.map_err(|error| StoreError::corrupt("claims", error))?,
        signed_by: signed_by.map(|secret| value::uuid(secret.uuid())),
        expires_at: value::date(expires),
    };
    records(store).insert_one(record).await?;
    Ok(Token::new(handle))
}

/// What a handle stands for, and which secret signed that. Reading it uses nothing up.
pub(crate) async fn read(store: &Store, handle: &str) -> Result<Option<(Claims, Option<ViewerSecretId>)>> {
    if handle.len() != CHARS {
        return Ok(None);
    }
    let found = records(store).find_one(doc! { "_id": hash(handle) }).await?;
    let now = store.now();
    let record = found.filter(|record| value::timestamp(record.expires_at) > now);
    let Some(record) = record else { return Ok(None) };
    let company = value::from_uuid(record.company_id);
    let claims =
        Claims::of_payload(record.claims.as_bytes()).filter(|claims| claims.company.uuid() == company);
    let signed_by = record
        .signed_by
        .map(|secret| ViewerSecretId::from_uuid(value::from_uuid(secret)));
    claims
        .map(|claims| Some((claims, signed_by)))
        .ok_or_else(|| StoreError::corrupt("viewer handle", "its claims can't be read"))
}
