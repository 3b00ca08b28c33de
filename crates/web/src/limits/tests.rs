use governor::clock::FakeRelativeClock;
use kale_domain::id::UserId;
use uuid::Uuid;

use super::*;

fn second(per_second: u32, clock: &FakeRelativeClock) -> Buckets<UserId, FakeRelativeClock> {
    Buckets::new("caller", NonZeroU32::new(per_second).unwrap(), clock.clone())
}

fn user(number: u128) -> UserId {
    UserId::from_uuid(Uuid::from_u128(number))
}

fn said(left: Left) -> Vec<String> {
    let headers = left.headers();
    let texts = headers
        .iter()
        .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()));
    texts.collect()
}

#[test]
fn ten_seconds_worth_goes_through_at_once_and_no_more_until_time_has_passed() {
    let clock = FakeRelativeClock::default();
    let buckets = second(5, &clock);
    for before in 0..50 {
        let left = buckets.take(&user(1)).unwrap();
        assert_eq!(left.remaining, 49 - before);
    }

    let refused = buckets.take(&user(1)).unwrap_err();
    assert_eq!(refused.code(), "rate-limited");
    let headers: Vec<(String, &str)> = refused
        .headers()
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap()))
        .collect();
    assert!(headers.contains(&("retry-after".to_owned(), "1")), "{headers:?}");
    assert!(
        headers.contains(&("ratelimit".to_owned(), "\"caller\";r=0;t=10")),
        "{headers:?}"
    );

    clock.advance(Duration::from_millis(200));
    assert!(buckets.take(&user(1)).is_ok());
    assert!(buckets.take(&user(1)).is_err());
}

#[test]
fn one_callers_flood_takes_nothing_from_another() {
    let clock = FakeRelativeClock::default();
    let buckets = second(1, &clock);
    for _ in 0..100 {
        let _refused_at_last = buckets.take(&user(1));
    }

    assert!(buckets.take(&user(1)).is_err());
    assert_eq!(buckets.take(&user(2)).unwrap().remaining, 9);
}

#[test]
fn what_is_left_is_told_as_structured_fields() {
    let clock = FakeRelativeClock::default();
    let buckets = second(100, &clock);

    assert_eq!(
        said(buckets.take(&user(1)).unwrap()),
        [
            "ratelimit-policy: \"caller\";q=1000;w=10",
            "ratelimit: \"caller\";r=999;t=1"
        ]
    );
}

#[test]
fn buckets_that_are_full_again_are_thrown_away() {
    let clock = FakeRelativeClock::default();
    let buckets = second(1, &clock);
    for number in 0..u128::from(SWEEP) {
        buckets.take(&user(number)).unwrap();
    }
    assert!(buckets.limiter.len() > 9_000);

    clock.advance(Duration::from_secs(11));
    for _ in 0..2 {
        buckets.take(&user(0)).unwrap();
    }
    assert!(buckets.limiter.len() < 10, "{}", buckets.limiter.len());
}
