//! `/offers`: what a company offers to those who want to leave.

mod change;
mod list;
mod page;
mod params;

use kale_domain::access::Permission::{ManageOffers, ReadOffers};

use crate::routes::{Needs::May, Routes};

pub(crate) fn routes(routes: &mut Routes<'_>) {
    let _all = routes
        .get("/offers", May(ReadOffers), list::handle)
        .post("/offers", May(ManageOffers), change::add)
        .get("/offers/new", May(ManageOffers), change::blank)
        .get("/offers/{id}", May(ManageOffers), change::show)
        .post("/offers/{id}", May(ManageOffers), change::save)
        .post("/offers/{id}/archive", May(ManageOffers), change::archive);
}
