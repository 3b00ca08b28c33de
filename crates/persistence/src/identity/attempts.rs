//! What was begun and has not come back yet (`identity_attempts`): known by the hash of its state, which works once, and
//! sealed, since it holds what a code needs to be worth anything.

use bson::{Binary, DateTime, doc};
use jiff::{SignedDuration, Timestamp};
use mongodb::Collection;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    error::StoreError,
    seal::{Field, KeyRing, Place, SealError, Sealed},
    store::Store,
    token, value,
};

/// How long somebody has at the provider.
const LASTS: SignedDuration = SignedDuration::from_mins(10);

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Record {
    #[serde(rename = "_id")]
    hash: Binary,
    content: Sealed,
    expires_at: DateTime,
}

fn records(store: &Store) -> Collection<Record> {
    store.database().collection("identity_attempts")
}

fn place(hash: &[u8; 32]) -> Place<'_> {
    Field::IdentityAttempt.of_installation(hash)
}

/// Keeps what an attempt needs, under its state.
pub async fn begin(
    store: &Store,
    ring: &KeyRing,
    state: &str,
    content: &impl Serialize,
) -> Result<(), SealError> {
    let hash = token::hash(state);
    let expires = store.now().saturating_add(LASTS).unwrap_or(Timestamp::MAX);
    let record = Record {
        hash: value::binary(hash),
        content: super::seal(ring, place(&hash), content)?,
        expires_at: value::date(expires),
    };
    records(store)
        .insert_one(record)
        .await
        .map_err(StoreError::from)?;
    Ok(())
}

/// Takes an attempt up, once: of two who bring one state, one gets `None`, as does who comes too late.
pub async fn take<T: DeserializeOwned>(
    store: &Store,
    ring: &KeyRing,
    state: &str,
) -> Result<Option<T>, SealError> {
    let hash = token::hash(state);
    let taken = records(store)
        .find_one_and_delete(doc! { "_id": value::binary(hash) })
        .await
        .map_err(StoreError::from)?;
    let waits = taken.filter(|record| value::timestamp(record.expires_at) > store.now());
    waits
        .map(|record| super::open(ring, place(&hash), &record.content))
        .transpose()
}
