use futures::future::join_all;

use super::*;
use crate::jobs::{JobFilter, tests::store};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn job() -> NewJob {
    NewJob::new("snapshot", &()).unwrap()
}

async fn jobs(store: &Store) -> usize {
    store
        .jobs()
        .list(Installation::new(), &JobFilter::default(), 100, None)
        .await
        .unwrap()
        .len()
}

#[tokio::test]
async fn a_slot_is_taken_once_however_many_want_it() {
    let store = store().await;
    let schedules = store.schedules();
    schedules
        .keep("hourly", "0 * * * *", "UTC", at("2026-01-01T01:00:00Z"))
        .await
        .unwrap();
    let now = at("2026-01-01T01:00:00Z");

    assert!(
        schedules
            .due(at("2026-01-01T00:59:59Z"))
            .await
            .unwrap()
            .is_empty()
    );
    let due = schedules.due(now).await.unwrap().remove(0);
    let job = job();
    let tickers = (0..6).map(|_| schedules.take(&due, now, at("2026-01-01T02:00:00Z"), &job));
    let taken: Vec<bool> = join_all(tickers.collect::<Vec<_>>())
        .await
        .into_iter()
        .map(Result::unwrap)
        .collect();

    assert_eq!(taken.iter().filter(|taken| **taken).count(), 1);
    assert_eq!(jobs(&store).await, 1);
    assert!(schedules.due(now).await.unwrap().is_empty());
    let state = schedules.list(Installation::new()).await.unwrap().remove(0);
    assert_eq!(
        (state.last_slot, state.next_run),
        (Some(now), at("2026-01-01T02:00:00Z"))
    );
}

#[tokio::test]
async fn a_schedule_goes_on_after_a_restart_and_begins_again_with_new_times() {
    let store = store().await;
    let schedules = store.schedules();
    schedules
        .keep("k", "0 * * * *", "UTC", at("2026-01-01T01:00:00Z"))
        .await
        .unwrap();

    let same = schedules
        .keep("k", "0 * * * *", "UTC", at("2026-06-01T01:00:00Z"))
        .await
        .unwrap();
    assert_eq!(same.next_run, at("2026-01-01T01:00:00Z"));
    let other = schedules
        .keep("k", "5 * * * *", "UTC", at("2026-06-01T01:05:00Z"))
        .await
        .unwrap();
    assert_eq!(other.next_run, at("2026-06-01T01:05:00Z"));
}

#[tokio::test]
async fn a_disabled_schedule_does_not_run() {
    let store = store().await;
    let schedules = store.schedules();
    let now = at("2026-01-01T01:00:00Z");
    let read = schedules.keep("k", "0 * * * *", "UTC", now).await.unwrap();

    assert!(
        schedules
            .set_enabled(Installation::new(), "k", false)
            .await
            .unwrap()
    );
    assert!(
        !schedules
            .set_enabled(Installation::new(), "unknown", false)
            .await
            .unwrap()
    );

    assert!(schedules.due(now).await.unwrap().is_empty());
    assert!(
        !schedules
            .take(&read, now, at("2026-01-01T02:00:00Z"), &job())
            .await
            .unwrap()
    );
    assert!(
        !schedules
            .keep("k", "0 * * * *", "UTC", now)
            .await
            .unwrap()
            .enabled
    );
    assert_eq!(jobs(&store).await, 0);
}
