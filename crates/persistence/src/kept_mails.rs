//! Mails that are kept for a developer in place of being sent (`kept_mails`): sealed, since they hold links that open
//! something; removed after a week by a TTL index.

use bson::{DateTime, doc};
use futures::TryStreamExt as _;
use jiff::{SignedDuration, Timestamp};
use mongodb::Collection;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use zeroize::Zeroizing;

use crate::{
    error::StoreError,
    seal::{Field, KeyRing, Place, SealError, Sealed},
    store::Store,
    tenant::Installation,
    value,
};

/// How long a mail is kept.
const LASTS: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How many are listed.
const LISTED: i64 = 100;

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Record {
    #[serde(rename = "_id")]
    name: String,
    letter: Sealed,
    at: DateTime,
    expires_at: DateTime,
}

/// A mail as it was kept.
#[derive(Debug)]
pub struct Kept<T> {
    /// Its name among mails.
    pub name: String,
    /// What it says.
    pub letter: T,
    /// When it was kept.
    pub at: Timestamp,
}

fn records(store: &Store) -> Collection<Record> {
    store.database().collection("kept_mails")
}

fn place(name: &str) -> Place<'_> {
    Field::KeptMail.of_installation(name)
}

fn open<T: DeserializeOwned>(ring: &KeyRing, record: Record) -> Result<Kept<T>, SealError> {
    let letter = ring.open(place(&record.name), &record.letter)?;
    let letter = serde_json::from_slice(&letter);
    Ok(Kept {
        letter: letter.map_err(|error| StoreError::corrupt("kept mail", error))?,
        name: record.name,
        at: value::timestamp(record.at),
    })
}

/// Keeps a mail. One of the same name takes the place of the first: it is the same mail again.
pub async fn keep(
    store: &Store,
    _: Installation,
    ring: &KeyRing,
    name: &str,
    letter: &impl Serialize,
    at: Timestamp,
) -> Result<(), SealError> {
    let letter = serde_json::to_vec(letter).map(Zeroizing::new);
    let letter = letter.map_err(|error| StoreError::corrupt("kept mail", error))?;
    let record = Record {
        name: name.to_owned(),
        letter: ring.seal(place(name), &letter)?,
        at: value::date(at),
        expires_at: value::date(at.saturating_add(LASTS).unwrap_or(Timestamp::MAX)),
    };
    let filter = doc! { "_id": name };
    let kept = records(store).replace_one(filter, record).upsert(true).await;
    kept.map_err(StoreError::from)?;
    Ok(())
}

/// The newest ones, newest first.
pub async fn list<T: DeserializeOwned>(
    store: &Store,
    _: Installation,
    ring: &KeyRing,
) -> Result<Vec<Kept<T>>, SealError> {
    let newest = records(store)
        .find(doc! {})
        .sort(doc! { "at": -1, "_id": -1 })
        .limit(LISTED)
        .await;
    let found = newest.map_err(StoreError::from)?.try_collect().await;
    let found: Vec<Record> = found.map_err(StoreError::from)?;
    found.into_iter().map(|record| open(ring, record)).collect()
}

/// The one of that name.
pub async fn get<T: DeserializeOwned>(
    store: &Store,
    _: Installation,
    ring: &KeyRing,
    name: &str,
) -> Result<Option<Kept<T>>, SealError> {
    let found = records(store).find_one(doc! { "_id": name }).await;
    found
        .map_err(StoreError::from)?
        .map(|record| open(ring, record))
        .transpose()
}
