//! `/events`: what is told of subscribers.

mod batch;
mod list;
mod one;
mod teller;
mod view;

use utoipa_actix_web::service_config::ServiceConfig;

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list::handle)
        .service(one::handle)
        .service(batch::handle);
}
