//! The session at the provider that a sign-in stands on (`identity_sessions`, one per sign-in).
//!
//! A refresh token works once, so that whoever wants to use it takes a lease first: one atomic change in the store's
//! time. Who comes second sees that somebody is at it and reads what they wrote.

use std::time::Duration;

use bson::{DateTime, doc};
use futures::TryStreamExt as _;
use jiff::Timestamp;
use kale_domain::{
    id::{SignInId, UserId},
    sign_in::SignIn,
};
use mongodb::{Collection, options::ReturnDocument};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::{
    error::{Result, StoreError},
    seal::{Field, KeyRing, Place, SealError, Sealed},
    store::Store,
    value,
};

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Record {
    #[serde(rename = "_id")]
    sign_in: bson::Uuid,
    user_id: bson::Uuid,
    session: String,
    organization: Option<String>,
    refresh_token: Sealed,
    /// Until when the provider stands by it unasked.
    fresh_until: DateTime,
    /// How often it was refreshed.
    refreshed: i64,
    /// Until when somebody is at refreshing it.
    #[serde(default)]
    refreshing_until: Option<DateTime>,
    expires_at: DateTime,
}

/// What the provider said.
#[derive(Debug, Clone)]
pub struct Said<'a> {
    /// Its name of the session.
    pub session: &'a str,
    /// In which organization.
    pub organization: Option<&'a str>,
    /// What gets the next answer, once.
    pub refresh_token: &'a str,
    /// Until when it stands by this unasked.
    pub fresh_until: Timestamp,
}

/// A session as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Its name at the provider.
    pub session: String,
    /// In which organization.
    pub organization: Option<String>,
    /// Until when the provider stands by it unasked.
    pub fresh_until: Timestamp,
    /// How often it was refreshed.
    pub refreshed: i64,
}

/// The right to refresh a session, for as long as the lease lasts.
#[derive(Debug)]
pub struct Turn {
    sign_in: SignInId,
    refreshed: i64,
    until: DateTime,
    /// In which organization.
    pub organization: Option<String>,
    /// What is spent by it.
    pub refresh_token: Zeroizing<String>,
}

fn records(store: &Store) -> Collection<Record> {
    store.database().collection("identity_sessions")
}

fn place(sign_in: &Uuid) -> Place<'_> {
    Field::IdentityRefreshToken.of_installation(sign_in.as_bytes())
}

fn one(sign_in: SignInId) -> bson::Document {
    doc! { "_id": value::uuid(sign_in.uuid()) }
}

/// Lets a sign-in stand on a session.
pub async fn begin(
    store: &Store,
    ring: &KeyRing,
    sign_in: &SignIn,
    said: &Said<'_>,
) -> Result<(), SealError> {
    let id = sign_in.id.uuid();
    // A sign-in may be used until then at most, whatever is done with it.
    let expires = sign_in
        .created_at
        .saturating_add(kale_domain::sign_in::ABSOLUTE)
        .unwrap_or(Timestamp::MAX);
    let record = Record {
        sign_in: value::uuid(id),
        user_id: value::uuid(sign_in.user.uuid()),
        session: said.session.to_owned(),
        organization: said.organization.map(ToOwned::to_owned),
        refresh_token: super::seal(ring, place(&id), &said.refresh_token)?,
        fresh_until: value::date(said.fresh_until),
        refreshed: 0,
        refreshing_until: None,
        expires_at: value::date(expires),
    };
    records(store)
        .insert_one(record)
        .await
        .map_err(StoreError::from)?;
    Ok(())
}

/// The session a sign-in stands on; `None` where it stands on none.
pub async fn read(store: &Store, sign_in: SignInId) -> Result<Option<Kept>> {
    let found = records(store).find_one(one(sign_in)).await?;
    Ok(found.map(Kept::from))
}

