use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use futures::future::join_all;

use super::*;
use crate::{
    StoreError,
    jobs::{JobFilter, Outcome},
};

#[tokio::test]
async fn a_job_of_a_transaction_that_fails_leaves_nothing() {
    let store = store().await;
    let effects = effects(&store).await;

    let failed = store
        .transaction(tenant(1), async |tx| {
            tx.enqueue(work()).await?;
            effects.insert_one(doc! {}).session(tx.session()).await.unwrap();
            Err::<(), _>(StoreError::Stale)
        })
        .await;

    assert!(matches!(failed, Err(StoreError::Stale)));
    assert!(claim_of(&store, 1).await.is_none());
    assert_eq!(effects.count_documents(doc! {}).await.unwrap(), 0);
}

#[tokio::test]
async fn a_job_begins_when_its_transaction_has_committed() {
    let store = store().await;

    let id = store
        .transaction(tenant(1), async |tx| {
            let job = tx.enqueue(work()).await?;
            assert!(claim_of(&store, 1).await.is_none(), "visible before the commit");
            Ok::<_, StoreError>(job.id())
        })
        .await
        .unwrap();

    assert_eq!(claim(&store).await.id(), id);
}

#[tokio::test]
async fn a_key_belongs_to_a_company_and_a_kind() {
    let store = store().await;
    let first = enqueue(&store, work().unless_active("k")).await;

    let again = store
        .jobs()
        .enqueue(None, work().unless_active("k"))
        .await
        .unwrap();
    assert_eq!(again, Enqueued::Existing(first));
    enqueue(&store, work().unless_active("k").of(company(2))).await;
    enqueue(
        &store,
        NewJob::new("other", &())
            .unwrap()
            .of(company(1))
            .unless_active("k"),
    )
    .await;
    let mut own = work().unless_active("k");
    own.company = None;
    let own_id = enqueue(&store, own.clone()).await;
    assert_eq!(
        store.jobs().enqueue(None, own).await.unwrap(),
        Enqueued::Existing(own_id)
    );
}

#[tokio::test]
async fn a_key_that_holds_while_active_is_free_again_when_its_job_has_ended() {
    let store = store().await;
    let first = enqueue(&store, work().unless_active("k")).await;
    let job = claim(&store).await;

    let running = store
        .jobs()
        .enqueue(None, work().unless_active("k"))
        .await
        .unwrap();
    assert_eq!(running, Enqueued::Existing(first));
    store
        .jobs()
        .finish(job.fence(), &Outcome::Succeeded, None)
        .await
        .unwrap();
    enqueue(&store, work().unless_active("k")).await;
}

#[tokio::test]
async fn a_change_that_comes_while_a_job_runs_makes_another_job() {
    let store = store().await;
    enqueue(&store, work().unless_queued("k")).await;
    let first = claim(&store).await;

    let second = enqueue(&store, work().unless_queued("k")).await;
    let third = store
        .jobs()
        .enqueue(None, work().unless_queued("k"))
        .await
        .unwrap();
    assert_eq!(third, Enqueued::Existing(second));

    // The first fails: its key is taken, and it goes on without one.
    let retry = Outcome::Retry {
        after: Duration::ZERO,
        error: "flaky".to_owned(),
    };
    store.jobs().finish(first.fence(), &retry, None).await.unwrap();
    assert_eq!(state(&store, first.id()).await, JobState::Scheduled);
    assert_eq!(state(&store, second).await, JobState::Queued);
}

#[tokio::test]
async fn a_job_that_goes_back_takes_its_free_key_again() {
    let store = store().await;
    let id = enqueue(&store, work().unless_queued("k")).await;
    let job = claim(&store).await;
    let release = Outcome::Release { after: None };
    store.jobs().finish(job.fence(), &release, None).await.unwrap();

    let again = store
        .jobs()
        .enqueue(None, work().unless_queued("k"))
        .await
        .unwrap();
    assert_eq!(again, Enqueued::Existing(id));
}

#[tokio::test]
async fn racing_enqueues_of_one_key_make_one_job() {
    let store = store().await;

    for (round, policy) in ["active", "queued"].into_iter().cycle().take(6).enumerate() {
        let key = format!("{policy}-{round}");
        let racers = (0..8).map(|_| {
            let (store, key) = (store.clone(), key.clone());
            let job = if policy == "active" {
                work().unless_active(key)
            } else {
                work().unless_queued(key)
            };
            tokio::spawn(async move { store.jobs().enqueue(None, job).await.unwrap() })
        });
        let made: Vec<Enqueued> = join_all(racers).await.into_iter().map(Result::unwrap).collect();

        assert_eq!(
            made.iter()
                .filter(|made| matches!(made, Enqueued::New(_)))
                .count(),
            1,
            "{made:?}"
        );
        assert!(made.iter().all(|other| other.id() == made[0].id()), "{made:?}");
    }
}

