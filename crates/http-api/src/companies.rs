//! `/companies`

mod change;
mod create;
mod delete;
mod enter;
mod leave;
mod list;
mod read;
mod resume;
mod suspend;

use utoipa_actix_web::service_config::ServiceConfig;

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list::handle)
        .service(create::handle)
        .service(read::handle)
        .service(change::handle)
        .service(enter::handle)
        .service(leave::handle)
        .service(suspend::handle)
        .service(resume::handle)
        .service(delete::handle);
}
