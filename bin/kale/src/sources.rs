//! Time and identity from the machine: the only place that asks for them.

use std::sync::Arc;

use jiff::Timestamp;
use kale_domain::clock::{Clock, Ids, to_millis};
use kale_persistence::Sources;
use uuid::Uuid;

/// The machine's clock.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the machine's clock"
    )]
    fn now(&self) -> Timestamp {
        to_millis(Timestamp::now())
    }
}

/// Random identifiers of their instant.
#[derive(Debug, Clone, Copy)]
pub struct RandomIds;

impl Ids for RandomIds {
    fn next(&self, at: Timestamp) -> Uuid {
        let millis = u64::try_from(at.as_millisecond()).unwrap_or_default();
        uuid::Builder::from_unix_timestamp_millis(millis, &rand::random()).into_uuid()
    }
}

/// The machine's clock and random identifiers.
#[must_use]
pub fn system() -> Sources {
    Sources {
        clock: Arc::new(SystemClock),
        ids: Arc::new(RandomIds),
    }
}
