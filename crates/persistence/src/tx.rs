//! A transaction of one company, with its outbox: audit entries, jobs and notifications commit with it or not at all.

use std::sync::Arc;

use jiff::Timestamp;
use kale_domain::{
    audit::AuditEntry,
    clock::{Clock, Ids},
    notification::Notification,
};
use mongodb::{ClientSession, error::Error};
use uuid::Uuid;

use crate::{
    audit,
    error::{Result, StoreError},
    jobs::{Enqueued, NewJob},
    notifications,
    store::Store,
    tenant::{Installation, Tenant},
};

/// How often a transaction is tried when others are in its way.
const TRIES: u32 = 8;

/// An open transaction. Every writing method of a repository takes one.
pub struct Tx {
    session: ClientSession,
    store: Store,
    tenant: Option<Tenant>,
    transient: bool,
    enqueued: bool,
    defines: bool,
}

impl std::fmt::Debug for Tx {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tx")
            .field("tenant", &self.tenant)
            .finish_non_exhaustive()
    }
}

impl Tx {
    /// Whose transaction this is.
    ///
    /// A transaction of the installation belongs to no company: it gets one that owns nothing, so that a
    /// tenant-owned collection matches no record through it.
    pub(crate) fn tenant(&self) -> Tenant {
        self.tenant.unwrap_or_else(|| Installation::new().no_company())
    }

    /// The company, `None` in a transaction of the installation.
    #[must_use]
    pub fn company(&self) -> Option<kale_domain::id::CompanyId> {
        self.tenant.map(Tenant::company)
    }

    pub(crate) const fn session(&mut self) -> &mut ClientSession {
        &mut self.session
    }

    /// Remembers whether the driver says that the whole transaction may be tried again.
    pub(crate) fn note<T>(&mut self, result: std::result::Result<T, Error>) -> Result<T> {
        result.map_err(|error| {
            let error = StoreError::from(error);
            self.transient |= error.is_transient();
            error
        })
    }

    /// Notes that this changes what the company has defined, so that what is remembered of that is forgotten.
    pub(crate) const fn defines(&mut self) {
        self.defines = true;
    }

    /// The current instant.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.store.clock().now()
    }

    /// A fresh identifier.
    #[must_use]
    pub fn fresh_id(&self) -> Uuid {
        self.store.fresh_id()
    }

    /// Writes down who did what. Numbered and chained later, by the sealer.
    pub async fn audit(&mut self, entry: AuditEntry) -> Result<()> {
        let store = self.store.clone();
        audit::insert(&store, self, self.company(), &entry).await
    }

    /// Writes down what was done to the transaction's company, in the log of the installation.
    pub async fn audit_of_installation(&mut self, _: Installation, entry: AuditEntry) -> Result<()> {
        let store = self.store.clone();
        audit::insert(&store, self, None, &entry).await
    }

    /// Tells a user, once: a second notification of the same user and key changes nothing.
    pub async fn notify(&mut self, notification: Notification) -> Result<()> {
        let store = self.store.clone();
        notifications::insert(&store, self, &notification).await
    }

    /// Asks for background work, which begins when the transaction has committed.
    pub async fn enqueue(&mut self, job: NewJob) -> Result<Enqueued> {
        let store = self.store.clone();
        self.enqueued = true;
        store.jobs().enqueue(Some(self), job).await
    }
}

/// However it ended: it may have committed without saying so.
impl Drop for Tx {
    fn drop(&mut self) {
        let Some(tenant) = self.tenant else { return };
        self.store.memories().tallies.forget(tenant);
        if self.defines {
            self.store.memories().definitions.forget(tenant);
        }
    }
}

impl Store {
    /// Runs `work` in a transaction of that company, again where another transaction was in its way.
    ///
    /// Outside effects of `work` (calls to others, files) may happen more than once: keep them out.
    pub async fn transaction<T, E: From<StoreError>>(
        &self,
        tenant: Tenant,
        work: impl AsyncFnMut(&mut Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        self.run(Some(tenant), work).await
    }

    /// The same for what belongs to no company.
    pub async fn installation_transaction<T, E: From<StoreError>>(
        &self,
        _: Installation,
        work: impl AsyncFnMut(&mut Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        self.run(None, work).await
    }

    async fn run<T, E: From<StoreError>>(
        &self,
        tenant: Option<Tenant>,
        mut work: impl AsyncFnMut(&mut Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        let session = self.client().start_session().await.map_err(StoreError::from)?;
        let mut tx = Tx {
            session,
            store: self.clone(),
            tenant,
            transient: false,
            enqueued: false,
            defines: false,
        };
        let mut tries = 0;
        loop {
            tries += 1;
            tx.transient = false;
            tx.enqueued = false;
            tx.session.start_transaction().await.map_err(StoreError::from)?;
            let error = match work(&mut tx).await {
                Ok(value) => match commit(&mut tx).await {
                    Ok(()) => {
                        if tx.enqueued {
                            self.jobs().nudge();
                        }
                        return Ok(value);
                    }
                    Err(error) => E::from(error),
                },
                Err(error) => {
                    // The server forgets an open transaction by itself; the first error is the one that counts.
                    if let Err(abort) = tx.session.abort_transaction().await {
                        tracing::debug!(error = %abort, "a transaction could not be aborted");
                    }
                    error
                }
            };
            if !tx.transient || tries == TRIES {
                return Err(error);
            }
            self.pause(tries).await;
        }
    }

    /// Waits before the next try, a little longer each time and by chance: so that two that met don't meet again, and
    /// because what the other one wrote is read only when a majority of the servers has it.
    pub async fn pause(&self, tries: u32) {
        let top = 4_u64.saturating_mul(1 << tries.min(8));
        let millis = rand::random_range(1..=top);
        tokio::time::sleep(std::time::Duration::from_millis(millis)).await;
    }
}

async fn commit(tx: &mut Tx) -> Result<()> {
    let mut tries = 0;
    loop {
        tries += 1;
        match tx.session.commit_transaction().await {
            Ok(()) => return Ok(()),
            // It may have committed: asking again is safe and tells.
            Err(error)
                if error.contains_label(mongodb::error::UNKNOWN_TRANSACTION_COMMIT_RESULT)
                    && tries < TRIES => {}
            Err(error) => return tx.note(Err(error)),
        }
    }
}

/// What the store needs from outside.
#[derive(Debug, Clone)]
pub struct Sources {
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// New identifiers.
    pub ids: Arc<dyn Ids>,
}
