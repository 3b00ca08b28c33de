//! From what a handler answered to what becomes of its job.

use std::time::Duration;

use kale_persistence::jobs::{ClaimedJob, Outcome};

use crate::JobError;

/// How long to wait before another try: twice as long each time, and by chance, so that what failed together does not
/// come back together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// The most the first try waits.
    pub first: Duration,
    /// The most any try waits.
    pub longest: Duration,
}

impl Default for Backoff {
    fn default() -> Self {
        Self {
            first: Duration::from_secs(2),
            longest: Duration::from_mins(15),
        }
    }
}

impl Backoff {
    /// The wait after that many tries: between half of what is allowed and all of it.
    pub(crate) fn after(self, attempts: u32) -> Duration {
        let doublings = attempts.saturating_sub(1).min(16);
        let top = self.first.saturating_mul(1 << doublings).min(self.longest);
        top.mul_f64(rand::random_range(0.5..=1.0))
    }
}

/// What becomes of the job; `None` where it is not ours any more.
pub(crate) fn decide(job: &ClaimedJob, backoff: Backoff, result: Result<(), JobError>) -> Option<Outcome> {
    let spent = job.attempts() >= job.max_attempts();
    let error = match result {
        Ok(()) => return Some(Outcome::Succeeded),
        Err(error) => error,
    };
    Some(match error {
        JobError::LeaseLost => return None,
        JobError::Cancelled => Outcome::Cancelled,
        JobError::Yield => Outcome::Release { after: None },
        JobError::NotYet { after } => Outcome::Release { after: Some(after) },
        JobError::Fail(cause) => Outcome::Dead {
            error: cause.to_string(),
        },
        JobError::Retry(cause) | JobError::RetryAfter { cause, .. } if spent => Outcome::Dead {
            error: cause.to_string(),
        },
        JobError::RetryAfter { after, cause } => Outcome::Retry {
            after,
            error: cause.to_string(),
        },
        JobError::Retry(cause) => Outcome::Retry {
            after: backoff.after(job.attempts()),
            error: cause.to_string(),
        },
    })
}

/// The name of an outcome in the metrics.
pub(crate) const fn label(outcome: Option<&Outcome>) -> &'static str {
    match outcome {
        None => "lost",
        Some(Outcome::Succeeded) => "succeeded",
        Some(Outcome::Retry { .. }) => "retried",
        Some(Outcome::Dead { .. }) => "dead",
        Some(Outcome::Cancelled) => "cancelled",
        Some(Outcome::Release { .. }) => "released",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_try_waits_longer_up_to_a_limit() {
        let backoff = Backoff {
            first: Duration::from_secs(1),
            longest: Duration::from_mins(1),
        };

        for (attempts, top) in [(1, 1), (2, 2), (3, 4), (6, 32), (7, 60), (4_000_000, 60)] {
            for _ in 0..50 {
                let wait = backoff.after(attempts);
                let top = Duration::from_secs(top);
                assert!(wait >= top / 2 && wait <= top, "{wait:?} after {attempts} tries");
            }
        }
    }
}
