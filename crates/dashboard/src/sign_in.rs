//! Coming in and going out: without passwords, by a link that works once or the code beside it, or through a company's own
//! sign-in.
//!
//! No form of these pages needs a script. Before somebody is signed in there is no token to carry, so those forms are
//! taken from pages of this installation only, as the browser itself says.

mod ask;
mod code;
mod companies;
mod company;
mod cookies;
mod impersonation;
mod invitation;
mod leave;
mod link;
mod set_up;
mod theme;

use kale_domain::access::Permission::ManageInstallation;

use crate::routes::{
    Needs::{self, May},
    Routes,
};

/// The routes.
pub(crate) fn routes(routes: &mut Routes<'_>) {
    let _all = routes
        .get("/sign-in", Needs::Nothing, ask::show)
        .post("/sign-in", Needs::Nothing, ask::send)
        .get("/sign-in/mail", Needs::Nothing, ask::sent)
        .post("/sign-in/code", Needs::Nothing, code::typed)
        .get("/sign-in/link/{token}", Needs::Nothing, link::open)
        .post("/sign-in/link", Needs::Nothing, link::press)
        .get("/sign-in/invitation/{token}", Needs::Nothing, invitation::open)
        .post("/sign-in/invitation", Needs::Nothing, invitation::join)
        .get("/sign-in/set-up/{token}", Needs::Nothing, set_up::open)
        .post("/sign-in/set-up", Needs::Nothing, set_up::make)
        .get("/sign-in/company", Needs::Nothing, company::begin)
        .get("/sign-in/callback", Needs::Nothing, company::come_back)
        .post("/sign-in/organization", Needs::Nothing, company::choose)
        .get("/sign-in/companies", Needs::SignedIn, companies::show)
        .post("/sign-in/companies", May(ManageInstallation), companies::enter)
        .post("/impersonation/end", Needs::Person, impersonation::end)
        .post("/company/leave", May(ManageInstallation), companies::leave)
        .post("/sign-out", Needs::Person, leave::sign_out)
        .post("/account/theme", Needs::SignedIn, theme::choose);
}
