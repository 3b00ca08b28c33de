//! `cargo xtask`: the repository's own commands.
//!
//! - `tidy` proves the rules that no compiler checks (crate graph, clock and environment, indexes, sizes, licences).
//! - `test` runs everything a change must pass and ends with one line of counts.
//! - `bench` measures the server against the limit and the peer and writes `docs/performance.md`.
//! - `vendor` refreshes the vendored browser files, or with `--check` compares them with their hashes.

mod bench;
mod environment;
mod process;
mod source;
mod suite;
mod tidy;
mod vendor;
mod workspace;

use std::io::Write as _;
use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask <command>

  test [--fast]      format, tidy, lints, all Rust tests, contract and browser tests
                     (--fast leaves out contract and browser tests)
  tidy               the repository's own rules; prints what to do about each violation
  bench [--rows P1,P6] [--rounds 3] [--peer] [--quick] [--release]
                     measures the server against the limit (and the peer) and writes docs/performance.md
  vendor [--check]   fetch the files of crates/dashboard/assets/vendor.toml from npm and note their hashes;
                     --check only compares what is there with the noted hashes
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match words.as_slice() {
        ["tidy"] => tidy::run(),
        ["test"] => suite::run(suite::Extent::Whole),
        ["test", "--fast"] => suite::run(suite::Extent::Fast),
        ["bench", rest @ ..] => bench::run(rest),
        ["vendor"] => vendor::refresh(),
        ["vendor", "--check"] => vendor::check(),
        [] | ["help" | "--help" | "-h"] => say(USAGE).map(|()| true),
        other => say(&format!("unknown command `{}`\n\n{USAGE}", other.join(" "))).map(|()| false),
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => match say(&format!("xtask: {error:#}")) {
            Ok(()) | Err(_) => ExitCode::FAILURE,
        },
    }
}

/// Writes one piece of output to the terminal, at once, so that a long run shows where it is.
pub(crate) fn say(text: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", text.trim_end_matches('\n'))?;
    out.flush()?;
    Ok(())
}
