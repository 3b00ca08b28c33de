//! Personas: the configuration, its versions, previews, recomputing.

mod breakdown;
mod categories;
mod industry_defaults;
mod preview;
mod read;
mod recompute;
mod replace;
mod versions;
mod view;

use utoipa_actix_web::service_config::ServiceConfig;

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(categories::handle)
        .service(industry_defaults::handle)
        .service(versions::handle)
        .service(breakdown::handle)
        .service(preview::handle)
        .service(recompute::handle)
        .service(read::handle)
        .service(replace::handle);
}
