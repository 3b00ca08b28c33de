//! Signing in without a password: a link that works once, or the code that came with it.

use std::sync::Arc;

use kale_domain::{
    audit::{Actor, AuditAction},
    email::Email,
    error::{Classify, ErrorKind},
    id::{CompanyId, SignInId, UserId},
    secret::Token,
    sign_in::SignIn,
};
use kale_persistence::{
    Installation, Store, StoreError,
    access::{self, Presence},
    companies,
    seal::SealError,
    sign_ins,
};

use super::{
    caller::{Caller, Provenance, Who},
    callers::Callers,
};
use crate::mail::Outbox;

/// Signing in, looking at sign-ins and ending them.
#[derive(Debug, Clone)]
pub struct SignIns {
    pub(super) store: Store,
    pub(super) callers: Arc<Callers>,
    outbox: Outbox,
    elsewhere: bool,
}

/// Why no link was made.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// People sign in through an identity provider, and no other way.
    #[error("people sign in through their company here; links are made on the command line only")]
    Elsewhere,
    /// What waits to be mailed could not be sealed or stored.
    #[error(transparent)]
    NotKept(#[from] SealError),
}

/// What somebody signs in with.
#[derive(Debug, Clone, Copy)]
pub enum Proof<'a> {
    /// A link.
    Link {
        /// Its last part.
        token: &'a str,
        /// The nonce of who asked for it; a link that the command line made needs none.
        browser: Option<&'a str>,
    },
    /// The code of a mail.
    Code {
        /// As it was typed, without spaces.
        code: &'a str,
        /// The nonce of who asked for it.
        browser: &'a str,
    },
}

