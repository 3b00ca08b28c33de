//! `/settings`: the company, its API keys, and the pages of its subscribers.

mod general;
mod keys;
mod security;
mod team;
mod viewer;

pub(crate) use self::general::currencies;

use kale_domain::access::Permission::{
    ManageApiKeys, ManageCompany, ManageInstallation, ManageUsers, ManageViewer, ManageViewerSecrets,
};

use crate::routes::{Needs::May, Routes};

pub(crate) fn routes(routes: &mut Routes<'_>) {
    let _all = routes
        .get("/settings", May(ManageCompany), general::show)
        .post("/settings", May(ManageCompany), general::change)
        .get("/settings/security", May(ManageCompany), security::show)
        .post("/settings/security", May(ManageCompany), security::change)
        .get("/settings/api-keys", May(ManageApiKeys), keys::list)
        .post("/settings/api-keys", May(ManageApiKeys), keys::create)
        .post("/settings/api-keys/{id}/rotate", May(ManageApiKeys), keys::rotate)
        .post("/settings/api-keys/{id}/revoke", May(ManageApiKeys), keys::revoke)
        .get("/settings/team", May(ManageUsers), team::list)
        .post("/settings/team", May(ManageUsers), team::invite)
        .post("/settings/team/{id}/role", May(ManageUsers), team::change_role)
        .post("/settings/team/{id}/invite", May(ManageUsers), team::invite_again)
        .post(
            "/settings/team/{id}/deactivate",
            May(ManageUsers),
            team::deactivate,
        )
        .post(
            "/settings/team/{id}/reactivate",
            May(ManageUsers),
            team::reactivate,
        )
        .post(
            "/settings/team/{id}/impersonate",
            May(ManageInstallation),
            team::impersonate,
        )
        .post("/settings/team/{id}/remove", May(ManageUsers), team::remove)
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
