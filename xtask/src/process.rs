//! Running other programs: quietly into a log, or for their output.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

/// How a quiet run ended.
#[derive(Debug)]
pub(crate) struct Finished {
    /// Whether the program reported success.
    pub(crate) succeeded: bool,
    /// Everything it wrote, standard output and error in order.
    pub(crate) output: String,
    /// Where that output is kept.
    pub(crate) log: PathBuf,
}

/// Runs the command with its output going to `target/xtask/<name>.log` only.
pub(crate) fn quietly(root: &Path, name: &str, command: &mut Command) -> Result<Finished> {
    let folder = root.join("target/xtask");
    fs::create_dir_all(&folder).with_context(|| format!("create {}", folder.display()))?;
    let log = folder.join(format!("{name}.log"));
    let out = fs::File::create(&log).with_context(|| format!("create {}", log.display()))?;
    let err = out.try_clone().context("share the log file")?;
    let status = command
        .env("NO_COLOR", "1")
        .env("CARGO_TERM_COLOR", "never")
        .stdin(Stdio::null())
        .stdout(out)
        .stderr(err)
        .status()
        .with_context(|| format!("start {}", command.get_program().display()))?;
    let output = String::from_utf8_lossy(&fs::read(&log)?).into_owned();
    Ok(Finished {
        succeeded: status.success(),
        output,
        log,
    })
}

/// Runs the command and returns its standard output; anything but success is an error that quotes its complaint.
pub(crate) fn output(command: &mut Command) -> Result<Vec<u8>> {
    let program = command.get_program().display().to_string();
    let done = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("start {program}"))?;
    if !done.status.success() {
        bail!(
            "{program} failed: {}",
            String::from_utf8_lossy(&done.stderr).trim()
        );
    }
    Ok(done.stdout)
}
