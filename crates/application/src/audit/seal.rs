//! The sealer: every few seconds, entries that have none yet get their links.

use kale_jobs::{Job, JobError, Lease};
use kale_persistence::{Store, StoreError, access, audit};
use serde::{Deserialize, Serialize};

/// Gives entries their links.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct SealAudit {}

impl Job for SealAudit {
    const KIND: &'static str = "audit_seal";
    const HOUSEKEEPING: bool = true;
}

/// Whether an entry waits for its link: one question along an index that is empty otherwise.
pub async fn is_waiting(store: &Store) -> Result<bool, StoreError> {
    audit::is_waiting(store, access::operator()).await
}

/// Runs [`SealAudit`].
pub async fn seal_audit(store: &Store, _: SealAudit, lease: &Lease) -> Result<(), JobError> {
    let installation = lease.installation()?;
    let mut done = 0;
    loop {
        match audit::seal(store, installation).await? {
            0 => {
                return lease.progress(
                    done,
                    Some(done),
                    &format!("{done} entries of the audit log sealed"),
                );
            }
            sealed => done += sealed,
        }
        lease.progress(done, None, "Entries of the audit log")?;
    }
}
