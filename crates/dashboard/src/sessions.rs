//! `/sessions`: what subscribers walked, and every one of their walks again.

mod list;
mod path;
mod reader;
mod show;
pub(crate) mod words;

use kale_domain::access::Permission::ReadSessions;

use crate::routes::{Needs::May, Routes};

pub(crate) fn routes(routes: &mut Routes<'_>) {
    let _all = routes.get("/sessions", May(ReadSessions), list::handle).get(
        "/sessions/{id}",
        May(ReadSessions),
        show::handle,
    );
}
