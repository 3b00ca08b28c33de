//! `/analytics`: what became of those who came to leave.

mod bars;
mod definitions;
mod figures;
mod overview;
mod shares;
mod span;
mod workflow;

use kale_domain::access::Permission::ReadAnalytics;

use crate::routes::{Needs::May, Routes};

pub(crate) fn routes(routes: &mut Routes<'_>) {
    let _all = routes
        .get("/analytics", May(ReadAnalytics), overview::handle)
        .get("/analytics/definitions", May(ReadAnalytics), definitions::handle)
        .get("/analytics/workflows/{id}", May(ReadAnalytics), workflow::handle);
}
