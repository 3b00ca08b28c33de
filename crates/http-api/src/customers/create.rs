//! `POST /customers`

use actix_web::{HttpResponse, http::header, post, web::Data};
use kale_application::{customers::Customers, personas::Personas};
use kale_web::{Allowed, Idempotent, Json, NoQuery, Problem, Required, etag::etag, permission::WriteCustomers};

use super::{
    body::CustomerBody,
    view::{CustomerView, PersonaNames},
};

/// Creates a customer.
///
/// One external id is one customer: where it exists, 409 `already-exists`; `PUT /customers-by-external-id/{external_id}`
/// creates or changes.
#[utoipa::path(
    operation_id = "customers.create",
    tag = "Customers",
    params(("Idempotency-Key" = Option<String>, Header, description = "Sent again with the same key, the first answer comes again.")),
    request_body(content = CustomerBody),
    responses(
        (status = 201, description = "It is there.", body = CustomerView, headers(
            ("Location" = String, description = "Where it is."), ("ETag" = String, description = "Its version."),
        )),
        PROBLEMS,
    ),
    extensions(("x-permission" = json!(WriteCustomers::NAME))),
)]
#[post("/customers")]
pub(crate) async fn handle(
    allowed: Allowed<WriteCustomers>,
    customers: Data<Customers>,
    personas: Data<Personas>,
    _: NoQuery,
    Json(body): Json<CustomerBody>,
    idempotent: Idempotent,
) -> Result<HttpResponse, Problem> {
    idempotent
        .run(&allowed, async || {
            let created =
                customers.create(allowed.reach(), allowed.company()?, &allowed.caller, body.clone().into()).await?;
            let names = PersonaNames::read(&personas, allowed.tenant()).await?;
            Ok(HttpResponse::Created()
                .insert_header((header::LOCATION, format!("/api/v1/customers/{}", created.id)))
                .insert_header((header::ETAG, etag(created.version)))
                .json(CustomerView::new(created, &names)))
        })
        .await
}
