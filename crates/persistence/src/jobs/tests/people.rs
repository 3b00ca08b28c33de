use std::time::Duration;

use super::*;
use crate::{
    Installation, StoreError,
    jobs::{JobFilter, Outcome},
};

async fn cancel(store: &Store, n: u128, id: JobId) -> Option<JobStatus> {
    store
        .transaction(tenant(n), async |tx| store.jobs().cancel(tx, id).await)
        .await
        .unwrap()
}

async fn retry(store: &Store, n: u128, id: JobId) -> Result<Option<JobStatus>, StoreError> {
    store
        .transaction(tenant(n), async |tx| store.jobs().retry(tx, id).await)
        .await
}

async fn die(store: &Store) {
    let job = claim(store).await;
    let dead = Outcome::Dead {
        error: "the file has no columns".to_owned(),
    };
    store.jobs().finish(job.fence(), &dead, None).await.unwrap();
}

#[tokio::test]
async fn a_waiting_job_is_cancelled_at_once_and_by_its_company_only() {
    let store = store().await;
    let id = enqueue(&store, work().unless_active("k")).await;

    assert!(cancel(&store, 2, id).await.is_none());
    let cancelled = cancel(&store, 1, id).await.unwrap();

    assert_eq!(cancelled.state, JobState::Cancelled);
    assert!(cancelled.finished_at.is_some());
    assert!(claim_of(&store, 1).await.is_none());
    assert!(cancel(&store, 1, id).await.is_none(), "it has ended already");
    // Its key is free.
    enqueue(&store, work().unless_active("k")).await;
}

#[tokio::test]
async fn a_running_job_is_told_to_stop() {
    let store = store().await;
    let id = enqueue(&store, work()).await;
    let job = claim(&store).await;

    assert_eq!(cancel(&store, 1, id).await.unwrap().state, JobState::Leased);
    assert!(store.jobs().beat(job.fence(), LEASE, None).await.unwrap());

    // Another try is not wanted any more.
    let again = Outcome::Retry {
        after: Duration::ZERO,
        error: "flaky".to_owned(),
    };
    store.jobs().finish(job.fence(), &again, None).await.unwrap();
    let ended = status(&store, id).await;
    assert_eq!(ended.state, JobState::Cancelled);
    assert!(ended.finished_at.is_some());
}

#[tokio::test]
async fn a_cancelled_job_whose_worker_goes_away_is_cancelled() {
    let store = store().await;
    let id = enqueue(&store, work()).await;
    let job = claim(&store).await;
    cancel(&store, 1, id).await.unwrap();
    let_expire(&store, job.fence()).await;

    store.jobs().sweep().await.unwrap();

    assert_eq!(state(&store, id).await, JobState::Cancelled);
}

#[tokio::test]
async fn a_dead_job_runs_again_with_all_its_tries() {
    let store = store().await;
    let id = enqueue(&store, work().unless_active("k")).await;
    die(&store).await;
    let dead = status(&store, id).await;
    assert_eq!(
        (dead.state, dead.last_error.as_deref()),
        (JobState::Dead, Some("the file has no columns"))
    );

    // Somebody else does its work meanwhile.
    let twin = enqueue(&store, work().unless_active("k")).await;
    assert!(matches!(retry(&store, 1, id).await, Err(StoreError::Duplicate)));
    cancel(&store, 1, twin).await.unwrap();
    assert!(
        retry(&store, 2, id).await.unwrap().is_none(),
        "another company's job"
    );

    let again = retry(&store, 1, id).await.unwrap().unwrap();
    assert_eq!(
        (again.state, again.attempts, again.last_error),
        (JobState::Queued, 0, None)
    );
    assert!(retry(&store, 1, id).await.unwrap().is_none(), "it waits already");
    let job = claim(&store).await;
    assert_eq!((job.id(), job.attempts(), job.fence().token), (id, 1, 2));
}

