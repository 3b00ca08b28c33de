//! `/templates`: what a workflow can begin as.

mod list;
mod read;
mod view;

use utoipa_actix_web::service_config::ServiceConfig;

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list::handle).service(read::handle);
}
