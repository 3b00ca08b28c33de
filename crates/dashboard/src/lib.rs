//! The dashboard: pages, forms and the files a browser needs.
//!
//! A handler parses, calls one use case, fills a plain struct of [`view`] with formatted texts and renders it by askama.
//! One struct gives the page (`render`) and, where it names blocks, its fragments (`as_…`). `PAGES.md` lists addresses,
//! forms and fragments.
//!
//! Invariants: no rule of the product stands here; every page of a company names its permission as a parameter; signing
//! in, lists and forms work without scripts.

pub mod assets;
mod audit;
mod customers;
mod data;
mod deps;
mod docs;
mod frame;
mod jobs;
mod live;
mod people;
mod personas;
mod settings;
mod sign_in;
mod static_files;
mod today;
pub mod view;
mod words;

use actix_web::web::ServiceConfig;

pub use self::{
    deps::{Deps, Door},
    frame::surface,
};

/// Mounts every page, and the files they need.
///
/// The extractors stand on [`kale_web::Deps`], which the application installs beside; problems are shown by
/// [`surface`].
pub fn configure(deps: Deps) -> impl FnOnce(&mut ServiceConfig) {
    move |config| {
        deps.install(config);
        config
            .configure(static_files::routes)
            .configure(sign_in::routes)
            .configure(today::routes)
            .configure(customers::routes)
            .configure(data::routes)
            .configure(personas::routes)
            .configure(jobs::routes)
            .configure(live::routes)
            .configure(settings::routes)
            .configure(audit::routes)
            .configure(docs::routes);
    }
}
