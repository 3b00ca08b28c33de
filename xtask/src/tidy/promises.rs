//! A promise of security names its tests; a test that is named has to be there.

use std::collections::BTreeSet;

use super::Violation;
use crate::source::functions;
use crate::workspace::Workspace;

const RULE: &str = "promises";
/// Where promises stand.
const PAGES: [&str; 2] = ["SECURITY.md", "docs/security.md"];
/// A name in backticks of so many words is that of a test.
const WORDS: usize = 4;

/// Looks for tests that are named and not there.
pub(super) fn check(workspace: &Workspace) -> Vec<Violation> {
    let tests: BTreeSet<String> = workspace
        .files
        .iter()
        .filter(|file| file.has_extension("rs"))
        .filter_map(|file| file.text())
        .flat_map(functions)
        .map(|function| function.name)
        .collect();
    let mut found = Vec::new();
    for file in &workspace.files {
        if !PAGES.iter().any(|page| file.path == *page) {
            continue;
        }
        let Some(text) = file.text() else { continue };
        for (at, line) in text.lines().enumerate() {
            for name in named(line).filter(|name| !tests.contains(*name)) {
                let message = format!("there is no test `{name}`; name the one that shows this");
                found.push(Violation::error(RULE, &file.path, Some(at + 1), message));
            }
        }
    }
    found
}

/// What stands in backticks and is named like a test.
fn named(line: &str) -> impl Iterator<Item = &str> {
    let is_test = |text: &&str| {
        let words = text.split('_').filter(|word| !word.is_empty()).count();
        words >= WORDS
            && text
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
    };
    line.split('`').skip(1).step_by(2).filter(is_test)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{messages, with_files};
    use super::*;

    #[test]
    fn a_test_that_is_named_and_not_there_is_caught() {
        let code = "#[test]\nfn a_door_that_is_shut_stays_shut() {\n}\n";
        let page = "Shut (`a_door_that_is_shut_stays_shut`, `KALE_SMTP_URL`, `audit_head`).\nOpen: `a_door_that_nobody_built`.\n";
        let found = messages(&check(&with_files(&[
            ("tests/it/doors.rs", code),
            ("docs/security.md", page),
            ("docs/team.md", "`a_door_that_nobody_built`"),
        ])));
        assert!(
            found.contains(
                "error[promises] docs/security.md:2\n    there is no test `a_door_that_nobody_built`"
            ),
            "{found}"
        );
        assert_eq!(found.matches("error[").count(), 1, "{found}");
    }
}
