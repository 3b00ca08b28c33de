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

use kale_domain::access::Permission::{ManageUploads, ReadUploads};

pub(crate) use self::list::row;
use crate::routes::{Needs::May, Routes};

pub(crate) fn routes(routes: &mut Routes<'_>) {
    let _all = routes
        .get("/data", May(ReadUploads), list::handle)
        .post("/data/uploads", May(ManageUploads), receive::handle)
        .get(
            "/data/templates/customer-data",
            May(ReadUploads),
            download::template,
        )
        .get("/data/uploads/{id}", May(ReadUploads), show::handle)
        .post("/data/uploads/{id}/mapping", May(ManageUploads), map::handle)
        .post("/data/uploads/{id}/validate", May(ManageUploads), act::validate)
        .post("/data/uploads/{id}/import", May(ManageUploads), act::import)
        .post("/data/uploads/{id}/undo", May(ManageUploads), act::undo)
        .post("/data/uploads/{id}/cancel", May(ManageUploads), act::cancel)
        .get(
            "/data/uploads/{id}/errors.csv",
            May(ReadUploads),
            download::errors,
        );
}
