//! `/me/sign-ins`: where the caller is signed in.

mod end;
mod end_all;
mod list;

use utoipa_actix_web::service_config::ServiceConfig;

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list::handle)
        .service(end::handle)
        .service(end_all::handle);
}