/// Takes the turn to refresh what was read as `kept`; `None` where somebody has it, or has had it since.
pub async fn take_turn(
    store: &Store,
    ring: &KeyRing,
    sign_in: SignInId,
    kept: &Kept,
    lasts: Duration,
) -> Result<Option<Turn>, SealError> {
    let mut filter = one(sign_in);
    filter.insert("refreshed", kept.refreshed);
    // A missing end sorts before every date.
    filter.insert("$expr", doc! { "$lte": ["$refreshing_until", "$$NOW"] });
    let millis = i64::try_from(lasts.as_millis()).unwrap_or(i64::MAX / 4);
    let change = vec![doc! { "$set": { "refreshing_until": { "$add": ["$$NOW", millis] } } }];
    let taken = records(store)
        .find_one_and_update(filter, change)
        .return_document(ReturnDocument::After)
        .await
        .map_err(StoreError::from)?;
    let Some(record) = taken else { return Ok(None) };
    let until = record
        .refreshing_until
        .ok_or_else(|| StoreError::corrupt("session at a provider", "a lease without an end"))?;
    let token: String = super::open(ring, place(&sign_in.uuid()), &record.refresh_token)?;
    Ok(Some(Turn {
        sign_in,
        refreshed: record.refreshed,
        until,
        organization: record.organization,
        refresh_token: Zeroizing::new(token),
    }))
}

/// Writes down what the provider said at this turn, both tokens at once; `false` where the session is gone, or
/// somebody else has had a turn.
pub async fn refreshed(
    store: &Store,
    ring: &KeyRing,
    turn: &Turn,
    said: &Said<'_>,
) -> Result<bool, SealError> {
    let sealed = super::seal(ring, place(&turn.sign_in.uuid()), &said.refresh_token)?;
    let mut set = doc! {
        "session": said.session,
        Field::IdentityRefreshToken.name(): String::from(sealed),
        "fresh_until": value::date(said.fresh_until),
        "refreshing_until": null,
    };
    if let Some(organization) = said.organization {
        set.insert("organization", organization);
    }
    let change = doc! { "$set": set, "$inc": { "refreshed": 1_i64 } };
    let mut filter = one(turn.sign_in);
    filter.insert("refreshed", turn.refreshed);
    let changed = records(store)
        .update_one(filter, change)
        .await
        .map_err(StoreError::from)?;
    Ok(changed.matched_count == 1)
}

/// Gives a turn back after which nothing was said; the next one waits for `pause`.
pub async fn give_back(store: &Store, turn: Turn, pause: Duration) -> Result<()> {
    let mut filter = one(turn.sign_in);
    filter.insert("refreshed", turn.refreshed);
    filter.insert("refreshing_until", turn.until);
    let millis = i64::try_from(pause.as_millis()).unwrap_or(i64::MAX / 4);
    let change = vec![doc! { "$set": { "refreshing_until": { "$add": ["$$NOW", millis] } } }];
    records(store).update_one(filter, change).await?;
    Ok(())
}

/// A sign-in stands on no session any more; answers the one it stood on.
pub async fn end(store: &Store, sign_in: SignInId) -> Result<Option<Kept>> {
    let gone = records(store).find_one_and_delete(one(sign_in)).await?;
    Ok(gone.map(Kept::from))
}

/// The sign-ins that stand on a session of that name, each with whose it is.
pub async fn of_session(store: &Store, session: &str) -> Result<Vec<(SignInId, UserId)>> {
    let found: Vec<Record> = records(store)
        .find(doc! { "session": session })
        .limit(100)
        .await?
        .try_collect()
        .await?;
    let ids = |record: Record| {
        (
            SignInId::from_uuid(value::from_uuid(record.sign_in)),
            UserId::from_uuid(value::from_uuid(record.user_id)),
        )
    };
    Ok(found.into_iter().map(ids).collect())
}

impl From<Record> for Kept {
    fn from(record: Record) -> Self {
        Self {
            session: record.session,
            organization: record.organization,
            fresh_until: value::timestamp(record.fresh_until),
            refreshed: record.refreshed,
        }
    }
}
