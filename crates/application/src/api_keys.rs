//! Making, listing and revoking API keys.

mod rotate;

use std::{collections::BTreeSet, sync::Arc};

use jiff::Timestamp;
use kale_domain::{
    access::Permission,
    api_key::{ApiKey, USUAL_LIFETIME},
    audit::AuditAction,
    error::{Classify, ErrorKind, FieldError},
    id::ApiKeyId,
    secret::Token,
};
use kale_persistence::{Store, StoreError, Tenant, api_keys};

pub use self::rotate::Rotation;
use crate::access::{Caller, Callers};

/// Making, listing and revoking API keys.
#[derive(Debug, Clone)]
pub struct ApiKeys {
    store: Store,
    callers: Arc<Callers>,
}

/// What a new key is to be.
#[derive(Debug, Clone)]
pub struct NewApiKey {
    /// What it is for: 1 to 80 characters.
    pub name: String,
    /// What it may do: at least one thing, and nothing its maker may not.
    pub permissions: BTreeSet<Permission>,
    /// From when on it works no more.
    pub expires_at: Option<Timestamp>,
}

/// Why no key was made or revoked.
#[derive(Debug, thiserror::Error)]
pub enum ApiKeyError {
    /// The wishes break a rule.
    #[error("the key can't be made so")]
    Invalid(Vec<FieldError>),
    /// There is no key of that identity.
    #[error("there is no such API key")]
    NotFound,
    /// The key works no more, or another took its place already.
    #[error("only a key that works, and that no other takes the place of, can be replaced")]
    NotReplaceable,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl ApiKeys {
    /// Over that store.
    #[must_use]
    pub fn new(store: Store, callers: Arc<Callers>) -> Self {
        Self { store, callers }
    }

    /// The keys of a company, newest first.
    pub async fn list(&self, tenant: Tenant) -> Result<Vec<ApiKey>, StoreError> {
        api_keys::list(&self.store, tenant).await
    }

    /// When a key made now ends where nobody says.
    #[must_use]
    pub fn usual_end(&self) -> Option<Timestamp> {
        self.store.now().checked_add(USUAL_LIFETIME).ok()
    }

    /// Makes a key. Its token is answered this once.
    pub async fn create(
        &self,
        tenant: Tenant,
        caller: &Caller,
        new: NewApiKey,
    ) -> Result<(ApiKey, Token), ApiKeyError> {
        let wrong = check(caller, &new, self.store.now());
        if !wrong.is_empty() {
            return Err(ApiKeyError::Invalid(wrong));
        }
        self.store
            .transaction(tenant, async |tx| {
                let (key, token) = api_keys::create(
                    &self.store,
                    tx,
                    new.name.trim(),
                    new.permissions.clone(),
                    caller.user(),
                    new.expires_at,
                )
                .await?;
                let mut entry = caller.entry(tx, AuditAction::ApiKeyCreated, key.id);
                entry.after.insert("name".to_owned(), key.name.clone());
                let names: Vec<&str> = key
                    .permissions
                    .iter()
                    .map(|permission| permission.name())
                    .collect();
                entry.after.insert("permissions".to_owned(), names.join(" "));
                tx.audit(entry).await?;
                Ok((key, token))
            })
            .await
    }

    /// Revokes a key; at once in this process, within seconds elsewhere. Doing it again is the same.
    pub async fn revoke(&self, tenant: Tenant, caller: &Caller, id: ApiKeyId) -> Result<ApiKey, ApiKeyError> {
        let revoked = self
            .store
            .transaction(tenant, async |tx| {
                let key = api_keys::revoke(&self.store, tx, id)
                    .await?
                    .ok_or(ApiKeyError::NotFound)?;
                tx.audit(caller.entry(tx, AuditAction::ApiKeyRevoked, id)).await?;
                Ok::<_, ApiKeyError>(key)
            })
            .await;
        self.callers.forget_all();
        revoked
    }
}

fn check(caller: &Caller, new: &NewApiKey, now: Timestamp) -> Vec<FieldError> {
    let mut wrong = Vec::new();
    if !(1..=80).contains(&new.name.trim().chars().count()) {
        wrong.push(FieldError::new(
            "#/name",
            "length",
            "a name has 1 to 80 characters",
        ));
    }
    if new.permissions.is_empty() {
        wrong.push(FieldError::new(
            "#/permissions",
            "empty",
            "choose at least one permission",
        ));
    }
    wrong.extend(ungrantable(caller, &new.permissions));
    wrong.extend(past(new.expires_at, now));
    wrong
}

/// Those of these permissions that nobody gives to a key, or not this caller.
fn ungrantable(caller: &Caller, permissions: &BTreeSet<Permission>) -> Vec<FieldError> {
    let mut wrong = Vec::new();
    for permission in permissions {
        if !permission.grantable_to_keys() {
            let message = format!("no key may hold `{}`", permission.name());
            wrong.push(FieldError::new("#/permissions", "not-grantable", message));
        } else if !caller.may(*permission) {
            let message = format!(
                "you may not give away `{}`, which you don't have",
                permission.name()
            );
            wrong.push(FieldError::new("#/permissions", "not-yours", message));
        }
    }
    wrong
}

fn past(end: Option<Timestamp>, now: Timestamp) -> Option<FieldError> {
    let message = "the end has to be in the future";
    end.filter(|at| *at <= now)
        .map(|_| FieldError::new("#/expires_at", "past", message))
}

impl Classify for ApiKeyError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Invalid(_) => ErrorKind::Invalid,
            Self::NotFound => ErrorKind::NotFound,
            Self::NotReplaceable => ErrorKind::Conflict,
            Self::Store(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "validation",
            Self::NotFound => "not-found",
            Self::NotReplaceable => "wrong-state",
            Self::Store(error) => error.code(),
        }
    }

    fn fields(&self) -> Vec<FieldError> {
        match self {
            Self::Invalid(wrong) => wrong.clone(),
            _ => Vec::new(),
        }
    }
}
