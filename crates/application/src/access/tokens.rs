//! Signing in from a program: an access token for a quarter of an hour, and a refresh token that gets the next one.

use kale_domain::{
    audit::{Actor, AuditAction},
    error::{Classify, ErrorKind},
    sign_in::SignIn,
    user::User,
};
use kale_persistence::{
    StoreError, Tenant,
    access::{self, Refresh},
    sign_ins::{self, Pair},
};

use super::{
    caller::Provenance,
    sign_in::{Proof, SignIns, UseError},
};

/// Why there is no next pair.
#[derive(Debug, thiserror::Error)]
pub enum RefreshError {
    /// The token is unknown, used, too old, or its sign-in has ended: nobody learns which.
    #[error("this refresh token works no more; sign in again")]
    Dead,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl SignIns {
    /// Uses a link or a code up and begins a sign-in of a program.
    pub async fn issue(&self, proof: Proof<'_>, provenance: &Provenance) -> Result<(Pair, User), UseError> {
        let user = self.prove(proof).await?;
        let pair = sign_ins::begin_pair(&self.store, user, provenance.device()).await?;
        let Some(presence) = access::by_access_token(&self.store, pair.access.reveal()).await? else {
            return Err(UseError::Dead);
        };
        self.tell(&presence, provenance).await?;
        Ok((pair, presence.user))
    }

    /// Exchanges a refresh token for the next pair. One that was exchanged before ends the sign-in, since two hold it: also
    /// where both are one program whose first answer was lost. At once in this process.
    pub async fn refresh(&self, token: &str, provenance: &Provenance) -> Result<(Pair, User), RefreshError> {
        match access::by_refresh_token(&self.store, token).await? {
            Refresh::Next(pair, presence) => {
                self.callers.forget_all();
                Ok((*pair, presence.user))
            }
            Refresh::Reused(sign_in, tenant) => {
                self.revoke(&sign_in, tenant, provenance).await?;
                Err(RefreshError::Dead)
            }
            Refresh::Dead => Err(RefreshError::Dead),
        }
    }

    async fn revoke(
        &self,
        sign_in: &SignIn,
        tenant: Option<Tenant>,
        provenance: &Provenance,
    ) -> Result<(), StoreError> {
        match tenant {
            Some(tenant) => {
                self.store
                    .transaction::<_, StoreError>(tenant, async |tx| {
                        // Told once, however often it is tried.
                        if sign_ins::end_in(&self.store, tx, sign_in.user, sign_in.id).await? {
                            let actor = Actor::User { id: sign_in.user };
                            let entry =
                                provenance.entry(tx, actor, AuditAction::RefreshTokenReused, sign_in.id);
                            tx.audit(entry).await?;
                        }
                        Ok(())
                    })
                    .await?;
            }
            None => {
                sign_ins::end(&self.store, sign_in.user, sign_in.id).await?;
            }
        }
        self.callers.forget_all();
        tracing::warn!(sign_in = %sign_in.id, "a refresh token was used twice; its sign-in has ended");
        Ok(())
    }
}

impl Classify for RefreshError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Dead => ErrorKind::Unauthenticated,
            Self::Store(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Dead => "refresh-token-dead",
            Self::Store(error) => error.code(),
        }
    }
}
