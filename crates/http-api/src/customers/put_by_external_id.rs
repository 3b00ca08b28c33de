//! `PUT /customers-by-external-id/{external_id}`

use actix_web::{HttpResponse, http::header, put, web::Data};
use kale_application::{
    customers::{Customers, UpsertOutcome},
    personas::Personas,
};
use kale_web::{Allowed, Json, NoQuery, Path, Problem, Required, permission::WriteCustomers};

use super::{
    body::CustomerFields,
    view::{CustomerView, PersonaNames, example},
};

/// Creates the customer that your systems call so, or changes what is given of it.
///
/// What is absent is left as it was; null in `attributes` takes a value away. Sending it again changes nothing.
#[utoipa::path(
    operation_id = "put_customer_by_external_id",
    tag = "Customers",
    params(("external_id" = String, Path, description = "What your systems call it; a `/` in it as `%2F`.",
        example = "7590-VHVEG")),
    request_body(content = CustomerFields, example = json!({"plan": "Business", "attributes": {"seats": 45,
        "trial": null}})),
    responses(
        (status = 200, description = "It was there.", body = CustomerView, headers(("ETag" = String,
            description = "Its version, and that of the personas' names.")), example = json!(example())),
        (status = 201, description = "It is new.", body = CustomerView, headers(
            ("Location" = String, description = "Where it is."), ("ETag" = String, description = "Its version, and that of the personas' names."),
        ), example = json!(example()))),
    extensions(("x-permission" = json!(WriteCustomers::NAME))),
)]
#[put("/customers-by-external-id/{external_id}")]
#[tracing::instrument(name = "api.customers.put_by_external_id", skip_all)]
pub(crate) async fn handle(
    allowed: Allowed<WriteCustomers>,
    customers: Data<Customers>,
    personas: Data<Personas>,
    Path(external_id): Path<String>,
    _: NoQuery,
    Json(body): Json<CustomerFields>,
) -> Result<HttpResponse, Problem> {
    let input = body.of(external_id);
    let (outcome, customer) = customers
        .upsert(allowed.reach(), allowed.company()?, &allowed.caller, input)
        .await?;
    let names = PersonaNames::read(&personas, allowed.tenant()).await?;
    let mut response = match outcome {
        UpsertOutcome::Created => HttpResponse::Created(),
        UpsertOutcome::Updated => HttpResponse::Ok(),
    };
    if outcome == UpsertOutcome::Created {
        response.insert_header((header::LOCATION, format!("/api/v1/customers/{}", customer.id)));
    }
    response.insert_header((header::ETAG, names.etag(customer.version)));
    Ok(response.json(CustomerView::new(customer, &names)))
}
