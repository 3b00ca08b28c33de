//! `/rules`: what rules say, before they are saved.

mod check;

use utoipa_actix_web::service_config::ServiceConfig;

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(check::handle);
}
