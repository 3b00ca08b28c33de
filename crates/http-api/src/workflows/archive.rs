//! `POST /workflows/{id}/archive`

use actix_web::{HttpResponse, post, web::Data};
use kale_application::workflows::Workflows;
use kale_domain::id::WorkflowId;
use kale_web::{Allowed, Idempotent, NoQuery, Path, Problem, Required, permission::ManageWorkflows};

use super::view::{View, answer, example};
use crate::openapi::params::IdempotencyKeyHeader;

/// Archives a workflow, for good. What was walked stays; make a copy of it to go on.
#[utoipa::path(
    operation_id = "archive_workflow",
    tag = "Workflows",
    params(IdempotencyKeyHeader, ("id" = String, Path, description = "Which.",
        example = "wfl_01h455vb4pex5vsknk084sn02q")),
    responses((status = 200, description = "The workflow as it is now.", body = View, headers(("ETag" = String,
        description = "Its version.")), example = json!(example()))),
    extensions(("x-permission" = json!(ManageWorkflows::NAME)), ("x-problems" = json!(["wrong-state"]))),
)]
#[post("/workflows/{id}/archive")]
#[tracing::instrument(name = "api.workflows.archive", skip_all)]
pub(crate) async fn handle(
    allowed: Allowed<ManageWorkflows>,
    workflows: Data<Workflows>,
    Path(id): Path<WorkflowId>,
    _: NoQuery,
    idempotent: Idempotent,
) -> Result<HttpResponse, Problem> {
    idempotent
        .run(&allowed, async || {
            let turned = workflows.archive(allowed.tenant(), &allowed.caller, id).await?;
            Ok(answer(turned))
        })
        .await
}
