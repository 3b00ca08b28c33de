//! `/auth`: signing in without a password, and out.
//!
//! A link works only for whoever asked for it. Browsers that use the dashboard are known by a cookie; a client of the
//! API gets a nonce with the answer to its request for a link, and sends it back together with the token of the link.

mod link;
mod logout;
mod verify;

use utoipa_actix_web::service_config::ServiceConfig;

/// Makes nonces.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Nonces(pub(crate) fn() -> String);

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(link::handle)
        .service(verify::handle)
        .service(logout::handle);
}
