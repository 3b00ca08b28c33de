//! Counting everything anew: into an epoch of its own, which is shown when it is complete.

use kale_domain::{audit::AuditAction, id::JobId};
use kale_jobs::{Job, JobError, Lease};
use kale_persistence::{Store, StoreError, Tenant, companies, rollups};
use serde::{Deserialize, Serialize};

use super::{Measures, check::CheckRollups, count::Counter};
use crate::access::Caller;

/// How many sessions are read at a time.
const BATCH: u32 = 2_000;
/// How often in a row somebody else may be faster.
const TRIES: u32 = 60;

/// Counts every session of a company anew.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct RebuildRollups {}

impl Job for RebuildRollups {
    const KIND: &'static str = "rollup_rebuild";
}

/// Runs [`RebuildRollups`]; then compares what came of it with the sessions. A run after a crash goes on where it is:
/// what is counted in the new epoch is not counted again.
pub async fn rebuild_rollups(store: &Store, _: RebuildRollups, lease: &Lease) -> Result<(), JobError> {
    let (tenant, job) = (lease.tenant()?, lease.id());
    let company = companies::get(store, tenant).await?;
    rollups::begin_rebuild(store, tenant, job, &company.time_zone).await?;
    let mut counter = Counter::of(store, tenant);
    let (mut after, mut done, mut tries) = (None, 0_u64, 0_u32);
    let mut batch = rollups::slice(store, tenant, after, BATCH).await?;
    while let Some(last) = batch.last() {
        let next_after = Some(last.session.customer);
        let state = rollups::state(store, tenant).await?;
        // What was counted in this epoch already has its say from all of its family, and keeps it up to date.
        let counted =
            |one: &kale_persistence::sessions::Countable| rollups::counted_in(&state, one).is_some();
        let left = !batch.iter().all(counted);
        let writing = async {
            if left {
                counter.families(&state, &batch).await
            } else {
                Ok(0)
            }
        };
        let next = rollups::slice(store, tenant, next_after, BATCH);
        let (written, next) = futures::future::join(writing, next).await;
        match written {
            Ok(_) => {
                done += u64::try_from(batch.len()).unwrap_or(u64::MAX);
                (after, batch, tries) = (next_after, next?, 0);
            }
            Err(StoreError::Stale) if tries < TRIES => {
                tries += 1;
                store.pause(tries.min(6)).await;
                batch = rollups::slice(store, tenant, after, BATCH >> tries.min(6)).await?;
            }
            Err(error) => return Err(error.into()),
        }
        lease.progress(done, None, "Counting every session anew")?;
    }
    if !rollups::end_rebuild(store, tenant, job).await? {
        return lease.progress(done, None, "Another one has begun since");
    }
    let words = super::check::check(store, tenant, lease).await?;
    lease.progress(done, Some(done), &words)
}

impl Measures {
    /// Has everything counted anew in the background.
    pub async fn rebuild(&self, tenant: Tenant, caller: &Caller) -> Result<JobId, StoreError> {
        let job = RebuildRollups::default().of(tenant.company())?;
        self.ask(tenant, caller, job, "rebuild").await
    }

    /// Has the roll-ups compared with a count from scratch in the background.
    pub async fn check(&self, tenant: Tenant, caller: &Caller) -> Result<JobId, StoreError> {
        let job = CheckRollups::default().of(tenant.company())?;
        self.ask(tenant, caller, job, "check").await
    }

    async fn ask(
        &self,
        tenant: Tenant,
        caller: &Caller,
        mut job: kale_persistence::jobs::NewJob,
        what: &'static str,
    ) -> Result<JobId, StoreError> {
        job.started_by = caller.user();
        let job = job.about("analytics").unless_queued("all");
        self.store
            .transaction::<_, StoreError>(tenant, async |tx| {
                let job = tx.enqueue(job.clone()).await?.id();
                let mut entry = caller.entry(tx, AuditAction::FiguresCounted, job);
                entry.after.insert("what".to_owned(), what.to_owned());
                tx.audit(entry).await?;
                Ok(job)
            })
            .await
    }
}
