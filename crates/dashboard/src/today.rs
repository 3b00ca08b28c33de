//! `GET /`: what is left to set up and where the customers are.

mod checklist;
mod show;

use kale_domain::access::Permission::ReadCustomers;

use crate::routes::{Needs::May, Routes};

/// The routes.
pub(crate) fn routes(routes: &mut Routes<'_>) {
    let _all = routes.get("/", May(ReadCustomers), show::show);
}
