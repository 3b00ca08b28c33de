//! Purging what a deleted company owned.

use std::time::Duration;

use futures::TryStreamExt as _;
use kale_blobs::Blobs;
use kale_domain::{
    audit::{Actor, AuditAction},
    company::Company,
    id::CompanyId,
};
use kale_jobs::{Job, JobError, Lease};
use kale_persistence::{
    Installation, Store,
    audit::{self, ChainOf},
    companies::{self, Purged},
};
use serde::{Deserialize, Serialize};

use crate::access::Provenance;

/// How long a worker may take to notice that the job it holds is of a deleted company.
const WORK_ENDS: Duration = Duration::from_secs(5);

/// Purges a deleted company when its day has come.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PurgeCompany {
    /// Which.
    pub company: CompanyId,
}

impl Job for PurgeCompany {
    const KIND: &'static str = "purge_company";
}

/// Runs [`PurgeCompany`]. The receipt is an entry of the installation's audit log: how many documents of which kind and
/// how many files went, and the head of the company's own chain, so that a copy of its log can still be checked.
pub async fn purge_company(
    store: &Store,
    blobs: &Blobs,
    job: PurgeCompany,
    lease: &Lease,
) -> Result<(), JobError> {
    let installation = lease.installation()?;
    let Some((tenant, company)) = companies::enter(store, installation, job.company).await? else {
        return lease.progress(0, Some(0), "It is purged already");
    };
    if company.status.purge_at().is_none_or(|at| store.now() < at) {
        return lease.progress(0, Some(0), "It was brought back");
    }
    if companies::has_work(store, installation, job.company).await? {
        return Err(JobError::NotYet { after: WORK_ENDS });
    }
    let head = audit::head(store, ChainOf::Company(tenant)).await?;
    let head = head.map_or_else(|| "none".to_owned(), |sealed| sealed.head.to_string());
    let documents = purge_documents(store, installation, &company, lease).await?;
    let files = purge_files(blobs, &company, lease).await?;
    store
        .installation_transaction::<_, JobError>(installation, async |tx| {
            companies::remove(store, tx, installation, company.id).await?;
            let provenance = Provenance::default();
            let mut receipt = provenance.entry(tx, Actor::System, AuditAction::CompanyPurged, company.id);
            for (collection, count) in &documents.documents {
                receipt.before.insert(collection.clone(), count.to_string());
            }
            let after = [
                ("slug", company.slug.to_string()),
                ("documents", documents.total().to_string()),
                ("files", files.to_string()),
                ("audit_head", head.clone()),
            ];
            receipt
                .after
                .extend(after.map(|(name, value)| (name.to_owned(), value)));
            tx.audit(receipt).await?;
            Ok(lease.complete_in(tx).await?)
        })
        .await
}

async fn purge_documents(
    store: &Store,
    installation: Installation,
    company: &Company,
    lease: &Lease,
) -> Result<Purged, JobError> {
    let progress = |documents| lease.progress(documents, None, "Documents removed");
    companies::purge::<JobError>(store, installation, company.id, progress).await
}

async fn purge_files(blobs: &Blobs, company: &Company, lease: &Lease) -> Result<u64, JobError> {
    let mut files = 0;
    // Listed whole before the first goes: a folder that changes while it is read may be read in part.
    let found: Vec<_> = blobs
        .list(Some(company.id))
        .try_collect()
        .await
        .map_err(JobError::retry)?;
    for (key, _bytes) in found {
        blobs.delete(&key).await.map_err(JobError::retry)?;
        files += 1;
        lease.progress(files, None, "Files removed")?;
    }
    Ok(files)
}
