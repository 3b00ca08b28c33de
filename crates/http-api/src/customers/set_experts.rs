//! `PUT /customers/{id}/experts`

use actix_web::{HttpResponse, http::header, put, web::Data};
use kale_application::{customers::Customers, personas::Personas};
use kale_domain::id::{CustomerId, UserId};
use kale_web::{Allowed, IfMatch, Json, NoQuery, Path, Problem, Required, permission::AssignExperts};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::openapi::params::IfMatchHeader;

use super::view::{CustomerView, PersonaNames, example};

/// Who looks after a customer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CustomerExperts)]
pub(super) struct Body {
    /// All of them, at most 10; empty is nobody.
    #[schema(value_type = Vec<String>)]
    experts: Vec<UserId>,
}

/// Says who looks after a customer, and that nobody else does: experts see the customers assigned to them alone.
#[utoipa::path(
    operation_id = "set_customer_experts",
    tag = "Customers",
    params(
        ("id" = String, Path, description = "Which.", example = "cus_01h455vb4pex5vsknk084sn02q"),
        IfMatchHeader,
    ),
    request_body(content = Body, example = json!({"experts": ["usr_01h455vb4pex5vsknk084sn02q"]})),
    responses(
        (status = 200, description = "The customer as it is now.", body = CustomerView,
            headers(("ETag" = String, description = "Its version, and that of the personas' names.")), example = json!(example()))),
    extensions(("x-permission" = json!(AssignExperts::NAME))),
)]
#[put("/customers/{id}/experts")]
#[tracing::instrument(name = "api.customers.set_experts", skip_all)]
pub(crate) async fn handle(
    allowed: Allowed<AssignExperts>,
    customers: Data<Customers>,
    personas: Data<Personas>,
    Path(id): Path<CustomerId>,
    _: NoQuery,
    IfMatch(version): IfMatch,
    Json(body): Json<Body>,
) -> Result<HttpResponse, Problem> {
    let changed = customers
        .set_experts(allowed.reach(), &allowed.caller, id, version, &body.experts)
        .await?;
    let names = PersonaNames::read(&personas, allowed.tenant()).await?;
    Ok(HttpResponse::Ok()
        .insert_header((header::ETAG, names.etag(changed.version)))
        .json(CustomerView::new(changed, &names)))
}
