//! Files and functions stay short enough to be read whole.

use super::Violation;
use crate::source::{code_only, functions, lines_outside_tests, test_modules, without_tests};
use crate::workspace::{File, Workspace};

const RULE: &str = "lengths";

/// A length that deserves a look, and one that is refused.
struct Limit {
    warn: usize,
    refuse: usize,
}

const FILE: Limit = Limit {
    warn: 400,
    refuse: 600,
};
const FUNCTION: Limit = Limit { warn: 60, refuse: 80 };

/// Measures every Rust file and function outside tests.
pub(super) fn check(workspace: &Workspace) -> Vec<Violation> {
    let rust = || workspace.files.iter().filter(|file| file.has_extension("rs"));
    let for_tests: Vec<String> = rust().flat_map(declared_for_tests).collect();
    let in_tests = |path: &str| {
        let below = |module: &String| {
            path.strip_prefix(module.as_str())
                .is_some_and(|rest| rest.starts_with(['.', '/']))
        };
        path.starts_with("tests/")
            || path.contains("/tests/")
            || path.contains("/examples/")
            || for_tests.iter().any(below)
    };
    rust()
        .filter(|file| !in_tests(&file.path))
        .flat_map(in_file)
        .collect()
}

/// The modules that a file declares under `#[cfg(test)]`, as paths without extension.
fn declared_for_tests(file: &File) -> Vec<String> {
    let names = file
        .text()
        .map(|text| test_modules(&code_only(text)))
        .unwrap_or_default();
    let stem = file.path.trim_end_matches(".rs");
    let own_folder = ["/lib", "/main", "/mod"]
        .iter()
        .find_map(|root| stem.strip_suffix(root))
        .unwrap_or(stem);
    names
        .into_iter()
        .map(|name| format!("{own_folder}/{name}"))
        .collect()
}

fn in_file(file: &File) -> Vec<Violation> {
    let Some(text) = file.text() else {
        return Vec::new();
    };
    let lines = lines_outside_tests(text);
    let whole = FILE.judge(
        &file.path,
        None,
        lines,
        &format!("the file has {lines} lines outside tests; split it by what it is about"),
    );
    let measured = functions(&without_tests(&code_only(text)));
    let parts = measured.into_iter().filter_map(|function| {
        let message = format!(
            "`{}` has {} lines; give its steps names of their own",
            function.name, function.lines
        );
        FUNCTION.judge(&file.path, Some(function.line), function.lines, &message)
    });
    whole.into_iter().chain(parts).collect()
}

impl Limit {
    fn judge(&self, file: &str, line: Option<usize>, lines: usize, message: &str) -> Option<Violation> {
        let Self { warn, refuse } = self;
        if lines > *refuse {
            Some(Violation::error(
                RULE,
                file,
                line,
                format!("{message} (at most {refuse})"),
            ))
        } else if lines > *warn {
            Some(Violation::warning(
                RULE,
                file,
                line,
                format!("{message} (better at most {warn})"),
            ))
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{messages, with_files};
    use super::*;

    fn function(lines: usize) -> String {
        format!("fn long() {{\n{}}}\n", "    step();\n".repeat(lines - 2))
    }

    #[test]
    fn a_long_file_and_a_long_function_are_caught() {
        let file = "const A: u8 = 1;\n".repeat(601);
        let found = messages(&check(&with_files(&[
            ("crates/a/src/file.rs", &file),
            ("crates/a/src/function.rs", &function(81)),
            ("crates/a/src/warned.rs", &function(61)),
            ("crates/a/src/fine.rs", &function(60)),
            ("tests/it/all.rs", &file),
        ])));
        assert!(
            found.contains("error[lengths] crates/a/src/file.rs\n    the file has 601 lines"),
            "{found}"
        );
        assert!(
            found.contains("error[lengths] crates/a/src/function.rs:1\n    `long` has 81 lines"),
            "{found}"
        );
        assert!(
            found.contains("warning[lengths] crates/a/src/warned.rs:1\n"),
            "{found}"
        );
        assert_eq!(found.matches("[lengths]").count(), 3, "{found}");
    }

    #[test]
    fn a_test_module_may_be_long() {
        let long = function(700);
        let inside = format!("fn short() {{}}\n#[cfg(test)]\nmod tests {{\n{long}}}\n");
        let found = messages(&check(&with_files(&[
            ("crates/a/src/lib.rs", &inside),
            (
                "crates/b/src/lib.rs",
                "mod rule;\n#[cfg(test)]\nmod properties;\n",
            ),
            ("crates/b/src/properties.rs", &long),
            ("crates/b/src/rule.rs", "#[cfg(test)]\nmod tests;\n"),
            ("crates/b/src/rule/tests.rs", &long),
            ("crates/b/src/rule/tests_of_others.rs", "fn short() {}\n"),
        ])));
        assert_eq!(found, "");
    }
}
