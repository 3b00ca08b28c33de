//! `POST /workflows/{id}/publish`

use actix_web::{HttpResponse, post, web::Data};
use kale_application::workflows::Workflows;
use kale_domain::id::WorkflowId;
use kale_web::{Allowed, Idempotent, Json, NoQuery, Path, Problem, Required, permission::ManageWorkflows};
use serde::Deserialize;
use utoipa::ToSchema;

use super::view::{View, answer, example};
use crate::openapi::params::IdempotencyKeyHeader;

/// What to publish.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = WorkflowPublication)]
pub(super) struct Body {
    /// The revision of the draft that you looked at.
    revision: u64,
    /// Why, at most 500 characters; kept with the version.
    #[serde(default)]
    note: Option<String>,
}

/// Publishes the draft as a new version, with which sessions start from now on. Those under way keep theirs. Where the live
/// version has the same cards and settings already, no second one is made and the answer is the live one.
///
/// 422 `not-publishable` lists every error that the checks found; 412 `tree-changed` says who edited since `revision`.
#[utoipa::path(
    operation_id = "publish_workflow",
    tag = "Workflows",
    params(IdempotencyKeyHeader, ("id" = String, Path, description = "Which.",
        example = "wfl_01h455vb4pex5vsknk084sn02q")),
    request_body(content = Body, example = json!({"revision": 14, "note": "Shorter questions"})),
    responses((status = 200, description = "The workflow, live.", body = View, headers(("ETag" = String,
        description = "Its version.")), example = json!(example()))),
    extensions(("x-permission" = json!(ManageWorkflows::NAME)), ("x-problems" = json!([
        "not-publishable", "tree-changed", "stale-version", "wrong-state"
    ]))),
)]
#[post("/workflows/{id}/publish")]
#[tracing::instrument(name = "api.workflows.publish", skip_all)]
pub(crate) async fn handle(
    allowed: Allowed<ManageWorkflows>,
    workflows: Data<Workflows>,
    Path(id): Path<WorkflowId>,
    _: NoQuery,
    Json(body): Json<Body>,
    idempotent: Idempotent,
) -> Result<HttpResponse, Problem> {
    let company = allowed.company()?;
    idempotent
        .run(&allowed, async || {
            let (tenant, caller) = (allowed.tenant(), &allowed.caller);
            let published = workflows
                .publish(tenant, company, caller, id, body.revision, body.note)
                .await?;
            Ok(answer(published))
        })
        .await
}
