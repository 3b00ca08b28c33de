//! `POST /workflows/{id}/undo`

use actix_web::{HttpResponse, post, web::Data};
use kale_application::workflows::Workflows;
use kale_domain::id::WorkflowId;
use kale_web::{Allowed, Idempotent, NoQuery, Path, Problem, Required, permission::ManageWorkflows};

use super::view::{EditedView, edited_example};
use crate::openapi::params::IdempotencyKeyHeader;

/// Takes back your newest edit of the draft that is not taken back yet, at most 50 deep. Edits of others stay; where one of
/// them touched the same cards since, it is 412 `tree-changed`.
#[utoipa::path(
    operation_id = "undo_workflow_edit",
    tag = "Workflows",
    params(IdempotencyKeyHeader, ("id" = String, Path, description = "Which.",
        example = "wfl_01h455vb4pex5vsknk084sn02q")),
    responses((status = 200, description = "The draft after it.", body = EditedView, headers(("ETag" = String,
        description = "Its revision.")), example = json!(edited_example()))),
    extensions(("x-permission" = json!(ManageWorkflows::NAME)), ("x-problems" = json!([
        "tree-changed", "nothing-to-take-back", "breaks-tree", "wrong-state"
    ]))),
)]
#[post("/workflows/{id}/undo")]
#[tracing::instrument(name = "api.workflows.undo", skip_all)]
pub(crate) async fn handle(
    allowed: Allowed<ManageWorkflows>,
    workflows: Data<Workflows>,
    Path(id): Path<WorkflowId>,
    _: NoQuery,
    idempotent: Idempotent,
) -> Result<HttpResponse, Problem> {
    idempotent
        .run(&allowed, async || {
            let edited = workflows.undo(allowed.tenant(), &allowed.caller, id).await?;
            EditedView::answer(&edited)
        })
        .await
}
