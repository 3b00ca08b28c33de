//! Every vendored browser file is listed with its hash, and every listed hash is true.

use super::Violation;
use crate::vendor::{LIST, List, VENDORED, sha256};
use crate::workspace::Workspace;

const RULE: &str = "vendored";

/// Compares the vendored files with their list.
pub(super) fn check(workspace: &Workspace) -> Vec<Violation> {
    let folder = format!("{VENDORED}/");
    let present = workspace
        .files
        .iter()
        .filter(|file| file.path.starts_with(&folder));
    let Some(text) = workspace.file(LIST).and_then(|file| file.text()) else {
        let unlisted = present.map(|file| {
            Violation::error(
                RULE,
                &file.path,
                None,
                format!("there is no {LIST} that lists this file"),
            )
        });
        return unlisted.collect();
    };
    let list = match List::parse(text) {
        Ok(list) => list,
        Err(error) => return vec![Violation::error(RULE, LIST, None, format!("{error:#}"))],
    };
    let mut found = Vec::new();
    for file in list.files() {
        let path = &file.path;
        let message = match workspace.file(path) {
            None => format!("`{path}` is listed but not there; run `cargo xtask vendor`"),
            Some(there) if sha256(&there.bytes) != file.sha256 => {
                format!(
                    "`{path}` is not the file that was listed; run `cargo xtask vendor` and look at the difference"
                )
            }
            Some(_) => continue,
        };
        found.push(Violation::error(RULE, LIST, None, message));
    }
    found.extend(
        present
            .filter(|there| !list.files().any(|file| file.path == there.path))
            .map(|file| {
                let message = format!(
                    "this file is not in {LIST}; list it with its package, version and licence, or remove it"
                );
                Violation::error(RULE, &file.path, None, message)
            }),
    );
    found
}

#[cfg(test)]
mod tests {
    use super::super::tests::{messages, with_files};
    use super::*;

    #[test]
    fn a_changed_a_missing_and_an_unlisted_file_are_caught() {
        let list = format!(
            "[[package]]\nname = \"a\"\nversion = \"1.0.0\"\nlicence = \"MIT\"\nfolder = \"a-1\"\nfiles = [\n{}{}{}]\n",
            file("a.js", &sha256(b"a")),
            file("b.js", &sha256(b"as published")),
            file("c.js", &sha256(b"c")),
        );
        let found = messages(&check(&with_files(&[
            (LIST, &list),
            ("crates/dashboard/assets/vendor/a-1/a.js", "a"),
            ("crates/dashboard/assets/vendor/a-1/b.js", "changed by hand"),
            ("crates/dashboard/assets/vendor/a-1/d.js", "d"),
        ])));
        for expected in [
            "a-1/b.js` is not the file",
            "a-1/c.js` is listed but not there",
            "a-1/d.js\n    this file",
        ] {
            assert!(found.contains(expected), "{expected:?} in {found}");
        }
        assert_eq!(found.matches("error[").count(), 3, "{found}");
    }

    fn file(name: &str, sha256: &str) -> String {
        format!("  {{ file = \"{name}\", source = \"{name}\", sha256 = \"{sha256}\" }},\n")
    }
}