/// Why a link or a code signs nobody in.
#[derive(Debug, thiserror::Error)]
pub enum UseError {
    /// It is unknown, used or too old: nobody learns which.
    #[error("this link works no more; ask for a new one")]
    Dead,
    /// The code is wrong, used, too old or was guessed at too often: nobody learns which.
    #[error("this code is wrong, or works no more; after five wrong ones, ask for a new mail")]
    WrongCode,
    /// It was asked for by another browser.
    #[error("open the link in the browser that asked for it, or ask for a new one here")]
    OtherBrowser,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl SignIns {
    /// With the outbox that brings links to people.
    #[must_use]
    pub fn new(store: Store, callers: Arc<Callers>, outbox: Outbox) -> Self {
        Self {
            store,
            callers,
            outbox,
            elsewhere: false,
        }
    }

    /// The same, where people sign in through an identity provider: nobody is sent a link. Whoever runs the installation
    /// makes them still, for Kale admins and for the day the provider is away.
    #[must_use]
    pub fn elsewhere(self, elsewhere: bool) -> Self {
        Self { elsewhere, ..self }
    }

    /// Has a link sent to every active user of that address. Known and unknown addresses are answered alike, after the
    /// same writes: only the job that sends finds out.
    pub async fn ask(&self, email: &Email, browser: &str) -> Result<(), AskError> {
        if self.elsewhere {
            return Err(AskError::Elsewhere);
        }
        Ok(self.outbox.ask_for_links(email, browser).await?)
    }

    /// A link that is bound to no browser: for the command line and the demo.
    pub async fn mint(&self, _: Installation, user: UserId) -> Result<Token, StoreError> {
        Ok(sign_ins::mint_link(&self.store, user, None).await?.token)
    }

    /// Whether a link still works, and if so whether it wants the browser that asked for it.
    pub async fn peek(&self, token: &str) -> Result<Option<bool>, StoreError> {
        sign_ins::peek_link(&self.store, token).await
    }

    /// Uses a link or a code up and begins a sign-in of a browser.
    pub async fn redeem(
        &self,
        proof: Proof<'_>,
        provenance: &Provenance,
    ) -> Result<(SignIn, Token), UseError> {
        let user = self.prove(proof).await?;
        let begun = sign_ins::begin(&self.store, user, provenance.device()).await?;
        // A user who was deactivated since has a sign-in that opens nothing.
        let Some(presence) = access::by_sign_in(&self.store, begun.1.reveal()).await? else {
            return Err(UseError::Dead);
        };
        self.tell(&presence, provenance).await?;
        Ok(begun)
    }

    /// Uses a link or a code up.
    pub(super) async fn prove(&self, proof: Proof<'_>) -> Result<UserId, UseError> {
        let (used, refused) = match proof {
            Proof::Link { token, browser } => (
                access::by_link(&self.store, token, browser).await?,
                UseError::Dead,
            ),
            Proof::Code { code, browser } => (
                access::by_code(&self.store, code, browser).await?,
                UseError::WrongCode,
            ),
        };
        match used {
            sign_ins::Link::Used(user) => Ok(user),
            sign_ins::Link::OtherBrowser => Err(UseError::OtherBrowser),
            sign_ins::Link::Dead => Err(refused),
        }
    }

    /// Writes down who came in.
    pub(super) async fn tell(&self, presence: &Presence, provenance: &Provenance) -> Result<(), StoreError> {
        let Some(reach) = presence.reach() else {
            return Ok(());
        };
        let user = presence.user.id;
        self.store
            .transaction::<_, StoreError>(reach.tenant(), async |tx| {
                let actor = Actor::User { id: user };
                let entry = provenance.entry(tx, actor, AuditAction::SignedIn, user);
                tx.audit(entry).await
            })
            .await
    }

    /// The live sign-ins of whoever looks, latest use first.
    pub async fn list(&self, presence: &Presence) -> Result<Vec<SignIn>, StoreError> {
        sign_ins::list(&self.store, presence.user.id, presence.sign_in_limits()).await
    }

    /// Ends a sign-in of the caller; `false` where they have none of that identity. At once in this process.
    pub async fn end(&self, caller: &Caller, id: SignInId) -> Result<bool, StoreError> {
        let Who::Person(presence) = &caller.who else {
            return Ok(false);
        };
        let ended = sign_ins::end(&self.store, presence.sign_in.user, id).await?;
        self.callers.forget_all();
        if ended && let Some(tenant) = caller.tenant() {
            let action = if presence.sign_in.id == id {
                AuditAction::SignedOut
            } else {
                AuditAction::SignInRevoked
            };
            self.store
                .transaction::<_, StoreError>(tenant, async |tx| tx.audit(caller.entry(tx, action, id)).await)
                .await?;
        }
        Ok(ended)
    }

    /// Ends every sign-in of the caller, this one, too. At once in this process.
    pub async fn end_all(&self, caller: &Caller) -> Result<(), StoreError> {
        let Who::Person(presence) = &caller.who else {
            return Ok(());
        };
        let user = presence.user.id;
        match (caller.tenant(), caller.installation()) {
            (Some(tenant), _) => {
                self.store
                    .transaction::<_, StoreError>(tenant, async |tx| {
                        sign_ins::end_all(&self.store, tx, user, None).await?;
                        tx.audit(caller.entry(tx, AuditAction::SignedOutEverywhere, user))
                            .await
                    })
                    .await?;
            }
            (None, Some(installation)) => {
                self.store
                    .installation_transaction::<_, StoreError>(installation, async |tx| {
                        sign_ins::end_all(&self.store, tx, user, None).await?;
                        tx.audit(caller.entry(tx, AuditAction::SignedOutEverywhere, user))
                            .await
                    })
                    .await?;
            }
            (None, None) => {}
        }
        self.callers.forget_all();
        Ok(())
    }

    /// Switches a Kale admin's sign-in into a company, or out of it; `false` where there is no such company. The
    /// company's audit log says who entered before they see anything, and when they left.
    pub async fn act_in(
        &self,
        installation: Installation,
        caller: &Caller,
        company: Option<CompanyId>,
    ) -> Result<bool, StoreError> {
        let Who::Person(presence) = &caller.who else {
            return Ok(false);
        };
        if let Some(company) = company {
            let Some((tenant, _)) = companies::enter(&self.store, installation, company).await? else {
                return Ok(false);
            };
            self.store
                .transaction::<_, StoreError>(tenant, async |tx| {
                    tx.audit(caller.entry(tx, AuditAction::CompanyEntered, company))
                        .await
                })
                .await?;
        }
        sign_ins::act_in(&self.store, installation, presence.sign_in.id, company).await?;
        self.callers.forget_all();
        if let (Some(tenant), Some(left)) = (caller.tenant(), caller.company())
            && Some(left.id) != company
        {
            self.store
                .transaction::<_, StoreError>(tenant, async |tx| {
                    tx.audit(caller.entry(tx, AuditAction::CompanyLeft, left.id))
                        .await
                })
                .await?;
        }
        Ok(true)
    }
}

impl Classify for AskError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Elsewhere => ErrorKind::Forbidden,
            Self::NotKept(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Elsewhere => "sign-in-elsewhere",
            Self::NotKept(error) => error.code(),
        }
    }
}

impl Classify for UseError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Dead | Self::WrongCode | Self::OtherBrowser => ErrorKind::Unauthenticated,
            Self::Store(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Dead => "sign-in-link-dead",
            Self::WrongCode => "sign-in-code-wrong",
            Self::OtherBrowser => "sign-in-link-other-browser",
            Self::Store(error) => error.code(),
        }
    }
}
