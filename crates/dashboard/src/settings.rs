//! `/settings`: the company, and its API keys.

mod general;
mod keys;

use actix_web::web::ServiceConfig;

pub(crate) fn routes(config: &mut ServiceConfig) {
    config
        .service(general::show)
        .service(general::change)
        .service(keys::list)
        .service(keys::create)
        .service(keys::revoke);
}
