//! Sign-ins and the links that make them (`sign_ins`, `sign_in_links`; both expire by a TTL index).

use bson::{Binary, DateTime, doc};
use futures::TryStreamExt as _;
use jiff::Timestamp;
use kale_domain::{
    id::{CompanyId, SignInId, UserId},
    secret::Token,
    sign_in::{LINK, SignIn},
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
    hash: Binary,
    #[serde(default)]
    acting_in: Option<bson::Uuid>,
    device: String,
    created_at: DateTime,
    last_seen_at: DateTime,
    expires_at: DateTime,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct LinkRecord {
    #[serde(rename = "_id")]
    id: bson::Uuid,
    user_id: bson::Uuid,
    hash: Binary,
    /// The hash of the cookie of the browser that asked; `None` for links minted by the command line or the demo.
    #[serde(default)]
    browser: Option<Binary>,
    expires_at: DateTime,
}

pub(crate) fn records(store: &Store) -> Collection<Record> {
    store.database().collection("sign_ins")
}

fn links(store: &Store) -> Collection<LinkRecord> {
    store.database().collection("sign_in_links")
}

/// Begins a sign-in of that user; the token is shown to nobody else.
pub async fn begin(store: &Store, user: UserId, device: &str) -> Result<(SignIn, Token)> {
    let now = store.now();
    let id = store.fresh_id();
    let (token, hash) = token::mint(Kind::SignIn, id);
    let sign_in = SignIn {
        id: SignInId::from_uuid(id),
        user,
        acting_in: None,
        device: device.chars().take(120).collect(),
        created_at: now,
        last_seen_at: now,
    };
    let record = Record {
        id: value::uuid(id),
        user_id: value::uuid(user.uuid()),
        hash: value::binary(hash),
        acting_in: None,
        device: sign_in.device.clone(),
        created_at: value::date(now),
        last_seen_at: value::date(now),
        expires_at: value::date(sign_in.expires_at()),
    };
    records(store).insert_one(record).await?;
    Ok((sign_in, token))
}

/// The live sign-in of that token.
pub(crate) async fn by_token(store: &Store, text: &str) -> Result<Option<SignIn>> {
    let Some((id, hash)) = token::read(Kind::SignIn, text) else {
        return Ok(None);
    };
    let found = records(store).find_one(doc! { "_id": value::uuid(id) }).await?;
    let now = store.now();
    Ok(found
        .filter(|record| token::same(&record.hash.bytes, &hash))
        .map(SignIn::from)
        .filter(|sign_in| now < sign_in.expires_at()))
}

/// Stamps the last use; called at most once a minute.
pub async fn seen(store: &Store, sign_in: &SignIn, at: Timestamp) -> Result<()> {
    let renewed = SignIn {
        last_seen_at: at,
        ..sign_in.clone()
    };
    // Two requests may come here in either order: time only goes forward.
    let change =
        doc! { "$max": { "last_seen_at": value::date(at), "expires_at": value::date(renewed.expires_at()) } };
    records(store)
        .update_one(doc! { "_id": value::uuid(sign_in.id.uuid()) }, change)
        .await?;
    Ok(())
}

/// Every live sign-in of a user, latest use first.
pub async fn list(store: &Store, user: UserId) -> Result<Vec<SignIn>> {
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
        .filter(|sign_in| now < sign_in.expires_at())
        .collect())
}

/// Ends a sign-in of that user; `false` where they have none of that identity.
pub async fn end(store: &Store, user: UserId, id: SignInId) -> Result<bool> {
    let filter = doc! { "_id": value::uuid(id.uuid()), "user_id": value::uuid(user.uuid()) };
    Ok(records(store).delete_one(filter).await?.deleted_count == 1)
}

/// Ends every sign-in of a user but `but`, and makes the links to new ones dead.
pub async fn end_all(store: &Store, tx: &mut Tx, user: UserId, but: Option<SignInId>) -> Result<u64> {
    let mut filter = doc! { "user_id": value::uuid(user.uuid()) };
    let dead = links(store)
        .delete_many(filter.clone())
        .session(tx.session())
        .await;
    tx.note(dead)?;
    if let Some(but) = but {
        filter.insert("_id", doc! { "$ne": value::uuid(but.uuid()) });
    }
    let ended = records(store).delete_many(filter).session(tx.session()).await;
    tx.note(ended).map(|ended| ended.deleted_count)
}

