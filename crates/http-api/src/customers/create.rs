//! `POST /customers`

use actix_web::{HttpResponse, http::header, post, web::Data};
use kale_application::{customers::Customers, personas::Personas};
use kale_web::{Allowed, Idempotent, Json, NoQuery, Problem, Required, permission::WriteCustomers};

use crate::openapi::params::IdempotencyKeyHeader;

use super::{
    body::CustomerBody,
    view::{CustomerView, PersonaNames, example},
};

/// Creates a customer.
///
/// One external id is one customer: where it exists, 409 `already-exists`; `PUT /customers-by-external-id/{external_id}`
/// creates or changes.
#[utoipa::path(
    operation_id = "create_customer",
    tag = "Customers",
    params(IdempotencyKeyHeader),
    request_body(content = CustomerBody, example = json!({
    "external_id": "7590-VHVEG", "name": "Ada Lovelace", "email": "ada@example.com",
    "plan": "Team", "mrr": {"amount_minor": 2985, "currency": "USD"},
    "attributes": {"contract": "Month-to-month", "tenure": 1}
})),
    responses(
        (status = 201, description = "It is there.", body = CustomerView, headers(
            ("Location" = String, description = "Where it is."), ("ETag" = String, description = "Its version, and that of the personas' names."),
        ), example = json!(example()))),
    extensions(("x-permission" = json!(WriteCustomers::NAME)), ("x-problems" = json!(["already-exists"]))),
)]
#[post("/customers")]
#[tracing::instrument(name = "api.customers.create", skip_all)]
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
            let created = customers
                .create(allowed.reach(), &allowed.caller, body.into())
                .await?;
            let names = PersonaNames::read(&personas, allowed.tenant()).await?;
            Ok(HttpResponse::Created()
                .insert_header((header::LOCATION, format!("/api/v1/customers/{}", created.id)))
                .insert_header((header::ETAG, names.etag(created.version)))
                .json(CustomerView::new(created, &names)))
        })
        .await
}
