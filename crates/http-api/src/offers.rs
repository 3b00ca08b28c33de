//! `/offers`: what a company offers to those who want to leave.

mod change;
mod create;
mod list;
mod view;

use utoipa_actix_web::service_config::ServiceConfig;

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list::handle)
        .service(create::handle)
        .service(change::handle);
}
