//! Figures of several rounds, and what they are held against.

use std::fmt;

use crate::slice::Outcome;

/// Beyond this spread of the measuring stick itself nothing is judged.
const NOISY: f64 = 0.25;

/// The figures of all rounds.
#[derive(Debug, Clone, Default)]
pub struct Series(pub Vec<f64>);

impl Series {
    /// The middle one.
    pub fn median(&self) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        match sorted.len() {
            0 => f64::NAN,
            length if length % 2 == 1 => sorted[length / 2],
            length => f64::midpoint(sorted[length / 2 - 1], sorted[length / 2]),
        }
    }

    /// The one that such a share of them is not above.
    pub fn at(&self, share: f64) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        let last = sorted.len().saturating_sub(1);
        let at = (last as f64 * share).round() as usize;
        sorted.get(at).copied().unwrap_or(f64::NAN)
    }

    /// How far apart they are, as a share of the middle one.
    pub fn spread(&self) -> f64 {
        let low = self.0.iter().copied().fold(f64::INFINITY, f64::min);
        let high = self.0.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        if self.0.len() < 2 {
            0.0
        } else {
            (high - low) / self.median()
        }
    }
}

impl FromIterator<f64> for Series {
    fn from_iter<T: IntoIterator<Item = f64>>(figures: T) -> Self {
        Self(figures.into_iter().collect())
    }
}

/// What a figure has to reach.
#[derive(Debug, Clone, Copy)]
pub enum Goal {
    /// No more than this.
    AtMost(f64),
    /// No less than this.
    AtLeast(f64),
}

impl Goal {
    fn is_met(self, figure: f64) -> bool {
        match self {
            Self::AtMost(limit) => figure <= limit,
            Self::AtLeast(limit) => figure >= limit,
        }
    }
}

/// A figure of an outcome, held against that of another program.
#[derive(Debug, Clone, Copy)]
pub struct Held {
    /// What is compared.
    pub what: &'static str,
    /// The goal of the ratio.
    pub goal: Goal,
    /// Which figure.
    pub figure: fn(&Outcome) -> f64,
    /// What follows both figures.
    pub unit: &'static str,
}

/// What a comparison came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The goal is reached.
    Met,
    /// It is not.
    Short,
    /// The measuring stick itself moved too much to say.
    Noisy,
    /// It moved, but the goal is reached at either end.
    MetNoisy,
    /// It moved, but the goal is missed at either end.
    ShortNoisy,
    /// No goal is set for it.
    Seen,
    /// It could not be measured, and why.
    NotRun(String),
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Met => f.write_str("met"),
            Self::Short => f.write_str("**short**"),
            Self::Noisy => f.write_str("noisy"),
            Self::MetNoisy => f.write_str("met (noisy)"),
            Self::ShortNoisy => f.write_str("**short** (noisy)"),
            Self::Seen => f.write_str("–"),
            Self::NotRun(why) => write!(f, "not run: {why}"),
        }
    }
}

/// One line of the table.
#[derive(Debug, Clone)]
pub struct Line {
    /// The row of the goals, such as `P1`.
    pub row: &'static str,
    /// What was compared.
    pub what: String,
    /// What it has to reach.
    pub goal: String,
    /// What it came to.
    pub measured: String,
    /// Whether it did.
    pub verdict: Verdict,
}

/// Holds a ratio of ours to another's against a goal. `unit` follows both figures.
pub fn ratio(row: &'static str, what: &str, goal: Goal, ours: &Series, other: &Series, unit: &str) -> Line {
    let figure = ours.median() / other.median();
    let ends = other.0.iter().map(|one| goal.is_met(ours.median() / one));
    let (reached, all) = (ends.clone().filter(|met| *met).count(), ends.count());
    let verdict = if other.spread() <= NOISY {
        if goal.is_met(figure) {
            Verdict::Met
        } else {
            Verdict::Short
        }
    } else if reached == all {
        Verdict::MetNoisy
    } else if reached == 0 {
        Verdict::ShortNoisy
    } else {
        Verdict::Noisy
    };
    let noise = if other.spread() > NOISY {
        format!(", spread {:.0} %", other.spread() * 100.0)
    } else {
        String::new()
    };
    Line {
        row,
        what: what.to_owned(),
        goal: match goal {
            Goal::AtMost(limit) => format!("≤ {}×", short(limit)),
            Goal::AtLeast(limit) => format!("≥ {}×", short(limit)),
        },
        measured: format!(
            "{}× ({} / {}{unit}{noise})",
            short(figure),
            short(ours.median()),
            short(other.median())
        ),
        verdict,
    }
}

