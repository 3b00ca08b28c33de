//! Finding a Chromium for the browser tests, or installing one.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::environment::Environment;
use crate::{process, say};

/// What a Chromium is called on the systems we know.
const NAMES: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

/// The browser named by `CHROMIUM`, else the first on the `PATH`, else one from the system's package manager where we
/// may install; nothing if there is none.
pub(super) fn chromium(environment: &Environment) -> Result<Option<PathBuf>> {
    if let Some(found) = find(environment) {
        return Ok(Some(found));
    }
    // A browser that the caller names and that is not there is a mistake; another one would hide it.
    if environment.chromium.is_some() || environment.find("apt-get").is_none() || !is_root()? {
        return Ok(None);
    }
    say("browser: installing chromium with apt-get …")?;
    let mut install = Command::new("apt-get");
    install
        .args(["install", "--yes", "--no-install-recommends", "chromium"])
        .env("DEBIAN_FRONTEND", "noninteractive");
    if let Err(error) = process::output(&mut install) {
        say(&format!("browser: {error:#}"))?;
    }
    Ok(find(environment))
}

fn find(environment: &Environment) -> Option<PathBuf> {
    match &environment.chromium {
        Some(named) => Some(PathBuf::from(named)).filter(|path| path.is_file()),
        None => NAMES.iter().find_map(|name| environment.find(name)),
    }
}

fn is_root() -> Result<bool> {
    let id = process::output(Command::new("id").arg("-u"))?;
    Ok(id.trim_ascii() == b"0")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(chromium: Option<&str>, path: &std::path::Path) -> Environment {
        let chromium = chromium.map(ToOwned::to_owned);
        Environment {
            cargo: "cargo".to_owned(),
            ci: false,
            chromium,
            path: vec![path.to_path_buf()],
        }
    }

    #[test]
    fn the_browser_that_the_caller_names_wins_and_must_exist() {
        let here = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        let named = here.join("Cargo.toml");
        assert_eq!(find(&environment(named.to_str(), here)), Some(named));
        assert_eq!(find(&environment(Some("nowhere/chromium"), here)), None);
        assert_eq!(find(&environment(None, here)), None);
    }
}
