//! Whether this process has the keys of its database.

use bson::{Document, doc};
use mongodb::Collection;
use serde::{Deserialize, Serialize};

use super::{Fingerprint, KeyRing, SealError};
use crate::{error::StoreError, store::Store};

/// Its document in the collection `installation`.
const ID: &str = "sealing_keys";

/// What the database knew of the ring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RingState {
    /// The database had no keys; from now on it is bound to the current one of this ring.
    FirstUse,
    /// The ring has every key of the database.
    Known,
}

/// The keys that sealed something in this database.
#[derive(Serialize, Deserialize)]
struct Record {
    #[serde(rename = "_id")]
    id: String,
    /// Changes with every write, for compare and set.
    revision: i64,
    keys: Vec<Fingerprint>,
}

/// The keys with which something in this database may be sealed; empty: a new key may be made.
pub async fn keys_in_use(store: &Store) -> Result<Vec<Fingerprint>, SealError> {
    Ok(read(store).await?.map_or_else(Vec::new, |record| record.keys))
}

/// Checks that the ring opens whatever the database holds, and notes its current key as used.
///
/// Run it before the first value is sealed. Two processes that start on an empty database with different keys can't
/// both pass.
pub async fn ring_check(store: &Store, ring: &KeyRing) -> Result<RingState, SealError> {
    loop {
        let Some(mut record) = read(store).await? else {
            let record = Record {
                id: ID.to_owned(),
                revision: 1,
                keys: vec![ring.current().clone()],
            };
            match collection(store)
                .insert_one(record)
                .await
                .map_err(StoreError::from)
            {
                Ok(_) => return Ok(RingState::FirstUse),
                // Another process was first: compare with its keys.
                Err(StoreError::Duplicate) => continue,
                Err(error) => return Err(error.into()),
            }
        };
        let missing: Vec<String> = record
            .keys
            .iter()
            .filter(|key| !ring.fingerprints().any(|ours| ours == *key))
            .map(|key| key.id().to_owned())
            .collect();
        if !missing.is_empty() {
            return Err(SealError::ForeignRing { missing });
        }
        if record.keys.contains(ring.current()) {
            return Ok(RingState::Known);
        }
        record.keys.push(ring.current().clone());
        if write(store, record).await? {
            return Ok(RingState::Known);
        }
    }
}

/// Forgets a key with which nothing is sealed any more, so that a ring without it may start. `false`: it was not known.
///
/// The caller has resealed everything; what it missed can't be opened once the key is gone.
pub async fn forget_key(store: &Store, ring: &KeyRing, id: &str) -> Result<bool, SealError> {
    if ring.current().id() == id {
        return Err(SealError::CurrentKey { id: id.to_owned() });
    }
    loop {
        let Some(mut record) = read(store).await? else {
            return Ok(false);
        };
        let before = record.keys.len();
        record.keys.retain(|key| key.id() != id);
        if record.keys.len() == before {
            return Ok(false);
        }
        if write(store, record).await? {
            return Ok(true);
        }
    }
}

fn collection(store: &Store) -> Collection<Record> {
    store.database().collection("installation")
}

async fn read(store: &Store) -> Result<Option<Record>, StoreError> {
    Ok(collection(store).find_one(doc! { "_id": ID }).await?)
}

/// Compare and set; `false`: somebody was faster.
async fn write(store: &Store, record: Record) -> Result<bool, StoreError> {
    let seen: Document = doc! { "_id": ID, "revision": record.revision };
    let record = Record {
        revision: record.revision + 1,
        ..record
    };
    Ok(collection(store).replace_one(seen, record).await?.matched_count == 1)
}
