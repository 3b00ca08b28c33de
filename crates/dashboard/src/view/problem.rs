//! What is shown when something does not work.

use askama::Template;

use super::{
    parts::{Empty, Link, Toast},
    shell::{Plain, Shell},
};

/// A page for an error of the whole request: 404, 403 without a sign-in, 429, 500, 503.
#[derive(Debug, Template)]
#[template(path = "error.html")]
pub struct ErrorPage {
    /// Title, theme.
    pub plain: Plain,
    /// The status: 404.
    pub status: u16,
    /// What happened: `This page does not exist.`
    pub title: String,
    /// What to do.
    pub detail: String,
    /// What the log knows it by.
    pub request_id: String,
    /// The way out.
    pub action: Link,
}

/// A page of the company this person may not open: 403 with navigation.
#[derive(Debug, Template)]
#[template(path = "no_permission.html")]
pub struct NoPermissionPage {
    /// What stands around it.
    pub shell: Shell,
    /// What is missing and who can give it.
    pub empty: Empty,
    /// What the log knows it by.
    pub request_id: String,
}

/// An error in answer to htmx: swapped into the target of the request, it keeps the rest of the page as it is.
#[derive(Debug, Template)]
#[template(path = "parts/problem.html")]
pub struct ProblemFragment {
    /// What failed: `The list could not be loaded.`
    pub title: String,
    /// What to do.
    pub detail: String,
    /// What the log knows it by.
    pub request_id: String,
    /// The address to try again; empty where that makes no sense.
    pub retry: String,
}

/// Messages in answer to htmx, added to those in the corner. May follow any other fragment.
#[derive(Debug, Template)]
#[template(path = "parts/toasts.html")]
pub struct ToastsFragment {
    /// The messages.
    pub toasts: Vec<Toast>,
}
