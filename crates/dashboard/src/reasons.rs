//! `/reasons`: why subscribers leave, in the words they read.

mod change;
mod list;
mod page;
mod typed;

use kale_domain::access::Permission::{ManageReasons, ReadReasons};

use crate::routes::{Needs::May, Routes};

/// Where a reason is added. No key of a reason has a hyphen.
const NEW: &str = "/reasons/new-reason";

pub(crate) fn routes(routes: &mut Routes<'_>) {
    let _all = routes
        .get("/reasons", May(ReadReasons), list::handle)
        .post("/reasons", May(ManageReasons), change::add)
        .get("/reasons/new-reason", May(ManageReasons), change::blank)
        .get("/reasons/{key}", May(ManageReasons), change::show)
        .post("/reasons/{key}", May(ManageReasons), change::save)
        .post("/reasons/{key}/archive", May(ManageReasons), change::archive);
}