/// Switches a Kale admin's sign-in into a company, or out of it.
pub async fn act_in(store: &Store, _: Installation, id: SignInId, company: Option<CompanyId>) -> Result<()> {
    let change = doc! { "$set": { "acting_in": company.map(|company| value::uuid(company.uuid())) } };
    records(store)
        .update_one(doc! { "_id": value::uuid(id.uuid()) }, change)
        .await?;
    Ok(())
}

/// Which browser asked for a link: the hash of the nonce in its cookie.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Browser([u8; 32]);

impl Browser {
    /// The one with that nonce.
    #[must_use]
    pub fn of(nonce: &str) -> Self {
        Self(token::hash(nonce))
    }
}

/// Makes a link that signs that user in once within fifteen minutes.
pub async fn mint_link(store: &Store, user: UserId, browser: Option<&Browser>) -> Result<Token> {
    let id = store.fresh_id();
    let (token, hash) = token::mint(Kind::Link, id);
    let expires = store.now().saturating_add(LINK).unwrap_or(Timestamp::MAX);
    let record = LinkRecord {
        id: value::uuid(id),
        user_id: value::uuid(user.uuid()),
        hash: value::binary(hash),
        browser: browser.map(|browser| value::binary(browser.0)),
        expires_at: value::date(expires),
    };
    links(store).insert_one(record).await?;
    Ok(token)
}

/// What came of a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// It signs this user in, and works no more.
    Used(UserId),
    /// It was asked for by another browser.
    OtherBrowser,
    /// It is unknown, used or too old: nobody learns which.
    Dead,
}

/// Uses a link up. Two who use it at once: one is told [`Link::Dead`].
pub(crate) async fn use_link(store: &Store, text: &str, browser: Option<&str>) -> Result<Link> {
    let Some((id, hash)) = token::read(Kind::Link, text) else {
        return Ok(Link::Dead);
    };
    let filter = doc! { "_id": value::uuid(id) };
    let Some(record) = links(store).find_one(filter.clone()).await? else {
        return Ok(Link::Dead);
    };
    if !token::same(&record.hash.bytes, &hash) || value::timestamp(record.expires_at) <= store.now() {
        return Ok(Link::Dead);
    }
    if let Some(bound) = &record.browser {
        let here = browser.map(Browser::of);
        if !here.is_some_and(|here| token::same(&bound.bytes, &here.0)) {
            return Ok(Link::OtherBrowser);
        }
    }
    let deleted = links(store).delete_one(filter).await?.deleted_count;
    Ok(if deleted == 1 {
        Link::Used(UserId::from_uuid(value::from_uuid(record.user_id)))
    } else {
        Link::Dead
    })
}

/// Whether a link that is bound to a browser may be opened here without using it.
pub async fn peek_link(store: &Store, text: &str) -> Result<Option<bool>> {
    let Some((id, hash)) = token::read(Kind::Link, text) else {
        return Ok(None);
    };
    let found = links(store).find_one(doc! { "_id": value::uuid(id) }).await?;
    Ok(found
        .filter(|record| {
            token::same(&record.hash.bytes, &hash) && value::timestamp(record.expires_at) > store.now()
        })
        .map(|record| record.browser.is_some()))
}

impl From<Record> for SignIn {
    fn from(record: Record) -> Self {
        Self {
            id: SignInId::from_uuid(value::from_uuid(record.id)),
            user: UserId::from_uuid(value::from_uuid(record.user_id)),
            acting_in: record
                .acting_in
                .map(|company| CompanyId::from_uuid(value::from_uuid(company))),
            device: record.device,
            created_at: value::timestamp(record.created_at),
            last_seen_at: value::timestamp(record.last_seen_at),
        }
    }
}

/// A nonce that ties a link to the browser that asked for it.
#[must_use]
pub fn fresh_browser_nonce() -> String {
    Uuid::from_bytes(rand::random()).simple().to_string()
}
