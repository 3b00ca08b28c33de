//! What time does to jobs.

use bson::doc;
use kale_domain::job::JobState;

use super::{JobStore, expiry, next_version};
use crate::error::Result;

/// What a sweep did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    /// Jobs whose time has come.
    pub due: u64,
    /// Jobs whose worker went away.
    pub expired: u64,
}

impl JobStore {
    /// Queues what is due and takes leases back that ran out. Any worker may do this at any time.
    ///
    /// Waiting for a time is a state of its own, so that claims need no clock: a company with ten thousand jobs for
    /// next week would else slow each claim down.
    pub async fn sweep(&self) -> Result<Swept> {
        let filter = doc! { "state": JobState::Scheduled.name(), "$expr": { "$lte": ["$run_at", "$$NOW"] } };
        let update = vec![doc! { "$set": { "state": JobState::Queued.name(), "version": next_version() } }];
        let due = self.jobs.update_many(filter, update).await?.modified_count;
        let expired = self.expire().await?;
        if due + expired > 0 {
            self.nudge();
        }
        Ok(Swept { due, expired })
    }

    /// An expiry counts as an attempt, so that a job that kills its worker ends among the dead.
    async fn expire(&self) -> Result<u64> {
        let filter =
            doc! { "state": JobState::Leased.name(), "$expr": { "$lte": ["$lease_until", "$$NOW"] } };
        let spent = doc! { "$gte": ["$attempts", "$max_attempts"] };
        let ended = doc! { "$or": ["$cancel_requested", spent.clone()] };
        let update = vec![
            doc! { "$set": {
                "state": { "$switch": {
                    "branches": [
                        { "case": "$cancel_requested", "then": JobState::Cancelled.name() },
                        { "case": spent, "then": JobState::Dead.name() },
                    ],
                    "default": JobState::Queued.name(),
                } },
                "active_key": { "$cond": [ended.clone(), "$$REMOVE", "$active_key"] },
                "finished_at": { "$cond": [ended.clone(), "$$NOW", "$$REMOVE"] },
                "expires_at": { "$cond": [
                    ended,
                    { "$cond": ["$cancel_requested", expiry(JobState::Cancelled), expiry(JobState::Dead)] },
                    "$$REMOVE",
                ] },
                "last_error": "the worker that ran it went away",
                "version": next_version(),
            } },
            doc! { "$unset": ["owner", "lease_until", "leased_at"] },
        ];
        Ok(self.jobs.update_many(filter, update).await?.modified_count)
    }
}
