//! `GET /personas`

use actix_web::{HttpResponse, get, http::header, web::Data};
use kale_application::personas::Personas;
use kale_web::{Allowed, NoQuery, Problem, Required, etag::etag, permission::ReadPersonas};

use super::view::{ConfigurationView, example};

/// Reads the whole configuration: every persona with its rule, its rule as a sentence, and how many customers it has.
#[utoipa::path(
    operation_id = "read_personas",
    tag = "Personas",
    responses((status = 200, description = "The configuration; version 0 and empty while there is none.",
        body = ConfigurationView, headers(("ETag" = String, description = "Its version.")),
            example = json!(example()))),
    extensions(("x-permission" = json!(ReadPersonas::NAME))),
)]
#[get("/personas")]
#[tracing::instrument(name = "api.personas.read", skip_all)]
pub(crate) async fn handle(
    allowed: Allowed<ReadPersonas>,
    personas: Data<Personas>,
    _: NoQuery,
) -> Result<HttpResponse, Problem> {
    let company = allowed.company()?;
    let view = personas.view(allowed.reach(), company).await?;
    // Never 304: the counts change without the configuration.
    Ok(HttpResponse::Ok()
        .insert_header((header::ETAG, etag(view.version)))
        .json(ConfigurationView::new(view, company.currency, None)?))
}
