//! What people see of jobs, and what they may do to them.

use bson::{Bson, Document, doc};
use futures::TryStreamExt as _;
use kale_domain::{
    id::{CompanyId, JobId},
    job::{JobState, JobStatus},
};
use mongodb::{
    action::Action as _,
    options::{Hint, ReturnDocument},
};

use super::{JobFilter, JobStore, expiry, next_version, record::Shown, stored_company};
use crate::{
    error::{Result, StoreError},
    store::INTERACTIVE,
    tenant::{Installation, Tenant},
    tx::Tx,
    value,
};

/// Whose jobs: a company's, or those that belong to none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JobsOf(Option<CompanyId>);

impl From<Tenant> for JobsOf {
    fn from(tenant: Tenant) -> Self {
        Self(Some(tenant.company()))
    }
}

impl From<Installation> for JobsOf {
    fn from(_: Installation) -> Self {
        Self(None)
    }
}

/// A transaction reaches the jobs of its company; one of the installation those that belong to none.
fn owner(tx: &Tx) -> JobsOf {
    let company = tx.tenant().company();
    JobsOf((!company.uuid().is_nil()).then_some(company))
}

impl JobsOf {
    fn filter(self) -> Document {
        doc! { "company_id": stored_company(self.0) }
    }

    fn one(self, id: JobId) -> Document {
        let mut filter = self.filter();
        filter.insert("_id", value::uuid(id.uuid()));
        filter
    }
}

impl JobStore {
    /// Jobs, newest first; `before` is the last one of the page before.
    pub async fn list(
        &self,
        of: impl Into<JobsOf>,
        filter: &JobFilter,
        limit: u32,
        before: Option<JobId>,
    ) -> Result<Vec<JobStatus>> {
        let mut query = of.into().filter();
        if let Some(state) = filter.state {
            query.insert("state", state.name());
        }
        if let Some(kind) = &filter.kind {
            query.insert("kind", kind);
        }
        if let Some(subject) = &filter.subject {
            query.insert("subject", subject);
        }
        // With the company, so that the ids of all companies give no order.
        let mut sort = doc! { "company_id": 1, "_id": -1 };
        let named = filter.kind.is_some() || filter.subject.is_some();
        // Only what succeeded has the mark.
        let marked = matches!(filter.state, None | Some(JobState::Succeeded));
        let listed = marked && !filter.housekeeping && !named;
        if listed {
            query.insert("quiet", Bson::Null);
            // All the same, and the index is in that order.
            sort = doc! { "company_id": 1, "quiet": 1, "_id": -1 };
        }
        if let Some(before) = before {
            query.insert("_id", doc! { "$lt": value::uuid(before.uuid()) });
        }
        // Left to itself the planner may read through all housekeeping to the others.
        let hint = listed.then_some("company_listed_newest");
        let found: Vec<Shown> = self
            .jobs
            .clone_with_type()
            .find(query)
            .optional(hint, |find, name| find.hint(Hint::Name(name.to_owned())))
            .sort(sort)
            // Zero would mean all.
            .limit(i64::from(limit.max(1)))
            .projection(without_payload())
            .max_time(INTERACTIVE)
            .await?
            .try_collect()
            .await?;
        found.into_iter().map(JobStatus::try_from).collect()
    }

    /// One job.
    pub async fn get(&self, of: impl Into<JobsOf>, id: JobId) -> Result<Option<JobStatus>> {
        let found = self
            .jobs
            .clone_with_type::<Shown>()
            .find_one(of.into().one(id))
            .projection(without_payload())
            .await?;
        found.map(JobStatus::try_from).transpose()
    }

    /// Stops a job of the transaction's company: at once where it waits; where it runs, its handler is told and the
    /// job is shown as cancelled when that has stopped. `None` where there is no such job or it has ended already.
    pub async fn cancel(&self, tx: &mut Tx, id: JobId) -> Result<Option<JobStatus>> {
        let mut filter = owner(tx).one(id);
        let active = [JobState::Scheduled, JobState::Queued, JobState::Leased].map(JobState::name);
        filter.insert("state", doc! { "$in": active.to_vec() });
        let runs = doc! { "$eq": ["$state", JobState::Leased.name()] };
        let update = vec![doc! { "$set": {
            "cancel_requested": true,
            "state": { "$cond": [runs.clone(), "$state", JobState::Cancelled.name()] },
            "active_key": { "$cond": [runs.clone(), "$active_key", "$$REMOVE"] },
            "finished_at": { "$cond": [runs.clone(), "$$REMOVE", "$$NOW"] },
            "expires_at": { "$cond": [runs, "$$REMOVE", expiry(JobState::Cancelled)] },
            "version": next_version(),
        } }];
        self.change(tx, filter, update).await
    }

    /// Runs a dead or cancelled job of the transaction's company once more, with all its tries. `None` where there is
    /// no such job, or it has not ended so; [`StoreError::Duplicate`] where another job does its work meanwhile.
    pub async fn retry(&self, tx: &mut Tx, id: JobId) -> Result<Option<JobStatus>> {
        let of = owner(tx);
        let mut filter = of.one(id);
        let ended = [JobState::Dead, JobState::Cancelled].map(JobState::name);
        filter.insert("state", doc! { "$in": ended.to_vec() });
        let found = self.jobs.find_one(filter.clone()).session(tx.session()).await;
        let Some(job) = tx.note(found)? else {
            return Ok(None);
        };
        if let Ok(key) = job.get_str("dedupe") {
            // Asked first: a taken key would end the transaction.
            let mut twin = of.filter();
            twin.insert("active_key", key);
            let twin = self
                .jobs
                .find_one(twin)
                .projection(doc! { "_id": 1 })
                .session(tx.session())
                .await;
            if tx.note(twin)?.is_some() {
                return Err(StoreError::Duplicate);
            }
        }
        let update = vec![
            doc! { "$set": {
                "state": JobState::Queued.name(),
                "attempts": 0_i64,
                "run_at": "$$NOW",
                "cancel_requested": false,
                "active_key": "$dedupe",
                "version": next_version(),
            } },
            doc! { "$unset": ["finished_at", "expires_at", "last_error", "progress"] },
        ];
        self.change(tx, filter, update).await
    }

    async fn change(
        &self,
        tx: &mut Tx,
        filter: Document,
        update: Vec<Document>,
    ) -> Result<Option<JobStatus>> {
        let changed = self
            .jobs
            .clone_with_type::<Shown>()
            .find_one_and_update(filter, update)
            .return_document(ReturnDocument::After)
            .projection(without_payload())
            .session(tx.session())
            .await;
        tx.note(changed)?.map(JobStatus::try_from).transpose()
    }
}

fn without_payload() -> Document {
    doc! { "payload": 0 }
}
