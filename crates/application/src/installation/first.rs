//! The first Kale admin of an installation, made by whoever sees its console.

use kale_domain::{
    access::Role,
    audit::{Actor, AuditAction},
    email::Email,
    error::FieldError,
    id::UserId,
    secret::Token,
    user::{Theme, User, UserStatus},
};
use kale_persistence::{Installation, StoreError, access, sign_ins, users};

use super::Setup;
use crate::{access::Provenance, team::wrong_name};

/// Why nobody was made the first Kale admin.
#[derive(Debug, thiserror::Error)]
pub enum FirstError {
    /// The link is unknown, used or too old, or there is a Kale admin.
    #[error("this link works no more")]
    Dead,
    /// The name can't be one.
    #[error("the name can't be used")]
    Name(FieldError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Setup {
    /// A link that makes the first Kale admin; `None` where there is one.
    pub async fn set_up_link(&self, installation: Installation) -> Result<Option<Token>, StoreError> {
        access::mint_set_up_link(&self.store, installation).await
    }

    /// Whether a set-up link works.
    pub async fn opens_set_up(&self, token: &str) -> Result<bool, StoreError> {
        Ok(access::by_set_up_link(&self.store, token).await?.is_some())
    }

    /// Makes the first Kale admin and signs them in. Of two who do it at once, one is told [`FirstError::Dead`].
    pub async fn make_first(
        &self,
        token: &str,
        email: &Email,
        name: &str,
        provenance: &Provenance,
    ) -> Result<Token, FirstError> {
        let installation = access::by_set_up_link(&self.store, token)
            .await?
            .ok_or(FirstError::Dead)?;
        let name = name.trim();
        if let Some(wrong) = wrong_name(name) {
            return Err(FirstError::Name(wrong));
        }
        let user = User {
            id: UserId::from_uuid(self.store.fresh_id()),
            company: None,
            email: email.clone(),
            name: name.to_owned(),
            role: Role::KaleAdmin,
            status: UserStatus::Active,
            theme: Theme::Auto,
            invitation: None,
            created_at: self.store.now(),
            version: 1,
        };
        self.store
            .installation_transaction(installation, async |tx| {
                if !access::use_set_up_links(&self.store, tx, installation).await? {
                    return Err(FirstError::Dead);
                }
                users::insert_admin(&self.store, tx, installation, &user).await?;
                for action in [AuditAction::UserCreated, AuditAction::SignedIn] {
                    let actor = Actor::User { id: user.id };
                    tx.audit(provenance.entry(tx, actor, action, user.id)).await?;
                }
                Ok(())
            })
            .await?;
        let (_, sign_in) = sign_ins::begin(&self.store, user.id, provenance.device()).await?;
        Ok(sign_in)
    }
}
