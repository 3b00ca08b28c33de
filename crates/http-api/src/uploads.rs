//! Uploads: a file given, looked at, mapped, checked, imported, taken back.

mod cancel;
mod create;
mod errors;
mod import;
mod list;
mod map;
mod profile;
mod read;
mod template;
mod undo;
mod validate;
mod view;

use utoipa_actix_web::service_config::ServiceConfig;

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(create::handle)
        .service(list::handle)
        .service(read::handle)
        .service(profile::handle)
        .service(map::handle)
        .service(validate::handle)
        .service(import::handle)
        .service(undo::handle)
        .service(cancel::handle)
        .service(errors::handle)
        .service(template::handle);
}
