//! Every page and fragment with invented data, for the gallery and for the tests.

mod analytics;
mod around;
mod customer;
mod customers;
mod data;
mod editor;
mod personas;
mod problems;
mod system;
mod upload;

use askama::Template;

pub(crate) use around::*;

/// A rendered page.
pub(crate) struct Page {
    /// Its file name without ending.
    pub(crate) name: &'static str,
    /// The HTML.
    pub(crate) html: String,
    /// Whether it is a part of a page.
    pub(crate) fragment: bool,
}

/// Renders a template.
pub(crate) fn page(name: &'static str, template: &impl Template) -> Page {
    made(name, template, false)
}

/// Renders a part of a page.
pub(crate) fn fragment(name: &'static str, template: &impl Template) -> Page {
    made(name, template, true)
}

fn made(name: &'static str, template: &impl Template, fragment: bool) -> Page {
    let html = template
        .render()
        .unwrap_or_else(|error| format!("{name} does not render: {error}"));
    Page { name, html, fragment }
}

/// Everything. `typed` is appended to each text that people type or files bring.
pub(crate) fn pages(typed: &str) -> Vec<Page> {
    let mut all = around::pages(typed);
    all.extend(analytics::pages(typed));
    all.extend(customers::pages(typed));
    all.extend(data::pages(typed));
    all.extend(personas::pages(typed));
    all.extend(system::pages(typed));
    all
}
