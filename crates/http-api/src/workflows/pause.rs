//! `POST /workflows/{id}/pause`

use actix_web::{HttpResponse, post, web::Data};
use kale_application::workflows::Workflows;
use kale_domain::id::WorkflowId;
use kale_web::{Allowed, Idempotent, NoQuery, Path, Problem, Required, permission::ManageWorkflows};

use super::view::{View, answer, example};
use crate::openapi::params::IdempotencyKeyHeader;

/// Pauses a live workflow: no session starts any more, those under way go on.
#[utoipa::path(
    operation_id = "pause_workflow",
    tag = "Workflows",
    params(IdempotencyKeyHeader, ("id" = String, Path, description = "Which.",
        example = "wfl_01h455vb4pex5vsknk084sn02q")),
    responses((status = 200, description = "The workflow as it is now.", body = View, headers(("ETag" = String,
        description = "Its version.")), example = json!(example()))),
    extensions(("x-permission" = json!(ManageWorkflows::NAME)), ("x-problems" = json!(["wrong-state"]))),
)]
#[post("/workflows/{id}/pause")]
#[tracing::instrument(name = "api.workflows.pause", skip_all)]
pub(crate) async fn handle(
    allowed: Allowed<ManageWorkflows>,
    workflows: Data<Workflows>,
    Path(id): Path<WorkflowId>,
    _: NoQuery,
    idempotent: Idempotent,
) -> Result<HttpResponse, Problem> {
    idempotent
        .run(&allowed, async || {
            let turned = workflows.pause(allowed.tenant(), &allowed.caller, id).await?;
            Ok(answer(turned))
        })
        .await
}
