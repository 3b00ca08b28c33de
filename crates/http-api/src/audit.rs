//! `/audit`: who changed what.

mod list;

pub(crate) use self::list::ActorView;

use utoipa_actix_web::service_config::ServiceConfig;

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list::handle);
}
