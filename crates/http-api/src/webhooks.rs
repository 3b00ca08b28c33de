//! `/webhooks`: what others call when something has happened at their side. Their signature says who they are.

mod workos;

use utoipa_actix_web::service_config::ServiceConfig;

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(workos::handle);
}