#[tokio::test]
async fn a_list_shows_the_newest_jobs_of_one_company() {
    let store = store().await;
    let mut ids = Vec::new();
    for n in 0..5 {
        let subject = if n % 2 == 0 { "upl_even" } else { "upl_odd" };
        ids.push(enqueue(&store, work().about(subject)).await);
    }
    enqueue(&store, work().of(company(2))).await;
    let own = enqueue(&store, NewJob::new("own", &()).unwrap()).await;
    die(&store).await;
    ids.reverse();
    let list = async |filter: JobFilter, limit, before| {
        let jobs = store
            .jobs()
            .list(tenant(1), &filter, limit, before)
            .await
            .unwrap();
        jobs.into_iter().map(|job| job.id).collect::<Vec<_>>()
    };

    assert_eq!(list(JobFilter::default(), 3, None).await, ids[..3]);
    assert_eq!(list(JobFilter::default(), 3, Some(ids[2])).await, ids[3..]);
    let dead = JobFilter {
        state: Some(JobState::Dead),
        ..JobFilter::default()
    };
    assert_eq!(list(dead, 9, None).await.len(), 1);
    let odd = JobFilter {
        subject: Some("upl_odd".to_owned()),
        ..JobFilter::default()
    };
    assert_eq!(list(odd, 9, None).await, [ids[1], ids[3]]);
    let other = JobFilter {
        kind: Some("other".to_owned()),
        ..JobFilter::default()
    };
    assert!(list(other, 9, None).await.is_empty());
    let all = store
        .jobs()
        .list(Installation::new(), &JobFilter::default(), 9, None)
        .await
        .unwrap();
    assert_eq!(all.into_iter().map(|job| job.id).collect::<Vec<_>>(), [own]);
    assert!(store.jobs().get(tenant(2), ids[0]).await.unwrap().is_none());
    assert!(store.jobs().get(tenant(1), own).await.unwrap().is_none());
}

#[tokio::test]
async fn housekeeping_that_ended_well_stands_only_where_it_is_asked_for() {
    let store = store().await;
    let quiet = || NewJob {
        housekeeping: true,
        ..work()
    };
    let mut ids = Vec::new();
    for (job, end) in [
        (quiet(), Some(Outcome::Succeeded)),
        (
            quiet(),
            Some(Outcome::Dead {
                error: "no".to_owned(),
            }),
        ),
        (work(), Some(Outcome::Succeeded)),
        (quiet(), None),
    ] {
        ids.push(enqueue(&store, job).await);
        if let Some(end) = end {
            let claimed = claim(&store).await;
            store.jobs().finish(claimed.fence(), &end, None).await.unwrap();
        }
    }
    let list = async |filter: JobFilter| {
        let jobs = store.jobs().list(tenant(1), &filter, 9, None).await.unwrap();
        jobs.into_iter().map(|job| job.id).collect::<Vec<_>>()
    };
    assert_eq!(list(JobFilter::default()).await, [ids[3], ids[2], ids[1]]);
    let succeeded = JobFilter {
        state: Some(JobState::Succeeded),
        ..JobFilter::default()
    };
    assert_eq!(list(succeeded).await, [ids[2]]);
    let all = [ids[3], ids[2], ids[1], ids[0]];
    let with = JobFilter {
        housekeeping: true,
        ..JobFilter::default()
    };
    assert_eq!(list(with).await, all);
    let of_kind = JobFilter {
        kind: Some("work".to_owned()),
        ..JobFilter::default()
    };
    assert_eq!(list(of_kind).await, all);
}

#[tokio::test]
async fn the_installation_cancels_its_own_jobs_only() {
    let store = store().await;
    let own = enqueue(&store, NewJob::new("own", &()).unwrap()).await;
    let other = enqueue(&store, work()).await;
    let cancel = async |id| {
        store
            .installation_transaction(Installation::new(), async |tx| store.jobs().cancel(tx, id).await)
            .await
            .unwrap()
    };

    assert!(cancel(other).await.is_none());
    assert_eq!(cancel(own).await.unwrap().state, JobState::Cancelled);
}

#[tokio::test]
async fn what_has_ended_goes_away_by_itself() {
    let store = store().await;
    let id = enqueue(&store, work()).await;
    let job = claim(&store).await;
    store
        .jobs()
        .finish(job.fence(), &Outcome::Succeeded, None)
        .await
        .unwrap();

    let kept = raw(store.jobs())
        .find_one(doc! { "_id": value::uuid(id.uuid()) })
        .await
        .unwrap()
        .unwrap();
    let ended = kept.get_datetime("finished_at").unwrap().timestamp_millis();
    let expires = kept.get_datetime("expires_at").unwrap().timestamp_millis();
    assert_eq!(expires - ended, 7 * 86_400_000);
    assert!(!kept.contains_key("owner") && !kept.contains_key("lease_until"));
}
