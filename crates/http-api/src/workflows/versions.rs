//! `GET /workflows/{id}/versions`

use actix_web::{
    HttpRequest, get,
    web::{Data, Json},
};
use kale_application::workflows::Workflows;
use kale_domain::id::WorkflowId;
use kale_web::{Allowed, Cursors, ListSpec, Page, Path, Problem, Required, permission::ReadWorkflows};

use super::view::VersionSummary;
use crate::{openapi::params::PageParams, paging};

const LIST: ListSpec = ListSpec {
    route: "GET /workflows/{id}/versions",
    sorts: &[],
    default_sort: "-number",
    filters: &[],
    fields: &[],
    includes: &[],
    search: false,
    others: &[],
};

/// Lists the versions of a workflow, newest first.
#[utoipa::path(
    operation_id = "list_workflow_versions",
    tag = "Workflows",
    params(PageParams, ("id" = String, Path, description = "Which.", example = "wfl_01h455vb4pex5vsknk084sn02q")),
    responses((status = 200, description = "A page of versions.", body = Page<VersionSummary>, example = json!({
        "data": [{
            "number": 3, "revision": 9, "by": {"kind": "user", "id": "usr_01h455vb4pex5vsknk084sn02q"},
            "note": "Version 2 asked too much", "rolled_back_to": 1, "at": "2026-11-14T12:00:00Z"
        }],
        "page": {"next_cursor": null, "has_more": false}
    }))),
    extensions(("x-permission" = json!(ReadWorkflows::NAME))),
)]
#[get("/workflows/{id}/versions")]
#[tracing::instrument(name = "api.workflows.versions", skip_all)]
pub(crate) async fn handle(
    allowed: Allowed<ReadWorkflows>,
    workflows: Data<Workflows>,
    cursors: Data<Cursors>,
    request: HttpRequest,
    Path(id): Path<WorkflowId>,
) -> Result<Json<Page<VersionSummary>>, Problem> {
    let params = LIST.read(&request)?;
    let before = cursors.decode(&params)?;
    let found = workflows
        .versions(allowed.tenant(), id, paging::to_read(&params), before)
        .await?;
    Ok(Json(paging::page(&params, &cursors, found, |one| one.number)?))
}
