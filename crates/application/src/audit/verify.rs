//! Whether the chains are what was sealed.

use kale_domain::{audit::chain::Head, company::Slug};
use kale_jobs::{Job, JobError, Lease};
use kale_persistence::{Installation, Store, StoreError, audit, companies};
use serde::{Deserialize, Serialize};

use super::{AuditLog, ChainOf, Verified};

/// Verifies every chain.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct VerifyAudit {}

impl Job for VerifyAudit {
    const KIND: &'static str = "audit_verify";
    const HOUSEKEEPING: bool = true;
    /// What is wrong is wrong the next time too.
    const MAX_ATTEMPTS: u32 = 2;
}

/// A chain was changed.
#[derive(Debug, thiserror::Error)]
#[error("{wrong} flaws in the audit log; `kale admin verify-audit` names them")]
struct Tampered {
    wrong: u64,
}

impl AuditLog {
    /// Compares a chain with the entries it stands for; `expected` is a head that was noted once.
    pub async fn verify(&self, chain: ChainOf, expected: Option<Head>) -> Result<Verified, StoreError> {
        audit::verify(&self.store, chain, expected).await
    }

    /// The chains of all companies by their short names, that of the installation without one.
    pub async fn chains(
        &self,
        installation: Installation,
    ) -> Result<Vec<(Option<Slug>, ChainOf)>, StoreError> {
        let mut chains = vec![(None, ChainOf::Installation(installation))];
        for company in companies::list(&self.store, installation).await? {
            let entered = companies::enter(&self.store, installation, company.id).await?;
            chains.extend(entered.map(|(tenant, company)| (Some(company.slug), ChainOf::Company(tenant))));
        }
        Ok(chains)
    }
}

/// Runs [`VerifyAudit`]; fails where something is wrong.
pub async fn verify_audit(store: &Store, _: VerifyAudit, lease: &Lease) -> Result<(), JobError> {
    let log = AuditLog::new(store.clone());
    let (mut chains, mut links, mut wrong) = (0, 0, 0);
    for (slug, chain) in log.chains(lease.installation()?).await? {
        let verified = log.verify(chain, None).await?;
        for flaw in &verified.flaws {
            let company = slug.as_ref().map(Slug::as_str);
            tracing::error!(company, %flaw, "the audit log is not what was sealed");
        }
        chains += 1;
        links += verified.links;
        wrong += verified.wrong;
        lease.progress(links, None, "Entries of the audit log")?;
    }
    if wrong > 0 {
        return Err(JobError::fail(Tampered { wrong }));
    }
    let words = format!("{links} entries in {chains} chains verified");
    lease.progress(links, Some(links), &words)
}
