//! Signing in through an identity provider: a company's own sign-in page says who people are.
//!
//! Whatever the provider says ends in a sign-in of ours, like every other: its tokens never leave the server. A sign-in
//! that came this way stands on a session there ([`Standing`]), which is asked for again whenever it is no longer fresh.

mod admit;
mod error;
mod follow;
mod invite;
mod leave;
mod roles;
mod standing;

use std::sync::Arc;

use kale_domain::secret::Token;
use kale_integrations::{
    Identity,
    identity::{Authorization, Organization, Outcome, Session, Verifier},
};
use kale_persistence::{
    Store,
    identity::attempts,
    seal::{KeyRing, secret::fresh_secret},
};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use url::Url;

pub use self::{
    error::{NoAccess, ProviderSignInError},
    follow::{FollowIdentity, HeedIdentity, follow_identity, heed_identity},
    invite::{CarryInvitation, TakeInvitationBack, carry_invitation, take_invitation_back},
    roles::{Roles, UnknownRole},
    standing::Standing,
};
use crate::access::Provenance;

/// Signing in through the identity provider, and out. Cheap to clone.
#[derive(Debug, Clone)]
pub struct ProviderSignIns {
    store: Store,
    ring: Arc<KeyRing>,
    provider: Arc<dyn Identity>,
    roles: Roles,
    base: Arc<Url>,
}

/// Where a browser goes to sign in, and what it has to bring back in a cookie.
#[derive(Debug)]
pub struct Begun {
    /// Where to.
    pub url: Url,
    /// What ties the answer to this browser.
    pub state: Token,
}

/// What came of an answer of the provider.
#[derive(Debug)]
pub enum Finished {
    /// They are signed in.
    SignedIn {
        /// The sign-in's token.
        token: Token,
        /// Where they wanted to go; empty for the first page.
        next: String,
    },
    /// They belong to several organizations.
    Choose {
        /// What ties the choice to this browser.
        state: Token,
        /// Which there are.
        organizations: Vec<Organization>,
    },
}

/// What is kept, sealed, until a browser comes back.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
enum Attempt {
    /// Somebody went to the provider.
    Asked { verifier: String, next: String },
    /// The provider wants to know the organization before it says who they are.
    Pending { token: String, next: String },
    /// The provider said who they are, and not in which organization.
    Within { token: String, next: String },
}

impl ProviderSignIns {
    /// With that provider, for an installation that is reached there.
    #[must_use]
    pub fn new(
        store: Store,
        ring: Arc<KeyRing>,
        provider: Arc<dyn Identity>,
        roles: Roles,
        base: Url,
    ) -> Self {
        Self {
            store,
            ring,
            provider,
            roles,
            base: Arc::new(base),
        }
    }

    /// What sign-ins of this provider stand on.
    #[must_use]
    pub fn standing(&self) -> Standing {
        Standing::new(
            self.store.clone(),
            Arc::clone(&self.ring),
            Arc::clone(&self.provider),
        )
    }

    /// Sends somebody to the provider. `next` is where they go afterwards, `email` whom they say they are.
    pub async fn begin(&self, next: &str, email: Option<&str>) -> Result<Begun, ProviderSignInError> {
        let verifier = Verifier::new(fresh_secret().as_str());
        let asked = Attempt::Asked {
            verifier: verifier.reveal().to_owned(),
            next: next.to_owned(),
        };
        let state = self.keep(&asked).await?;
        let url = self.provider.authorization_url(&Authorization {
            return_to: &self.at("/sign-in/callback"),
            state: state.reveal(),
            verifier: &verifier,
            organization: None,
            email,
        });
        Ok(Begun { url, state })
    }

