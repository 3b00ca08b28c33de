//! `/personas`: who belongs together, by which rule, and what changing that would do.

mod act;
mod document;
mod draft;
mod editor;
mod list;
mod preview;
mod reader;
mod rows;
mod save;
mod subjects;
mod table;
mod tags;
mod versions;

use actix_web::web::ServiceConfig;

pub(crate) fn routes(config: &mut ServiceConfig) {
    // Words before ids: an id is whatever stands there.
    config
        .service(list::handle)
        .service(table::handle)
        .service(versions::list)
        .service(versions::restore)
        .service(preview::handle)
        .service(act::recompute)
        .service(act::defaults)
        .service(act::reorder)
        .service(act::delete)
        .service(editor::new)
        .service(editor::edit)
        .service(save::create)
        .service(save::change);
}
