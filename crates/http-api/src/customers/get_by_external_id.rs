//! `GET /customers-by-external-id/{external_id}`

use actix_web::{HttpRequest, HttpResponse, get, web::Data};
use kale_application::{customers::Customers, personas::Personas};
use kale_web::{Allowed, Path, Problem, Query, Required, etag::tagged_as, permission::ReadCustomers};

use crate::openapi::params::FieldsParam;

use super::{
    get::Params,
    list_query::fields,
    view::{CustomerView, PersonaNames, example},
};

/// The customer that your systems call so.
#[utoipa::path(
    operation_id = "read_customer_by_external_id",
    tag = "Customers",
    params(
        ("external_id" = String, Path, description = "What your systems call it; a `/` in it as `%2F`.",
            example = "7590-VHVEG"),
        FieldsParam,
        ("If-None-Match" = Option<String>, Header, description = "The ETag you have."),
    ),
    responses(
        (status = 200, description = "The customer.", body = CustomerView, headers(("ETag" = String,
            description = "Its version, and that of the personas' names.")), example = json!(example()))),
    extensions(("x-permission" = json!(ReadCustomers::NAME))),
)]
#[get("/customers-by-external-id/{external_id}")]
#[tracing::instrument(name = "api.customers.get_by_external_id", skip_all)]
pub(crate) async fn handle(
    allowed: Allowed<ReadCustomers>,
    customers: Data<Customers>,
    personas: Data<Personas>,
    Path(external_id): Path<String>,
    Query(params): Query<Params>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let fields = fields(params.fields.as_deref())?;
    let customer = customers.by_external_id(allowed.reach(), &external_id).await?;
    let names = PersonaNames::read(&personas, allowed.tenant()).await?;
    let tag = names.etag(customer.version);
    Ok(tagged_as(
        &request,
        &tag,
        &fields.apply(&CustomerView::new(customer, &names))?,
    ))
}
