//! Suspending a company, letting it go on, and deleting it.

use kale_domain::{
    audit::AuditAction,
    company::{Company, CompanyStatus, KeptDays, WrongCompanyStatus},
    error::FieldError,
    id::CompanyId,
};
use kale_jobs::Job as _;
use kale_persistence::{Installation, companies};

use super::{Companies, CompanyError, PurgeCompany};
use crate::access::Caller;

impl Companies {
    /// Stops everything of a company: nobody signs in, no key opens anything, no subscriber walks, no job runs. Why is
    /// written down. Doing it again is the same.
    pub async fn suspend(
        &self,
        installation: Installation,
        caller: &Caller,
        id: CompanyId,
        reason: &str,
    ) -> Result<Company, CompanyError> {
        let reason = reason.trim();
        if !(1..=200).contains(&reason.chars().count()) || reason.chars().any(char::is_control) {
            let message = "a reason has 1 to 200 characters";
            return Err(CompanyError::Invalid(vec![FieldError::new(
                "#/reason", "length", message,
            )]));
        }
        let told = Some(("reason", reason.to_owned()));
        let action = AuditAction::CompanySuspended;
        self.turn(installation, caller, id, action, told, CompanyStatus::suspended)
            .await
    }

    /// Lets a company go on, also one that is deleted and not purged yet. Doing it again is the same.
    pub async fn resume(
        &self,
        installation: Installation,
        caller: &Caller,
        id: CompanyId,
    ) -> Result<Company, CompanyError> {
        let action = AuditAction::CompanyResumed;
        self.turn(installation, caller, id, action, None, |status| {
            Ok(status.resumed())
        })
        .await
    }

    /// Stops everything of a company, and has all that it owns purged after so many days.
    pub async fn delete(
        &self,
        installation: Installation,
        caller: &Caller,
        id: CompanyId,
        days: KeptDays,
    ) -> Result<Company, CompanyError> {
        let purge_at = days.after(self.store.now());
        let told = Some(("purge_at", purge_at.to_string()));
        let action = AuditAction::CompanyDeleted;
        self.turn(installation, caller, id, action, told, |status| {
            status.deleted(purge_at)
        })
        .await
    }

    async fn turn(
        &self,
        installation: Installation,
        caller: &Caller,
        id: CompanyId,
        action: AuditAction,
        told: Option<(&'static str, String)>,
        to: impl Fn(CompanyStatus) -> Result<CompanyStatus, WrongCompanyStatus>,
    ) -> Result<Company, CompanyError> {
        let found = companies::enter(&self.store, installation, id).await?;
        let (_, before) = found.ok_or(CompanyError::NotFound)?;
        let status = to(before.status)?;
        if status == before.status {
            return Ok(before);
        }
        let turned = self
            .store
            .installation_transaction::<_, CompanyError>(installation, async |tx| {
                let turned = companies::set_status(&self.store, tx, installation, &before, status).await?;
                let mut entry = caller.entry(tx, action, id);
                entry
                    .before
                    .insert("status".to_owned(), before.status.name().to_owned());
                entry.after.insert("status".to_owned(), status.name().to_owned());
                if let Some((name, value)) = &told {
                    entry.after.insert((*name).to_owned(), value.clone());
                }
                tx.audit(entry).await?;
                if let Some(purge_at) = status.purge_at() {
                    // One for each day that was set: a former one finds that its day is not that of the company.
                    let job = PurgeCompany { company: id }
                        .of_installation()?
                        .about(id.to_string());
                    let job = if tx.now() < purge_at {
                        job.at(purge_at)
                    } else {
                        job
                    };
                    tx.enqueue(job).await?;
                }
                Ok(turned)
            })
            .await;
        self.callers.forget_all();
        turned
    }
}
