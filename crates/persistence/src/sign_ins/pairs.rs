//! Sign-ins of programs: an access token for a quarter of an hour and a refresh token that is exchanged, once, for the next
//! pair. All refresh tokens of one sign-in begin with the same secret: so one that was exchanged before is told from one
//! that never was, and no list of old ones has to be kept.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use bson::{Binary, DateTime, doc};
use jiff::Timestamp;
use kale_domain::{
    id::UserId,
    secret::Token,
    sign_in::{ACCESS, SignIn, SignInLimits},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{fresh, records};
use crate::{
    error::Result,
    store::Store,
    token::{self, Kind},
    tx::Tx,
    value,
};

/// How many bytes of a refresh token's secret are those of its family; as many are new with each exchange.
const FAMILY: usize = 16;

/// What is kept of a pair beside the hash of its access token.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Record {
    /// When the access token ends.
    until: DateTime,
    /// The hash of what all refresh tokens of this sign-in have in common.
    family: Binary,
    /// The hash of the one that was not exchanged yet.
    refresh: Binary,
}

/// What a program signs in with.
#[derive(Debug, Clone)]
pub struct Pair {
    /// The sign-in it belongs to.
    pub sign_in: SignIn,
    /// What requests carry.
    pub access: Token,
    /// When it ends.
    pub until: Timestamp,
    /// What the next pair is got with.
    pub refresh: Token,
}

/// What somebody who offers a refresh token has.
#[derive(Debug)]
pub(crate) enum Offered {
    /// The next pair, if they may have it.
    Good(Box<Offer>),
    /// One that was exchanged before: two hold it, and nobody knows which of them is the thief. The sign-in has to end.
    Reused(SignIn),
    /// One that opens nothing.
    Dead,
}

/// A refresh token that was not exchanged yet.
#[derive(Debug)]
pub(crate) struct Offer {
    /// The sign-in as it was used last.
    pub(crate) sign_in: SignIn,
    hash: [u8; 32],
    family: [u8; FAMILY],
}

/// A new pair of a sign-in: its tokens, and what is kept of them.
struct Fresh {
    access: Token,
    access_hash: Binary,
    until: Timestamp,
    refresh: Token,
    record: Record,
}

fn mint(store: &Store, id: Uuid, family: [u8; FAMILY]) -> Fresh {
    let (access, access_hash) = token::mint(Kind::Access, id);
    let turn: [u8; FAMILY] = rand::random();
    let secret = [family, turn].concat();
    let (refresh, hash) = token::mint_with(Kind::Refresh, id, &secret);
    let until = store.now().saturating_add(ACCESS).unwrap_or(Timestamp::MAX);
    Fresh {
        access,
        access_hash: value::binary(access_hash),
        until,
        refresh,
        record: Record {
            until: value::date(until),
            family: value::binary(token::hash_bytes(&family)),
            refresh: value::binary(hash),
        },
    }
}

/// Begins a sign-in of that user in a program.
pub async fn begin_pair(store: &Store, user: UserId, device: &str) -> Result<Pair> {
    let (pair, record) = of_program(store, user, device);
    records(store).insert_one(record).await?;
    Ok(pair)
}

/// The same together with what it follows from.
pub async fn begin_pair_in(store: &Store, tx: &mut Tx, user: UserId, device: &str) -> Result<Pair> {
    let (pair, record) = of_program(store, user, device);
    let begun = records(store).insert_one(record).session(tx.session()).await;
    tx.note(begun)?;
    Ok(pair)
}

fn of_program(store: &Store, user: UserId, device: &str) -> (Pair, super::Record) {
    let id = store.fresh_id();
    let new = mint(store, id, rand::random());
    let (sign_in, mut record) = fresh(store, id, user, device, new.access_hash);
    record.pair = Some(new.record);
    let pair = Pair {
        sign_in,
        access: new.access,
        until: new.until,
        refresh: new.refresh,
    };
    (pair, record)
}

/// The live sign-in of that access token.
pub(crate) async fn by_access(store: &Store, text: &str) -> Result<Option<SignIn>> {
    let Some((id, hash)) = token::read(Kind::Access, text) else {
        return Ok(None);
    };
    let found = records(store).find_one(doc! { "_id": value::uuid(id) }).await?;
    let now = store.now();
    Ok(found
        .filter(|record| {
            let until = record.pair.as_ref().map(|pair| value::timestamp(pair.until));
            until.is_some_and(|until| now < until) && token::same(&record.hash.bytes, &hash)
        })
        .map(SignIn::from)
        .filter(|sign_in| now < sign_in.expires_at(SignInLimits::WIDEST)))
}

/// What that refresh token is, without exchanging it.
pub(crate) async fn offered(store: &Store, text: &str) -> Result<Offered> {
    let (Some((id, hash)), Some(family)) = (token::read(Kind::Refresh, text), family(text)) else {
        return Ok(Offered::Dead);
    };
    let found = records(store).find_one(doc! { "_id": value::uuid(id) }).await?;
    let Some((record, pair)) = found.and_then(|record| record.pair.clone().map(|pair| (record, pair))) else {
        return Ok(Offered::Dead);
    };
    let sign_in = SignIn::from(record);
    let ours = token::same(&pair.family.bytes, &token::hash_bytes(&family));
    if !ours || sign_in.expires_at(SignInLimits::WIDEST) <= store.now() {
        return Ok(Offered::Dead);
    }
    if !token::same(&pair.refresh.bytes, &hash) {
        return Ok(Offered::Reused(sign_in));
    }
    Ok(Offered::Good(Box::new(Offer {
        sign_in,
        hash,
        family,
    })))
}

impl Offer {
    /// Exchanges it for the next pair; `None` where somebody else did in between, which shows that two have it.
    pub(crate) async fn exchange(self, store: &Store) -> Result<Option<Pair>> {
        let mut sign_in = self.sign_in;
        let id = sign_in.id.uuid();
        let new = mint(store, id, self.family);
        sign_in.last_seen_at = sign_in.last_seen_at.max(store.now());
        let unchanged = doc! { "_id": value::uuid(id), "pair.refresh": value::binary(self.hash) };
        let change = doc! {
            "$set": { "hash": new.access_hash, "pair": bson::serialize_to_bson(&new.record)? },
            "$max": {
                "last_seen_at": value::date(sign_in.last_seen_at),
                "expires_at": value::date(sign_in.expires_at(SignInLimits::WIDEST)),
            },
        };
        let exchanged = records(store).update_one(unchanged, change).await?;
        Ok((exchanged.matched_count == 1).then_some(Pair {
            sign_in,
            access: new.access,
            until: new.until,
            refresh: new.refresh,
        }))
    }
}

/// What all refresh tokens of a sign-in have in common.
fn family(text: &str) -> Option<[u8; FAMILY]> {
    let (_, secret) = text.get(Kind::Refresh.prefix().len()..)?.split_once('_')?;
    let secret = URL_SAFE_NO_PAD.decode(secret).ok()?;
    secret.first_chunk().copied()
}
