//! What an expert meets who asks for a customer outside of their reach, for everything that names one.

use actix_web::http::Method;
use kale_dashboard::{Route, routes};
use kale_domain::access::Permission;
use kale_testkit::{document, operations};
use serde_json::{Value, json};

use crate::dashboard::{name, parameters};

/// What an expert meets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meets {
    /// 404, as for a customer who never was.
    NotThere,
    /// 403: experts lack the permission, whoever the customer is.
    Lacks(Permission),
}

use Meets::{Lacks, NotThere};
use Permission::{AssignExperts, AssignPersonas, ExportCustomers, WriteCustomers};

/// Every operation and page that names a customer: in its path or, at the end, in its body.
pub(super) const TABLE: [(&str, Meets); 24] = [
    ("GET /api/v1/customers-by-external-id/{external_id}", NotThere),
    (
        "PUT /api/v1/customers-by-external-id/{external_id}",
        Lacks(WriteCustomers),
    ),
    ("GET /api/v1/customers/{id}", NotThere),
    ("PATCH /api/v1/customers/{id}", Lacks(WriteCustomers)),
    ("GET /api/v1/customers/{id}/explain", NotThere),
    ("GET /api/v1/customers/{id}/metrics", NotThere),
    ("PUT /api/v1/customers/{id}/persona", Lacks(AssignPersonas)),
    ("DELETE /api/v1/customers/{id}/persona", Lacks(AssignPersonas)),
    ("PUT /api/v1/customers/{id}/experts", Lacks(AssignExperts)),
    ("GET /api/v1/customers/{id}/persona-history", NotThere),
    ("GET /api/v1/customers/{id}/sources", NotThere),
    ("GET /customers/{id}", NotThere),
    ("GET /customers/{id}/peek", NotThere),
    ("POST /customers/{id}/persona", Lacks(AssignPersonas)),
    ("POST /customers/{id}/persona/unlock", Lacks(AssignPersonas)),
    ("POST /customers/{id}/experts", Lacks(AssignExperts)),
    ("POST /customers/{id}/tags", Lacks(WriteCustomers)),
    // Who is meant stands in the body.
    ("POST /api/v1/customers/batch", Lacks(WriteCustomers)),
    ("POST /api/v1/customers/export", Lacks(ExportCustomers)),
    ("POST /api/v1/customers/personas/reassign", Lacks(AssignPersonas)),
    ("POST /api/v1/customers/experts/assign", Lacks(AssignExperts)),
    ("POST /customers/export", Lacks(ExportCustomers)),
    ("POST /customers/experts/assign", Lacks(AssignExperts)),
    ("POST /customers/personas/reassign", Lacks(AssignPersonas)),
];
/// How many of them name the customer in their body, so that no document tells of it.
const BODIES: usize = 7;

/// What the table says of one of them.
pub(super) fn table(row: &str) -> Meets {
    TABLE.iter().find(|(known, _)| *known == row).unwrap().1
}

fn is_customers(behind: &str) -> bool {
    matches!(behind, "customers" | "customers-by-external-id")
}

/// Those of these that have a customer in their path.
fn naming(document: &Value, routes: &[Route]) -> Vec<String> {
    let mut all = Vec::new();
    for operation in operations(document) {
        if operation
            .path_parameters()
            .iter()
            .any(|(behind, _)| is_customers(behind))
        {
            all.push(operation.name());
        }
    }
    for route in routes {
        if parameters(route).iter().any(|(behind, _)| is_customers(behind)) {
            all.push(name(route));
        }
    }
    all
}

/// Where the table and what is served part: what stands in one of them only.
fn apart(served: &[String]) -> Vec<String> {
    let listed: Vec<&str> = TABLE[..TABLE.len() - BODIES]
        .iter()
        .map(|(row, _)| *row)
        .collect();
    let unlisted = served.iter().filter(|one| !listed.contains(&one.as_str()));
    let unserved = listed
        .iter()
        .filter(|one| !served.iter().any(|served| served == **one));
    unlisted
        .map(|one| format!("{one} is in no table"))
        .chain(unserved.map(|one| format!("{one} is not served")))
        .collect()
}

#[test]
fn everything_that_names_a_customer_stands_in_the_table() {
    assert_eq!(apart(&naming(document(), &routes())), Vec::<String>::new());
}

#[test]
fn a_route_of_a_customer_that_nobody_walks_is_seen() {
    let mut document = document().clone();
    let get = document["paths"]["/api/v1/customers/{id}"]["get"].clone();
    document["paths"]["/api/v1/customers/{id}/notes"] = json!({ "post": get });
    let paths = document["paths"].as_object_mut().unwrap();
    drop(paths.shift_remove("/api/v1/customers/{id}/sources"));
    let mut routes = routes();
    routes.push(Route {
        method: Method::POST,
        path: "/customers/{id}/notes",
        ..routes[0].clone()
    });

    assert_eq!(
        apart(&naming(&document, &routes)),
        [
            "POST /api/v1/customers/{id}/notes is in no table",
            "POST /customers/{id}/notes is in no table",
            "GET /api/v1/customers/{id}/sources is not served",
        ]
    );
}
