//! The rules of this repository that no compiler checks, each with what to do about a violation.
//!
//! A rule is a function of the [`Workspace`] and nothing else; its test plants a violation in a workspace built
//! in memory and sees it caught.

mod indexes;
mod inputs;
mod layers;
mod lengths;
mod licences;
mod locked;
mod owners;
mod promises;
mod tenants;
mod traces;
mod vendored;
mod words;

use std::fmt;

use anyhow::Result;

use crate::say;
use crate::workspace::Workspace;

/// A place that breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Violation {
    /// The rule's name.
    rule: &'static str,
    /// Whether it fails the run.
    level: Level,
    /// The file, from the root.
    file: String,
    /// The line from 1, where one line is to blame.
    line: Option<usize>,
    /// What is wrong, and what to do.
    message: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    Error,
    Warning,
}

impl Violation {
    fn error(rule: &'static str, file: &str, line: Option<usize>, message: impl Into<String>) -> Self {
        Self {
            rule,
            level: Level::Error,
            file: file.to_owned(),
            line,
            message: message.into(),
        }
    }

    fn warning(rule: &'static str, file: &str, line: Option<usize>, message: impl Into<String>) -> Self {
        Self {
            level: Level::Warning,
            ..Self::error(rule, file, line, message)
        }
    }

    /// Whether it fails the run (a warning only asks for attention).
    pub(crate) fn fails(&self) -> bool {
        self.level == Level::Error
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let level = if self.fails() { "error" } else { "warning" };
        write!(f, "{level}[{}] {}", self.rule, self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        write!(f, "\n    {}", self.message)
    }
}

/// Every rule, in the order of the report.
const RULES: [fn(&Workspace) -> Vec<Violation>; 12] = [
    layers::check,
    owners::check,
    promises::check,
    locked::check,
    inputs::check,
    tenants::check,
    indexes::check,
    lengths::check,
    words::check,
    vendored::check,
    traces::check,
    licences::check,
];

/// All violations of a workspace.
pub(crate) fn violations(workspace: &Workspace) -> Vec<Violation> {
    RULES.iter().flat_map(|rule| rule(workspace)).collect()
}

/// `cargo xtask tidy`: prints every violation; true if nothing fails.
pub(crate) fn run() -> Result<bool> {
    let found = violations(&Workspace::load()?);
    for violation in &found {
        say(&violation.to_string())?;
    }
    let errors = found.iter().filter(|violation| violation.fails()).count();
    say(&format!(
        "tidy: {errors} errors, {} warnings",
        found.len() - errors
    ))?;
    Ok(errors == 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::{File, Member, Use};

    /// A workspace of files only.
    pub(super) fn with_files(files: &[(&str, &str)]) -> Workspace {
        let files = files
            .iter()
            .map(|(path, text)| File {
                path: (*path).to_owned(),
                bytes: text.as_bytes().to_vec(),
            })
            .collect();
        Workspace {
            files,
            ..Workspace::default()
        }
    }

    /// A member crate in its usual folder; a use that starts with `dev ` is for tests.
    pub(super) fn member(name: &str, uses: &[&str]) -> Member {
        let folder = match name {
            "kale" => "bin/kale".to_owned(),
            "xtask" => "xtask".to_owned(),
            name => format!("crates/{}", name.trim_start_matches("kale-")),
        };
        let uses = uses
            .iter()
            .map(|stated| Use {
                package: stated.trim_start_matches("dev ").to_owned(),
                dev: stated.starts_with("dev "),
            })
            .collect();
        Member {
            name: name.to_owned(),
            manifest: format!("{folder}/Cargo.toml"),
            uses,
        }
    }

    /// The messages of one rule, joined.
    pub(super) fn messages(found: &[Violation]) -> String {
        found
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join("\n")
    }

    #[test]
    fn this_repository_is_tidy() {
        let found = violations(&Workspace::load().unwrap());
        let errors: Vec<Violation> = found.into_iter().filter(Violation::fails).collect();
        assert!(errors.is_empty(), "run `cargo xtask tidy`\n{}", messages(&errors));
    }
}
