//! `/workflows` and `/gallery`: what subscribers walk through, and what it can begin as.

mod builder;
mod conditions;
mod create;
mod differences;
mod gallery;
mod list;
mod outline;
mod picture;
mod publish;
mod reader;
mod settings;
mod show;
mod states;
mod versions;
mod words;

use kale_domain::access::Permission::{ManageWorkflows, ReadWorkflows};

pub(crate) use self::words::{card_look, offer_label, outcome_label, trigger_label};
use crate::routes::{Needs::May, Routes};

pub(crate) fn routes(routes: &mut Routes<'_>) {
    let _all = routes
        .get("/workflows", May(ReadWorkflows), list::handle)
        .post("/workflows", May(ManageWorkflows), create::handle)
        .get("/workflows/{id}", May(ReadWorkflows), show::handle)
        .post("/workflows/{id}/ops", May(ManageWorkflows), builder::edit)
        .post("/workflows/{id}/undo", May(ManageWorkflows), builder::undo)
        .post("/workflows/{id}/redo", May(ManageWorkflows), builder::redo)
        .get("/workflows/{id}/preview", May(ManageWorkflows), picture::handle)
        .post("/workflows/{id}/publish", May(ManageWorkflows), publish::publish)
        .post("/workflows/{id}/pause", May(ManageWorkflows), states::pause)
        .post("/workflows/{id}/resume", May(ManageWorkflows), states::resume)
        .post("/workflows/{id}/archive", May(ManageWorkflows), states::archive)
        .post(
            "/workflows/{id}/duplicate",
            May(ManageWorkflows),
            states::duplicate,
        )
        .get("/workflows/{id}/settings", May(ManageWorkflows), settings::show)
        .post("/workflows/{id}/settings", May(ManageWorkflows), settings::save)
        .get("/workflows/{id}/versions", May(ReadWorkflows), versions::list)
        .post(
            "/workflows/{id}/rollback",
            May(ManageWorkflows),
            publish::roll_back,
        )
        .get("/gallery", May(ReadWorkflows), gallery::list)
        .get("/gallery/{key}", May(ReadWorkflows), gallery::preview);
}
