//! When a walk that nobody goes on with is abandoned, and when it is over.

use jiff::{SignedDuration, Timestamp};

/// Idle for this long, a walk is abandoned: reported apart, never a save.
pub const ABANDONED_AFTER: SignedDuration = SignedDuration::from_mins(30);
/// Idle for this long, a walk is over and can't be taken up again.
pub const EXPIRED_AFTER: SignedDuration = SignedDuration::from_hours(24);

/// What idleness makes of a walk that has not ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It goes on.
    Fresh,
    /// It is abandoned, and coming back takes that back.
    Idle,
    /// It is over.
    Over,
}

impl Standing {
    /// Of a walk that was last seen then.
    #[must_use]
    pub fn of(last_seen: Timestamp, now: Timestamp) -> Self {
        let idle = now.duration_since(last_seen);
        if idle >= EXPIRED_AFTER {
            Self::Over
        } else if idle >= ABANDONED_AFTER {
            Self::Idle
        } else {
            Self::Fresh
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan as _;

    use super::*;

    #[test]
    fn a_walk_is_abandoned_after_half_an_hour_and_over_after_a_day() {
        let seen = Timestamp::UNIX_EPOCH;
        let after = |minutes: i64| Standing::of(seen, seen + minutes.minutes());

        assert_eq!(after(-5), Standing::Fresh);
        assert_eq!(after(29), Standing::Fresh);
        assert_eq!(after(30), Standing::Idle);
        assert_eq!(after(20 * 60), Standing::Idle);
        assert_eq!(after(24 * 60), Standing::Over);
    }
}
