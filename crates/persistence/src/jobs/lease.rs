//! Holding a job: claim, heart-beat, end. Every write names the fence; a stale holder gets [`StoreError::LeaseLost`].

use std::time::Duration;

use bson::{Bson, Document, doc};
use kale_domain::{
    id::CompanyId,
    job::{JobState, Progress},
};
use mongodb::options::{Hint, ReturnDocument};

use super::{
    ClaimedJob, Fence, JobStore, Outcome, expiry, from_now, next_version,
    record::{Claimed, ProgressRecord},
    shown, stored_company,
};
use crate::{
    error::{Result, StoreError},
    tx::Tx,
    value,
};

/// The index that a claim goes by.
pub(super) const CLAIM_INDEX: &str = "claim";

impl JobStore {
    /// Takes the first waiting job of that company (`None`: of the installation) for `lease`.
    ///
    /// Don't drop the future half way: a claim that reached the server would wait for its expiry.
    pub async fn claim(
        &self,
        pool: &str,
        company: Option<CompanyId>,
        owner: &str,
        lease: Duration,
    ) -> Result<Option<ClaimedJob>> {
        let filter = doc! {
            "state": JobState::Queued.name(),
            "pool": pool,
            "company_id": stored_company(company),
        };
        let update = vec![doc! { "$set": {
            "state": JobState::Leased.name(),
            "owner": { "$literal": owner },
            "leased_at": "$$NOW",
            "lease_until": from_now(lease),
            "fence": { "$add": ["$fence", 1_i64] },
            "attempts": { "$add": ["$attempts", 1_i64] },
            "version": next_version(),
            "active_key": { "$cond": ["$while_queued", "$$REMOVE", "$active_key"] },
        } }];
        let found = self
            .jobs
            .clone_with_type::<Claimed>()
            .find_one_and_update(filter, update)
            .sort(doc! { "priority": -1, "run_at": 1 })
            // Left to itself the planner may take the index of the list for a company with few jobs, and keep to it.
            .hint(Hint::Name(CLAIM_INDEX.to_owned()))
            .return_document(ReturnDocument::After)
            .await?;
        found.map(ClaimedJob::try_from).transpose()
    }

    /// Prolongs the lease and writes how far the job is; answers whether somebody asked to stop it.
    pub async fn beat(&self, fence: Fence, lease: Duration, progress: Option<&Progress>) -> Result<bool> {
        let mut set = doc! { "lease_until": from_now(lease) };
        if let Some(progress) = progress {
            set.insert("progress", literal(progress)?);
            set.insert("version", next_version());
        }
        let found = self
            .jobs
            .find_one_and_update(held(fence), vec![doc! { "$set": set }])
            .projection(doc! { "cancel_requested": 1 })
            .await?;
        found
            .map(|job| job.get_bool("cancel_requested").unwrap_or(false))
            .ok_or(StoreError::LeaseLost)
    }

    /// Ends a lease; `progress` is what it came to.
    pub async fn finish(&self, fence: Fence, end: &Outcome, progress: Option<&Progress>) -> Result<()> {
        let update = ending(end, progress, Key::Again)?;
        match self
            .jobs
            .update_one(held(fence), update)
            .await
            .map_err(StoreError::from)
        {
            Ok(result) => matched(result.matched_count),
            // While it ran another job took its key; it goes on without one.
            Err(StoreError::Duplicate) => {
                let update = ending(end, progress, Key::AsItIs)?;
                matched(self.jobs.update_one(held(fence), update).await?.matched_count)
            }
            Err(error) => Err(error),
        }
    }

    /// Ends a lease together with what the transaction writes: both or neither.
    pub async fn finish_in(
        &self,
        tx: &mut Tx,
        fence: Fence,
        end: &Outcome,
        progress: Option<&Progress>,
    ) -> Result<()> {
        let update = ending(end, progress, Key::AsItIs)?;
        let filter = held_within(tx, fence);
        let result = self.jobs.update_one(filter, update).session(tx.session()).await;
        matched(tx.note(result)?.matched_count)
    }

