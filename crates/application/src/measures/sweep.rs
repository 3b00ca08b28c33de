//! What nobody has asked to count, because a process ended in between, is counted within a minute; and roll-ups of a
//! release that knew fewer cells are counted anew.

use std::collections::BTreeSet;

use kale_domain::id::CompanyId;
use kale_jobs::{Job, JobError, Lease};
use kale_persistence::{Store, rollups, sessions, usage};
use serde::{Deserialize, Serialize};

use super::{RebuildRollups, ask};

/// Asks for a count in every company that has something to be counted.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct SweepRollups {}

impl Job for SweepRollups {
    const KIND: &'static str = "rollup_sweep";
    const HOUSEKEEPING: bool = true;
}

/// Runs [`SweepRollups`].
pub async fn sweep_rollups(store: &Store, _: SweepRollups, lease: &Lease) -> Result<(), JobError> {
    let installation = lease.installation()?;
    let companies = sessions::dirty_companies(store, installation).await?;
    let mut all: BTreeSet<CompanyId> = companies.into_iter().collect();
    all.extend(usage::dirty_companies(store, installation).await?);
    for company in all {
        ask(store, company).await?;
    }
    for company in rollups::outdated(store, installation).await? {
        let job = RebuildRollups::default().of(company)?;
        // The key of whoever asks by hand: one count is enough.
        let job = job.about("analytics").unless_active("all");
        store.jobs().enqueue(None, job).await?;
    }
    Ok(())
}
