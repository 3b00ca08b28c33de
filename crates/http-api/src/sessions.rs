//! `/sessions`: subscribers' walks.

mod card;
mod end;
mod list;
mod problem;
mod read;
mod replay;
mod start;
mod step;
mod view;

use utoipa_actix_web::service_config::ServiceConfig;

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list::handle)
        .service(start::handle)
        .service(read::handle)
        .service(step::handle)
        .service(end::handle)
        .service(replay::handle);
}
