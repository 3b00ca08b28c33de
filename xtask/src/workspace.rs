//! What tidy looks at: the members and packages that cargo knows, and the text of every file.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::environment::Environment;
use crate::process;

/// Folders that hold nothing of ours: build output, fetched packages, local data.
const NOT_OURS: [&str; 7] = [
    "target",
    "node_modules",
    ".git",
    ".kale",
    "__pycache__",
    ".venv",
    "test-results",
];

/// The repository, as far as the rules need it. Tests build one in memory.
#[derive(Debug, Default)]
pub(crate) struct Workspace {
    /// The crates of this repository.
    pub(crate) members: Vec<Member>,
    /// Every package of the lock file with its licence.
    pub(crate) packages: Vec<Package>,
    /// Every file, sorted by path.
    pub(crate) files: Vec<File>,
}

/// One crate of this repository.
#[derive(Debug, Clone)]
pub(crate) struct Member {
    /// Its package name.
    pub(crate) name: String,
    /// Its manifest, from the root (`crates/domain/Cargo.toml`).
    pub(crate) manifest: String,
    /// What it names under its dependencies.
    pub(crate) uses: Vec<Use>,
}

/// One dependency as a manifest states it.
#[derive(Debug, Clone)]
pub(crate) struct Use {
    /// The package meant.
    pub(crate) package: String,
    /// Only for tests.
    pub(crate) dev: bool,
}

/// One package of the lock file.
#[derive(Debug, Clone)]
pub(crate) struct Package {
    /// Its name.
    pub(crate) name: String,
    /// Its version.
    pub(crate) version: String,
    /// Its SPDX expression, if it states one.
    pub(crate) licence: Option<String>,
    /// Whether something of ours brings it in; false for one that is locked only because a feature could ask for it.
    pub(crate) used: bool,
}

/// One file of the repository.
#[derive(Debug, Clone)]
pub(crate) struct File {
    /// Path from the root, with `/`.
    pub(crate) path: String,
    /// Its content.
    pub(crate) bytes: Vec<u8>,
}

impl File {
    /// The content, if it is text.
    pub(crate) fn text(&self) -> Option<&str> {
        std::str::from_utf8(&self.bytes).ok()
    }

    /// Whether the path ends in that extension (without dot).
    pub(crate) fn has_extension(&self, extension: &str) -> bool {
        Path::new(&self.path)
            .extension()
            .is_some_and(|found| found == extension)
    }
}

impl Workspace {
    /// Reads the repository that this xtask was built from.
    pub(crate) fn load() -> Result<Self> {
        let root = root();
        let metadata = cargo(&root, &["metadata", "--format-version", "1"])?;
        let metadata: Value = serde_json::from_slice(&metadata).context("read cargo metadata")?;
        let tree = [
            "tree",
            "--workspace",
            "--target",
            "all",
            "--prefix",
            "none",
            "--format",
            "{p}",
        ];
        let tree = String::from_utf8(cargo(&root, &tree)?)?;
        let (members, packages) = from_cargo(&metadata, &tree, &root)?;
        let mut files = Vec::new();
        walk(&root, &root, &mut files)?;
        files.sort_by(|one, other| one.path.cmp(&other.path));
        Ok(Self {
            members,
            packages,
            files,
        })
    }

    /// The file at that path.
    pub(crate) fn file(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|file| file.path == path)
    }
}

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

fn cargo(root: &Path, arguments: &[&str]) -> Result<Vec<u8>> {
    let cargo = Environment::from_process().cargo;
    process::output(Command::new(cargo).args(arguments).current_dir(root))
}

/// The members and packages of `cargo metadata`; `tree` is `cargo tree`, which alone follows the features in use.
fn from_cargo(metadata: &Value, tree: &str, root: &Path) -> Result<(Vec<Member>, Vec<Package>)> {
    let ours: Vec<&Value> = list(metadata, "workspace_members").collect();
    let mut members = Vec::new();
    let mut packages = Vec::new();
    for package in list(metadata, "packages") {
        let name = text(package, "name")?;
        packages.push(Package {
            name: name.clone(),
            version: text(package, "version")?,
            licence: package
                .get("license")
                .and_then(Value::as_str)
                .map(ToOwned::to_owned),
            used: tree
                .lines()
                .any(|line| line.split(' ').next() == Some(name.as_str())),
        });
        if package.get("id").is_none_or(|id| !ours.contains(&id)) {
            continue;
        }
        let manifest = PathBuf::from(text(package, "manifest_path")?);
        let manifest = manifest
            .strip_prefix(root)
            .unwrap_or(&manifest)
            .to_string_lossy()
            .into_owned();
        let uses = list(package, "dependencies")
            .map(a_use)
            .collect::<Result<Vec<_>>>()?;
        members.push(Member { name, manifest, uses });
    }
    Ok((members, packages))
}

fn a_use(dependency: &Value) -> Result<Use> {
    let dev = dependency.get("kind").and_then(Value::as_str) == Some("dev");
    Ok(Use {
        package: text(dependency, "name")?,
        dev,
    })
}

fn list<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    value.get(key).and_then(Value::as_array).into_iter().flatten()
}

fn text(value: &Value, key: &str) -> Result<String> {
    let found = value.get(key).and_then(Value::as_str);
    found
        .map(ToOwned::to_owned)
        .with_context(|| format!("cargo metadata has no `{key}`"))
}

fn walk(root: &Path, folder: &Path, files: &mut Vec<File>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("list {}", folder.display()))? {
        let entry = entry?;
        let kind = entry.file_type()?;
        let path = entry.path();
        if kind.is_dir() {
            let name = entry.file_name();
            if !NOT_OURS.iter().any(|skipped| name == *skipped) {
                walk(root, &path, files)?;
            }
        } else if kind.is_file() {
            let relative = path.strip_prefix(root).unwrap_or(&path);
            let relative = relative.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/");
            // Editors and builds create and remove files while we walk; what is gone is not in the repository.
            match fs::read(&path) {
                Ok(bytes) => files.push(File {
                    path: relative,
                    bytes,
                }),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => return Err(error).with_context(|| format!("read {}", path.display())),
            }
        }
    }
    Ok(())
}
