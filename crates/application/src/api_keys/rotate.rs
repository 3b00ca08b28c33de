//! A key takes the place of another, which works on for a while so that no program stands still meanwhile.

use jiff::{SignedDuration, Timestamp};
use kale_domain::{
    api_key::{ApiKey, MOST_OVERLAP_HOURS, USUAL_OVERLAP_HOURS},
    audit::AuditAction,
    error::FieldError,
    id::ApiKeyId,
    secret::Token,
};
use kale_persistence::{Tenant, api_keys};

use super::{ApiKeyError, ApiKeys, past, ungrantable};
use crate::access::Caller;

/// How a key is to be replaced.
#[derive(Debug, Clone, Copy)]
pub struct Rotation {
    /// For how many hours the old one works on, at most a week; none where it has leaked.
    pub overlap_hours: u16,
    /// From when on the new one works no more; `None`: it works as long as the old one was to.
    pub expires_at: Option<Timestamp>,
}

impl Default for Rotation {
    fn default() -> Self {
        Self {
            overlap_hours: USUAL_OVERLAP_HOURS,
            expires_at: None,
        }
    }
}

impl ApiKeys {
    /// Makes a key of the same name and permissions that takes the place of that one. Its token is answered this once.
    /// Of two who do it at once, one is told [`ApiKeyError::NotReplaceable`].
    pub async fn rotate(
        &self,
        tenant: Tenant,
        caller: &Caller,
        id: ApiKeyId,
        wish: Rotation,
    ) -> Result<(ApiKey, Token), ApiKeyError> {
        let now = self.store.now();
        let mut wrong: Vec<FieldError> = past(wish.expires_at, now).into_iter().collect();
        if wish.overlap_hours > MOST_OVERLAP_HOURS {
            let message = format!("the old key works on for at most {MOST_OVERLAP_HOURS} hours");
            wrong.push(FieldError::new("#/overlap_hours", "range", message));
        }
        if !wrong.is_empty() {
            return Err(ApiKeyError::Invalid(wrong));
        }
        let overlap = SignedDuration::from_hours(i64::from(wish.overlap_hours));
        let rotated = self
            .store
            .transaction(tenant, async |tx| {
                let old = api_keys::get_in(&self.store, tx, id)
                    .await?
                    .ok_or(ApiKeyError::NotFound)?;
                if !old.is_live(now) || old.replaced_by.is_some() {
                    return Err(ApiKeyError::NotReplaceable);
                }
                let theirs = ungrantable(caller, &old.permissions);
                if !theirs.is_empty() {
                    return Err(ApiKeyError::Invalid(theirs));
                }
                let end = wish.expires_at.or_else(|| old.end_of_next(now));
                let (name, permissions) = (old.name.as_str(), old.permissions.clone());
                let made = api_keys::create(&self.store, tx, name, permissions, caller.user(), end).await?;
                let until = now.saturating_add(overlap).unwrap_or(Timestamp::MAX);
                let until = old.expires_at.map_or(until, |end| end.min(until));
                api_keys::replace(&self.store, tx, id, made.0.id, until)
                    .await?
                    .ok_or(ApiKeyError::NotReplaceable)?;
                let mut entry = caller.entry(tx, AuditAction::ApiKeyRotated, id);
                entry
                    .after
                    .insert("replaced_by".to_owned(), made.0.id.to_string());
                entry.after.insert("works_until".to_owned(), until.to_string());
                tx.audit(entry).await?;
                Ok(made)
            })
            .await;
        self.callers.forget_all();
        rotated
    }
}
