//! The queue on a real database.

mod enqueue;
mod lease;
mod people;

use std::time::Duration;

use bson::{Document, doc};
use kale_domain::{
    id::{CompanyId, JobId},
    job::{JobState, JobStatus},
};
use mongodb::Collection;
use serde_json::json;
use uuid::Uuid;

use super::{ClaimedJob, Enqueued, Fence, JobStore, NewJob};
use crate::{Store, Tenant, migrations::Migrations, testing, value};

const LEASE: Duration = Duration::from_secs(30);

/// A store with the indexes of this release.
pub(crate) async fn store() -> Store {
    let store = testing::store().await;
    Migrations::embedded().unwrap().apply(&store).await.unwrap();
    store
}

fn company(n: u128) -> CompanyId {
    CompanyId::from_uuid(Uuid::from_u128(n))
}

fn tenant(n: u128) -> Tenant {
    Tenant::new(company(n))
}

/// A job of company 1.
fn work() -> NewJob {
    NewJob::new("work", &json!({ "n": 1 })).unwrap().of(company(1))
}

async fn enqueue(store: &Store, job: NewJob) -> JobId {
    match store.jobs().enqueue(None, job).await.unwrap() {
        Enqueued::New(id) => id,
        Enqueued::Existing(id) => panic!("{id} exists already"),
    }
}

async fn claim_of(store: &Store, n: u128) -> Option<ClaimedJob> {
    store
        .jobs()
        .claim("default", Some(company(n)), "worker", LEASE)
        .await
        .unwrap()
}

/// Takes the next job of company 1.
async fn claim(store: &Store) -> ClaimedJob {
    claim_of(store, 1).await.expect("a job waits")
}

async fn status(store: &Store, id: JobId) -> JobStatus {
    store
        .jobs()
        .get(tenant(1), id)
        .await
        .unwrap()
        .expect("the job exists")
}

async fn state(store: &Store, id: JobId) -> JobState {
    status(store, id).await.state
}

fn raw(jobs: &JobStore) -> &Collection<Document> {
    &jobs.jobs
}

/// Moves the end of a lease into the past, as if its holder had slept.
async fn let_expire(store: &Store, fence: Fence) {
    let update = vec![doc! { "$set": { "lease_until": { "$subtract": ["$$NOW", 1] } } }];
    let id = doc! { "_id": value::uuid(fence.job.uuid()) };
    assert_eq!(
        raw(store.jobs())
            .update_one(id, update)
            .await
            .unwrap()
            .matched_count,
        1
    );
}

/// A collection of its own for what a job writes.
async fn effects(store: &Store) -> Collection<Document> {
    store.database().create_collection("effects").await.unwrap();
    store.database().collection("effects")
}

/// The server's own time, a little later.
async fn store_time(store: &Store, later: Duration) -> jiff::Timestamp {
    store.schedules().now().await.unwrap() + jiff::SignedDuration::try_from(later).unwrap()
}
