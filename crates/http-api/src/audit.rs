//! `/audit` and `/installation/audit`: who changed what.

mod export;
mod head;
mod installation;
mod list;
mod query;

pub(crate) use self::list::ActorView;

use utoipa_actix_web::service_config::ServiceConfig;

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list::handle)
        .service(export::handle)
        .service(head::handle)
        .service(installation::handle);
}
