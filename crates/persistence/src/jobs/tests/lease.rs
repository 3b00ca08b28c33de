use std::time::Duration;

use kale_domain::job::Progress;

use super::*;
use crate::{
    StoreError,
    jobs::{Outcome, lease::CLAIM_INDEX},
};

fn retry(error: &str) -> Outcome {
    Outcome::Retry {
        after: Duration::from_mins(1),
        error: error.to_owned(),
    }
}

#[tokio::test]
async fn the_best_of_a_company_comes_first() {
    let store = store().await;
    for (n, priority) in [(1, 1), (2, 5), (3, 3), (4, 5)] {
        let mut job = NewJob::new("work", &json!({ "n": n })).unwrap().of(company(1));
        job.priority = priority;
        enqueue(&store, job).await;
        // Due times are kept to the millisecond.
        tokio::time::sleep(Duration::from_millis(3)).await;
    }

    let mut order = Vec::new();
    while let Some(job) = claim_of(&store, 1).await {
        order.push(job.payload()["n"].as_i64().unwrap());
    }
    assert_eq!(order, [2, 4, 3, 1]);
}

#[tokio::test]
async fn each_company_and_pool_has_a_queue_of_its_own() {
    let store = store().await;
    enqueue(&store, work()).await;
    let mut heavy = work();
    heavy.pool = "heavy";
    enqueue(&store, heavy).await;
    let own = NewJob::new("own", &()).unwrap();
    enqueue(&store, own).await;

    assert!(claim_of(&store, 2).await.is_none());
    let mut waiting = store.jobs().waiting("default").await.unwrap();
    waiting.sort_unstable();
    assert_eq!(waiting, [None, Some(company(1))]);
    assert_eq!(store.jobs().waiting("heavy").await.unwrap(), [Some(company(1))]);

    let job = claim(&store).await;
    let own = store
        .jobs()
        .claim("default", None, "worker", LEASE)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (job.kind(), job.tenant(), job.installation().is_none()),
        ("work", Some(tenant(1)), true)
    );
    assert_eq!(
        (
            own.kind(),
            own.tenant(),
            own.reach().is_none(),
            own.installation().is_some()
        ),
        ("own", None, true, true)
    );
    let running = store.jobs().running("default").await.unwrap();
    assert_eq!(
        running.into_iter().collect::<Vec<_>>(),
        [(None, 1), (Some(company(1)), 1)]
    );
}

#[tokio::test]
async fn a_worker_that_slept_past_its_lease_changes_nothing() {
    let store = store().await;
    let id = enqueue(&store, work()).await;
    let stale = claim(&store).await;
    let_expire(&store, stale.fence()).await;
    assert_eq!(store.jobs().sweep().await.unwrap().expired, 1);
    let fresh = claim(&store).await;
    assert_eq!(
        (fresh.id(), fresh.attempts(), fresh.fence().token),
        (id, 2, stale.fence().token + 1)
    );

    let jobs = store.jobs();
    let late = Progress {
        done: 9,
        total: None,
        note: "late".to_owned(),
    };
    assert!(matches!(
        jobs.beat(stale.fence(), LEASE, Some(&late)).await,
        Err(StoreError::LeaseLost)
    ));
    for end in [
        Outcome::Succeeded,
        retry("late"),
        Outcome::Cancelled,
        Outcome::Release { after: None },
    ] {
        assert!(matches!(
            jobs.finish(stale.fence(), &end, None).await,
            Err(StoreError::LeaseLost)
        ));
    }
    let now = status(&store, id).await;
    assert_eq!((now.state, now.progress.note.as_str()), (JobState::Leased, ""));
    jobs.finish(fresh.fence(), &Outcome::Succeeded, None)
        .await
        .unwrap();
    assert_eq!(state(&store, id).await, JobState::Succeeded);
}

