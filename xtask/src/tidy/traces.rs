//! Nothing of the machine it was made on stays in the repository.

use super::Violation;
use crate::workspace::{File, Workspace};

const RULE: &str = "traces";

/// Folders of single machines. Put together here, so that this file does not match itself.
const FOLDERS: [&str; 2] = [concat!("/wo", "rk/"), concat!("/ro", "ot/")];

/// A lock file of npm that names a registry ties everyone to it.
const RESOLVED: &str = "\"resolved\": \"http";

/// Looks for machine paths in every text file and for registries in npm's lock files.
pub(super) fn check(workspace: &Workspace) -> Vec<Violation> {
    workspace.files.iter().flat_map(in_file).collect()
}

fn in_file(file: &File) -> Vec<Violation> {
    let Some(text) = file.text() else {
        return Vec::new();
    };
    let npm = file.path.ends_with("package-lock.json");
    let mut found = Vec::new();
    for (at, line) in text.lines().enumerate() {
        for folder in FOLDERS.iter().filter(|folder| starts_a_path(line, folder)) {
            let message = format!(
                "`{folder}` is a folder of one machine; write a path from the root of the repository"
            );
            found.push(Violation::error(RULE, &file.path, Some(at + 1), message));
        }
        if npm && line.contains(RESOLVED) {
            let message = "npm noted a registry's address; set `omit-lockfile-registry-resolved=true` in .npmrc and lock again";
            found.push(Violation::error(RULE, &file.path, Some(at + 1), message));
        }
    }
    found
}

/// Whether the folder stands there as an absolute path, not as a part of a longer one.
fn starts_a_path(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(at, _)| {
        let before = line.get(..at).and_then(|before| before.chars().next_back());
        before.is_none_or(|c| !(c.is_alphanumeric() || "._-/}>)".contains(c)))
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::{messages, with_files};
    use super::*;

    #[test]
    fn a_path_of_a_machine_and_a_registry_are_caught() {
        let path = format!("see {}main\n", FOLDERS[0]);
        let found = messages(&check(&with_files(&[
            ("docs/a.md", &path),
            ("docs/b.md", "frame/work/hours and a/root/b\n"),
            (
                "tests/browser/package-lock.json",
                "{\n\"resolved\": \"https://registry.example/x.tgz\"\n}\n",
            ),
        ])));
        assert!(
            found.contains("docs/a.md:1") && found.contains("package-lock.json:2"),
            "{found}"
        );
        assert_eq!(found.matches("error[").count(), 2, "{found}");
    }
}
