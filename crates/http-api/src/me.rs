//! `/me`: whoever calls.

mod read;
mod stop_impersonating;

use utoipa_actix_web::service_config::ServiceConfig;

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(read::handle).service(stop_impersonating::handle);
}
