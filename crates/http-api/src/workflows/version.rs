//! `GET /workflows/{id}/versions/{number}`

use actix_web::{get, web::Data, web::Json};
use kale_application::workflows::Workflows;
use kale_domain::id::WorkflowId;
use kale_web::{Allowed, NoQuery, Path, Problem, Required, permission::ReadWorkflows};

use super::view::{VersionView, tree_example};

/// Reads a version with its cards. It never changes.
#[utoipa::path(
    operation_id = "read_workflow_version",
    tag = "Workflows",
    params(
        ("id" = String, Path, description = "Of which workflow.", example = "wfl_01h455vb4pex5vsknk084sn02q"),
        ("number" = u32, Path, description = "Which.", example = 1),
    ),
    responses((status = 200, description = "The version.", body = VersionView, example = json!({
        "number": 1, "by": {"kind": "user", "id": "usr_01h455vb4pex5vsknk084sn02q"}, "note": null,
        "rolled_back_to": null, "at": "2026-11-14T12:00:00Z", "default_locale": "en", "exit_profiles": [],
        "offers_allowed": 2, "tree": tree_example(9)
    }))),
    extensions(("x-permission" = json!(ReadWorkflows::NAME))),
)]
#[get("/workflows/{id}/versions/{number}")]
#[tracing::instrument(name = "api.workflows.version", skip_all)]
pub(crate) async fn handle(
    allowed: Allowed<ReadWorkflows>,
    workflows: Data<Workflows>,
    Path((id, number)): Path<(WorkflowId, u32)>,
    _: NoQuery,
) -> Result<Json<VersionView>, Problem> {
    let version = workflows.version(allowed.tenant(), id, number).await?;
    Ok(Json(VersionView::new(version)?))
}
