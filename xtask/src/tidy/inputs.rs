//! Time, chance and the environment are inputs: each is read in one place and passed on.

use super::Violation;
use crate::source::code_only;
use crate::workspace::Workspace;

const RULE: &str = "inputs";

/// What reads the world, and what to take instead.
const CALLS: [(&str, &str); 9] = [
    ("env::var(", "take the setting from kale-config"),
    ("env::var_os(", "take the setting from kale-config"),
    ("env::vars(", "take the setting from kale-config"),
    ("env::vars_os(", "take the setting from kale-config"),
    ("Timestamp::now(", "take a `Clock`"),
    ("Zoned::now(", "take a `Clock`"),
    ("SystemTime::now(", "take a `Clock`"),
    ("Uuid::new_v4(", "take `Ids`"),
    ("Uuid::now_v7(", "take `Ids`"),
];

/// The places where the world comes in: settings, the process's clock and ids, this tool, and what measures.
const PLACES: [&str; 4] = [
    "bench/",
    "crates/config/src/settings.rs",
    "bin/kale/src/",
    "xtask/src/environment.rs",
];

/// Looks for calls that read the clock, chance or the environment outside their place.
pub(super) fn check(workspace: &Workspace) -> Vec<Violation> {
    let mut found = Vec::new();
    for file in workspace.files.iter().filter(|file| file.has_extension("rs")) {
        if PLACES.iter().any(|place| file.path.starts_with(place)) {
            continue;
        }
        let Some(text) = file.text() else { continue };
        for (at, line) in code_only(text).lines().enumerate() {
            for (call, instead) in CALLS.iter().filter(|(call, _)| line.contains(call)) {
                let message =
                    format!("`{call}…)` reads the world here; {instead} instead, so that a test can fix it");
                found.push(Violation::error(RULE, &file.path, Some(at + 1), message));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::tests::{messages, with_files};
    use super::*;

    #[test]
    fn a_clock_an_id_and_a_setting_read_on_the_way_are_caught() {
        let bad = "fn f() {\n    let at = Timestamp::now();\n    let id = uuid::Uuid::now_v7();\n    let x = std::env::var(\"X\");\n}\n";
        let found = messages(&check(&with_files(&[
            ("crates/web/src/lib.rs", bad),
            ("bin/kale/src/clock.rs", bad),
            (
                "crates/rules/src/lib.rs",
                "// Timestamp::now()\nconst C: &str = \"Uuid::new_v4()\";\n",
            ),
        ])));
        for line in 2..=4 {
            assert!(
                found.contains(&format!("error[inputs] crates/web/src/lib.rs:{line}\n")),
                "{found}"
            );
        }
        assert_eq!(found.matches("error[").count(), 3, "{found}");
    }
}
