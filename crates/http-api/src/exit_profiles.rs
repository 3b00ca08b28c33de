//! `/exit-profiles`: what markets ask of a cancel flow.

mod list;

use utoipa_actix_web::service_config::ServiceConfig;

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list::handle);
}
