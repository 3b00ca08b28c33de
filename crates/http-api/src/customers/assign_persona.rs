//! `PUT /customers/{id}/persona`

use actix_web::{HttpResponse, http::header, put, web::Data};
use kale_application::personas::Personas;
use kale_domain::id::CustomerId;
use kale_web::{Allowed, Json, NoQuery, Path, Problem, Required, permission::AssignPersonas};
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;

use super::view::{CustomerView, PersonaNames, example};

/// A decision about one customer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PersonaDecision)]
pub(super) struct Body {
    /// The key or id of a persona; null is unassigned.
    #[serde(deserialize_with = "stated")]
    persona: Option<String>,
    /// Why, at most 500 characters.
    #[serde(default)]
    reason: Option<String>,
}

/// A value that may be null but not left out: to unassign somebody has to be said.
fn stated<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Option::deserialize(deserializer)
}

/// Puts a customer into a persona by hand and locks it there: rules move it no more.
#[utoipa::path(
    operation_id = "assign_persona",
    tag = "Customers",
    params(("id" = String, Path, description = "Which.", example = "cus_01h455vb4pex5vsknk084sn02q")),
    request_body(content = Body, example = json!({"persona": "early_monthly", "reason": "agreed on the phone"})),
    responses(
        (status = 200, description = "The customer as it is now.", body = CustomerView,
            headers(("ETag" = String, description = "Its version, and that of the personas' names.")), example = json!(example()))),
    extensions(("x-permission" = json!(AssignPersonas::NAME))),
)]
#[put("/customers/{id}/persona")]
#[tracing::instrument(name = "api.customers.assign_persona", skip_all)]
pub(crate) async fn handle(
    allowed: Allowed<AssignPersonas>,
    personas: Data<Personas>,
    Path(id): Path<CustomerId>,
    _: NoQuery,
    Json(body): Json<Body>,
) -> Result<HttpResponse, Problem> {
    let persona = match &body.persona {
        Some(name) => Some(personas.find(allowed.tenant(), name, "#/persona").await?),
        None => None,
    };
    let customer = personas
        .assign(allowed.reach(), &allowed.caller, id, persona, body.reason)
        .await?;
    let names = PersonaNames::read(&personas, allowed.tenant()).await?;
    Ok(HttpResponse::Ok()
        .insert_header((header::ETAG, names.etag(customer.version)))
        .json(CustomerView::new(customer, &names)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn to_unassign_somebody_has_to_be_said() {
        let read = |text| serde_json::from_str::<Body>(text).map(|body| body.persona);

        assert_eq!(read(r#"{"persona": null}"#).unwrap(), None);
        assert_eq!(read(r#"{"persona": "early"}"#).unwrap(), Some("early".to_owned()));
        assert!(read(r#"{"reason": "why"}"#).is_err());
        assert!(read(r#"{"persona": "early", "lock": true}"#).is_err());
    }
}