#[tokio::test]
async fn racing_transactions_of_one_key_all_commit_and_make_one_job() {
    let store = store().await;
    let effects = Arc::new(effects(&store).await);

    for job in [work().unless_active("a"), work().unless_queued("b")] {
        let racers = (0..8).map(|n| {
            let (store, effects, job) = (store.clone(), Arc::clone(&effects), job.clone());
            async move {
                store
                    .transaction(tenant(1), async |tx| {
                        let written = effects.insert_one(doc! { "n": n }).session(tx.session()).await;
                        tx.note(written)?;
                        Ok::<_, StoreError>(tx.enqueue(job.clone()).await?.id())
                    })
                    .await
                    .unwrap()
            }
        });
        let ids: Vec<JobId> = join_all(racers).await;

        assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    }
    assert_eq!(effects.count_documents(doc! {}).await.unwrap(), 16);
    assert_eq!(
        store
            .jobs()
            .list(tenant(1), &JobFilter::default(), 50, None)
            .await
            .unwrap()
            .len(),
        2
    );
}

/// Else the job could read before the commit, and what the transaction wrote would never be seen by any job.
#[tokio::test]
async fn a_claim_waits_for_the_transaction_that_counts_on_the_job() {
    let store = store().await;
    let id = enqueue(&store, work().unless_queued("k")).await;
    let mut claimed = None;

    store
        .transaction(tenant(1), async |tx| {
            assert_eq!(
                tx.enqueue(work().unless_queued("k")).await?,
                Enqueued::Existing(id)
            );
            let other = store.clone();
            let claiming = tokio::spawn(async move { (claim(&other).await.id(), Instant::now()) });
            tokio::time::sleep(Duration::from_millis(300)).await;
            assert!(!claiming.is_finished(), "claimed before the commit");
            claimed = Some((claiming, Instant::now()));
            Ok::<_, StoreError>(())
        })
        .await
        .unwrap();

    let (claiming, before_commit) = claimed.unwrap();
    let (claimed, at) = claiming.await.unwrap();
    assert!(claimed == id && at > before_commit);
}

#[tokio::test]
async fn a_transaction_whose_job_was_claimed_meanwhile_makes_another() {
    let store = store().await;
    let first = enqueue(&store, work().unless_queued("k")).await;
    let mut runs = 0;

    let job = store
        .transaction(tenant(1), async |tx| {
            runs += 1;
            // Fixes what the transaction sees: the job still waits.
            let seen = raw(store.jobs()).find_one(doc! {}).session(tx.session()).await;
            tx.note(seen)?;
            if runs == 1 {
                assert_eq!(claim(&store).await.id(), first);
            }
            tx.enqueue(work().unless_queued("k")).await
        })
        .await
        .unwrap();

    assert!(matches!(job, Enqueued::New(id) if id != first), "{job:?}");
    assert_eq!(runs, 2);
}

#[tokio::test]
async fn a_job_in_the_future_waits_in_the_time_of_the_store() {
    let store = store().await;
    let later = enqueue(
        &store,
        work().at(store_time(&store, Duration::from_hours(1)).await),
    )
    .await;
    let past = enqueue(&store, work().at(store_time(&store, Duration::ZERO).await)).await;

    assert_eq!(state(&store, later).await, JobState::Scheduled);
    assert_eq!(claim(&store).await.id(), past);
    assert_eq!(store.jobs().sweep().await.unwrap().due, 0);
    // The hour goes by.
    let passed = vec![doc! { "$set": { "run_at": "$$NOW" } }];
    let scheduled = doc! { "state": JobState::Scheduled.name() };
    let moved = raw(store.jobs()).update_one(scheduled, passed).await.unwrap();
    assert_eq!(moved.modified_count, 1);
    assert_eq!(store.jobs().sweep().await.unwrap().due, 1);
    assert_eq!(claim(&store).await.id(), later);
}

#[tokio::test]
async fn a_payload_comes_back_as_it_was_given() {
    let store = store().await;
    let payload = json!({
        "$set": { "a.b": [1, -2, 2.5, 9_007_199_254_740_993_i64, null, true, "$company_id"] },
        "nothing": {},
    });
    store
        .jobs()
        .enqueue(None, NewJob::new("work", &payload).unwrap().of(company(1)))
        .await
        .unwrap();

    assert_eq!(*claim(&store).await.payload(), payload);
}

#[tokio::test]
async fn an_enqueue_wakes_the_workers_of_its_process() {
    let store = store().await;
    let nudges = store.jobs().nudges();

    enqueue(&store, work()).await;

    assert!(nudges.has_changed().unwrap());
}
