//! `GET /workflows/{id}/tree`

use actix_web::{HttpRequest, HttpResponse, get, web::Data};
use kale_application::workflows::Workflows;
use kale_domain::id::WorkflowId;
use kale_web::{Allowed, NoQuery, Path, Problem, Required, etag::tagged, permission::ReadWorkflows};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::view::{tree, tree_example};

/// The draft of a workflow's cards.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WorkflowTree)]
pub(super) struct View {
    /// Grows by one with every edit; the `base` of the next one.
    revision: u64,
    /// Whether you have an edit to undo.
    can_undo: bool,
    /// Whether you have an undo to redo.
    can_redo: bool,
    /// The cards.
    #[schema(value_type = Object)]
    tree: Value,
}

/// Reads the draft: all cards with their branches and elements at once.
#[utoipa::path(
    operation_id = "read_workflow_tree",
    tag = "Workflows",
    params(
        ("id" = String, Path, description = "Which.", example = "wfl_01h455vb4pex5vsknk084sn02q"),
        ("If-None-Match" = Option<String>, Header, description = "The `ETag` that you have.", example = "\"v14\""),
    ),
    responses((status = 200, description = "The draft.", body = View, headers(("ETag" = String,
        description = "Its revision.")), example = json!({
            "revision": 14, "can_undo": true, "can_redo": false, "tree": tree_example(14)
        }))),
    extensions(("x-permission" = json!(ReadWorkflows::NAME))),
)]
#[get("/workflows/{id}/tree")]
#[tracing::instrument(name = "api.workflows.tree", skip_all)]
pub(crate) async fn handle(
    allowed: Allowed<ReadWorkflows>,
    workflows: Data<Workflows>,
    request: HttpRequest,
    Path(id): Path<WorkflowId>,
    _: NoQuery,
) -> Result<HttpResponse, Problem> {
    let draft = workflows.draft(allowed.tenant(), id).await?;
    let steps = workflows.steps(allowed.tenant(), &allowed.caller, id).await?;
    let view = View {
        revision: draft.tree.revision(),
        can_undo: steps.undo,
        can_redo: steps.redo,
        tree: tree(&draft.tree)?,
    };
    Ok(tagged(&request, view.revision, &view))
}