    /// Makes a transaction depend on a lease: it commits only if the lease still holds then.
    ///
    /// Every writer of what a job alone may change (cursors, upload and run states) calls this first. The job is
    /// written to, so that a take-over in between and this transaction stand in each other's way.
    pub async fn hold(&self, tx: &mut Tx, fence: Fence) -> Result<()> {
        let filter = held_within(tx, fence);
        let touch = doc! { "$inc": { "held": 1_i64 } };
        let result = self.jobs.update_one(filter, touch).session(tx.session()).await;
        matched(tx.note(result)?.matched_count)
    }
}

fn held(fence: Fence) -> Document {
    doc! {
        "_id": value::uuid(fence.job.uuid()),
        "fence": fence.token,
        "state": JobState::Leased.name(),
    }
}

/// A company's transaction may depend on its own jobs and on the installation's.
fn held_within(tx: &Tx, fence: Fence) -> Document {
    let mut filter = held(fence);
    let company = value::uuid(tx.tenant().company().uuid());
    filter.insert("company_id", doc! { "$in": [company, Bson::Null] });
    filter
}

fn matched(count: u64) -> Result<()> {
    if count == 1 {
        Ok(())
    } else {
        Err(StoreError::LeaseLost)
    }
}

fn literal(progress: &Progress) -> Result<Document> {
    Ok(doc! { "$literal": bson::serialize_to_bson(&ProgressRecord::from(progress))? })
}

/// What a job that goes back does with its dedupe key.
#[derive(Clone, Copy)]
enum Key {
    /// Takes it again.
    Again,
    /// Keeps what it has: in a transaction a taken key would end everything.
    AsItIs,
}

fn ending(end: &Outcome, progress: Option<&Progress>, key: Key) -> Result<Vec<Document>> {
    let (mut set, unset) = match end {
        Outcome::Succeeded => over(JobState::Succeeded, None),
        Outcome::Dead { error } => over(JobState::Dead, Some(error)),
        Outcome::Cancelled => over(JobState::Cancelled, None),
        Outcome::Retry { after, error } => {
            let mut set = again(JobState::Scheduled, key);
            set.insert("run_at", from_now(*after));
            set.insert("last_error", doc! { "$literal": shown(error) });
            (set, vec!["owner", "lease_until", "leased_at"])
        }
        Outcome::Release { after } => {
            let mut set = again(after.map_or(JobState::Queued, |_| JobState::Scheduled), key);
            set.insert("attempts", doc! { "$subtract": ["$attempts", 1_i64] });
            if let Some(after) = after {
                set.insert("run_at", from_now(*after));
            }
            (set, vec!["owner", "lease_until", "leased_at"])
        }
    };
    set.insert("version", next_version());
    if let Some(progress) = progress {
        set.insert("progress", literal(progress)?);
    }
    Ok(vec![doc! { "$set": set }, doc! { "$unset": unset }])
}

fn over(state: JobState, error: Option<&str>) -> (Document, Vec<&'static str>) {
    let mut set = doc! { "state": state.name(), "finished_at": "$$NOW", "expires_at": expiry(state) };
    let mut unset = vec!["owner", "lease_until", "leased_at", "active_key"];
    match error {
        Some(error) => {
            set.insert("last_error", doc! { "$literal": shown(error) });
        }
        // What a former try ended with is no news of a job that succeeded.
        None if state == JobState::Succeeded => {
            unset.push("last_error");
            set.insert("quiet", doc! { "$cond": ["$housekeeping", true, "$$REMOVE"] });
        }
        None => {}
    }
    (set, unset)
}

/// A cancel that was asked for while the job ran wins over another try.
fn again(state: JobState, key: Key) -> Document {
    let kept = match key {
        Key::Again => "$dedupe",
        Key::AsItIs => "$active_key",
    };
    doc! {
        "state": { "$cond": ["$cancel_requested", JobState::Cancelled.name(), state.name()] },
        "active_key": { "$cond": ["$cancel_requested", "$$REMOVE", kept] },
        "finished_at": { "$cond": ["$cancel_requested", "$$NOW", "$$REMOVE"] },
        "expires_at": { "$cond": ["$cancel_requested", expiry(JobState::Cancelled), "$$REMOVE"] },
    }
}
