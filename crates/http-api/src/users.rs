//! `/users`: the people of a company.

mod change;
mod deactivate;
mod impersonate;
mod invite;
mod list;
mod reactivate;
mod read;
mod remove;
mod resend_invitation;

use utoipa_actix_web::service_config::ServiceConfig;

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list::handle)
        .service(invite::handle)
        .service(read::handle)
        .service(change::handle)
        .service(remove::handle)
        .service(resend_invitation::handle)
        .service(impersonate::handle)
        .service(deactivate::handle)
        .service(reactivate::handle);
}
