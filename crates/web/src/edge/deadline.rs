//! How long a request may take until its answer begins.

use std::{
    cell::Cell,
    future::{Ready, ready},
    rc::Rc,
    time::{Duration, Instant},
};

use actix_web::{FromRequest, HttpMessage as _, HttpRequest, dev::Payload, rt::time};
use futures::future::{self, Either};

use crate::Problem;

/// The deadline of the request at hand. Handlers that receive large bodies lift it.
#[derive(Debug, Clone)]
pub struct Deadline(Rc<Cell<Option<Instant>>>);

impl Deadline {
    pub(super) fn after(wait: Duration) -> Self {
        Self(Rc::new(Cell::new(Instant::now().checked_add(wait))))
    }

    /// Takes the deadline away. For a handler that limits its own time: an upload as long as bytes arrive.
    pub fn lift(&self) {
        self.0.set(None);
    }

    /// Puts the deadline at that time from now.
    pub fn extend(&self, wait: Duration) {
        self.0.set(Instant::now().checked_add(wait));
    }

    /// The outcome of `work`; `None` where the deadline passed first.
    pub(super) async fn bound<F: Future>(&self, work: F) -> Option<F::Output> {
        let mut work = std::pin::pin!(work);
        loop {
            let Some(end) = self.0.get() else {
                return Some(work.await);
            };
            let bell = std::pin::pin!(time::sleep_until(end.into()));
            match future::select(work.as_mut(), bell).await {
                Either::Left((outcome, _)) => return Some(outcome),
                // It may have been moved while the work ran.
                Either::Right(_) if self.0.get() == Some(end) => return None,
                Either::Right(_) => {}
            }
        }
    }
}

impl FromRequest for Deadline {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        // Outside of the edge there is no deadline to move.
        ready(Ok(request
            .extensions()
            .get::<Self>()
            .cloned()
            .unwrap_or_else(|| Self(Rc::new(Cell::new(None))))))
    }
}
