//! A rate with its interval, or none where it would say more than is known.

/// Under so many a rate is no rate.
pub const FEWEST: u64 = 20;
/// The 97.5th percentile of the normal distribution: for an interval of 95 %.
const Z: f64 = 1.959_963_984_540_054;

/// Which part of some sessions, with the Wilson interval of 95 %.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate {
    /// Of how many.
    pub n: u64,
    /// How many of them.
    pub hits: u64,
    /// The part and its bounds; `None` under [`FEWEST`].
    pub share: Option<Share>,
}

/// A part between 0 and 1 with its bounds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Share {
    /// The part.
    pub value: f64,
    /// The lower bound.
    pub low: f64,
    /// The upper bound.
    pub high: f64,
}

impl Rate {
    /// Of `hits` among `n`.
    #[must_use]
    pub fn of(hits: u64, n: u64) -> Self {
        let hits = hits.min(n);
        let share = (n >= FEWEST).then(|| wilson(hits, n));
        Self { n, hits, share }
    }
}

/// More than `u32` holds of anything is as good as that.
fn float(number: u64) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}

/// The Wilson score interval.
fn wilson(hits: u64, n: u64) -> Share {
    let (n, value) = (float(n), float(hits) / float(n));
    let square = Z * Z;
    let middle = value + square / (2.0 * n);
    let half = Z * (value * (1.0 - value) / n + square / (4.0 * n * n)).sqrt();
    let scale = 1.0 + square / n;
    Share {
        value,
        low: ((middle - half) / scale).max(0.0),
        high: ((middle + half) / scale).min(1.0),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_interval_is_wilsons() {
        // Worked out by hand: 30 of 100.
        let share = Rate::of(30, 100).share.unwrap();
        assert!((share.value - 0.3).abs() < 1e-12);
        assert!((share.low - 0.218_949).abs() < 1e-5, "{share:?}");
        assert!((share.high - 0.395_850).abs() < 1e-5, "{share:?}");
        let none = Rate::of(0, 20).share.unwrap();
        assert!(none.low.abs() < 1e-12 && none.high > 0.1);
    }

    #[test]
    fn under_twenty_there_is_no_rate() {
        assert_eq!(Rate::of(19, 19).share, None);
        assert!(Rate::of(19, 20).share.is_some());
        assert_eq!(Rate::of(0, 0).share, None);
    }

    proptest! {
        #[test]
        fn the_part_lies_between_its_bounds(n in 20_u64..1_000_000, part in 0.0..=1.0_f64) {
            let hits = (0..=n).step_by(1 + usize::try_from(n / 50).unwrap()).find(|hits| float(*hits) >= part * float(n));
            let share = Rate::of(hits.unwrap_or(n), n).share.unwrap();
            prop_assert!((0.0..=1.0).contains(&share.low) && share.low <= share.value + 1e-9);
            prop_assert!(share.value <= share.high + 1e-9 && share.high <= 1.0);
        }
    }
}
