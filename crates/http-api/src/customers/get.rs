//! `GET /customers/{id}`

use actix_web::{HttpRequest, HttpResponse, get, web::Data};
use kale_application::{customers::Customers, personas::Personas};
use kale_domain::id::CustomerId;
use kale_web::{Allowed, Path, Problem, Query, Required, etag::tagged_as, permission::ReadCustomers};
use serde::Deserialize;

use crate::openapi::params::FieldsParam;

use super::{
    list_query::fields,
    view::{CustomerView, PersonaNames, example},
};

/// What may be asked of one customer.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Params {
    #[serde(default)]
    pub(super) fields: Option<String>,
}

/// One customer.
#[utoipa::path(
    operation_id = "read_customer",
    tag = "Customers",
    params(
        ("id" = String, Path, description = "Which.", example = "cus_01h455vb4pex5vsknk084sn02q"),
        FieldsParam,
        ("If-None-Match" = Option<String>, Header, description = "The ETag you have."),
    ),
    responses(
        (status = 200, description = "The customer.", body = CustomerView, headers(("ETag" = String,
            description = "Its version, and that of the personas' names.")), example = json!(example()))),
    extensions(("x-permission" = json!(ReadCustomers::NAME))),
)]
#[get("/customers/{id}")]
#[tracing::instrument(name = "api.customers.get", skip_all)]
pub(crate) async fn handle(
    allowed: Allowed<ReadCustomers>,
    customers: Data<Customers>,
    personas: Data<Personas>,
    Path(id): Path<CustomerId>,
    Query(params): Query<Params>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let fields = fields(params.fields.as_deref())?;
    let customer = customers.get(allowed.reach(), id).await?;
    let names = PersonaNames::read(&personas, allowed.tenant()).await?;
    let tag = names.etag(customer.version);
    Ok(tagged_as(
        &request,
        &tag,
        &fields.apply(&CustomerView::new(customer, &names))?,
    ))
}