/// What a job writes goes with its fence: a stale one rolls back.
#[tokio::test]
async fn a_transaction_under_an_old_fence_is_refused() {
    let store = store().await;
    let effects = effects(&store).await;
    enqueue(&store, work()).await;
    let stale = claim(&store).await.fence();
    let_expire(&store, stale).await;
    store.jobs().sweep().await.unwrap();
    let fresh = claim(&store).await.fence();

    for (fence, holds) in [
        (stale, false),
        (fresh, true),
        (
            Fence {
                token: fresh.token + 1,
                ..fresh
            },
            false,
        ),
    ] {
        let written = store
            .transaction(tenant(1), async |tx| {
                let written = effects
                    .insert_one(doc! { "token": fence.token })
                    .session(tx.session())
                    .await;
                tx.note(written)?;
                store.jobs().hold(tx, fence).await
            })
            .await;
        assert_eq!(written.is_ok(), holds);
        assert!(holds || matches!(written, Err(StoreError::LeaseLost)));
    }
    assert_eq!(effects.count_documents(doc! {}).await.unwrap(), 1);
    assert_eq!(
        effects
            .count_documents(doc! { "token": fresh.token })
            .await
            .unwrap(),
        1
    );
}

/// The check above sees the fault it is there for: with the fence planted back from outside the stale write passes.
#[tokio::test]
async fn a_fence_that_is_set_back_by_hand_lets_the_old_holder_in() {
    let store = store().await;
    enqueue(&store, work()).await;
    let stale = claim(&store).await.fence();
    let_expire(&store, stale).await;
    store.jobs().sweep().await.unwrap();
    claim(&store).await;
    let hold = async || {
        store
            .transaction(tenant(1), async |tx| store.jobs().hold(tx, stale).await)
            .await
    };

    assert!(matches!(hold().await, Err(StoreError::LeaseLost)));
    raw(store.jobs())
        .update_one(doc! {}, doc! { "$set": { "fence": stale.token } })
        .await
        .unwrap();
    assert!(hold().await.is_ok());
}

#[tokio::test]
async fn a_fence_of_another_company_is_refused() {
    let store = store().await;
    enqueue(&store, work()).await;
    let fence = claim(&store).await.fence();

    let held = store
        .transaction(tenant(2), async |tx| store.jobs().hold(tx, fence).await)
        .await;

    assert!(matches!(held, Err(StoreError::LeaseLost)));
}

#[tokio::test]
async fn a_take_over_between_the_check_and_the_commit_is_seen() {
    let store = store().await;
    let effects = effects(&store).await;
    enqueue(&store, work()).await;
    let stale = claim(&store).await.fence();
    let mut runs = 0;

    let written = store
        .transaction(tenant(1), async |tx| {
            runs += 1;
            let written = effects.insert_one(doc! {}).session(tx.session()).await;
            tx.note(written)?;
            if runs == 1 {
                let_expire(&store, stale).await;
                store.jobs().sweep().await.unwrap();
                claim(&store).await;
            }
            store.jobs().hold(tx, stale).await
        })
        .await;

    assert!(matches!(written, Err(StoreError::LeaseLost)), "{written:?}");
    assert_eq!(effects.count_documents(doc! {}).await.unwrap(), 0);
}

#[tokio::test]
async fn a_job_ends_with_what_its_handler_writes_or_not_at_all() {
    let store = store().await;
    let effects = effects(&store).await;
    let id = enqueue(&store, work()).await;
    let fence = claim(&store).await.fence();

    for fails in [true, false] {
        let ended = store
            .transaction(tenant(1), async |tx| {
                let written = effects.insert_one(doc! {}).session(tx.session()).await;
                tx.note(written)?;
                store
                    .jobs()
                    .finish_in(tx, fence, &Outcome::Succeeded, None)
                    .await?;
                if fails { Err(StoreError::Stale) } else { Ok(()) }
            })
            .await;
        assert_eq!(ended.is_err(), fails);
        let expected = if fails {
            JobState::Leased
        } else {
            JobState::Succeeded
        };
        assert_eq!(state(&store, id).await, expected);
    }
    assert_eq!(effects.count_documents(doc! {}).await.unwrap(), 1);
}

