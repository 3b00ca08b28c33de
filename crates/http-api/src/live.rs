//! `/live`: what changes, as server-sent events.

mod follow;
mod topic;

use utoipa_actix_web::service_config::ServiceConfig;

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(follow::handle);
}
