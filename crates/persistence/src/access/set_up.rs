//! The link that makes the first Kale admin (`set_up`, one document, gone with its use).
//!
//! Links of several servers stand in one document, so that using one of them kills all, also in a race.

use bson::{Binary, DateTime, doc};
use jiff::Timestamp;
use kale_domain::{access::Role, secret::Token, sign_in::LINK};
use mongodb::Collection;
use serde::{Deserialize, Serialize};

use super::users;
use crate::{
    error::Result,
    store::Store,
    tenant::Installation,
    token::{self, Kind},
    tx::Tx,
    value,
};

/// The only document.
const ID: &str = "first_admin";
/// How many links may be open: those that were printed last.
const MOST: i32 = 10;

#[derive(Debug, Serialize, Deserialize)]
struct Record {
    #[serde(rename = "_id")]
    id: String,
    links: Vec<LinkRecord>,
}

#[derive(Debug, Serialize, Deserialize)]
struct LinkRecord {
    hash: Binary,
    expires_at: DateTime,
}

fn records(store: &Store) -> Collection<Record> {
    store.database().collection("set_up")
}

fn admins() -> bson::Document {
    doc! { "company_id": null, "role": Role::KaleAdmin.name() }
}

/// Makes a link that makes the first Kale admin, within fifteen minutes; `None` where there is one.
pub async fn mint_set_up_link(store: &Store, _: Installation) -> Result<Option<Token>> {
    if users(store).find_one(admins()).await?.is_some() {
        return Ok(None);
    }
    let (token, hash) = token::mint(Kind::SetUp, store.fresh_id());
    let expires = store.now().saturating_add(LINK).unwrap_or(Timestamp::MAX);
    let link = LinkRecord {
        hash: value::binary(hash),
        expires_at: value::date(expires),
    };
    let link = bson::serialize_to_bson(&link)?;
    records(store)
        .update_one(
            doc! { "_id": ID },
            doc! { "$push": { "links": { "$each": [link], "$slice": -MOST } } },
        )
        .upsert(true)
        .await?;
    Ok(Some(token))
}

/// The installation, for whoever holds a set-up link that works; `None` where it is unknown, used or too old, or there is
/// a Kale admin by now.
pub async fn by_set_up_link(store: &Store, token: &str) -> Result<Option<Installation>> {
    let Some((_, hash)) = token::read(Kind::SetUp, token) else {
        return Ok(None);
    };
    let found = records(store).find_one(doc! { "_id": ID }).await?;
    let now = store.now();
    let works = found.is_some_and(|record| {
        record
            .links
            .iter()
            .any(|link| token::same(&link.hash.bytes, &hash) && now < value::timestamp(link.expires_at))
    });
    let free = works && users(store).find_one(admins()).await?.is_none();
    Ok(free.then(Installation::new))
}

/// Uses up every set-up link; `false` where somebody else did.
pub async fn use_set_up_links(store: &Store, tx: &mut Tx, _: Installation) -> Result<bool> {
    let used = records(store)
        .delete_one(doc! { "_id": ID })
        .session(tx.session())
        .await;
    tx.note(used).map(|used| used.deleted_count == 1)
}
