//! The documentation of the API.

use askama::Template;

use super::shell::Plain;

/// The API, browsable. Needs no sign-in.
#[derive(Debug, Template)]
#[template(path = "docs.html")]
pub struct DocsPage {
    /// Title, theme.
    pub plain: Plain,
    /// The address of the OpenAPI document.
    pub spec: String,
}

/// An error the API answers.
#[derive(Debug)]
pub struct ErrorDoc {
    /// Its slug, also its anchor: `unknown-persona`.
    pub code: String,
    /// The status it comes with.
    pub status: u16,
    /// What it means.
    pub title: String,
    /// What to do about it.
    pub advice: String,
}

/// The catalogue of errors; the `type` of a problem leads here.
#[derive(Debug, Template)]
#[template(path = "docs_errors.html")]
pub struct DocsErrorsPage {
    /// Title, theme.
    pub plain: Plain,
    /// The errors by status and name.
    pub errors: Vec<ErrorDoc>,
}

/// What we pass on of others, and under which terms.
#[derive(Debug, Template)]
#[template(path = "licences.html")]
pub struct LicencesPage {
    /// Title, theme.
    pub plain: Plain,
    /// Every licence text.
    pub text: String,
}
