//! All that is wrong with the settings, at once.

use std::fmt;

/// One setting that can't be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where it was set: a flag, a variable or a key of the file.
    pub place: String,
    /// What is wrong and what is allowed; never the value of a secret.
    pub message: String,
}

/// The settings can't be used; holds every reason. Never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    pub(crate) problems: Vec<Problem>,
}

impl ConfigError {
    /// Every reason, in the order of the settings' table.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let things = if self.problems.len() == 1 {
            "thing is"
        } else {
            "things are"
        };
        write!(f, "{} {things} wrong with the settings:", self.problems.len())?;
        for problem in &self.problems {
            write!(f, "\n  {}: {}", problem.place, problem.message)?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigError {}
