//! `GET /personas/versions`

use actix_web::{get, web::Data, web::Json};
use jiff::Timestamp;
use kale_application::personas::Personas;
use kale_domain::id::UserId;
use kale_web::{Allowed, NoQuery, Page, Problem, Required, permission::ReadPersonas};
use serde::Serialize;
use utoipa::ToSchema;

/// How many are shown.
const LATEST: u32 = 200;

/// A version of the configuration.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PersonasVersion)]
pub(super) struct View {
    /// Counted from 1.
    version: u64,
    /// Who made it; null for Kale itself or a program.
    #[schema(value_type = Option<String>)]
    by: Option<UserId>,
    /// Why, in their words.
    note: Option<String>,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
}

/// Lists the latest 200 versions of the configuration, newest first.
#[utoipa::path(
    operation_id = "list_persona_versions",
    tag = "Personas",
    responses((status = 200, description = "The versions.", body = Page<View>, example = json!({
        "data": [{"version": 3, "by": "usr_01h455vb4pex5vsknk084sn02q", "note": "Split by contract",
            "at": "2026-03-15T09:30:00Z"}],
        "page": {"next_cursor": null, "has_more": false}
    }))),
    extensions(("x-permission" = json!(ReadPersonas::NAME))),
)]
#[get("/personas/versions")]
#[tracing::instrument(name = "api.personas.versions", skip_all)]
pub(crate) async fn handle(
    allowed: Allowed<ReadPersonas>,
    personas: Data<Personas>,
    _: NoQuery,
) -> Result<Json<Page<View>>, Problem> {
    let found = personas.versions(allowed.tenant(), LATEST).await?;
    let views = found.into_iter().map(|one| View {
        version: one.version,
        by: one.by,
        note: one.note,
        at: one.at,
    });
    Ok(Json(Page::new(views.collect(), None)))
}
