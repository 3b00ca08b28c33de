//! The parts of the suite that are not Rust: contract tests and browser tests.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use super::{Kind, Run, browser as installed};
use crate::{say, workspace};

/// `tests/contract`: the official SDKs and specifications against our server and sandbox.
pub(super) fn contract(run: &mut Run) -> Result<()> {
    let folder = workspace::root().join("tests/contract");
    let node = folder.join("package.json").is_file();
    let python = folder.join("requirements.txt").is_file();
    if !node && !python {
        return say("contract: there are none yet (tests/contract)");
    }
    if node && packages(run, "contract", &folder)? {
        run.step("contract", Kind::Tests, &mut npm_test(&folder))?;
    }
    if python {
        python_tests(run, &folder)?;
    }
    Ok(())
}

/// `tests/browser`: Playwright on the Chromium of this machine.
pub(super) fn browser(run: &mut Run) -> Result<()> {
    let folder = workspace::root().join("tests/browser");
    if !folder.join("package.json").is_file() {
        return say("browser: there are none yet (tests/browser)");
    }
    let Some(chromium) = installed::chromium(&run.environment)? else {
        return run.skip(
            "browser",
            "no Chromium; install one, or name an existing one in CHROMIUM",
        );
    };
    if packages(run, "browser", &folder)? {
        run.step(
            "browser",
            Kind::Tests,
            npm_test(&folder).env("CHROMIUM", chromium),
        )?;
    }
    Ok(())
}

/// The debug server that was built before the tests.
fn server() -> PathBuf {
    workspace::root().join("target/debug/kale")
}

/// Installs the locked npm packages of a folder; false if that is impossible here.
fn packages(run: &mut Run, part: &str, folder: &Path) -> Result<bool> {
    if run.environment.find("npm").is_none() {
        run.skip(part, "no npm on the PATH; install Node 20 or newer")?;
        return Ok(false);
    }
    let mut install = Command::new("npm");
    install
        .args(["ci", "--no-audit", "--no-fund"])
        .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")
        .current_dir(folder);
    run.step(&format!("{part}-packages"), Kind::Check, &mut install)
}

/// `npm test` in the folder, which finds the server in `KALE_BIN`.
fn npm_test(folder: &Path) -> Command {
    let mut command = Command::new("npm");
    command
        .args(["test", "--silent"])
        .env("KALE_BIN", server())
        .current_dir(folder);
    command
}

/// Installs the requirements into an environment of their own and runs pytest, which finds the server in `KALE_BIN`.
fn python_tests(run: &mut Run, folder: &Path) -> Result<()> {
    if run.environment.find("python3").is_none() {
        return run.skip(
            "contract-python",
            "no python3 on the PATH; install Python 3 with pip",
        );
    }
    let place = workspace::root().join("target/xtask/contract-python");
    let mut create = Command::new("python3");
    if !run.step(
        "contract-python-environment",
        Kind::Check,
        create.args(["-m", "venv"]).arg(&place),
    )? {
        return Ok(());
    }
    let mut install = Command::new(place.join("bin/pip"));
    install
        .args(["install", "--quiet", "--requirement", "requirements.txt"])
        .current_dir(folder);
    if run.step("contract-python-packages", Kind::Check, &mut install)? {
        let mut test = Command::new(place.join("bin/python"));
        test.args(["-m", "pytest"])
            .env("KALE_BIN", server())
            .current_dir(folder);
        run.step("contract-python", Kind::Tests, &mut test)?;
    }
    Ok(())
}
