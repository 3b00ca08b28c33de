//! Kept answers: a request that is sent twice under one `Idempotency-Key` acts once.
//!
//! The key's scope is company, actor and route. The first request inserts the entry and with that owns it; whoever
//! comes later gets the kept answer, or learns that the first one is still running or had another body.

#[cfg(test)]
mod tests;

use bson::{Binary, DateTime, Document, doc, spec::BinarySubtype};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::{
    error::{Result, StoreError},
    scoped::{Scoped, within},
    store::Store,
    tenant::Tenant,
    value,
};

/// For how long an answer is kept, from when it was given.
pub const KEPT: SignedDuration = SignedDuration::from_hours(24);
/// A request that has run for longer is taken for dead: the next one with its key takes over.
pub const LONGEST_RUN: SignedDuration = SignedDuration::from_secs(60);
/// The largest body that is kept, in bytes.
pub const MAX_BODY: usize = 256 * 1024;
/// How often a lost race is tried again before the request counts as running.
const TRIES: u32 = 4;

/// What [`Idempotency::begin`] found.
#[derive(Debug, PartialEq, Eq)]
pub enum Begun {
    /// Nothing: do the work, then [`Idempotency::finish`] or [`Idempotency::abandon`] the slot.
    Fresh(Slot),
    /// The work is done; this was the answer.
    Replay(StoredAnswer),
    /// The first request with this key is still running.
    Running,
    /// The key was used for a request with another body.
    OtherBody,
}

/// The right to answer for one key.
///
/// A slot that is neither finished nor abandoned (the process died) blocks its key for [`LONGEST_RUN`].
#[derive(Debug, PartialEq, Eq)]
#[must_use = "finish or abandon it, else the key is blocked for a minute"]
pub struct Slot {
    tenant: Tenant,
    id: Vec<u8>,
    turn: bson::Uuid,
}

/// An answer as it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredAnswer {
    /// The HTTP status.
    pub status: u16,
    /// The headers worth repeating (`Content-Type`, `Location`, `ETag`), as the caller chose them.
    pub headers: Vec<(String, String)>,
    /// The body; `None` where it was larger than [`MAX_BODY`], so that only the fact is known.
    pub body: Option<Vec<u8>>,
}

/// What became of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finished {
    /// It is kept.
    Kept,
    /// The work took longer than [`LONGEST_RUN`] and another request has taken over; its answer counts.
    TakenOver,
}

/// The kept answers of all companies.
#[derive(Debug, Clone)]
pub struct Idempotency {
    records: Scoped<Record>,
    store: Store,
}

#[derive(Debug, Serialize, Deserialize)]
struct Record {
    #[serde(rename = "_id")]
    id: Binary,
    company_id: bson::Uuid,
    body_hash: Binary,
    /// Which request owns the entry: what it writes must match it.
    turn: bson::Uuid,
    state: State,
    expires_at: DateTime,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Running {
        since: DateTime,
    },
    Done {
        status: i32,
        headers: Vec<Header>,
        body: Option<Binary>,
    },
}

#[derive(Debug, Serialize, Deserialize)]
struct Header {
    name: String,
    value: String,
}

impl Store {
    /// Kept answers to requests.
    #[must_use]
    pub fn idempotency(&self) -> Idempotency {
        Idempotency {
            records: Scoped::new(self.database(), "idempotency"),
            store: self.clone(),
        }
    }
}

impl Idempotency {
    /// Asks for the right to answer. `actor` is who calls (its id as text), `route` the method and path pattern, `key`
    /// what the caller sent, `body_hash` the SHA-256 of the body.
    pub async fn begin(
        &self,
        tenant: Tenant,
        actor: &str,
        route: &str,
        key: &str,
        body_hash: [u8; 32],
    ) -> Result<Begun> {
        let id = scope(tenant, actor, route, key);
        let turn = value::uuid(self.store.fresh_id());
        for _ in 0..TRIES {
            let now = self.store.now();
            let record = Record::running(tenant, &id, body_hash, turn, now);
            match self
                .records
                .raw()
                .insert_one(record)
                .await
                .map_err(StoreError::from)
            {
                Ok(_) => return Ok(Begun::Fresh(Slot { tenant, id, turn })),
                Err(StoreError::Duplicate) => {}
                Err(error) => return Err(error),
            }
            let Some(found) = self.records.find_one(tenant, doc! { "_id": binary(&id) }).await? else {
                // Abandoned in between: the key is free again.
                continue;
            };
            if let Some(stale) = found.stale(body_hash, now) {
                if self.take_over(tenant, &id, stale, body_hash, turn, now).await? {
                    return Ok(Begun::Fresh(Slot { tenant, id, turn }));
                }
                continue;
            }
            return found.judge(body_hash);
        }
        Ok(Begun::Running)
    }

