//! `/saved-views`: kept ways of looking at the customer list.

mod change;
mod create;
mod list;
mod remove;
mod view;

use utoipa_actix_web::service_config::ServiceConfig;

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list::handle)
        .service(create::handle)
        .service(change::handle)
        .service(remove::handle);
}
