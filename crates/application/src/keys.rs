//! Rotating the keys that seal secrets.

use std::sync::Arc;

use kale_domain::audit::{Actor, AuditAction};
use kale_jobs::{Job, JobError, Lease};
use kale_persistence::{
    Installation, Store, StoreError,
    seal::{self, KeyRing},
};
use serde::{Deserialize, Serialize};

use crate::access::Provenance;

/// Seals every secret anew with the current key, and forgets the keys before.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RotateKeys {
    /// The id of the key that was current for whoever asked.
    pub to: String,
}

impl Job for RotateKeys {
    const KIND: &'static str = "rotate_keys";
    /// An hour and more of workers that are not restarted yet.
    const MAX_ATTEMPTS: u32 = 20;
}

/// Asks for a rotation to the ring's current key, once for each key.
pub async fn ask_to_rotate(store: &Store, operator: Installation, ring: &KeyRing) -> Result<(), StoreError> {
    let to = ring.current().id().to_owned();
    store
        .installation_transaction(operator, async |tx| {
            let job = RotateKeys { to: to.clone() };
            tx.enqueue(job.of_installation()?.unless_active(&to)).await?;
            Ok(())
        })
        .await
}

/// Runs [`RotateKeys`].
pub async fn rotate_keys(
    store: &Store,
    ring: &Arc<KeyRing>,
    job: RotateKeys,
    lease: &Lease,
) -> Result<(), JobError> {
    if ring.current().id() != job.to {
        return Err(JobError::retry(
            "this worker seals with another key; restart it with the new one in front",
        ));
    }
    let operator = lease.installation()?;
    let progress = |values| {
        lease.check()?;
        lease.progress(values, None, "Secrets sealed anew")
    };
    let done = seal::reseal::<JobError>(store, operator, ring, progress).await?;
    lease.progress(done.values, Some(done.values), "Secrets sealed anew")?;
    store
        .installation_transaction::<_, JobError>(operator, async |tx| {
            let provenance = Provenance::default();
            let mut entry = provenance.entry(tx, Actor::System, AuditAction::KeysRotated, &job.to);
            entry.after.insert("values".to_owned(), done.values.to_string());
            entry
                .after
                .insert("forgotten".to_owned(), done.forgotten.join(", "));
            tx.audit(entry).await?;
            Ok(lease.complete_in(tx).await?)
        })
        .await
}
