//! Browser files that come from npm and live in the repository, pinned by version and hash.
//!
//! The list is a TOML file of packages, each with the folder it has below `vendor/` and the files taken from it:
//!
//! ```toml
//! [[package]]
//! name = "htmx.org"
//! version = "4.0.1"
//! licence = "0BSD"
//! folder = "htmx.org-4.0.1"
//! files = [{ file = "htmx.min.js", source = "dist/htmx.min.js", sha256 = "…" }]
//! ```

use std::fs;
use std::path::{Component, Path};
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use sha2::{Digest as _, Sha256};
use toml_edit::{DocumentMut, Item, Table, TableLike};

use crate::{process, say, workspace};

/// The list of vendored files, from the root.
pub(crate) const LIST: &str = "crates/dashboard/assets/vendor.toml";
/// The folder that holds vendored files only, from the root.
pub(crate) const VENDORED: &str = "crates/dashboard/assets/vendor";

/// One vendored file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Listed {
    /// Path inside the npm package.
    source: String,
    /// Path from the root of the repository.
    pub(crate) path: String,
    /// SHA-256 of the content, in hex; empty for a file that was never fetched.
    pub(crate) sha256: String,
}

/// One npm package and what is taken from it.
#[derive(Debug)]
pub(crate) struct Listing {
    /// `name@version`, as npm wants it.
    spec: String,
    files: Vec<Listed>,
}

/// The list of vendored files.
#[derive(Debug)]
pub(crate) struct List {
    packages: Vec<Listing>,
}

impl List {
    /// Reads the list; an error names what is missing.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let document: DocumentMut = text.parse().context("this is not TOML")?;
        Ok(Self {
            packages: packages(&document).map(listing).collect::<Result<_>>()?,
        })
    }

    /// All files of all packages.
    pub(crate) fn files(&self) -> impl Iterator<Item = &Listed> {
        self.packages.iter().flat_map(|package| package.files.iter())
    }
}

fn packages(document: &DocumentMut) -> impl Iterator<Item = &Table> {
    document
        .get("package")
        .and_then(Item::as_array_of_tables)
        .into_iter()
        .flatten()
}

fn listing(package: &Table) -> Result<Listing> {
    let name = text(package, "name")?;
    let spec = text(package, "version").map(|version| format!("{name}@{version}"));
    let read = || {
        text(package, "licence")?;
        let folder = text(package, "folder")?;
        let files = package
            .get("files")
            .and_then(Item::as_array)
            .context("`files` is missing or no array")?;
        files
            .iter()
            .map(|file| listed(&folder, file.as_inline_table().context("a file is a table")?))
            .collect()
    };
    let files: Result<Vec<Listed>> = read();
    let place = || format!("package `{name}`");
    Ok(Listing {
        spec: spec.with_context(place)?,
        files: files.with_context(place)?,
    })
}

fn listed(folder: &str, file: &dyn TableLike) -> Result<Listed> {
    let below = format!("{folder}/{}", text(file, "file")?);
    if !Path::new(&below)
        .components()
        .all(|part| matches!(part, Component::Normal(_)))
    {
        bail!("`{below}` leaves the folder of vendored files");
    }
    let sha256 = file
        .get("sha256")
        .and_then(Item::as_str)
        .unwrap_or_default()
        .to_owned();
    Ok(Listed {
        source: text(file, "source")?,
        path: format!("{VENDORED}/{below}"),
        sha256,
    })
}

fn text(table: &dyn TableLike, key: &str) -> Result<String> {
    let found = table.get(key).and_then(Item::as_str).map(ToOwned::to_owned);
    found.with_context(|| format!("`{key}` is missing or no text"))
}

/// The hash as the list writes it.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// `cargo xtask vendor --check`: true if every listed file is there with its hash.
pub(crate) fn check() -> Result<bool> {
    let root = workspace::root();
    let list = read(&root)?;
    let mut wrong = 0_usize;
    for file in list.files() {
        let path = root.join(&file.path);
        let complaint = match fs::read(&path) {
            Ok(bytes) if sha256(&bytes) == file.sha256 => continue,
            Ok(_) => "differs from its noted hash".to_owned(),
            Err(error) => error.to_string(),
        };
        say(&format!("{}: {complaint}", file.path))?;
        wrong += 1;
    }
    say(&format!("vendor: {} files, {wrong} wrong", list.files().count()))?;
    Ok(wrong == 0)
}

