//! `/settings`: the company, and its API keys.

mod general;
mod keys;

use kale_domain::access::Permission::{ManageApiKeys, ManageCompany};

use crate::routes::{Needs::May, Routes};

pub(crate) fn routes(routes: &mut Routes<'_>) {
    let _all = routes
        .get("/settings", May(ManageCompany), general::show)
        .post("/settings", May(ManageCompany), general::change)
        .get("/settings/api-keys", May(ManageApiKeys), keys::list)
        .post("/settings/api-keys", May(ManageApiKeys), keys::create)
        .post("/settings/api-keys/{id}/revoke", May(ManageApiKeys), keys::revoke);
}
