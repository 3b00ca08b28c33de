//! `PATCH /customers/{id}`

use actix_web::{HttpResponse, http::header, patch, web::Data};
use kale_application::{customers::Customers, personas::Personas};
use kale_domain::id::CustomerId;
use kale_web::{Allowed, IfMatch, Json, NoQuery, Path, Problem, Required, permission::WriteCustomers};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::openapi::params::IfMatchHeader;

use super::view::{CustomerView, PersonaNames, example};

/// What people may change of a customer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CustomerChange)]
pub(super) struct Body {
    /// The words on it, all of them: at most 50 of 1 to 60 characters.
    tags: Vec<String>,
}

/// Changes the words people put on a customer.
#[utoipa::path(
    operation_id = "change_customer",
    tag = "Customers",
    params(
        ("id" = String, Path, description = "Which.", example = "cus_01h455vb4pex5vsknk084sn02q"),
        IfMatchHeader,
    ),
    request_body(content = Body, example = json!({"tags": ["vip", "beta"]})),
    responses(
        (status = 200, description = "The customer as it is now.", body = CustomerView,
            headers(("ETag" = String, description = "Its version, and that of the personas' names.")), example = json!(example()))),
    extensions(("x-permission" = json!(WriteCustomers::NAME))),
)]
#[patch("/customers/{id}")]
#[tracing::instrument(name = "api.customers.patch", skip_all)]
pub(crate) async fn handle(
    allowed: Allowed<WriteCustomers>,
    customers: Data<Customers>,
    personas: Data<Personas>,
    Path(id): Path<CustomerId>,
    _: NoQuery,
    IfMatch(version): IfMatch,
    Json(body): Json<Body>,
) -> Result<HttpResponse, Problem> {
    let changed = customers
        .set_tags(allowed.reach(), &allowed.caller, id, version, body.tags)
        .await?;
    let names = PersonaNames::read(&personas, allowed.tenant()).await?;
    Ok(HttpResponse::Ok()
        .insert_header((header::ETAG, names.etag(changed.version)))
        .json(CustomerView::new(changed, &names)))
}
