//! Rules read dates, so customers move without anybody touching them: once a night every company is judged anew.

use kale_jobs::{Job, JobError, Lease};
use kale_persistence::{Store, StoreError, companies};
use serde::{Deserialize, Serialize};

use super::assignment::AssignPersonas;

/// Asks for an assignment in every company.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct SweepPersonas {}

impl Job for SweepPersonas {
    const KIND: &'static str = "persona_sweep";
    const HOUSEKEEPING: bool = true;
}

/// Runs [`SweepPersonas`].
pub async fn sweep_personas(store: &Store, _: SweepPersonas, lease: &Lease) -> Result<(), JobError> {
    let installation = lease.installation()?;
    let companies = companies::list(store, installation).await?;
    let total = u64::try_from(companies.len()).ok();
    for (done, company) in (0..).zip(&companies) {
        let Some((tenant, _)) = companies::enter(store, installation, company.id).await? else {
            continue;
        };
        store
            .transaction::<_, StoreError>(tenant, async |tx| {
                let job = AssignPersonas::default()
                    .of(tenant.company())?
                    .about("personas")
                    .unless_queued("all");
                tx.enqueue(job).await.map(drop)
            })
            .await?;
        lease.progress(done, total, "Asking every company")?;
    }
    let all = total.unwrap_or_default();
    lease.progress(all, total, &format!("{all} companies asked"))
}
