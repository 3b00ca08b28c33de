//! `POST /workflows/{id}/ops`

use actix_web::{HttpResponse, post, web::Data};
use kale_application::workflows::{Op, Workflows};
use kale_domain::id::WorkflowId;
use kale_web::{Allowed, Idempotent, Json, NoQuery, Path, Problem, Required, permission::ManageWorkflows};
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::view::{EditedView, edited_example};
use crate::openapi::params::IdempotencyKeyHeader;

/// An edit.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = WorkflowOp)]
pub(super) struct Body {
    /// The revision of the draft that you read.
    base: u64,
    /// What to do: an object whose `op` is `add_card`, `update_card`, `move_card`, `duplicate_card`, `delete_card`,
    /// `add_branch`, `update_branch`, `move_branch`, `delete_branch`, `add_element`, `update_element`, `move_element`,
    /// `duplicate_element` or `delete_element`.
    #[schema(value_type = Object)]
    op: Value,
}

/// Edits the draft by one operation.
///
/// Others may have edited since `base`: the operation is applied to the newer draft, unless one of theirs touched the same
/// cards; then it is 412 `tree-changed`, which says who it was.
#[utoipa::path(
    operation_id = "edit_workflow",
    tag = "Workflows",
    params(IdempotencyKeyHeader, ("id" = String, Path, description = "Which.",
        example = "wfl_01h455vb4pex5vsknk084sn02q")),
    request_body(content = Body, example = json!({"base": 14, "op": {
        "op": "delete_card", "card": "crd_01h455vb4pex5vsknk084sn02q"
    }})),
    responses((status = 200, description = "The draft after the edit.", body = EditedView, headers(("ETag" = String,
        description = "Its revision.")), example = json!(edited_example()))),
    extensions(("x-permission" = json!(ManageWorkflows::NAME)), ("x-problems" = json!([
        "tree-changed", "unknown-revision", "not-in-tree", "breaks-tree", "into-itself", "no-such-place", "card-locked",
        "wrong-state"
    ]))),
)]
#[post("/workflows/{id}/ops")]
#[tracing::instrument(name = "api.workflows.ops", skip_all)]
pub(crate) async fn handle(
    allowed: Allowed<ManageWorkflows>,
    workflows: Data<Workflows>,
    Path(id): Path<WorkflowId>,
    _: NoQuery,
    Json(body): Json<Body>,
    idempotent: Idempotent,
) -> Result<HttpResponse, Problem> {
    let op = Op::parse(&body.op, "#/op").map_err(Problem::validation)?;
    idempotent
        .run(&allowed, async || {
            let edited = workflows
                .edit(allowed.tenant(), &allowed.caller, id, body.base, op)
                .await?;
            EditedView::answer(&edited)
        })
        .await
}
