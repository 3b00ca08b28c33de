//! Time and identity for tests.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicU64, Ordering},
};

use jiff::{SignedDuration, Timestamp};
use kale_domain::clock::{Clock, Ids};
use uuid::Uuid;

/// A clock that moves only when told.
#[derive(Debug)]
pub struct TestClock(Mutex<Timestamp>);

impl TestClock {
    /// Far in the future, so that the database, which removes expired documents in real time, leaves a test's alone.
    #[must_use]
    pub fn new() -> Arc<Self> {
        Arc::new(Self(Mutex::new("2100-01-01T12:00:00Z".parse().unwrap())))
    }

    /// Where the machine's clock stands now, for tests with others who go by it.
    #[must_use]
    pub fn at_present() -> Arc<Self> {
        Arc::new(Self(Mutex::new(kale::sources::system().clock.now())))
    }

    /// Lets time pass.
    pub fn advance(&self, by: SignedDuration) {
        *self.0.lock().unwrap() += by;
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

/// A counter dressed as UUIDs: the same in every run.
#[derive(Debug, Default)]
pub(crate) struct SeededIds(AtomicU64);

impl SeededIds {
    /// Counting from there, so that two servers on one database give no id twice.
    pub(crate) const fn from(number: u64) -> Self {
        Self(AtomicU64::new(number))
    }
}

impl Ids for SeededIds {
    fn next(&self, at: Timestamp) -> Uuid {
        let number = self.0.fetch_add(1, Ordering::Relaxed);
        let millis = u64::try_from(at.as_millisecond()).unwrap();
        let mut tail = [0; 10];
        tail[2..].copy_from_slice(&number.to_be_bytes());
        uuid::Builder::from_unix_timestamp_millis(millis, &tail).into_uuid()
    }
}
