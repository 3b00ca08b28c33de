//! The demo's clock: the machine's, but while the sessions of the last weeks are played.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use jiff::{SignedDuration, Timestamp};
use kale_domain::clock::Clock;
use kale_persistence::Sources;

use crate::sources;

/// A clock that can be put back, and goes on from there.
#[derive(Debug, Clone)]
pub struct DemoClock {
    machine: Arc<dyn Clock>,
    /// How many milliseconds it is behind.
    behind: Arc<AtomicI64>,
}

impl DemoClock {
    /// At the machine's time.
    #[must_use]
    pub fn new() -> Self {
        Self {
            machine: sources::system().clock,
            behind: Arc::default(),
        }
    }

    /// This clock, and random identifiers of its instants.
    #[must_use]
    pub fn sources(&self) -> Sources {
        Sources {
            clock: Arc::new(self.clone()),
            ..sources::system()
        }
    }

    /// The machine's time.
    pub(super) fn present(&self) -> Timestamp {
        self.machine.now()
    }

    /// Puts it to that time; never ahead of the machine's.
    pub(super) fn put_to(&self, at: Timestamp) {
        let behind = self.present().duration_since(at).as_millis();
        let behind = i64::try_from(behind).unwrap_or_default().max(0);
        self.behind.store(behind, Ordering::SeqCst);
    }

    /// Puts it to the machine's time again.
    pub(super) fn catch_up(&self) {
        self.behind.store(0, Ordering::SeqCst);
    }
}

impl Default for DemoClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for DemoClock {
    fn now(&self) -> Timestamp {
        let behind = SignedDuration::from_millis(self.behind.load(Ordering::SeqCst));
        let now = self.machine.now();
        now.checked_sub(behind).unwrap_or(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_put_back_and_catches_up_and_is_never_ahead() {
        let clock = DemoClock::new();
        let week = SignedDuration::from_hours(7 * 24);
        clock.put_to(clock.present().checked_sub(week).unwrap());
        let behind = clock.present().duration_since(clock.now());
        assert!(behind >= week && behind.as_hours() == 7 * 24, "{behind}");

        clock.put_to(clock.present().checked_add(week).unwrap());
        assert!(clock.now() <= clock.present());
        clock.catch_up();
        assert!(clock.present().duration_since(clock.now()).as_secs() < 5);
    }
}
