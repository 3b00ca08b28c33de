//! Links that sign in once, and the codes that can be typed in their place (`sign_in_links`; expire by a TTL index, index
//! `browser` for codes).

use bson::{Binary, DateTime, Document, doc};
use futures::TryStreamExt as _;
use jiff::Timestamp;
use kale_domain::{id::UserId, secret::Token, sign_in::LINK};
use mongodb::Collection;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    error::Result,
    store::Store,
    token::{self, Kind},
    tx::Tx,
    value,
};

/// How many codes may be typed for one link.
pub const CODE_TRIES: i32 = 5;
/// How many links of one browser a typed code is compared with.
const MOST_CODES: i64 = 20;

#[derive(Debug, Clone, Serialize, Deserialize)]
struct LinkRecord {
    #[serde(rename = "_id")]
    id: bson::Uuid,
    user_id: bson::Uuid,
    hash: Binary,
    /// The hash of the cookie of the browser that asked; `None` for links minted by the command line or the demo.
    #[serde(default)]
    browser: Option<Binary>,
    /// What can be typed in place of opening the link, by whoever asked; hashed with what only their browser holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    code: Option<Binary>,
    /// How many codes were typed.
    #[serde(default)]
    code_tries: i32,
    expires_at: DateTime,
}

fn links(store: &Store) -> Collection<LinkRecord> {
    store.database().collection("sign_in_links")
}

/// Which browser asked for a link, as the hash of the nonce in its cookie says; and what its codes are hashed with, which
/// is kept nowhere beside them, so that whoever reads the store can't try all codes.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Browser {
    binding: [u8; 32],
    key: [u8; 32],
}

impl Browser {
    /// The one with that nonce.
    #[must_use]
    pub fn of(nonce: &str) -> Self {
        Self {
            binding: token::hash(nonce),
            key: token::hash(&format!("code:{nonce}")),
        }
    }

    fn code_hash(&self, link: bson::Uuid, code: &str) -> [u8; 32] {
        let mut all = self.key.to_vec();
        all.extend(link.bytes());
        all.extend(code.as_bytes());
        token::hash_bytes(&all)
    }
}

impl std::fmt::Debug for Browser {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Browser")
    }
}

/// Six digits to be typed. It never prints itself.
pub type Code = Token;

/// A link that was just made.
#[derive(Debug)]
pub struct Minted {
    /// What the link carries.
    pub token: Token,
    /// What may be typed in its place; only where a browser asked.
    pub code: Option<Code>,
}

/// Makes a link that signs that user in once within fifteen minutes.
pub async fn mint_link(store: &Store, user: UserId, browser: Option<&Browser>) -> Result<Minted> {
    let id = store.fresh_id();
    let (token, hash) = token::mint(Kind::Link, id);
    let expires = store.now().saturating_add(LINK).unwrap_or(Timestamp::MAX);
    let code = browser.map(|_| Code::new(format!("{:06}", rand::random_range(0..1_000_000_u32))));
    let code_hash = browser
        .zip(code.as_ref())
        .map(|(browser, code)| browser.code_hash(value::uuid(id), code.reveal()));
    let record = LinkRecord {
        id: value::uuid(id),
        user_id: value::uuid(user.uuid()),
        hash: value::binary(hash),
        browser: browser.map(|browser| value::binary(browser.binding)),
        code: code_hash.map(value::binary),
        code_tries: 0,
        expires_at: value::date(expires),
    };
    links(store).insert_one(record).await?;
    Ok(Minted { token, code })
}

/// Makes the links of a user dead.
pub(super) async fn end_all(store: &Store, tx: &mut Tx, filter: Document) -> Result<()> {
    let dead = links(store).delete_many(filter).session(tx.session()).await;
    tx.note(dead).map(drop)
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

/// Uses the link up whose code was typed where it was asked for. A wrong code is one of [`CODE_TRIES`] of each link that
/// this browser asked for; of two who type at once, each one counts.
pub(crate) async fn use_code(store: &Store, code: &str, nonce: &str) -> Result<Link> {
    let browser = Browser::of(nonce);
    let asked = doc! { "browser": value::binary(browser.binding), "code_tries": { "$lt": CODE_TRIES } };
    let open: Vec<LinkRecord> = links(store)
        .find(asked)
        .limit(MOST_CODES)
        .await?
        .try_collect()
        .await?;
    let now = store.now();
    let mut meant = None;
    for record in open
        .iter()
        .filter(|record| now < value::timestamp(record.expires_at))
    {
        let filter = doc! { "_id": record.id, "code_tries": { "$lt": CODE_TRIES } };
        let counted = doc! { "$inc": { "code_tries": 1 } };
        let Some(record) = links(store).find_one_and_update(filter, counted).await? else {
            continue;
        };
        let typed = browser.code_hash(record.id, code);
        if record
            .code
            .as_ref()
            .is_some_and(|kept| token::same(&kept.bytes, &typed))
        {
            meant = Some(record);
        }
    }
    match meant {
        Some(record) => take(store, &record).await,
        None => Ok(Link::Dead),
    }
}

/// Uses a link up. Two who use it at once: one is told [`Link::Dead`].
pub(crate) async fn use_link(store: &Store, text: &str, browser: Option<&str>) -> Result<Link> {
    let Some((id, hash)) = token::read(Kind::Link, text) else {
        return Ok(Link::Dead);
    };
    let filter = doc! { "_id": value::uuid(id) };
    let Some(record) = links(store).find_one(filter).await? else {
        return Ok(Link::Dead);
    };
    if !token::same(&record.hash.bytes, &hash) || value::timestamp(record.expires_at) <= store.now() {
        return Ok(Link::Dead);
    }
    if let Some(bound) = &record.browser {
        let here = browser.map(Browser::of);
        if !here.is_some_and(|here| token::same(&bound.bytes, &here.binding)) {
            return Ok(Link::OtherBrowser);
        }
    }
    take(store, &record).await
}

async fn take(store: &Store, record: &LinkRecord) -> Result<Link> {
    let taken = links(store).delete_one(doc! { "_id": record.id }).await?;
    Ok(if taken.deleted_count == 1 {
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

/// A nonce that ties a link to the browser that asked for it.
#[must_use]
pub fn fresh_browser_nonce() -> String {
    Uuid::from_bytes(rand::random()).simple().to_string()
}
