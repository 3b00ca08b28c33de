//! Background work as people see it: list, look, cancel, retry.

use kale_domain::{
    audit::AuditAction,
    error::{Classify, ErrorKind},
    id::JobId,
    job::JobStatus,
};
use kale_persistence::{Store, StoreError, Tenant, jobs::JobFilter};

use crate::{access::Caller, uploads};

/// Looking at jobs and stopping them.
#[derive(Debug, Clone)]
pub struct Work {
    store: Store,
}

/// Why a job was not found or changed.
#[derive(Debug, thiserror::Error)]
pub enum WorkError {
    /// There is no such job of this company.
    #[error("there is no such job")]
    NotFound,
    /// It is not in a state for that.
    #[error("the job is {is}; {needs}")]
    NotNow {
        /// Where it stands.
        is: &'static str,
        /// What would have to be.
        needs: &'static str,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Work {
    /// Over that store.
    #[must_use]
    pub const fn new(store: Store) -> Self {
        Self { store }
    }

    /// The jobs of a company, newest first; `before` continues after the last one of a page.
    pub async fn list(
        &self,
        tenant: Tenant,
        filter: &JobFilter,
        limit: u32,
        before: Option<JobId>,
    ) -> Result<Vec<JobStatus>, StoreError> {
        self.store.jobs().list(tenant, filter, limit, before).await
    }

    /// One job of a company.
    pub async fn get(&self, tenant: Tenant, id: JobId) -> Result<JobStatus, WorkError> {
        self.store
            .jobs()
            .get(tenant, id)
            .await?
            .ok_or(WorkError::NotFound)
    }

    /// Asks a job to stop. One that waits stops at once, one that runs within seconds.
    pub async fn cancel(&self, tenant: Tenant, caller: &Caller, id: JobId) -> Result<JobStatus, WorkError> {
        let there = self.get(tenant, id).await?;
        if there.state.is_final() {
            return Err(WorkError::NotNow {
                is: there.state.name(),
                needs: "only one that waits or runs can be cancelled",
            });
        }
        if let Some(needs) = uploads::has_to_end(&self.store, tenant, &there).await? {
            let is = there.state.name();
            return Err(WorkError::NotNow { is, needs });
        }
        self.store
            .transaction(tenant, async |tx| {
                let job = self
                    .store
                    .jobs()
                    .cancel(tx, id)
                    .await?
                    .ok_or(WorkError::NotFound)?;
                uploads::job_cancelled(&self.store, tx, tenant, &job).await?;
                tx.audit(caller.entry(tx, AuditAction::JobCancelled, id)).await?;
                Ok(job)
            })
            .await
    }

    /// Tries a dead or cancelled job again.
    pub async fn retry(&self, tenant: Tenant, caller: &Caller, id: JobId) -> Result<JobStatus, WorkError> {
        let there = self.get(tenant, id).await?;
        self.store
            .transaction(tenant, async |tx| {
                let job = self.store.jobs().retry(tx, id).await?.ok_or(WorkError::NotNow {
                    is: there.state.name(),
                    needs: "only one that is dead or cancelled can be tried again",
                })?;
                tx.audit(caller.entry(tx, AuditAction::JobRetried, id)).await?;
                Ok(job)
            })
            .await
    }
}

impl Classify for WorkError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::NotFound => ErrorKind::NotFound,
            Self::NotNow { .. } => ErrorKind::Conflict,
            Self::Store(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "not-found",
            Self::NotNow { .. } => "wrong-state",
            Self::Store(error) => error.code(),
        }
    }
}