#[tokio::test]
async fn a_heart_beat_keeps_the_lease_and_carries_the_progress() {
    let store = store().await;
    let id = enqueue(&store, work()).await;
    let fence = claim(&store).await.fence();
    let_expire(&store, fence).await;
    let progress = Progress {
        done: 3,
        total: Some(9),
        note: "rows\nread".to_owned(),
    };

    assert!(!store.jobs().beat(fence, LEASE, Some(&progress)).await.unwrap());

    assert_eq!(store.jobs().sweep().await.unwrap().expired, 0);
    let shown = status(&store, id).await.progress;
    assert_eq!(
        (shown.done, shown.total, shown.note.as_str()),
        (3, Some(9), "rows read")
    );
}

#[tokio::test]
async fn a_job_that_kills_its_workers_ends_among_the_dead() {
    let store = store().await;
    let mut job = work();
    job.max_attempts = 2;
    let id = enqueue(&store, job).await;

    for expected in [JobState::Queued, JobState::Dead] {
        let fence = claim(&store).await.fence();
        let_expire(&store, fence).await;
        assert_eq!(store.jobs().sweep().await.unwrap().expired, 1);
        assert_eq!(state(&store, id).await, expected);
    }
    let dead = status(&store, id).await;
    assert_eq!(
        dead.last_error.as_deref(),
        Some("the worker that ran it went away")
    );
    assert!(dead.finished_at.is_some());
}

#[tokio::test]
async fn a_retry_waits_and_a_release_costs_no_try() {
    let store = store().await;
    let id = enqueue(&store, work()).await;
    let job = claim(&store).await;
    store
        .jobs()
        .finish(job.fence(), &Outcome::Release { after: None }, None)
        .await
        .unwrap();
    assert_eq!(
        (state(&store, id).await, status(&store, id).await.attempts),
        (JobState::Queued, 0)
    );

    let job = claim(&store).await;
    let long = format!("it\tfailed:\n\u{7}{}", "é".repeat(2_000));
    store
        .jobs()
        .finish(job.fence(), &retry(&long), None)
        .await
        .unwrap();

    let waits = status(&store, id).await;
    let error = waits.last_error.unwrap();
    assert_eq!((waits.state, waits.attempts), (JobState::Scheduled, 1));
    assert_eq!(error.chars().count(), 500);
    assert!(
        error.starts_with("it failed: éé") && error.ends_with("é…"),
        "{error}"
    );
    assert!(claim_of(&store, 1).await.is_none());
}

#[tokio::test]
async fn every_hot_query_uses_its_index() {
    let store = store().await;
    for n in 1..=20 {
        enqueue(&store, work().of(company(n))).await;
    }
    let command = doc! { "explain": {
        "findAndModify": "jobs",
        "query": { "state": "queued", "pool": "default", "company_id": value::uuid(company(7).uuid()) },
        "sort": { "priority": -1, "run_at": 1 },
        "update": { "$set": { "state": "leased" } },
        "hint": CLAIM_INDEX,
    }, "verbosity": "executionStats" };
    let explained = store.database().run_command(command).await.unwrap();
    let stats = explained.get_document("executionStats").unwrap();

    assert_eq!(stats.get_i32("totalKeysExamined").unwrap(), 1, "{stats}");
    assert!(
        stats.to_string().contains("\"claim\"") && !stats.to_string().contains("\"SORT\""),
        "{stats}"
    );

    let command = doc! { "explain": {
        "distinct": "jobs", "key": "company_id", "query": { "state": "queued", "pool": "default" },
    }, "verbosity": "executionStats" };
    let explained = store.database().run_command(command).await.unwrap();
    assert!(explained.to_string().contains("DISTINCT_SCAN"), "{explained}");
}
