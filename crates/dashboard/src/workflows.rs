//! `/workflows` and `/gallery`: what subscribers walk through, and what it can begin as.

mod conditions;
mod create;
mod gallery;
mod list;
mod outline;
mod reader;
mod show;
mod words;

use kale_domain::access::Permission::{ManageWorkflows, ReadWorkflows};

pub(crate) use self::words::{card_look, offer_label, outcome_label, trigger_label};
use crate::routes::{Needs::May, Routes};

pub(crate) fn routes(routes: &mut Routes<'_>) {
    let _all = routes
        .get("/workflows", May(ReadWorkflows), list::handle)
        .post("/workflows", May(ManageWorkflows), create::handle)
        .get("/workflows/{id}", May(ReadWorkflows), show::handle)
        .get("/gallery", May(ReadWorkflows), gallery::list)
        .get("/gallery/{key}", May(ReadWorkflows), gallery::preview);
}
