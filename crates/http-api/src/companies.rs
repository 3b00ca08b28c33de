//! `/companies`

mod change;
mod enter;
mod leave;
mod list;
mod read;

use utoipa_actix_web::service_config::ServiceConfig;

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list::handle)
        .service(read::handle)
        .service(change::handle)
        .service(enter::handle)
        .service(leave::handle);
}
