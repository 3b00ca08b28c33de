//! Signing in from a program: an access token for a quarter of an hour, and a refresh token that gets the next one.

use jiff::Timestamp;
use kale_domain::{
    audit::{Actor, AuditAction},
    error::{Classify, ErrorKind},
    sign_in::{SignIn, SignInLimits},
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

/// A sign-in of a program, as it is handed over.
#[derive(Debug)]
pub struct Issued {
    /// What it signs in with.
    pub pair: Pair,
    /// Who.
    pub user: User,
    /// From when on the refresh token works no more, unless it is used before.
    pub expires_at: Timestamp,
}

impl Issued {
    pub(crate) fn new(pair: Pair, user: User, limits: SignInLimits) -> Self {
        let expires_at = pair.sign_in.expires_at(limits);
        Self {
            pair,
            user,
            expires_at,
        }
    }
}

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
    pub async fn issue(&self, proof: Proof<'_>, provenance: &Provenance) -> Result<Issued, UseError> {
        let user = self.prove(proof).await?;
        let pair = sign_ins::begin_pair(&self.store, user, provenance.device()).await?;
        let Some(presence) = access::by_access_token(&self.store, pair.access.reveal()).await? else {
            return Err(UseError::Dead);
        };
        self.tell(&presence, provenance).await?;
        let limits = presence.sign_in_limits();
        Ok(Issued::new(pair, presence.user, limits))
    }

    /// Exchanges a refresh token for the next pair. One that was exchanged before ends the sign-in, since two hold it: also
    /// where both are one program whose first answer was lost. At once in this process.
    pub async fn refresh(&self, token: &str, provenance: &Provenance) -> Result<Issued, RefreshError> {
        match access::by_refresh_token(&self.store, token).await? {
            Refresh::Next(pair, presence) => {
                self.callers.forget_all();
                let limits = presence.sign_in_limits();
                Ok(Issued::new(*pair, presence.user, limits))
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
