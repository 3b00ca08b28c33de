//! Going away in order: first `/readyz` says so, then the requests at hand are finished.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

/// Whether this process is going away, and how many requests it still answers. Clones share the state.
#[derive(Debug, Clone, Default)]
pub struct Drain(Arc<State>);

#[derive(Debug, Default)]
struct State {
    draining: AtomicBool,
    in_flight: AtomicUsize,
}

impl Drain {
    /// Says that this process goes away: `/readyz` answers 503 and answers close their connection from now on.
    pub fn begin(&self) {
        self.0.draining.store(true, Ordering::SeqCst);
    }

    /// Whether it goes away.
    #[must_use]
    pub fn is_draining(&self) -> bool {
        self.0.draining.load(Ordering::SeqCst)
    }

    /// How many requests wait for their answer.
    #[must_use]
    pub fn in_flight(&self) -> usize {
        self.0.in_flight.load(Ordering::SeqCst)
    }

    pub(super) fn enter(&self) -> InFlight {
        self.0.in_flight.fetch_add(1, Ordering::SeqCst);
        metrics::gauge!("http_requests_in_flight").increment(1.0);
        InFlight(self.clone())
    }
}

/// A request that is being answered.
#[derive(Debug)]
pub(super) struct InFlight(Drain);

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.0.in_flight.fetch_sub(1, Ordering::SeqCst);
        metrics::gauge!("http_requests_in_flight").decrement(1.0);
    }
}
