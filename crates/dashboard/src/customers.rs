//! `/customers`: the list and one customer.

mod address;
mod bulk;
mod experts;
mod filter;
mod filters;
mod kinds;
mod list;
mod one;
mod page;
pub(crate) mod personas;
mod saved_views;
mod subjects;
mod table;

use kale_domain::access::Permission::{
    AssignExperts, AssignPersonas, ExportCustomers, ReadCustomers, UseSavedViews,
};

use crate::routes::{Needs::May, Routes};

/// The routes. Those with a fixed word come before the one of a customer.
pub(crate) fn routes(routes: &mut Routes<'_>) {
    let _all = routes
        .get("/customers", May(ReadCustomers), list::show)
        .get("/customers/filter", May(ReadCustomers), filter::apply)
        .get("/customers/filter-form", May(ReadCustomers), filter::form)
        .get("/customers/columns", May(ReadCustomers), filter::columns)
        .get("/customers/export.csv", May(ExportCustomers), bulk::export_list)
        .post("/customers/export", May(ExportCustomers), bulk::export_selection)
        .post(
            "/customers/personas/reassign",
            May(AssignPersonas),
            bulk::reassign,
        )
        .post("/customers/experts/assign", May(AssignExperts), experts::assign)
        .post("/saved-views", May(UseSavedViews), saved_views::create)
        .post("/saved-views/{id}", May(UseSavedViews), saved_views::change)
        .post(
            "/saved-views/{id}/delete",
            May(UseSavedViews),
            saved_views::delete,
        )
        .part(one::routes);
}
