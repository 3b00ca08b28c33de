//! How often a provider is asked.

use std::{fmt, num::NonZeroU32, time::Duration};

use governor::{
    DefaultDirectRateLimiter, Quota, RateLimiter,
    clock::{Clock as _, DefaultClock},
};

/// What a provider lets us ask. It is asked before every attempt, also the second of one request.
pub trait Budget: fmt::Debug + Send + Sync {
    /// Takes one request; else how long it takes until there is one.
    fn take(&self) -> Result<(), Duration>;
}

/// No limit: for what has its own.
#[derive(Debug, Clone, Copy)]
pub struct Unlimited;

impl Budget for Unlimited {
    fn take(&self) -> Result<(), Duration> {
        Ok(())
    }
}

/// So many a second, and a second's worth at once. It counts what this process asks.
pub struct Steady(DefaultDirectRateLimiter);

impl Steady {
    /// That many a second.
    #[must_use]
    pub fn per_second(requests: NonZeroU32) -> Self {
        Self(RateLimiter::direct(Quota::per_second(requests)))
    }
}

impl Budget for Steady {
    fn take(&self) -> Result<(), Duration> {
        match self.0.check() {
            Ok(()) => Ok(()),
            Err(later) => Err(later.wait_time_from(DefaultClock::default().now())),
        }
    }
}

impl fmt::Debug for Steady {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Steady").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spent_budget_says_how_long_it_takes() {
        let budget = Steady::per_second(NonZeroU32::new(2).unwrap());
        assert_eq!((budget.take(), budget.take()), (Ok(()), Ok(())));
        let wait = budget.take().unwrap_err();
        assert!(
            wait > Duration::ZERO && wait <= Duration::from_secs(1),
            "{wait:?}"
        );
        assert_eq!(Unlimited.take(), Ok(()));
    }
}
