//! `/me`: whoever calls.

mod change;
mod leave;
mod preferences;
mod read;
mod stop_impersonating;

use utoipa_actix_web::service_config::ServiceConfig;

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(read::handle)
        .service(change::handle)
        .service(preferences::read)
        .service(preferences::write)
        .service(leave::handle)
        .service(stop_impersonating::handle);
}
