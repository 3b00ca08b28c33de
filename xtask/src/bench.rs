//! `cargo xtask bench`: builds ours, the limit and the load generator, and lets the load generator measure.
//!
//! The generator lies in `bench/load`, outside the workspace, so that building xtask stays short.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::environment::Environment;
use crate::{process, say, workspace};

/// What was asked for.
#[derive(Debug, Default, PartialEq, Eq)]
struct Request {
    /// Ours is built as it is released, with link-time optimisation.
    release: bool,
    /// The peer is measured too.
    peer: bool,
    /// What the generator is told as it stands.
    passed: Vec<String>,
}

/// Measures; true if every row could be run, whether or not its goal was met.
pub(crate) fn run(arguments: &[&str]) -> Result<bool> {
    let request = read(arguments)?;
    let environment = Environment::from_process();
    let root = workspace::root();
    let profile = if request.release { "release" } else { "demo" };
    build(
        &environment,
        &root,
        "bench-kale",
        &["build", "--profile", profile, "-p", "kale"],
    )?;
    for (name, folder) in [("bench-limit", "bench/limit-actix"), ("bench-load", "bench/load")] {
        build(
            &environment,
            &root.join(folder),
            name,
            &["build", "--release", "--locked"],
        )?;
    }
    if request.peer {
        install_peer(&environment, &root)?;
    }
    let status = Command::new(root.join("bench/load/target/release/kale-load"))
        .arg("--root")
        .arg(&root)
        .arg("--kale")
        .arg(root.join("target").join(profile).join("kale"))
        .args(["--profile", profile])
        .args(&request.passed)
        .status()
        .context("start the load generator")?;
    Ok(status.success())
}

fn read(arguments: &[&str]) -> Result<Request> {
    let mut request = Request::default();
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        match *argument {
            "--release" => request.release = true,
            "--peer" | "--quick" => {
                request.peer |= *argument == "--peer";
                request.passed.push((*argument).to_owned());
            }
            "--rows" | "--rounds" => {
                let value = arguments
                    .next()
                    .with_context(|| format!("{argument} needs a value"))?;
                request
                    .passed
                    .extend([(*argument).to_owned(), (*value).to_owned()]);
            }
            other => bail!(
                "bench does not know `{other}`; it takes --rows, --rounds, --peer, --quick and --release"
            ),
        }
    }
    Ok(request)
}

/// Builds in a folder whose output stays in its own `target`, also where a `CARGO_TARGET_DIR` is set for the workspace.
fn build(environment: &Environment, folder: &Path, name: &str, arguments: &[&str]) -> Result<()> {
    say(&format!("{name} …"))?;
    let mut command = Command::new(&environment.cargo);
    command
        .args(arguments)
        .arg("--target-dir")
        .arg(folder.join("target"));
    let built = process::quietly(&workspace::root(), name, command.current_dir(folder))?;
    if !built.succeeded {
        bail!("{name} could not be built:\n{}", built.output);
    }
    Ok(())
}

fn install_peer(environment: &Environment, root: &Path) -> Result<()> {
    let folder = root.join("bench/peer-express");
    if folder.join("node_modules").is_dir() {
        return Ok(());
    }
    let npm = environment
        .find("npm")
        .context("the peer needs Node.js and npm on the PATH")?;
    let mut command = Command::new(npm);
    command.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
    let done = process::quietly(root, "bench-peer", command.current_dir(folder))?;
    if !done.succeeded {
        bail!("npm could not install the peer:\n{}", done.output);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_generator_is_told_is_passed_on_and_a_slip_is_refused() {
        let request = read(&["--rows", "P1,P6", "--release", "--peer"]).unwrap();
        assert!(request.release && request.peer);
        assert_eq!(request.passed, ["--rows", "P1,P6", "--peer"]);
        assert!(read(&["--row", "P1"]).is_err());
        assert!(read(&["--rounds"]).is_err());
    }
}
