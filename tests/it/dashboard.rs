//! The dashboard's routes, asked as a browser asks: what holds for every one of them, whatever page it is.
//!
//! All is generated from the table that the router is built from, so that a new route is asked without anybody writing
//! a test, and fails one where a test knows no id for its parameter.

mod account;
pub(crate) mod browser;
mod builder;
mod cancel_flow;
mod experts;
mod forms;
mod isolation;
mod permissions;
mod served;
mod team;

use actix_web::http::Method;
use kale_dashboard::{Needs, Route, routes};
use kale_domain::access::{Permission, Role};

use crate::{
    isolation::things::Things,
    permissions::table::{Cell, Who},
};

/// Parameters of paths that name nothing of a company, with the segment they stand behind: the files that browsers need,
/// a secret that opens by itself, a template of the product, and a number that every company counts for itself.
const NO_IDS: [&str; 6] = ["assets", "gallery", "invitation", "link", "set-up", "versions"];

/// `GET /customers/{id}`
pub(crate) fn name(route: &Route) -> String {
    format!("{} {}", route.method, route.path)
}

/// The parameters of its path as they stand there, each with the segment it stands behind: `("customers", "{id}")`.
pub(crate) fn parameters(route: &Route) -> Vec<(&'static str, &'static str)> {
    let mut before = "";
    let mut found = Vec::new();
    for segment in route.path.split('/') {
        if segment.starts_with('{') {
            found.push((before, segment));
        } else {
            before = segment;
        }
    }
    found
}

/// Its path, with what `id` answers for the segment behind which a parameter stands.
pub(crate) fn filled(route: &Route, id: impl Fn(&'static str) -> String) -> String {
    let mut path = route.path.to_owned();
    for (behind, parameter) in parameters(route) {
        path = path.replacen(parameter, &id(behind), 1);
    }
    path
}

/// The parameters that no test knows an id for.
fn unknown(all: &[Route], things: &Things) -> Vec<String> {
    let mut missing = Vec::new();
    for route in all {
        for (behind, parameter) in parameters(route) {
            if !NO_IDS.contains(&behind) && !things.has(behind) {
                missing.push(format!("{} {parameter}", name(route)));
            }
        }
    }
    missing
}

/// The routes, those last that end what the others live by.
fn in_order() -> Vec<Route> {
    let mut all = routes();
    all.sort_by_key(|route| match route.path {
        path if path.ends_with("/delete") => 1,
        "/company/leave" => 2,
        path if path.starts_with("/account/sign-ins/") => 3,
        "/sign-out" => 4,
        _ => 0,
    });
    all
}

/// The permission a route needs, where it needs one.
const fn permission(route: &Route) -> Option<Permission> {
    match route.needs {
        Needs::May(permission) => Some(permission),
        _ => None,
    }
}

/// What the table of permissions says about a route and somebody who asks it.
fn expected(route: &Route, who: &Who) -> Cell {
    if route.needs == Needs::Nothing {
        return Cell::Allowed;
    }
    let in_company = match who {
        Who::Nobody => return Cell::Unauthenticated,
        Who::Person { in_company, .. } => *in_company,
        Who::Key(_) => true,
    };
    match route.needs {
        Needs::Person if matches!(who, Who::Key(_)) => Cell::Refused("people-only"),
        Needs::Company if !in_company => Cell::Refused("choose-a-company"),
        Needs::May(permission) => {
            let may = match who {
                Who::Nobody => false,
                Who::Person { role, .. } => permission.allows(*role),
                Who::Key(held) => held.contains(&permission),
            };
            match (may, in_company || permission == Permission::ManageInstallation) {
                (false, _) => Cell::Lacks(permission),
                (true, false) => Cell::Refused("choose-a-company"),
                (true, true) => Cell::Allowed,
            }
        }
        _ => Cell::Allowed,
    }
}

/// Whether it is a form.
fn is_form(route: &Route) -> bool {
    route.method == Method::POST
}

/// A person of a company.
const fn person(role: Role) -> Who {
    Who::Person {
        role,
        in_company: true,
    }
}