/// `cargo xtask vendor`: fetches every package, copies the listed files and notes their hashes.
pub(crate) fn refresh() -> Result<bool> {
    let root = workspace::root();
    let list = read(&root)?;
    let path = root.join(LIST);
    let mut document: DocumentMut = fs::read_to_string(&path)?.parse()?;
    let folder = root.join("target/xtask/vendor");
    for package in &list.packages {
        say(&format!("{} …", package.spec))?;
        let unpacked = fetch(&folder, &package.spec)?;
        for file in &package.files {
            let bytes = fs::read(unpacked.join(&file.source))
                .with_context(|| format!("{} has no {}", package.spec, file.source))?;
            let target = root.join(&file.path);
            fs::create_dir_all(target.parent().unwrap_or(&root))?;
            fs::write(&target, &bytes).with_context(|| format!("write {}", target.display()))?;
            let hash = sha256(&bytes);
            if hash != file.sha256 {
                say(&format!("  {} is new or changed", file.path))?;
                note(&mut document, &file.path, &hash);
            }
        }
    }
    fs::write(&path, document.to_string()).with_context(|| format!("write {LIST}"))?;
    Ok(true)
}

fn read(root: &Path) -> Result<List> {
    let text = fs::read_to_string(root.join(LIST)).with_context(|| format!("read {LIST}"))?;
    List::parse(&text).with_context(|| LIST.to_owned())
}

/// Fetches one package into a folder of its own and returns where its files lie.
fn fetch(folder: &Path, spec: &str) -> Result<std::path::PathBuf> {
    let place = folder.join(spec.replace(['/', '@'], "_"));
    if place.exists() {
        fs::remove_dir_all(&place)?;
    }
    fs::create_dir_all(&place)?;
    let answer = process::output(
        Command::new("npm")
            .args(["pack", "--silent", spec])
            .current_dir(&place),
    )?;
    let answer = String::from_utf8(answer)?;
    let archive = answer
        .lines()
        .last()
        .with_context(|| format!("npm packed nothing for {spec}"))?;
    process::output(Command::new("tar").args(["-xzf", archive]).current_dir(&place))?;
    Ok(place.join("package"))
}

/// Writes the hash beside the file in the list, which keeps its comments and layout.
fn note(document: &mut DocumentMut, path: &str, hash: &str) {
    let packages = document.get_mut("package").and_then(Item::as_array_of_tables_mut);
    let packages = packages.into_iter().flat_map(|packages| packages.iter_mut());
    for package in packages {
        let Ok(folder) = text(package, "folder") else {
            continue;
        };
        let files = package
            .get_mut("files")
            .and_then(Item::as_array_mut)
            .into_iter()
            .flat_map(|files| files.iter_mut());
        for file in files.filter_map(|file| file.as_inline_table_mut()) {
            if listed(&folder, file).is_ok_and(|listed| listed.path == path) {
                file.insert("sha256", hash.into());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# why\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\nlicence = \"MIT\"\nfolder = \"a-1\"\n\
                        files = [\n  { file = \"a.js\", source = \"dist/a.js\", sha256 = \"00\" },\n]\n";

    #[test]
    fn a_hash_is_noted_and_the_rest_of_the_list_stays() {
        let mut document: DocumentMut = TEXT.parse().unwrap();
        note(&mut document, &format!("{VENDORED}/a-1/a.js"), "ff");
        assert_eq!(document.to_string(), TEXT.replace("\"00\"", "\"ff\""));
    }

    #[test]
    fn a_list_names_what_it_lacks_and_stays_in_its_folder() {
        let complaint = |text: String| format!("{:#}", List::parse(&text).unwrap_err());
        assert!(complaint(TEXT.replace("licence", "license")).contains("package `a`: `licence` is missing"));
        for (from, to) in [("\"a.js", "\"../a.js"), ("a-1", "/etc"), ("a-1", "..")] {
            let found = complaint(TEXT.replace(from, to));
            assert!(found.contains("leaves the folder"), "{found}");
        }
    }
}
