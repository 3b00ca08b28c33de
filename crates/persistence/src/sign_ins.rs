//! Sign-ins: of browsers, whose cookie holds one token, and of programs, which hold a pair that is exchanged for the next
//! one (`sign_ins`; expire by a TTL index).

mod links;
mod pairs;
#[cfg(test)]
mod tests;

pub use self::pairs::{begin_pair, begin_pair_in};
pub use self::{
    links::{Browser, CODE_TRIES, Code, Link, Minted, fresh_browser_nonce, mint_link, peek_link},
    pairs::Pair,
};
pub(crate) use self::{
    links::{use_code, use_link},
    pairs::{Offered, by_access, offered},
};

use bson::{Binary, DateTime, doc};
use futures::TryStreamExt as _;
use jiff::Timestamp;
use kale_domain::{
    id::{CompanyId, SignInId, UserId},
    secret::Token,
    sign_in::{Impersonation, SignIn, SignInLimits},
};
use mongodb::Collection;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    error::Result,
    store::Store,
    tenant::Installation,
    token::{self, Kind},
    tx::Tx,
    value,
};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Record {
    #[serde(rename = "_id")]
    pub(crate) id: bson::Uuid,
    pub(crate) user_id: bson::Uuid,
    /// Of the token that opens it: a browser's, or the access token of the pair.
    hash: Binary,
    /// Of a program's sign-in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pair: Option<pairs::Record>,
    #[serde(default)]
    acting_in: Option<bson::Uuid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    impersonating: Option<ImpersonationRecord>,
    device: String,
    created_at: DateTime,
    last_seen_at: DateTime,
    /// By the widest limits: a company's own are looked at with every use, since they may change any time.
    expires_at: DateTime,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct ImpersonationRecord {
    user_id: bson::Uuid,
    version: i64,
    until: DateTime,
}

pub(crate) fn records(store: &Store) -> Collection<Record> {
    store.database().collection("sign_ins")
}

/// Begins a sign-in of that user in a browser; the token is shown to nobody else.
pub async fn begin(store: &Store, user: UserId, device: &str) -> Result<(SignIn, Token)> {
    let (sign_in, token, record) = of_browser(store, user, device);
    records(store).insert_one(record).await?;
    Ok((sign_in, token))
}

/// The same together with what it follows from.
pub async fn begin_in(store: &Store, tx: &mut Tx, user: UserId, device: &str) -> Result<(SignIn, Token)> {
    let (sign_in, token, record) = of_browser(store, user, device);
    let begun = records(store).insert_one(record).session(tx.session()).await;
    tx.note(begun)?;
    Ok((sign_in, token))
}

fn of_browser(store: &Store, user: UserId, device: &str) -> (SignIn, Token, Record) {
    let id = store.fresh_id();
    let (token, hash) = token::mint(Kind::SignIn, id);
    let (sign_in, record) = fresh(store, id, user, device, value::binary(hash));
    (sign_in, token, record)
}

fn fresh(store: &Store, id: Uuid, user: UserId, device: &str, hash: Binary) -> (SignIn, Record) {
    let now = store.now();
    let sign_in = SignIn {
        id: SignInId::from_uuid(id),
        user,
        acting_in: None,
        impersonating: None,
        device: device.chars().take(120).collect(),
        created_at: now,
        last_seen_at: now,
    };
    let record = Record {
        id: value::uuid(id),
        user_id: value::uuid(user.uuid()),
        hash,
        pair: None,
        acting_in: None,
        impersonating: None,
        device: sign_in.device.clone(),
        created_at: value::date(now),
        last_seen_at: value::date(now),
        expires_at: value::date(sign_in.expires_at(SignInLimits::WIDEST)),
    };
    (sign_in, record)
}

/// The live sign-in of a browser with that token, as far as a company's own limits don't end it before.
pub(crate) async fn by_token(store: &Store, text: &str) -> Result<Option<SignIn>> {
    let Some((id, hash)) = token::read(Kind::SignIn, text) else {
        return Ok(None);
    };
    let found = records(store).find_one(doc! { "_id": value::uuid(id) }).await?;
    let now = store.now();
    Ok(found
        .filter(|record| record.pair.is_none() && token::same(&record.hash.bytes, &hash))
        .map(SignIn::from)
        .filter(|sign_in| now < sign_in.expires_at(SignInLimits::WIDEST)))
}

/// Stamps the last use; called at most once a minute.
pub async fn seen(store: &Store, sign_in: &SignIn, at: Timestamp) -> Result<()> {
    let renewed = SignIn {
        last_seen_at: at,
        ..sign_in.clone()
    };
    let expires_at = renewed.expires_at(SignInLimits::WIDEST);
    // Two requests may come here in either order: time only goes forward.
    let change = doc! { "$max": { "last_seen_at": value::date(at), "expires_at": value::date(expires_at) } };
    records(store)
        .update_one(doc! { "_id": value::uuid(sign_in.id.uuid()) }, change)
        .await?;
    Ok(())
}

/// Every live sign-in of a user whom those limits hold for, latest use first.
pub async fn list(store: &Store, user: UserId, limits: SignInLimits) -> Result<Vec<SignIn>> {
    let filter = doc! { "user_id": value::uuid(user.uuid()) };
    let found: Vec<Record> = records(store)
        .find(filter)
        .sort(doc! { "last_seen_at": -1 })
        .limit(100)
        .await?
        .try_collect()
        .await?;
    let now = store.now();
    Ok(found
        .into_iter()
        .map(SignIn::from)
        .filter(|sign_in| now < sign_in.expires_at(limits))
        .collect())
}

/// Ends a sign-in of that user; `false` where they have none of that identity.
pub async fn end(store: &Store, user: UserId, id: SignInId) -> Result<bool> {
    let filter = doc! { "_id": value::uuid(id.uuid()), "user_id": value::uuid(user.uuid()) };
    Ok(records(store).delete_one(filter).await?.deleted_count == 1)
}

/// Ends a sign-in inside a transaction; `false` where somebody else did.
pub async fn end_in(store: &Store, tx: &mut Tx, user: UserId, id: SignInId) -> Result<bool> {
    let filter = doc! { "_id": value::uuid(id.uuid()), "user_id": value::uuid(user.uuid()) };
    let ended = records(store).delete_one(filter).session(tx.session()).await;
    tx.note(ended).map(|ended| ended.deleted_count == 1)
}

/// Ends every sign-in of a user but `but`, and makes the links to new ones dead.
pub async fn end_all(store: &Store, tx: &mut Tx, user: UserId, but: Option<SignInId>) -> Result<u64> {
    let mut filter = doc! { "user_id": value::uuid(user.uuid()) };
    links::end_all(store, tx, filter.clone()).await?;
    if let Some(but) = but {
        filter.insert("_id", doc! { "$ne": value::uuid(but.uuid()) });
    }
    let ended = records(store).delete_many(filter).session(tx.session()).await;
    tx.note(ended).map(|ended| ended.deleted_count)
}

/// Switches a Kale admin's sign-in into a company, or out of it.
pub async fn act_in(store: &Store, _: Installation, id: SignInId, company: Option<CompanyId>) -> Result<()> {
    let change = doc! {
        "$set": { "acting_in": company.map(|company| value::uuid(company.uuid())) },
        "$unset": { "impersonating": "" },
    };
    records(store)
        .update_one(doc! { "_id": value::uuid(id.uuid()) }, change)
        .await?;
    Ok(())
}

/// Has a Kale admin's sign-in see what somebody of the company sees that it is in, or its own again; `false` where it is in
/// another one by now.
pub async fn impersonate(
    store: &Store,
    tx: &mut Tx,
    id: SignInId,
    whom: Option<Impersonation>,
) -> Result<bool> {
    let record = whom.map(|whom| ImpersonationRecord {
        user_id: value::uuid(whom.user.uuid()),
        version: value::signed(whom.version),
        until: value::date(whom.until),
    });
    let filter = doc! {
        "_id": value::uuid(id.uuid()),
        "acting_in": value::uuid(tx.tenant().company().uuid()),
    };
    let change = doc! { "$set": { "impersonating": bson::serialize_to_bson(&record)? } };
    let changed = records(store)
        .update_one(filter, change)
        .session(tx.session())
        .await;
    tx.note(changed).map(|changed| changed.matched_count == 1)
}

impl From<Record> for SignIn {
    fn from(record: Record) -> Self {
        Self {
            id: SignInId::from_uuid(value::from_uuid(record.id)),
            user: UserId::from_uuid(value::from_uuid(record.user_id)),
            acting_in: record
                .acting_in
                .map(|company| CompanyId::from_uuid(value::from_uuid(company))),
            impersonating: record.impersonating.map(|whom| Impersonation {
                user: UserId::from_uuid(value::from_uuid(whom.user_id)),
                // No version is below one: what can't be read is nobody's.
                version: u64::try_from(whom.version).unwrap_or_default(),
                until: value::timestamp(whom.until),
            }),
            device: record.device,
            created_at: value::timestamp(record.created_at),
            last_seen_at: value::timestamp(record.last_seen_at),
        }
    }
}
