//! Counting tests in the output of the runners we use.

use std::fmt;

/// How many tests passed, failed and did not run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counts {
    /// Passed.
    pub(super) passed: usize,
    /// Failed; a test that passed only when repeated is among them.
    pub(super) failed: usize,
    /// Did not run.
    pub(super) skipped: usize,
}

impl Counts {
    /// Sums what cargo, node:test, Playwright and pytest print at their ends.
    pub(super) fn read(output: &str) -> Self {
        let mut total = Self::default();
        for line in output.lines().map(str::trim) {
            if let Some(result) = line.strip_prefix("test result:") {
                total.pairs(result.split_once('.').map_or("", |(_, counts)| counts));
            } else if let Some(summary) = line.strip_prefix("# ").or_else(|| line.strip_prefix("ℹ ")) {
                total.node(summary);
            } else if line.starts_with('=') && line.ends_with('=') && line.contains(" in ") {
                total.pairs(
                    line.trim_matches(['=', ' '])
                        .split(" in ")
                        .next()
                        .unwrap_or_default(),
                );
            } else if is_playwright(line) {
                total.pairs(line.split(" (").next().unwrap_or_default());
            }
        }
        total
    }

    /// Adds another count.
    pub(super) fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }

    /// `3 passed; 1 failed`, or the same with commas.
    fn pairs(&mut self, text: &str) {
        for pair in text.split([';', ',']) {
            if let Some((number, word)) = pair.trim().split_once(' ') {
                self.count(word, number);
            }
        }
    }

    /// `pass 3`, one word a line.
    fn node(&mut self, text: &str) {
        if let Some((word, number)) = text.split_once(' ') {
            self.count(word, number);
        }
    }

    fn count(&mut self, word: &str, number: &str) {
        let Ok(number) = number.parse::<usize>() else {
            return;
        };
        match word {
            "passed" | "pass" => self.passed += number,
            "failed" | "fail" | "flaky" | "interrupted" | "error" | "errors" | "cancelled" => {
                self.failed += number;
            }
            "ignored" | "skipped" | "did not run" | "todo" => self.skipped += number,
            _ => {}
        }
    }
}

/// Playwright ends with lines such as `12 passed (3.4s)` and `1 failed`.
fn is_playwright(line: &str) -> bool {
    let Some((number, rest)) = line.split_once(' ') else {
        return false;
    };
    let words = rest.split(" (").next().unwrap_or_default();
    number.parse::<usize>().is_ok()
        && matches!(
            words,
            "passed" | "failed" | "flaky" | "skipped" | "did not run" | "interrupted"
        )
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)?;
        if self.skipped > 0 {
            write!(f, ", {} skipped", self.skipped)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_results_of_all_of_cargos_binaries_are_summed() {
        let output = "running 2 tests\n..\n\
            test result: ok. 2 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s\n\
            test result: FAILED. 5 passed; 3 failed; 0 ignored; 0 measured; 4 filtered out; finished in 1.20s\n";
        assert_eq!(
            Counts::read(output),
            Counts {
                passed: 7,
                failed: 3,
                skipped: 1
            }
        );
    }

    #[test]
    fn the_summaries_of_the_other_runners_are_read() {
        let playwright = "Running 4 tests using 1 worker\n  1 failed\n    a.spec.ts:3:1 › x\n  1 skipped\n  2 passed (3.4s)\n";
        assert_eq!(
            Counts::read(playwright),
            Counts {
                passed: 2,
                failed: 1,
                skipped: 1
            }
        );
        let node =
            "ℹ tests 5\nℹ pass 3\nℹ fail 1\nℹ cancelled 0\nℹ skipped 1\nℹ todo 0\nℹ duration_ms 12.5\n";
        assert_eq!(
            Counts::read(node),
            Counts {
                passed: 3,
                failed: 1,
                skipped: 1
            }
        );
        let pytest = "=========== 1 failed, 4 passed, 2 skipped in 0.52s ===========\n";
        assert_eq!(
            Counts::read(pytest),
            Counts {
                passed: 4,
                failed: 1,
                skipped: 2
            }
        );
    }

    #[test]
    fn text_that_looks_like_a_result_is_not_counted() {
        assert_eq!(
            Counts::read("3 passed arguments\n# pass over it\n12 rows imported\n"),
            Counts::default()
        );
    }
}
