//! `GET /`: what is left to set up and where the customers are.

mod checklist;
mod show;

use actix_web::web::{ServiceConfig, get};

/// The routes.
pub(crate) fn routes(config: &mut ServiceConfig) {
    config.route("/", get().to(show::show));
}
