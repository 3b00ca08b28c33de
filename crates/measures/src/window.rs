//! The save window: several sessions of one subscription in a row are one decision, and the last one that ended makes it.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use kale_domain::id::SessionId;
use kale_flow::outcome::Outcome;

/// How long a finished session may be followed by another one that takes its place.
pub const SAVE_WINDOW: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Whether a session that ended so takes part in the window: it answers a wish to leave. What mends a payment or brings
/// back somebody who had left is neither a cancellation nor one that was turned away, and stands for itself.
#[must_use]
pub const fn takes_part(outcome: Outcome) -> bool {
    !matches!(outcome, Outcome::Recovered | Outcome::Reactivated)
}

/// A finished session of a customer and subscription.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finished {
    /// When it ended.
    pub at: Timestamp,
    /// Which.
    pub id: SessionId,
}

/// Of the finished sessions of one customer and subscription those that decide nothing: another one ended after it,
/// within the window. Of two that ended at the same moment the younger id is the later one.
#[must_use]
pub fn superseded(finished: &[Finished]) -> BTreeSet<SessionId> {
    let mut sorted = finished.to_vec();
    sorted.sort_unstable();
    let next = sorted.iter().skip(1);
    let followed = sorted.iter().zip(next).filter(|(one, next)| {
        let between = next.at.duration_since(one.at);
        between <= SAVE_WINDOW
    });
    followed.map(|(one, _)| one.id).collect()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn on_days(days: &[i64]) -> Vec<Finished> {
        let ids = (0..).map(|n| SessionId::from_uuid(Uuid::from_u128(n)));
        days.iter()
            .zip(ids)
            .map(|(day, id)| Finished {
                at: Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * day),
                id,
            })
            .collect()
    }

    /// The days of those that decide.
    fn deciding(days: &[i64]) -> Vec<i64> {
        let finished = on_days(days);
        let gone = superseded(&finished);
        let stay = finished
            .iter()
            .zip(days)
            .filter(|(one, _)| !gone.contains(&one.id));
        stay.map(|(_, day)| *day).collect()
    }

    #[test]
    fn the_last_one_that_ended_decides_whatever_order_they_are_told_in() {
        assert_eq!(deciding(&[]), Vec::<i64>::new());
        assert_eq!(deciding(&[3]), [3]);
        assert_eq!(deciding(&[0, 20]), [20]);
        assert_eq!(deciding(&[20, 0]), [20]);
        // The window goes on from each.
        assert_eq!(deciding(&[0, 20, 40]), [40]);
        assert_eq!(deciding(&[0, 30, 61]), [30, 61]);
        assert_eq!(deciding(&[5, 5]), [5]);
    }
}
