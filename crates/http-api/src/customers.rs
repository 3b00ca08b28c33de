//! Customers: listed, created, changed, explained, taken out.

mod assign_experts;
mod assign_persona;
mod attributes;
mod batch;
mod body;
mod create;
mod explain;
mod export;
mod get;
mod get_by_external_id;
mod list;
mod list_query;
mod metrics;
mod named;
mod ndjson;
mod patch;
mod persona_history;
mod put_by_external_id;
mod reassign;
mod release_persona;
mod set_experts;
mod sources;
pub(crate) mod view;

use utoipa_actix_web::service_config::ServiceConfig;

/// The routes.
pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(batch::handle)
        .service(export::handle)
        .service(reassign::handle)
        .service(assign_experts::handle)
        .service(list::handle)
        .service(create::handle)
        .service(get::handle)
        .service(patch::handle)
        .service(sources::handle)
        .service(persona_history::handle)
        .service(explain::handle)
        .service(metrics::handle)
        .service(assign_persona::handle)
        .service(release_persona::handle)
        .service(set_experts::handle)
        .service(get_by_external_id::handle)
        .service(put_by_external_id::handle)
        .service(attributes::handle);
}
