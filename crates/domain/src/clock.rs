//! Time and identity are inputs, so that every test can fix them.

use jiff::Timestamp;
use uuid::Uuid;

/// The only source of the current time.
pub trait Clock: Send + Sync + std::fmt::Debug {
    /// The current instant, cut to milliseconds (what the store keeps).
    fn now(&self) -> Timestamp;
}

/// The only source of new identifiers.
pub trait Ids: Send + Sync + std::fmt::Debug {
    /// A fresh UUIDv7 for this instant.
    fn next(&self, at: Timestamp) -> Uuid;
}

/// Cuts an instant to the milliseconds that the store keeps.
#[must_use]
pub fn to_millis(at: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(at.as_millisecond()).unwrap_or(at)
}
