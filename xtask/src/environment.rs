//! The one place where xtask reads its environment.

/// What the surroundings say about this run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Environment {
    /// The cargo that started us, so that a nested call is the same version.
    pub(crate) cargo: String,
    /// `CI=true`: nothing may be skipped.
    pub(crate) ci: bool,
    /// `CHROMIUM`: the browser to test with, if the caller names one.
    pub(crate) chromium: Option<String>,
    /// The folders of `PATH`.
    pub(crate) path: Vec<std::path::PathBuf>,
}

impl Environment {
    /// Reads the process's environment.
    pub(crate) fn from_process() -> Self {
        Self {
            cargo: read("CARGO").unwrap_or_else(|| "cargo".to_owned()),
            ci: read("CI").is_some_and(|value| value == "true" || value == "1"),
            chromium: read("CHROMIUM"),
            path: read("PATH")
                .map(|path| std::env::split_paths(&path).collect())
                .unwrap_or_default(),
        }
    }

    /// The first program of that name on the `PATH`.
    pub(crate) fn find(&self, program: &str) -> Option<std::path::PathBuf> {
        self.path
            .iter()
            .map(|folder| folder.join(program))
            .find(|candidate| candidate.is_file())
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "xtask is no part of the server; this is its one place"
)]
fn read(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
