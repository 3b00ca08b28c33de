//! From a token to a caller. A caller is remembered for a few seconds, so that a busy one costs no read a request.

use std::{
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use kale_persistence::{Result, Store, access, api_keys, sign_ins};
use moka::sync::Cache;
use sha2::{Digest as _, Sha256};

use super::caller::Who;
use crate::identity::Standing;

/// How long a caller is taken as it was.
const REMEMBERED: Duration = Duration::from_secs(5);
/// How many callers are remembered; past that those least used go.
const CAPACITY: u64 = 20_000;
/// How often a last use is written.
const STAMP: SignedDuration = SignedDuration::from_secs(60);

/// Callers by the hash of their token.
type Remembered = Cache<[u8; 32], Who>;

/// Authenticates tokens.
#[derive(Debug)]
pub struct Callers {
    store: Store,
    /// What sign-ins through an identity provider stand on, where there is one.
    standing: Option<Standing>,
    /// Replaced as a whole when it forgets: who was read before goes into the old one, where nobody looks.
    remembered: RwLock<Remembered>,
}

fn nobody() -> Remembered {
    Cache::builder()
        .max_capacity(CAPACITY)
        .time_to_live(REMEMBERED)
        .build()
}

impl Callers {
    /// Over that store.
    #[must_use]
    pub fn new(store: Store) -> Self {
        Self {
            store,
            standing: None,
            remembered: RwLock::new(nobody()),
        }
    }

    /// The same, where sign-ins may stand on a session at an identity provider.
    #[must_use]
    pub fn standing_on(self, standing: Option<Standing>) -> Self {
        Self { standing, ..self }
    }

    /// Who holds that token; `None` where it opens nothing (any more).
    pub async fn authenticate(&self, token: &str) -> Result<Option<Who>> {
        // Far longer than any token of ours: not worth a hash.
        if token.len() > 200 {
            return Ok(None);
        }
        let hash: [u8; 32] = Sha256::digest(token.as_bytes()).into();
        let remembered = self.remembered();
        let now = self.store.now();
        if let Some(who) = remembered.get(&hash).filter(|who| !is_over(who, now)) {
            return Ok(Some(who));
        }
        let who = if token.starts_with("kale_key_") {
            access::by_api_key(&self.store, token)
                .await?
                .map(|holder| Who::Program(Arc::new(holder)))
        } else if token.starts_with("kale_acc_") {
            access::by_access_token(&self.store, token)
                .await?
                .map(|presence| Who::Person(Arc::new(presence)))
        } else {
            let found = access::by_sign_in(&self.store, token).await?;
            match (found, &self.standing) {
                (Some(presence), Some(standing)) if !standing.holds(&presence).await? => None,
                (found, _) => found.map(|presence| Who::Person(Arc::new(presence))),
            }
        };
        if let Some(who) = &who {
            self.stamp(who).await;
            remembered.insert(hash, who.clone());
        }
        Ok(who)
    }

    /// Forgets every caller: what was changed about one counts from now on in this process.
    pub fn forget_all(&self) {
        *self.remembered.write().unwrap_or_else(PoisonError::into_inner) = nobody();
    }

    /// Forgets every caller whenever another process changed one, for as long as the answer is held.
    #[must_use]
    pub fn follow(self: &Arc<Self>) -> access::Following {
        let own = Arc::downgrade(self);
        access::follow(&self.store, move || {
            if let Some(own) = own.upgrade() {
                own.forget_all();
            }
        })
    }

    fn remembered(&self) -> Remembered {
        self.remembered
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Writes the last use down, at most once a minute. That it failed is no reason to refuse the caller.
    async fn stamp(&self, who: &Who) {
        let now = self.store.now();
        let due = |last: Option<Timestamp>| last.is_none_or(|last| now.duration_since(last) >= STAMP);
        let stamped = match who {
            Who::Person(presence) if due(Some(presence.sign_in.last_seen_at)) => {
                sign_ins::seen(&self.store, &presence.sign_in, now).await
            }
            Who::Program(holder) if due(holder.key.last_used_at) => {
                api_keys::used(&self.store, holder.reach().tenant(), holder.key.id, now).await
            }
            _ => Ok(()),
        };
        if let Err(error) = stamped {
            tracing::warn!(error = %error, "a last use could not be written");
        }
    }
}

/// Whether a key, or seeing what somebody else sees, has run out: that counts to the moment, however well somebody is
/// remembered. A sign-in that nobody uses may end those few seconds later.
fn is_over(who: &Who, now: Timestamp) -> bool {
    match who {
        Who::Person(presence) => {
            let impersonating = presence.sign_in.impersonating;
            impersonating.is_some_and(|impersonation| impersonation.until <= now)
        }
        Who::Program(holder) => !holder.key.is_live(now),
    }
}