/// The same of two that took turns within each round: what weighs on a round weighs on both, so that only the rounds'
/// ratios are held against each other.
pub fn paired(row: &'static str, what: &str, goal: Goal, ours: &Series, other: &Series, unit: &str) -> Line {
    let ratios = Series(ours.0.iter().zip(&other.0).map(|(ours, other)| ours / other).collect());
    let noise = format!(", the rounds' ratios {:.1} % apart", ratios.spread() * 100.0);
    let (sign, limit) = match goal {
        Goal::AtMost(limit) => ("≤", limit),
        Goal::AtLeast(limit) => ("≥", limit),
    };
    let verdict = match (goal.is_met(ratios.median()), ratios.spread() <= NOISY) {
        (_, false) => Verdict::Noisy,
        (true, true) => Verdict::Met,
        (false, true) => Verdict::Short,
    };
    Line {
        row,
        what: what.to_owned(),
        goal: format!("{sign} {}×", short(limit)),
        measured: format!(
            "{}× ({} / {}{unit}{noise})",
            short(ratios.median()),
            short(ours.median()),
            short(other.median())
        ),
        verdict,
    }
}

/// Holds a figure against a goal of its own.
pub fn figure(row: &'static str, what: &str, goal: Goal, ours: &Series, unit: &str) -> Line {
    let figure = ours.median();
    let (sign, limit) = match goal {
        Goal::AtMost(limit) => ("≤", limit),
        Goal::AtLeast(limit) => ("≥", limit),
    };
    Line {
        row,
        what: what.to_owned(),
        goal: format!("{sign} {}{unit}", short(limit)),
        measured: format!("{}{unit}", short(figure)),
        verdict: if goal.is_met(figure) {
            Verdict::Met
        } else {
            Verdict::Short
        },
    }
}

/// A figure worth seeing that no goal is set for.
pub fn note(row: &'static str, what: &str, measured: String) -> Line {
    Line {
        row,
        what: what.to_owned(),
        goal: "–".to_owned(),
        measured,
        verdict: Verdict::Seen,
    }
}

/// Something that could not be measured.
pub fn not_run(row: &'static str, what: &str, why: &str) -> Line {
    let measured = "–".to_owned();
    Line {
        row,
        what: what.to_owned(),
        goal: "–".to_owned(),
        measured,
        verdict: Verdict::NotRun(why.chars().take(160).collect()),
    }
}

/// Something the server refused to do under load, which no goal survives.
pub fn refused(row: &'static str, what: &str, why: &str) -> Line {
    Line {
        row,
        what: what.to_owned(),
        goal: "answers 200".to_owned(),
        measured: why.chars().take(220).collect(),
        verdict: Verdict::Short,
    }
}

/// Three digits that count.
pub fn short(figure: f64) -> String {
    let size = figure.abs();
    if size >= 10_000.0 {
        let thousands = (figure / 1_000.0).round();
        format!("{thousands}k")
    } else if size >= 100.0 {
        format!("{figure:.0}")
    } else if size >= 10.0 {
        trimmed(format!("{figure:.1}"))
    } else if size >= 1.0 {
        trimmed(format!("{figure:.2}"))
    } else {
        trimmed(format!("{figure:.3}"))
    }
}

fn trimmed(text: String) -> String {
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ratio_is_judged_by_medians_and_only_while_the_stick_holds_still() {
        let ours = Series(vec![1.0, 9.0, 2.0]);
        let line = ratio(
            "P1",
            "cpu",
            Goal::AtMost(1.8),
            &ours,
            &Series(vec![1.0, 1.1, 1.05]),
            " s",
        );
        assert_eq!(line.verdict, Verdict::Short);
        assert_eq!(line.measured, "1.9× (2 / 1.05 s)");
        let line = ratio(
            "P1",
            "cpu",
            Goal::AtMost(1.8),
            &ours,
            &Series(vec![1.0, 2.0, 1.5]),
            " s",
        );
        assert_eq!(line.verdict, Verdict::Noisy);
        let line = ratio(
            "P1",
            "rps",
            Goal::AtLeast(0.6),
            &Series(vec![70.0]),
            &Series(vec![100.0]),
            "",
        );
        assert_eq!(line.verdict, Verdict::Met);
    }
}
