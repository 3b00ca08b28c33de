//! `/invitations`: joining a company.

mod accept;

use utoipa_actix_web::service_config::ServiceConfig;

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(accept::handle);
}
