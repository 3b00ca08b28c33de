//! Coming in and going out: without passwords, by a link that works once.
//!
//! No form of these pages needs a script. Before somebody is signed in there is no token to carry, so those forms are
//! taken from pages of this installation only, as the browser itself says.

mod ask;
mod companies;
mod cookies;
mod leave;
mod link;
mod theme;

use actix_web::web::{ServiceConfig, get, post};

/// The routes.
pub(crate) fn routes(config: &mut ServiceConfig) {
    config
        .route("/sign-in", get().to(ask::show))
        .route("/sign-in", post().to(ask::send))
        .route("/sign-in/mail", get().to(ask::sent))
        .route("/sign-in/link/{token}", get().to(link::open))
        .route("/sign-in/link", post().to(link::press))
        .route("/sign-in/companies", get().to(companies::show))
        .route("/sign-in/companies", post().to(companies::enter))
        .route("/company/leave", post().to(companies::leave))
        .route("/sign-out", post().to(leave::sign_out))
        .route("/account/theme", post().to(theme::choose));
}
