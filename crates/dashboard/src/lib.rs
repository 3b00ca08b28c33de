//! The dashboard: pages, forms and the files a browser needs.
//!
//! A handler parses, calls one use case, fills a plain struct of [`view`] with formatted texts and renders it by askama.
//! One struct gives the page (`render`) and, where it names blocks, its fragments (`as_…`). `PAGES.md` lists addresses,
//! forms and fragments.
//!
//! Invariants: no rule of the product stands here; every page of a company names its permission as a parameter; every
//! route stands in the table of [`routes`], from which tests ask all of them; signing in, lists and forms work without
//! scripts.

mod account;
mod analytics;
pub mod assets;
mod audit;
mod customers;
mod data;
mod deps;
mod dev_mail;
mod docs;
mod frame;
mod installation;
mod jobs;
mod live;
mod offers;
mod people;
mod personas;
mod reasons;
mod routes;
mod sessions;
mod settings;
mod sign_in;
mod static_files;
mod today;
pub mod view;
mod words;
mod workflows;

use actix_web::web::ServiceConfig;

use self::routes::Routes;
pub use self::{
    deps::{Deps, Door, Picture, Provider},
    dev_mail::MAILBOX,
    frame::surface,
    routes::{Needs, Route, routes},
};

/// Mounts every page, and the files they need.
///
/// The extractors stand on [`kale_web::Deps`], which the application installs beside; problems are shown by
/// [`surface`].
pub fn configure(deps: Deps) -> impl FnOnce(&mut ServiceConfig) {
    move |config| {
        let kept = deps.kept.is_some();
        deps.install(config);
        let mut routes = Routes::on(config);
        mount(&mut routes);
        if kept {
            let _all = routes.part(dev_mail::routes);
        }
    }
}

/// Every part, in the order the router asks them.
fn mount(routes: &mut Routes<'_>) {
    let _all = routes
        .part(static_files::routes)
        .part(sign_in::routes)
        .part(today::routes)
        .part(customers::routes)
        .part(sessions::routes)
        .part(workflows::routes)
        .part(reasons::routes)
        .part(offers::routes)
        .part(analytics::routes)
        .part(data::routes)
        .part(personas::routes)
        .part(jobs::routes)
        .part(live::routes)
        .part(settings::routes)
        .part(account::routes)
        .part(audit::routes)
        .part(installation::routes)
        .part(docs::routes);
}
