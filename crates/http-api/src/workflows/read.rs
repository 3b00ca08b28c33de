//! `GET /workflows/{id}`

use actix_web::{HttpResponse, get, web::Data};
use kale_application::workflows::Workflows;
use kale_domain::id::WorkflowId;
use kale_web::{Allowed, NoQuery, Path, Problem, Required, permission::ReadWorkflows};

use super::view::{View, answer, example};

/// Reads a workflow without its cards.
#[utoipa::path(
    operation_id = "read_workflow",
    tag = "Workflows",
    params(("id" = String, Path, description = "Which.", example = "wfl_01h455vb4pex5vsknk084sn02q")),
    responses((status = 200, description = "The workflow.", body = View, headers(("ETag" = String,
        description = "Its version, for `If-Match` alone: edits change the workflow without it.")),
        example = json!(example()))),
    extensions(("x-permission" = json!(ReadWorkflows::NAME))),
)]
#[get("/workflows/{id}")]
#[tracing::instrument(name = "api.workflows.read", skip_all)]
pub(crate) async fn handle(
    allowed: Allowed<ReadWorkflows>,
    workflows: Data<Workflows>,
    Path(id): Path<WorkflowId>,
    _: NoQuery,
) -> Result<HttpResponse, Problem> {
    Ok(answer(workflows.get(allowed.tenant(), id).await?))
}
