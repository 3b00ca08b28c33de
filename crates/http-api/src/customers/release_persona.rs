//! `DELETE /customers/{id}/persona`

use actix_web::{HttpResponse, delete, http::header, web::Data};
use kale_application::personas::Personas;
use kale_domain::id::CustomerId;
use kale_web::{Allowed, NoQuery, Path, Problem, Required, permission::AssignPersonas};

use super::view::{CustomerView, PersonaNames, example};

/// Takes a decision by hand back: the rules decide again, at once.
#[utoipa::path(
    operation_id = "release_persona",
    tag = "Customers",
    params(("id" = String, Path, description = "Which.", example = "cus_01h455vb4pex5vsknk084sn02q")),
    responses(
        (status = 200, description = "The customer as it is now.", body = CustomerView,
            headers(("ETag" = String, description = "Its version, and that of the personas' names.")), example = json!(example()))),
    extensions(("x-permission" = json!(AssignPersonas::NAME))),
)]
#[delete("/customers/{id}/persona")]
#[tracing::instrument(name = "api.customers.release_persona", skip_all)]
pub(crate) async fn handle(
    allowed: Allowed<AssignPersonas>,
    personas: Data<Personas>,
    Path(id): Path<CustomerId>,
    _: NoQuery,
) -> Result<HttpResponse, Problem> {
    let customer = personas
        .unlock(allowed.reach(), allowed.company()?, &allowed.caller, id)
        .await?;
    let names = PersonaNames::read(&personas, allowed.tenant()).await?;
    Ok(HttpResponse::Ok()
        .insert_header((header::ETAG, names.etag(customer.version)))
        .json(CustomerView::new(customer, &names)))
}
