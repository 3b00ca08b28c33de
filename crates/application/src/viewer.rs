//! Letting a company's subscribers in: how they see their flow, the secrets that sign their tokens, tokens made for them.

mod error;
mod mint;
mod settings;

use std::sync::Arc;

use kale_domain::{audit::AuditAction, error::FieldError, id::ViewerSecretId, secret::Token};
pub use kale_domain::{
    subscriber::{Claims, CustomerRef, Mode},
    viewer_secret::{MOST_LIVE, ViewerSecret},
};
pub use kale_flow::{
    text::Locale,
    viewer::{Colour, ViewerSettings},
};
pub use kale_persistence::access::Ticket;
use kale_persistence::{Store, StoreError, Tenant, access, seal::KeyRing, viewer::secrets};

pub(crate) use self::settings::allowed;
pub use self::{
    error::ViewerError,
    mint::{Minted, NewToken},
    settings::NewSettings,
};
use crate::access::Caller;

/// Settings, secrets and tokens of the viewer.
#[derive(Debug, Clone)]
pub struct Viewer {
    store: Store,
    ring: Arc<KeyRing>,
}

impl Viewer {
    /// Over that store; secrets are sealed with that ring.
    #[must_use]
    pub const fn new(store: Store, ring: Arc<KeyRing>) -> Self {
        Self { store, ring }
    }

    /// The secrets of a company, newest first.
    pub async fn secrets(&self, tenant: Tenant) -> Result<Vec<ViewerSecret>, StoreError> {
        secrets::list(&self.store, tenant).await
    }

    /// Makes a secret. It is answered this once.
    pub async fn create_secret(
        &self,
        tenant: Tenant,
        caller: &Caller,
        name: &str,
    ) -> Result<(ViewerSecret, Token), ViewerError> {
        let name = name.trim();
        if !(1..=80).contains(&name.chars().count()) {
            let wrong = FieldError::new("#/name", "length", "a name has 1 to 80 characters");
            return Err(ViewerError::Invalid(vec![wrong]));
        }
        let all = self.secrets(tenant).await?;
        if all.iter().filter(|one| one.revoked_at.is_none()).count() >= MOST_LIVE {
            return Err(ViewerError::TooMany);
        }
        self.store
            .transaction(tenant, async |tx| {
                let made = secrets::create(&self.store, tx, &self.ring, name, caller.user()).await;
                let (secret, token) = made?;
                let mut entry = caller.entry(tx, AuditAction::ViewerSecretCreated, secret.id);
                entry.after.insert("name".to_owned(), secret.name.clone());
                tx.audit(entry).await?;
                Ok((secret, token))
            })
            .await
    }

    /// Revokes a secret: what it signed begins no session any more, and opens none. Again is the same.
    pub async fn revoke_secret(
        &self,
        tenant: Tenant,
        caller: &Caller,
        id: ViewerSecretId,
    ) -> Result<ViewerSecret, ViewerError> {
        self.store
            .transaction(tenant, async |tx| {
                let secret = secrets::revoke(&self.store, tx, id).await?;
                let secret = secret.ok_or(ViewerError::NotFound)?;
                tx.audit(caller.entry(tx, AuditAction::ViewerSecretRevoked, id))
                    .await?;
                Ok(secret)
            })
            .await
    }

    /// What a subscriber's token opens; `None`: nothing, and nobody says why.
    pub async fn ticket(&self, token: &str) -> Result<Option<Ticket>, ViewerError> {
        Ok(access::by_subscriber_token(&self.store, &self.ring, token).await?)
    }

    /// What the handle of a hosted page opens.
    pub async fn ticket_of_handle(&self, handle: &str) -> Result<Option<Ticket>, StoreError> {
        access::by_viewer_handle(&self.store, handle).await
    }
}
