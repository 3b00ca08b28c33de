//! A Kale admin sees what somebody of a company sees, to help them. For half an hour, with a reason that stands in the
//! company's audit log, and without changing anything: what is changed in a company is changed in one's own name.

use kale_domain::{
    audit::AuditAction,
    error::{Classify, ErrorKind, FieldError},
    id::UserId,
    sign_in::{IMPERSONATION, Impersonation},
    user::{User, UserStatus},
};
use kale_persistence::{Installation, StoreError, sign_ins, users};

use super::{
    caller::{Caller, Who},
    sign_in::SignIns,
};

/// Why nobody is impersonated.
#[derive(Debug, thiserror::Error)]
pub enum ImpersonationError {
    /// The reason is missing or too long.
    #[error("say in 1 to 200 characters why you want to see what they see")]
    Invalid(Vec<FieldError>),
    /// Whoever asks is in no company.
    #[error("enter the company first: POST /api/v1/companies/{{id}}/enter")]
    NoCompany,
    /// There is no such person in the company.
    #[error("there is no such person in this company")]
    NotFound,
    /// They can't sign in, so that there is nothing that they see.
    #[error("only somebody who is active can be impersonated; this person is {}", .0.name())]
    NotActive(UserStatus),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl SignIns {
    /// Has the sign-in of a Kale admin see what that person of the company sees that it is in.
    pub async fn impersonate(
        &self,
        _: Installation,
        caller: &Caller,
        user: UserId,
        reason: &str,
    ) -> Result<(User, Impersonation), ImpersonationError> {
        let reason = reason.trim();
        if !(1..=200).contains(&reason.chars().count()) {
            let wrong = FieldError::new("#/reason", "length", "a reason has 1 to 200 characters");
            return Err(ImpersonationError::Invalid(vec![wrong]));
        }
        let (Some(tenant), Some(sign_in)) = (caller.tenant(), caller.sign_in()) else {
            return Err(ImpersonationError::NoCompany);
        };
        let until = self.store.now().saturating_add(IMPERSONATION).unwrap_or_default();
        let seen = self
            .store
            .transaction(tenant, async |tx| {
                let found = users::get_in(&self.store, tx, user)
                    .await?
                    .ok_or(ImpersonationError::NotFound)?;
                if found.status != UserStatus::Active {
                    return Err(ImpersonationError::NotActive(found.status));
                }
                let whom = Impersonation {
                    user,
                    version: found.version,
                    until,
                };
                if !sign_ins::impersonate(&self.store, tx, sign_in, Some(whom)).await? {
                    return Err(ImpersonationError::NoCompany);
                }
                let mut entry = caller.entry(tx, AuditAction::ImpersonationStarted, user);
                entry.after.insert("reason".to_owned(), reason.to_owned());
                entry.after.insert("until".to_owned(), until.to_string());
                tx.audit(entry).await?;
                Ok((found, whom))
            })
            .await;
        self.callers.forget_all();
        seen
    }

    /// Has a Kale admin see their own again; nothing happens where they impersonate nobody.
    pub async fn stop_impersonating(&self, caller: &Caller) -> Result<(), StoreError> {
        let Who::Person(presence) = &caller.who else {
            return Ok(());
        };
        let (Some(tenant), Some(_)) = (caller.tenant(), &presence.impersonated_by) else {
            return Ok(());
        };
        self.store
            .transaction::<_, StoreError>(tenant, async |tx| {
                sign_ins::impersonate(&self.store, tx, presence.sign_in.id, None).await?;
                let entry = caller.entry(tx, AuditAction::ImpersonationEnded, presence.user.id);
                tx.audit(entry).await
            })
            .await?;
        self.callers.forget_all();
        Ok(())
    }
}

impl Classify for ImpersonationError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Invalid(_) => ErrorKind::Invalid,
            Self::NoCompany => ErrorKind::Forbidden,
            Self::NotFound => ErrorKind::NotFound,
            Self::NotActive(_) => ErrorKind::Conflict,
            Self::Store(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "validation",
            Self::NoCompany => "choose-a-company",
            Self::NotFound => "not-found",
            Self::NotActive(_) => "wrong-state",
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