    /// Keeps the answer for [`KEPT`].
    pub async fn finish(&self, slot: Slot, answer: &StoredAnswer) -> Result<Finished> {
        let headers = answer
            .headers
            .iter()
            .map(|(name, value)| doc! { "name": name, "value": value });
        let body = answer
            .body
            .as_deref()
            .filter(|body| body.len() <= MAX_BODY)
            .map(binary);
        let done = doc! {
            "status": i32::from(answer.status),
            "headers": headers.collect::<Vec<_>>(),
            "body": body,
        };
        let set = doc! { "$set": {
            "state": { "done": done },
            "expires_at": value::date(expiry(self.store.now())),
        } };
        let updated = self.records.update(slot.tenant, slot.held(), set).await?;
        Ok(if updated.is_some() {
            Finished::Kept
        } else {
            Finished::TakenOver
        })
    }

    /// Frees the key: nothing was done that a second try would repeat (a refusal, or a failure of ours).
    pub async fn abandon(&self, slot: Slot) -> Result<()> {
        self.records
            .raw()
            .delete_one(within(slot.tenant, slot.held()))
            .await?;
        Ok(())
    }

    /// Replaces an entry that nobody will finish, if it still is as it was read.
    async fn take_over(
        &self,
        tenant: Tenant,
        id: &[u8],
        mut stale: Document,
        body_hash: [u8; 32],
        turn: bson::Uuid,
        now: Timestamp,
    ) -> Result<bool> {
        stale.insert("_id", binary(id));
        let record = Record::running(tenant, id, body_hash, turn, now);
        let replaced = self
            .records
            .raw()
            .replace_one(within(tenant, stale), record)
            .await?;
        Ok(replaced.matched_count == 1)
    }
}

impl Slot {
    /// Matches the entry while it belongs to this slot and is not finished.
    fn held(&self) -> Document {
        doc! { "_id": binary(&self.id), "turn": self.turn, "state.running": { "$exists": true } }
    }
}

impl Record {
    fn running(tenant: Tenant, id: &[u8], body_hash: [u8; 32], turn: bson::Uuid, now: Timestamp) -> Self {
        Self {
            id: binary(id),
            company_id: value::uuid(tenant.company().uuid()),
            body_hash: binary(&body_hash),
            turn,
            state: State::Running {
                since: value::date(now),
            },
            expires_at: value::date(expiry(now)),
        }
    }

    /// Where nobody will finish or need this entry any more: what it must still look like to be replaced.
    fn stale(&self, body_hash: [u8; 32], now: Timestamp) -> Option<Document> {
        // The database removes what has expired only about once a minute.
        if value::timestamp(self.expires_at) <= now {
            return Some(doc! { "turn": self.turn, "expires_at": self.expires_at });
        }
        match self.state {
            State::Running { since }
                if self.body_hash.bytes == body_hash
                    && now.duration_since(value::timestamp(since)) > LONGEST_RUN =>
            {
                Some(doc! { "turn": self.turn, "state.running": { "$exists": true } })
            }
            State::Running { .. } | State::Done { .. } => None,
        }
    }

    fn judge(self, body_hash: [u8; 32]) -> Result<Begun> {
        if self.body_hash.bytes != body_hash {
            return Ok(Begun::OtherBody);
        }
        match self.state {
            State::Running { .. } => Ok(Begun::Running),
            State::Done {
                status,
                headers,
                body,
            } => Ok(Begun::Replay(StoredAnswer {
                status: u16::try_from(status).map_err(|error| StoreError::corrupt("kept answer", error))?,
                headers: headers
                    .into_iter()
                    .map(|header| (header.name, header.value))
                    .collect(),
                body: body.map(|body| body.bytes),
            })),
        }
    }
}

fn expiry(now: Timestamp) -> Timestamp {
    now.checked_add(KEPT).unwrap_or(Timestamp::MAX)
}

fn binary(bytes: &[u8]) -> Binary {
    Binary {
        subtype: BinarySubtype::Generic,
        bytes: bytes.to_vec(),
    }
}

/// The natural key: a hash of company, actor, route and key, each after its length so that no two scopes read the same.
fn scope(tenant: Tenant, actor: &str, route: &str, key: &str) -> Vec<u8> {
    let mut hash = Sha256::new().chain_update(tenant.company().uuid().as_bytes());
    for part in [actor, route, key] {
        hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize().to_vec()
}
