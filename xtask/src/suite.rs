//! `cargo xtask test`: everything a change must pass, in order, with one line of counts at the end.
//!
//! Output goes to `target/xtask/<step>.log` and is shown only where a step fails. A part that can't run here (no
//! browser, no Node) is printed as skipped; with `CI=true` it is a failure, so that a pipeline never skips in silence.

mod browser;
mod counts;
mod parts;

use std::process::Command;
use std::time::Instant;

use anyhow::Result;

use self::counts::Counts;
use crate::environment::Environment;
use crate::process::{self, Finished};
use crate::{say, tidy, workspace};

/// How much is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extent {
    /// Everything.
    Whole,
    /// Without contract and browser tests.
    Fast,
}

/// How many lines of a failing step are shown; the rest is in its log.
const SHOWN: usize = 300;

/// A step either checks (it passes or not) or runs tests (it must report some).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Check,
    Tests,
}

/// One run of the suite.
struct Run {
    environment: Environment,
    total: Counts,
}

/// Runs the steps; true if nothing failed.
pub(crate) fn run(extent: Extent) -> Result<bool> {
    let mut run = Run {
        environment: Environment::from_process(),
        total: Counts::default(),
    };
    run.cargo(
        "format",
        Kind::Check,
        &["fmt", "--all", "--", "--check", "--color", "never"],
    )?;
    run.tidy()?;
    run.cargo(
        "lints",
        Kind::Check,
        &[
            "clippy",
            "--workspace",
            "--all-targets",
            "--quiet",
            "--",
            "-D",
            "warnings",
        ],
    )?;
    // Tests that kill and restart the server, and browsers, need the program itself, which testing does not build.
    let built = run.cargo("server", Kind::Check, &["build", "--quiet", "-p", "kale"])?;
    run.cargo(
        "tests",
        Kind::Tests,
        &["test", "--workspace", "--no-fail-fast", "--quiet"],
    )?;
    match extent {
        Extent::Whole if !built => say("contract and browser tests: left out, there is no server")?,
        Extent::Whole => {
            parts::contract(&mut run)?;
            parts::browser(&mut run)?;
        }
        Extent::Fast => say("contract and browser tests: left out (--fast)")?,
    }
    say(&run.total.to_string())?;
    Ok(run.total.failed == 0)
}

impl Run {
    fn cargo(&mut self, name: &str, kind: Kind, arguments: &[&str]) -> Result<bool> {
        let mut command = Command::new(&self.environment.cargo);
        self.step(name, kind, command.args(arguments))
    }

    /// Runs one step in the root unless the command names another folder; true if it passed.
    fn step(&mut self, name: &str, kind: Kind, command: &mut Command) -> Result<bool> {
        let root = workspace::root();
        if command.get_current_dir().is_none() {
            command.current_dir(&root);
        }
        say(&format!("{name} …"))?;
        let started = Instant::now();
        let finished = process::quietly(&root, name, command)?;
        let counts = counts_of(kind, &finished);
        let seconds = started.elapsed().as_secs_f64();
        let verdict = if counts.failed == 0 { "ok" } else { "FAILED" };
        let detail = if kind == Kind::Tests {
            format!(" ({counts})")
        } else {
            String::new()
        };
        say(&format!("{name}: {verdict} in {seconds:.1} s{detail}"))?;
        if counts.failed > 0 {
            show(&finished)?;
        }
        self.total.add(counts);
        Ok(counts.failed == 0)
    }

    fn tidy(&mut self) -> Result<()> {
        say("tidy …")?;
        if !tidy::run()? {
            self.total.failed += 1;
        }
        Ok(())
    }

    /// A part that can't run here: said aloud, and refused where everything must run.
    fn skip(&mut self, name: &str, why: &str) -> Result<()> {
        let (counts, line) = skipped(self.environment.ci, name, why);
        self.total.add(counts);
        say(&line)
    }
}

fn skipped(ci: bool, name: &str, why: &str) -> (Counts, String) {
    if ci {
        let counts = Counts {
            failed: 1,
            ..Counts::default()
        };
        (
            counts,
            format!("{name}: FAILED, it may not be skipped with CI=true: {why}"),
        )
    } else {
        (
            Counts {
                skipped: 1,
                ..Counts::default()
            },
            format!("{name}: SKIPPED: {why}"),
        )
    }
}

/// What a step adds to the total. A failure that no test reported counts as one, and so does a test run without tests.
/// A test that a runner left out is a failure: nobody can say that it would pass.
fn counts_of(kind: Kind, finished: &Finished) -> Counts {
    let mut counts = match kind {
        Kind::Check => Counts::default(),
        Kind::Tests => Counts::read(&finished.output),
    };
    counts.failed += counts.skipped;
    let ran_nothing = kind == Kind::Tests && counts.passed + counts.failed == 0;
    if counts.failed == 0 && (!finished.succeeded || ran_nothing) {
        counts.failed = 1;
    }
    counts
}

fn show(finished: &Finished) -> Result<()> {
    let lines: Vec<&str> = finished.output.lines().collect();
    let hidden = lines.len().saturating_sub(SHOWN);
    if hidden > 0 {
        say(&format!(
            "    ({hidden} earlier lines are in {})",
            finished.log.display()
        ))?;
    }
    for line in lines.iter().skip(hidden) {
        say(&format!("    {line}"))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(kind: Kind, succeeded: bool, output: &str) -> String {
        counts_of(
            kind,
            &Finished {
                succeeded,
                output: output.to_owned(),
                log: "x.log".into(),
            },
        )
        .to_string()
    }

    #[test]
    fn a_step_that_fails_without_a_failed_test_counts_as_one_failure() {
        assert_eq!(counted(Kind::Check, false, "error: unused"), "0 passed, 1 failed");
        assert_eq!(
            counted(Kind::Tests, false, "error: could not compile"),
            "0 passed, 1 failed"
        );
        let two = "test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out\n";
        assert_eq!(counted(Kind::Tests, false, two), "3 passed, 2 failed");
    }

    #[test]
    fn a_test_that_is_left_out_is_a_failure() {
        let one = "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out\n";
        assert_eq!(counted(Kind::Tests, true, one), "3 passed, 1 failed, 1 skipped");
        assert_eq!(
            counted(Kind::Tests, true, "ℹ pass 3\nℹ fail 0\nℹ skipped 2\n"),
            "3 passed, 2 failed, 2 skipped"
        );
    }

    #[test]
    fn a_test_run_without_tests_is_a_failure() {
        assert_eq!(counted(Kind::Tests, true, "nothing to do"), "0 passed, 1 failed");
        assert_eq!(counted(Kind::Check, true, ""), "0 passed, 0 failed");
    }

    #[test]
    fn a_skipped_part_fails_in_a_pipeline_only() {
        let (counts, line) = skipped(false, "browser", "no browser");
        assert_eq!(
            (counts.to_string().as_str(), line.as_str()),
            ("0 passed, 0 failed, 1 skipped", "browser: SKIPPED: no browser")
        );
        let (counts, line) = skipped(true, "browser", "no browser");
        assert_eq!(counts.to_string(), "0 passed, 1 failed");
        assert!(line.starts_with("browser: FAILED"), "{line}");
    }
}
