//! Asking for work.

use bson::{Bson, Document, doc};
use jiff::Timestamp;
use kale_domain::{id::JobId, job::JobState};
use mongodb::{error::Error, options::ReturnDocument};

use super::{Dedupe, DedupePolicy, Enqueued, JobStore, NewJob, stored_company};
use crate::{
    error::{Result, StoreError},
    tx::Tx,
    value,
};

/// How often two enqueues of one key may get into each other's way.
const TRIES: u32 = 8;

impl JobStore {
    /// Adds a job, unless one of its dedupe key does the work already. In a transaction it begins when that commits.
    ///
    /// With [`DedupePolicy::WhileQueued`] a worker can't take the existing job before the transaction has ended, so
    /// that it sees what the transaction wrote.
    pub async fn enqueue(&self, tx: Option<&mut Tx>, job: NewJob) -> Result<Enqueued> {
        let now = self.sources.clock.now();
        let id = JobId::from_uuid(self.sources.ids.next(now));
        let filter = natural_key(id, &job);
        let update = unless_there(new_document(id, now, &job)?, due(&job), &job);
        let found = if let Some(tx) = tx {
            let found = self.upsert(filter, update).session(tx.session()).await;
            tx.note(found)?
        } else {
            let found = self.upsert_alone(&filter, &update).await?;
            self.nudge();
            found
        };
        let found = found.ok_or_else(|| StoreError::corrupt("job", "an upsert answered nothing"))?;
        match found.get("_id") {
            Some(Bson::Binary(stored)) => {
                let stored = stored
                    .to_uuid()
                    .map_err(|error| StoreError::corrupt("job", error))?;
                let stored = JobId::from_uuid(value::from_uuid(stored));
                Ok(if stored == id {
                    Enqueued::New(id)
                } else {
                    Enqueued::Existing(stored)
                })
            }
            _ => Err(StoreError::corrupt("job", "its id is not an id")),
        }
    }

    /// Never insert and look at the error: a duplicate key would end the caller's transaction.
    fn upsert(
        &self,
        filter: Document,
        update: Vec<Document>,
    ) -> mongodb::action::FindOneAndUpdate<'_, Document> {
        self.jobs
            .find_one_and_update(filter, update)
            .upsert(true)
            .return_document(ReturnDocument::After)
            .projection(doc! { "_id": 1 })
    }

    /// Outside a transaction two upserts of a new key may both try to insert; the second finds the first's job.
    async fn upsert_alone(&self, filter: &Document, update: &[Document]) -> Result<Option<Document>> {
        let mut tries = 0;
        loop {
            tries += 1;
            let found: Result<_, Error> = self.upsert(filter.clone(), update.to_vec()).await;
            match found.map_err(StoreError::from) {
                Err(StoreError::Duplicate) if tries < TRIES => {}
                other => return other,
            }
        }
    }
}

/// What only one waiting job can have.
fn natural_key(id: JobId, job: &NewJob) -> Document {
    match &job.dedupe {
        None => doc! { "_id": value::uuid(id.uuid()) },
        Some(dedupe) => {
            doc! { "company_id": stored_company(job.company), "active_key": active_key(job.kind, dedupe) }
        }
    }
}

fn active_key(kind: &str, dedupe: &Dedupe) -> String {
    format!("{kind}:{}", dedupe.key)
}

fn new_document(id: JobId, now: Timestamp, job: &NewJob) -> Result<Document> {
    let mut document = doc! {
        "_id": value::uuid(id.uuid()),
        "company_id": stored_company(job.company),
        "pool": job.pool,
        "kind": job.kind,
        "payload": bson::serialize_to_bson(&job.payload)?,
        "priority": job.priority,
        "attempts": 0_i64,
        "max_attempts": i64::from(job.max_attempts.max(1)),
        "fence": 0_i64,
        "version": 1_i64,
        "cancel_requested": false,
        "created_at": value::date(now),
    };
    if job.housekeeping {
        document.insert("housekeeping", true);
    }
    if let Some(subject) = &job.subject {
        document.insert("subject", subject);
    }
    if let Some(user) = job.started_by {
        document.insert("started_by", value::uuid(user.uuid()));
    }
    if let Some(dedupe) = &job.dedupe {
        document.insert("dedupe", active_key(job.kind, dedupe));
        document.insert("active_key", active_key(job.kind, dedupe));
        document.insert("while_queued", dedupe.policy == DedupePolicy::WhileQueued);
    }
    Ok(document)
}

/// When it is due and whether that is yet to come, in the store's time.
fn due(job: &NewJob) -> Document {
    match job.run_at.map(value::date) {
        None => doc! { "run_at": "$$NOW", "state": JobState::Queued.name() },
        Some(at) => doc! {
            "run_at": at,
            "state": {
                "$cond": [{ "$gt": [at, "$$NOW"] }, JobState::Scheduled.name(), JobState::Queued.name()],
            },
        },
    }
}

/// Writes the document if the key is free, else leaves the job that has it.
///
/// A job that may be claimed any moment is touched: a claim before the caller's commit then stands in its way, and
/// the caller's transaction is run again and makes a job that sees what it wrote.
fn unless_there(document: Document, due: Document, job: &NewJob) -> Vec<Document> {
    let touches = job
        .dedupe
        .as_ref()
        .is_some_and(|dedupe| dedupe.policy == DedupePolicy::WhileQueued);
    let there: Bson = if touches {
        doc! { "$mergeObjects": ["$$ROOT", { "asked": { "$add": [{ "$ifNull": ["$asked", 0_i64] }, 1_i64] } }] }.into()
    } else {
        "$$ROOT".into()
    };
    vec![doc! {
        "$replaceWith": {
            "$cond": [
                { "$eq": [{ "$type": "$created_at" }, "missing"] },
                { "$mergeObjects": [{ "$literal": document }, due] },
                there,
            ],
        },
    }]
}
