//! What nobody has asked to count, because a process ended in between, is counted within a minute.

use std::collections::BTreeSet;

use kale_domain::id::CompanyId;
use kale_jobs::{Job, JobError, Lease};
use kale_persistence::{Store, sessions, usage};
use serde::{Deserialize, Serialize};

use super::ask;

/// Asks for a count in every company that has something to be counted.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct SweepRollups {}

impl Job for SweepRollups {
    const KIND: &'static str = "rollup_sweep";
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
    Ok(())
}