    /// Takes the provider's answer. `state` is what came with it, `bound` what this browser was given: only where both
    /// are one is anything looked at, and it works once.
    pub async fn finish(
        &self,
        state: &str,
        bound: Option<&str>,
        code: &str,
        provenance: &Provenance,
    ) -> Result<Finished, ProviderSignInError> {
        let Attempt::Asked { verifier, next } = self.take(state, bound).await? else {
            return Err(ProviderSignInError::Stale);
        };
        let verifier = Verifier::new(verifier);
        let outcome = self.provider.exchange(code, &verifier, self.store.now()).await?;
        match outcome {
            Outcome::SignedIn(session) => self.go_on(&session, next, provenance).await,
            Outcome::Choose {
                pending,
                organizations,
            } => {
                let token = pending.expose_secret().to_owned();
                let state = self.keep(&Attempt::Pending { token, next }).await?;
                Ok(Finished::Choose { state, organizations })
            }
        }
    }

    /// Takes the choice of an organization, once.
    pub async fn choose(
        &self,
        state: &str,
        bound: Option<&str>,
        organization: &str,
        provenance: &Provenance,
    ) -> Result<Finished, ProviderSignInError> {
        let now = self.store.now();
        let (session, next) = match self.take(state, bound).await? {
            Attempt::Asked { .. } => return Err(ProviderSignInError::Stale),
            Attempt::Pending { token, next } => {
                let token = SecretString::from(token);
                (self.provider.choose(&token, organization, now).await?, next)
            }
            Attempt::Within { token, next } => {
                let token = SecretString::from(token);
                let session = self.provider.refresh(&token, Some(organization), now).await?;
                (session, next)
            }
        };
        // The wish was for this one, whatever is answered.
        if session.organization.as_deref() != Some(organization) {
            return Err(NoAccess::NoMembership.into());
        }
        self.go_on(&session, next, provenance).await
    }

    async fn go_on(
        &self,
        session: &Session,
        next: String,
        provenance: &Provenance,
    ) -> Result<Finished, ProviderSignInError> {
        let mut memberships = self.provider.memberships(&session.person.id).await?;
        memberships.retain(|membership| membership.active && membership.person == session.person.id);
        let organization = match (&session.organization, memberships.as_slice()) {
            (Some(organization), _) => organization.clone(),
            (None, [only]) => only.organization.clone(),
            (None, []) => return Err(NoAccess::NoMembership.into()),
            (None, several) => {
                let ids = several.iter().map(|membership| membership.organization.as_str());
                let organizations = self.named(ids).await?;
                let token = session.refresh_token.expose_secret().to_owned();
                let state = self.keep(&Attempt::Within { token, next }).await?;
                return Ok(Finished::Choose { state, organizations });
            }
        };
        let membership = memberships
            .into_iter()
            .find(|membership| membership.organization == organization)
            .ok_or(NoAccess::NoMembership)?;
        let token = self.admit(session, &membership, provenance).await?;
        Ok(Finished::SignedIn { token, next })
    }

    async fn named(&self, ids: impl Iterator<Item = &str>) -> Result<Vec<Organization>, ProviderSignInError> {
        let mut organizations = Vec::new();
        for id in ids {
            organizations.push(self.provider.organization(id).await?);
        }
        Ok(organizations)
    }

    async fn keep(&self, attempt: &Attempt) -> Result<Token, ProviderSignInError> {
        let state = fresh_secret();
        attempts::begin(&self.store, &self.ring, &state, attempt).await?;
        Ok(Token::new(state.as_str().to_owned()))
    }

    async fn take(&self, state: &str, bound: Option<&str>) -> Result<Attempt, ProviderSignInError> {
        // Somebody else's answer, put into this browser, must not sign it in as them.
        let same = |bound: &str| kale_persistence::seal::secret::same(bound.as_bytes(), state.as_bytes());
        if state.is_empty() || !bound.is_some_and(same) {
            return Err(ProviderSignInError::Stale);
        }
        attempts::take(&self.store, &self.ring, state)
            .await?
            .ok_or(ProviderSignInError::Stale)
    }

    fn at(&self, path: &str) -> Url {
        let mut url = Url::clone(&self.base);
        url.set_path(path);
        url
    }
}
