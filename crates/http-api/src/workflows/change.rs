//! `PATCH /workflows/{id}`

use std::collections::BTreeSet;

use actix_web::{HttpResponse, patch, web::Data};
use kale_application::workflows::{Locale, Trigger, WorkflowChanges, Workflows};
use kale_domain::id::WorkflowId;
use kale_web::{Allowed, IfMatch, Json, NoQuery, Path, Problem, Required, permission::ManageWorkflows};
use serde::Deserialize;
use utoipa::ToSchema;

use super::view::{View, answer, example};
use crate::openapi::params::IfMatchHeader;

/// What to change; what is absent stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = WorkflowChange)]
pub(super) struct Body {
    /// What staff call it: 1 to 80 characters.
    #[serde(default)]
    name: Option<String>,
    /// What starts a session of it: `cancel_intent`, `manual` or `api`.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    trigger: Option<Trigger>,
    /// The language that has to be complete before it is published.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    default_locale: Option<Locale>,
    /// The other languages, whose gaps are listed, all of them.
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>)]
    locales: Option<BTreeSet<Locale>>,
    /// The exit profiles that have to hold beside `base`, all of them: keys of `GET /exit-profiles`.
    #[serde(default)]
    exit_profiles: Option<BTreeSet<String>>,
}

impl From<Body> for WorkflowChanges {
    fn from(body: Body) -> Self {
        Self {
            name: body.name,
            trigger: body.trigger,
            default_locale: body.default_locale,
            locales: body.locales,
            exit_profiles: body.exit_profiles,
        }
    }
}

/// Changes the settings of a workflow. They hold for what is published from now on.
#[utoipa::path(
    operation_id = "change_workflow",
    tag = "Workflows",
    params(IfMatchHeader, ("id" = String, Path, description = "Which.", example = "wfl_01h455vb4pex5vsknk084sn02q")),
    request_body(content = Body, example = json!({"exit_profiles": ["de"]})),
    responses((status = 200, description = "The workflow as it is now.", body = View, headers(("ETag" = String,
        description = "Its version.")), example = json!(example()))),
    extensions(("x-permission" = json!(ManageWorkflows::NAME)), ("x-problems" = json!(["wrong-state"]))),
)]
#[patch("/workflows/{id}")]
#[tracing::instrument(name = "api.workflows.change", skip_all)]
pub(crate) async fn handle(
    allowed: Allowed<ManageWorkflows>,
    workflows: Data<Workflows>,
    Path(id): Path<WorkflowId>,
    _: NoQuery,
    IfMatch(version): IfMatch,
    Json(body): Json<Body>,
) -> Result<HttpResponse, Problem> {
    let changed = workflows
        .change(allowed.tenant(), &allowed.caller, id, version, body.into())
        .await?;
    Ok(answer(changed))
}
