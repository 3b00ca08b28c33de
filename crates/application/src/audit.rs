//! The audit log: reading it, taking it out as a file, erasing what an entry said, and its chain.

mod export;
mod seal;
mod verify;

use kale_domain::{
    audit::{Actor, AuditAction, AuditEntry},
    error::{Classify, ErrorKind},
    id::AuditEntryId,
};
pub use kale_persistence::audit::{AuditFilter, ChainOf, SealedHead, Verified};
use kale_persistence::{Installation, Store, StoreError, Tenant, Tx, audit};

pub use self::{
    export::ExportStream,
    seal::{SealAudit, is_waiting, seal_audit},
    verify::{VerifyAudit, verify_audit},
};

use crate::access::Provenance;

/// Reading the audit log.
#[derive(Debug, Clone)]
pub struct AuditLog {
    store: Store,
}

/// Why an entry was not erased.
#[derive(Debug, thiserror::Error)]
pub enum EraseError {
    /// There is no such entry, it is erased already, it has no link yet, or it tells of an erasure itself.
    #[error("there is no such entry that can be erased")]
    NotFound,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl AuditLog {
    /// Over that store.
    #[must_use]
    pub const fn new(store: Store) -> Self {
        Self { store }
    }

    /// The entries of a filter, newest first, of a company or of the installation; `before` continues after the last one
    /// of a page.
    pub async fn list(
        &self,
        of: ChainOf,
        filter: &AuditFilter,
        limit: u32,
        before: Option<AuditEntryId>,
    ) -> Result<Vec<AuditEntry>, StoreError> {
        audit::find(&self.store, of, filter, limit, before).await
    }

    /// Where a company's chain ends; `None` where nothing is sealed yet.
    pub async fn head(&self, tenant: Tenant) -> Result<Option<SealedHead>, StoreError> {
        audit::head(&self.store, ChainOf::Company(tenant)).await
    }

    /// Erases what an entry said, and writes that down. For whoever runs the installation.
    pub async fn erase(
        &self,
        operator: Installation,
        chain: ChainOf,
        id: AuditEntryId,
    ) -> Result<(), EraseError> {
        let erase = async |tx: &mut Tx| {
            let telling = Provenance::default().entry(tx, Actor::System, AuditAction::AuditErased, id);
            let told_by = telling.id;
            tx.audit(telling).await?;
            if audit::erase(&self.store, tx, id, told_by).await? {
                Ok(())
            } else {
                Err(EraseError::NotFound)
            }
        };
        match chain {
            ChainOf::Company(tenant) => self.store.transaction(tenant, erase).await,
            ChainOf::Installation(_) => self.store.installation_transaction(operator, erase).await,
        }
    }
}

impl Classify for EraseError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::NotFound => ErrorKind::NotFound,
            Self::Store(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "not-found",
            Self::Store(error) => error.code(),
        }
    }
}
