//! `/analytics`: figures.

mod check;
mod counting;
mod definitions;
mod overview;
mod overview_csv;
mod query;
mod rebuild;
mod table;
mod tables;
mod view;
mod workflow;
mod workflow_csv;
mod workflows;
mod workflows_csv;

use utoipa_actix_web::service_config::ServiceConfig;

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(definitions::handle)
        .service(counting::handle)
        .service(rebuild::handle)
        .service(check::handle)
        .service(overview::handle)
        .service(overview_csv::handle)
        .service(workflows::handle)
        .service(workflows_csv::handle)
        .service(workflow::handle)
        .service(workflow_csv::handle);
}
