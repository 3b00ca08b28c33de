//! `/data`: files that a company gives us, from the bytes to rows that can be taken back.

mod act;
mod columns;
mod download;
mod list;
mod map;
mod mapping;
mod multipart;
mod reader;
mod receive;
mod report;
mod show;
mod stage;
mod words;

use actix_web::web::ServiceConfig;

pub(crate) use self::list::row;

pub(crate) fn routes(config: &mut ServiceConfig) {
    config
        .service(list::handle)
        .service(receive::handle)
        .service(download::template)
        .service(show::handle)
        .service(map::handle)
        .service(act::validate)
        .service(act::import)
        .service(act::undo)
        .service(act::cancel)
        .service(download::errors);
}
