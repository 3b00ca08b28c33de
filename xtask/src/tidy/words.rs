//! Names that say nothing, and leftovers that must not be committed.

use super::Violation;
use crate::source::code_only;
use crate::workspace::{File, Workspace};

const RULE: &str = "words";

/// Names of modules that collect what has no place.
const MODULES: [&str; 8] = [
    "utils", "util", "helpers", "helper", "common", "misc", "shared", "stuff",
];

/// Leftovers, and what to do instead.
const LEFTOVERS: [(&str, &str); 5] = [
    (
        "#[allow(",
        "say `#[expect(…, reason = \"…\")]`: it complains when it is no longer needed",
    ),
    (
        "#![allow(",
        "say `#![expect(…, reason = \"…\")]`: it complains when it is no longer needed",
    ),
    ("todo!(", "finish it, or leave the feature out"),
    ("unimplemented!(", "finish it, or leave the feature out"),
    ("dbg!(", "remove it, or make it a tracing event"),
];

/// Looks for modules without a meaning and for leftovers.
pub(super) fn check(workspace: &Workspace) -> Vec<Violation> {
    let ours = workspace.files.iter().filter(|file| file.has_extension("rs"));
    ours.flat_map(|file| module(file).into_iter().chain(leftovers(file)))
        .collect()
}

fn module(file: &File) -> Option<Violation> {
    let parts = file.path.trim_end_matches(".rs").split('/');
    let empty = parts.into_iter().find(|part| MODULES.contains(part))?;
    let message = format!("`{empty}` says nothing; name the module after what its items are about");
    Some(Violation::error(RULE, &file.path, None, message))
}

fn leftovers(file: &File) -> Vec<Violation> {
    let Some(text) = file.text() else {
        return Vec::new();
    };
    let code = code_only(text);
    let mut found = Vec::new();
    for (at, line) in code.lines().enumerate() {
        for (leftover, instead) in LEFTOVERS.iter().filter(|(leftover, _)| line.contains(leftover)) {
            found.push(Violation::error(
                RULE,
                &file.path,
                Some(at + 1),
                format!("`{leftover}…`: {instead}"),
            ));
        }
        let inline = MODULES
            .iter()
            .find(|name| line.contains(&format!("mod {name} {{")));
        if let Some(name) = inline {
            let message = format!("`mod {name}` says nothing; name it after what its items are about");
            found.push(Violation::error(RULE, &file.path, Some(at + 1), message));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::tests::{messages, with_files};
    use super::*;

    #[test]
    fn empty_names_and_leftovers_are_caught() {
        let found = messages(&check(&with_files(&[
            ("crates/web/src/utils.rs", ""),
            ("crates/web/src/helpers/mod.rs", ""),
            (
                "crates/web/src/lib.rs",
                "#[allow(dead_code)]\nfn f() { todo!() }\nmod common {\n}\n// dbg!(x)\n",
            ),
        ])));
        for place in [
            "utils.rs\n",
            "helpers/mod.rs\n",
            "lib.rs:1\n",
            "lib.rs:2\n",
            "lib.rs:3\n",
        ] {
            assert!(found.contains(place), "{place:?} in {found}");
        }
        assert_eq!(found.matches("error[").count(), 5, "{found}");
    }
}
