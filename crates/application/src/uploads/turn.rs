//! Whose turn it is: one job at a time changes the rows of a company's files and the customers they give.
//!
//! Two that read rows and write customers at the same time could each write what the other has made old: an undo that
//! overtakes the import it takes back, an import that folds away rows whose customers have not followed yet.

use std::time::{Duration, Instant};

use kale_domain::upload::UploadKind;
use kale_jobs::{JobError, Lease};
use kale_persistence::{
    Primary, Store, StoreError, Tenant,
    locks::{LockGuard, LockKey},
};

/// For how long a turn is taken.
const LASTS: Duration = Duration::from_secs(30);
/// How often it is prolonged.
const PROLONGED: Duration = Duration::from_secs(10);
/// For how long it is taken for a step that says nothing while it works.
const LASTS_LONG: Duration = Duration::from_mins(5);
/// When whoever waits looks again.
const AGAIN: Duration = Duration::from_secs(2);

/// The right to change rows and their customers.
pub(super) struct Turn {
    guard: LockGuard,
    prolonged: Instant,
    began_at: Primary,
}

impl Turn {
    /// Takes the turn; [`JobError::NotYet`] where another job has it. A job that was interrupted takes its own back.
    pub(super) async fn take(
        store: &Store,
        tenant: Tenant,
        kind: UploadKind,
        lease: &Lease,
    ) -> Result<Self, JobError> {
        let key = LockKey::of(tenant, &format!("import:{}", kind.slug()));
        let owner = lease.id().to_string();
        let taken = store.locks().take_over(&key, &owner, LASTS).await?;
        let guard = taken.ok_or(JobError::NotYet { after: AGAIN })?;
        Ok(Self {
            guard,
            prolonged: Instant::now(),
            began_at: store.primary().await?,
        })
    }

    /// Keeps the turn; cheap enough for every batch.
    pub(super) async fn keep(&mut self) -> Result<(), JobError> {
        if self.prolonged.elapsed() > PROLONGED {
            self.prolong(LASTS).await?;
        }
        Ok(())
    }

    /// Keeps it over a step that says nothing for minutes.
    pub(super) async fn keep_long(&mut self) -> Result<(), JobError> {
        self.prolong(LASTS_LONG).await
    }

    async fn prolong(&mut self, lasts: Duration) -> Result<(), JobError> {
        self.guard.extend(lasts).await.map_err(|error| match error {
            // The turn, not the job.
            StoreError::LeaseLost => JobError::NotYet { after: AGAIN },
            other => other.into(),
        })?;
        self.prolonged = Instant::now();
        Ok(())
    }

    /// Makes sure that what was written in this turn stays: batches are `w: 1`, and a server that was restarted or
    /// replaced may have lost some of them without anybody being told.
    pub(super) async fn make_sure(&self, store: &Store) -> Result<(), JobError> {
        store.settle().await?;
        if store.primary().await? == self.began_at {
            return Ok(());
        }
        Err(JobError::retry(
            "the database was restarted meanwhile, so that some rows have to be written again",
        ))
    }

    /// Gives the turn back.
    pub(super) async fn give_back(self) {
        if let Err(error) = self.guard.release().await {
            // It runs out by itself.
            tracing::warn!(error = %error, "the turn of an import could not be given back");
        }
    }
}
