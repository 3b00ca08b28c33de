//! `/installation`: what Kale admins do with companies from outside.

mod companies;

use kale_domain::access::Permission::ManageInstallation;

use crate::routes::{Needs::May, Routes};

pub(crate) fn routes(routes: &mut Routes<'_>) {
    let admin = May(ManageInstallation);
    let _all = routes
        .get("/installation/companies", admin, companies::list)
        .post("/installation/companies", admin, companies::create)
        .post("/installation/companies/{id}/suspend", admin, companies::suspend)
        .post("/installation/companies/{id}/resume", admin, companies::resume)
        .post("/installation/companies/{id}/delete", admin, companies::delete);
}
