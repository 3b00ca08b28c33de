//! `POST /workflows/{id}/rollback`

use actix_web::{HttpResponse, post, web::Data};
use kale_application::workflows::Workflows;
use kale_domain::id::WorkflowId;
use kale_web::{Allowed, Idempotent, Json, NoQuery, Path, Problem, Required, permission::ManageWorkflows};
use serde::Deserialize;
use utoipa::ToSchema;

use super::view::{View, answer, example};
use crate::openapi::params::IdempotencyKeyHeader;

/// Where to go back to.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = WorkflowRollback)]
pub(super) struct Body {
    /// The number of a version.
    to: u32,
    /// Why, at most 500 characters; kept with the new version.
    #[serde(default)]
    note: Option<String>,
}

/// Publishes the cards of an older version once more, as a new version. The draft stays as it is. Where the live version has
/// them already, no second one is made.
///
/// The cards are checked against what holds now: 422 `not-publishable` where an offer was archived since, for example.
#[utoipa::path(
    operation_id = "roll_back_workflow",
    tag = "Workflows",
    params(IdempotencyKeyHeader, ("id" = String, Path, description = "Which.",
        example = "wfl_01h455vb4pex5vsknk084sn02q")),
    request_body(content = Body, example = json!({"to": 1, "note": "Version 2 asked too much"})),
    responses((status = 200, description = "The workflow, live.", body = View, headers(("ETag" = String,
        description = "Its version.")), example = json!(example()))),
    extensions(("x-permission" = json!(ManageWorkflows::NAME)), ("x-problems" = json!([
        "not-publishable", "stale-version", "wrong-state"
    ]))),
)]
#[post("/workflows/{id}/rollback")]
#[tracing::instrument(name = "api.workflows.rollback", skip_all)]
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
                .roll_back(tenant, company, caller, id, body.to, body.note)
                .await?;
            Ok(answer(published))
        })
        .await
}
