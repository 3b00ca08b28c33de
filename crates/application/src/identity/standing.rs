//! Whether a sign-in still stands on a session at the provider.

use std::{sync::Arc, time::Duration};

use jiff::{SignedDuration, Timestamp};
use kale_domain::audit::{Actor, AuditAction};
use kale_integrations::{Identity, IntegrationError};
use kale_persistence::{
    Store, StoreError,
    access::Presence,
    identity::sessions::{self, Kept, Said, Turn},
    seal::{KeyRing, SealError},
    sign_ins,
};
use secrecy::{ExposeSecret as _, SecretString};

use crate::access::Provenance;

/// How long before the end the provider is asked again.
const EARLY: SignedDuration = SignedDuration::from_secs(60);
/// How long a sign-in holds past the end while the provider can't be asked.
const GRACE: SignedDuration = SignedDuration::from_mins(2);
/// How long one turn lasts at most: longer than one request to the provider takes.
const TURN: Duration = Duration::from_secs(30);
/// How long nobody tries again after the provider could not be asked.
const PAUSE: Duration = Duration::from_secs(5);
/// How long the others wait for whoever has the turn, and how often they look.
const WAIT: Duration = Duration::from_secs(2);
const LOOK: Duration = Duration::from_millis(50);

/// What came of a turn.
enum Asked {
    /// The provider stands by the session.
    Stands,
    /// It does no more.
    Over,
    /// It could not be asked.
    NotNow,
}

/// Keeps the sessions at the provider that sign-ins stand on. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Standing {
    store: Store,
    ring: Arc<KeyRing>,
    provider: Arc<dyn Identity>,
}

impl Standing {
    pub(super) const fn new(store: Store, ring: Arc<KeyRing>, provider: Arc<dyn Identity>) -> Self {
        Self {
            store,
            ring,
            provider,
        }
    }

    /// Whether somebody's sign-in still holds. One that the provider no longer stands by ends here and now. One that
    /// stands on no session, because a link of the command line made it, always holds.
    pub async fn holds(&self, presence: &Presence) -> Result<bool, StoreError> {
        let id = presence.sign_in.id;
        let Some(kept) = sessions::read(&self.store, id).await? else {
            return Ok(true);
        };
        if self.is_fresh(&kept) {
            return Ok(true);
        }
        let turn = match sessions::take_turn(&self.store, &self.ring, id, &kept, TURN).await {
            Ok(turn) => turn,
            Err(SealError::Store(error)) => return Err(error),
            Err(error) => {
                tracing::error!(%error, "a session at the identity provider can't be opened");
                return Ok(false);
            }
        };
        let Some(turn) = turn else {
            return self.wait(presence, &kept).await;
        };
        // On its own: a browser that goes away must not lose a token that was spent for it.
        let own = self.clone();
        let asked = tokio::spawn(async move { own.ask(turn).await });
        let asked = match asked.await {
            Ok(outcome) => outcome?,
            Err(error) => {
                tracing::error!(%error, "refreshing a session broke off");
                Asked::NotNow
            }
        };
        match asked {
            Asked::Stands => Ok(true),
            Asked::Over => self.over(presence).await,
            Asked::NotNow => Ok(self.is_tolerable(kept.fresh_until)),
        }
    }

    /// Uses a turn.
    async fn ask(&self, turn: Turn) -> Result<Asked, StoreError> {
        let token = SecretString::from(turn.refresh_token.as_str().to_owned());
        let organization = turn.organization.as_deref();
        let said = self
            .provider
            .refresh(&token, organization, self.store.now())
            .await;
        let session = match said {
            Ok(session) => session,
            Err(IntegrationError::Rejected { .. } | IntegrationError::NotFound) => return Ok(Asked::Over),
            Err(error) => {
                tracing::warn!(%error, "the identity provider could not be asked about a session");
                sessions::give_back(&self.store, turn, PAUSE).await?;
                return Ok(Asked::NotNow);
            }
        };
        if session.organization.is_some() && session.organization.as_deref() != organization {
            return Ok(Asked::Over);
        }
        let said = Said {
            session: &session.id,
            organization: session.organization.as_deref(),
            refresh_token: session.refresh_token.expose_secret(),
            fresh_until: session.fresh_until,
        };
        match sessions::refreshed(&self.store, &self.ring, &turn, &said).await {
            Ok(true) => Ok(Asked::Stands),
            Ok(false) => Ok(Asked::Over),
            Err(SealError::Store(error)) => Err(error),
            Err(error) => {
                tracing::error!(%error, "a session at the identity provider can't be sealed");
                Ok(Asked::NotNow)
            }
        }
    }

    /// Waits for whoever has the turn.
    async fn wait(&self, presence: &Presence, before: &Kept) -> Result<bool, StoreError> {
        let mut waited = Duration::ZERO;
        while waited < WAIT {
            tokio::time::sleep(LOOK).await;
            waited += LOOK;
            match sessions::read(&self.store, presence.sign_in.id).await? {
                None => return Ok(false),
                Some(now) if now.refreshed != before.refreshed => return Ok(self.is_fresh(&now)),
                Some(_) => {}
            }
        }
        Ok(self.is_tolerable(before.fresh_until))
    }

    /// The provider stands by it no more.
    async fn over(&self, presence: &Presence) -> Result<bool, StoreError> {
        let sign_in = &presence.sign_in;
        sign_ins::end(&self.store, sign_in.user, sign_in.id).await?;
        sessions::end(&self.store, sign_in.id).await?;
        if let Some(reach) = presence.reach() {
            self.store
                .transaction::<_, StoreError>(reach.tenant(), async |tx| {
                    let by = Provenance::default();
                    let entry = by.entry(tx, Actor::System, AuditAction::SignInRevoked, sign_in.id);
                    tx.audit(entry).await
                })
                .await?;
        }
        Ok(false)
    }

    fn is_fresh(&self, kept: &Kept) -> bool {
        self.store.now().duration_since(kept.fresh_until) < -EARLY
    }

    fn is_tolerable(&self, fresh_until: Timestamp) -> bool {
        self.store.now().duration_since(fresh_until) < GRACE
    }
}
