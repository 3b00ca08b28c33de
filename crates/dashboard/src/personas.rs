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

use kale_domain::access::Permission::{AssignPersonas, ManagePersonas, ReadCustomers, ReadPersonas};

use crate::routes::{Needs::May, Routes};

pub(crate) fn routes(routes: &mut Routes<'_>) {
    // Words before ids: an id is whatever stands there.
    let _all = routes
        .get("/personas", May(ReadPersonas), list::handle)
        .get("/personas/table", May(ReadCustomers), table::handle)
        .get("/personas/versions", May(ReadPersonas), versions::list)
        .post(
            "/personas/versions/{n}/restore",
            May(ManagePersonas),
            versions::restore,
        )
        .post("/personas/preview", May(ManagePersonas), preview::handle)
        .post("/personas/recompute", May(AssignPersonas), act::recompute)
        .post("/personas/defaults", May(ManagePersonas), act::defaults)
        .post("/personas/{id}/move", May(ManagePersonas), act::reorder)
        .post("/personas/{id}/delete", May(ManagePersonas), act::delete)
        .get("/personas/new", May(ManagePersonas), editor::new)
        .get("/personas/{id}", May(ReadPersonas), editor::edit)
        .post("/personas", May(ManagePersonas), save::create)
        .post("/personas/{id}", May(ManagePersonas), save::change);
}
