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

use crate::{
    frame::Here,
    routes::{Needs::May, Routes},
    view::{form::Stale, settings::SettingsTab},
};

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

/// The pages of the settings that somebody may open, on the one at `current`.
fn tabs<P>(here: &Here<P>, current: &str) -> Vec<SettingsTab> {
    let all = [
        ("General", "/settings", ManageCompany),
        ("Security", "/settings/security", ManageCompany),
        ("Team", "/settings/team", ManageUsers),
        ("Subscriber pages", "/settings/viewer", ManageViewer),
        ("API keys", "/settings/api-keys", ManageApiKeys),
    ];
    all.into_iter()
        .filter(|(_, _, needed)| here.may(*needed))
        .map(|(label, href, _)| SettingsTab {
            label,
            href,
            current: href == current,
        })
        .collect()
}

fn stale(place: &str) -> Stale {
    Stale {
        text: "Somebody changed the settings in between.".to_owned(),
        theirs: place.to_owned(),
    }
}
