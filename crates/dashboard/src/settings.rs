//! `/settings`: the company, its API keys, and the pages of its subscribers.

mod general;
mod keys;
mod viewer;

pub(crate) use self::general::currencies;

use kale_domain::access::Permission::{ManageApiKeys, ManageCompany, ManageViewer, ManageViewerSecrets};

use crate::routes::{Needs::May, Routes};

pub(crate) fn routes(routes: &mut Routes<'_>) {
    let _all = routes
        .get("/settings", May(ManageCompany), general::show)
        .post("/settings", May(ManageCompany), general::change)
        .get("/settings/api-keys", May(ManageApiKeys), keys::list)
        .post("/settings/api-keys", May(ManageApiKeys), keys::create)
        .post("/settings/api-keys/{id}/revoke", May(ManageApiKeys), keys::revoke)
        .get("/settings/viewer", May(ManageViewer), viewer::show)
        .post("/settings/viewer", May(ManageViewer), viewer::save)
        .post(
            "/settings/viewer/secrets",
            May(ManageViewerSecrets),
            viewer::create_secret,
        )
        .post(
            "/settings/viewer/secrets/{id}/revoke",
            May(ManageViewerSecrets),
            viewer::revoke_secret,
        );
}
