//! `/customers`: the list and one customer.

mod address;
mod bulk;
mod filter;
mod filters;
mod list;
mod one;
mod page;
pub(crate) mod personas;
mod saved_views;
mod subjects;
mod table;

use actix_web::web::{ServiceConfig, get, post};

/// The routes. Those with a fixed word come before the one of a customer.
pub(crate) fn routes(config: &mut ServiceConfig) {
    config
        .route("/customers", get().to(list::show))
        .route("/customers/filter", get().to(filter::apply))
        .route("/customers/filter-form", get().to(filter::form))
        .route("/customers/columns", get().to(filter::columns))
        .route("/customers/export.csv", get().to(bulk::export_list))
        .route("/customers/export", post().to(bulk::export_selection))
        .route("/customers/personas/reassign", post().to(bulk::reassign))
        .route("/saved-views", post().to(saved_views::create))
        .route("/saved-views/{id}", post().to(saved_views::change))
        .route("/saved-views/{id}/delete", post().to(saved_views::delete))
        .configure(one::routes);
}
