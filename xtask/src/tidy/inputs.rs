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

/// Who may ask for chance itself: the process's ids, secrets, pauses and orders that are random on purpose, and the
/// demo's subscribers, whose chance is seeded.
const CHANCE: [&str; 16] = [
    "bench/",
    "bin/kale/src/demo/sessions.rs",
    "bin/kale/src/sources.rs",
    "crates/http-client/src/client.rs",
    "crates/integration-workos/src/keys/tests.rs",
    "crates/jobs/src/outcome.rs",
    "crates/jobs/src/ring.rs",
    "crates/jobs/src/runner.rs",
    "crates/persistence/src/access/changes.rs",
    "crates/persistence/src/audit.rs",
    "crates/persistence/src/live.rs",
    "crates/persistence/src/seal/",
    "crates/persistence/src/sign_ins/",
    "crates/persistence/src/token.rs",
    "crates/persistence/src/tx.rs",
    "crates/persistence/src/viewer/handles.rs",
];

/// Whether a line of code names the crate `rand`.
fn names_rand(line: &str) -> bool {
    line.match_indices("rand::").any(|(at, _)| {
        let before = line.get(..at).and_then(|before| before.chars().next_back());
        before.is_none_or(|before| !before.is_alphanumeric() && before != '_')
    })
}

/// Looks for calls that read the clock, chance or the environment outside their place.
pub(super) fn check(workspace: &Workspace) -> Vec<Violation> {
    let mut found = Vec::new();
    for file in workspace.files.iter().filter(|file| file.has_extension("rs")) {
        let is_in = |places: &[&str]| places.iter().any(|place| file.path.starts_with(place));
        let Some(text) = file.text() else { continue };
        for (at, line) in code_only(text).lines().enumerate() {
            if names_rand(line) && !is_in(&CHANCE) {
                let message =
                    "chance comes in here; take `Ids` or a seed, or say in `tidy/inputs.rs` why not";
                found.push(Violation::error(RULE, &file.path, Some(at + 1), message));
            }
            if is_in(&PLACES) {
                continue;
            }
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
    fn chance_is_caught_where_it_has_no_place() {
        let bad = "use rand::Rng as _;\nfn f() -> u8 {\n    ::rand::random() + operand::g()\n}\n";
        let found = messages(&check(&with_files(&[
            ("crates/application/src/uploads.rs", bad),
            (
                "bin/kale/src/server.rs",
                "fn f() -> u8 {\n    rand::random()\n}\n",
            ),
            ("crates/persistence/src/token.rs", bad),
            ("crates/rules/src/lib.rs", "// rand::random()\n"),
        ])));
        for place in [
            "crates/application/src/uploads.rs:1",
            "crates/application/src/uploads.rs:3",
            "bin/kale/src/server.rs:2",
        ] {
            assert!(found.contains(&format!("error[inputs] {place}\n")), "{found}");
        }
        assert_eq!(found.matches("error[").count(), 3, "{found}");
    }

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
