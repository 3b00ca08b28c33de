//! `/account`: what belongs to whoever looks: their name, how they like it, where they are signed in.

mod change;
mod leave;
mod page;
mod sign_ins;

use crate::routes::{Needs::Person, Routes};

const HERE: &str = "/account";

pub(crate) fn routes(routes: &mut Routes<'_>) {
    let _all = routes
        .get(HERE, Person, page::show)
        .post(HERE, Person, change::name)
        .post("/account/preferences", Person, change::preferences)
        .post("/account/sign-ins/end", Person, sign_ins::end_all)
        .post("/account/sign-ins/{id}/end", Person, sign_ins::end)
        .post("/account/leave", Person, leave::leave);
}
