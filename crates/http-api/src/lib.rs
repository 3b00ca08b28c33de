//! The JSON API: one file a verb (`<resource>/<verb>.rs`), each a `Body`, a `View` and a `handle` that parses, calls one
//! use case and renders. The OpenAPI document is made from the handlers themselves.
//!
//! Invariants: no rule of the product stands here; every operation names its permission as `x-permission`, which a test
//! checks; no handler takes a parameter or a field that it does not know.

mod analytics;
mod api_keys;
mod audit;
mod auth;
mod companies;
mod customers;
mod deps;
mod events;
mod exit_profiles;
mod filters;
mod invitations;
mod jobs;
mod live;
mod me;
mod metrics;
mod offers;
mod openapi;
mod paging;
mod permissions;
mod personas;
mod reasons;
mod rules;
mod saved_views;
mod sessions;
mod sign_ins;
mod stated;
mod templates;
#[cfg(test)]
mod tests;
mod uploads;
mod users;
mod version;
mod view;
mod viewer;
mod webhooks;
mod workflows;

use utoipa_actix_web::{scope, service_config::ServiceConfig};

pub use self::{deps::Deps, openapi::openapi};

/// Mounts the API: `/api/v1/…`, `/api/version` and `/openapi.json`.
pub fn configure(deps: Deps) -> impl FnOnce(&mut ServiceConfig<'_>) {
    move |config| {
        deps.install(config);
        routes(config);
    }
}

/// Every route, without what the handlers stand on.
fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(version::show::handle)
        .service(openapi::handle)
        .service(scope("/api/v1").configure(v1));
}

fn v1(config: &mut ServiceConfig<'_>) {
    config
        .configure(permissions::routes)
        .configure(auth::routes)
        .configure(me::routes)
        .configure(sign_ins::routes)
        .configure(companies::routes)
        .configure(users::routes)
        .configure(invitations::routes)
        .configure(api_keys::routes)
        .configure(audit::routes)
        .configure(jobs::routes)
        .configure(live::routes)
        .configure(uploads::routes)
        .configure(customers::routes)
        .configure(personas::routes)
        .configure(metrics::routes)
        .configure(rules::routes)
        .configure(saved_views::routes)
        .configure(reasons::routes)
        .configure(offers::routes)
        .configure(templates::routes)
        .configure(exit_profiles::routes)
        .configure(workflows::routes)
        .configure(viewer::routes)
        .configure(sessions::routes)
        .configure(events::routes)
        .configure(analytics::routes)
        .configure(webhooks::routes);
}
