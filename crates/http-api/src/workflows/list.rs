//! `GET /workflows`

use actix_web::{
    HttpRequest, get,
    web::{self, Data},
};
use kale_application::workflows::{WorkflowState, Workflows};
use kale_web::{
    Allowed, Cursors, ListParams, ListSpec, Op, Page, Problem,
    permission::{ReadWorkflows, Required as _},
};
use serde_json::Value;

use super::view::{FIELDS, View, example};
use crate::{
    filters::{one_value, wrong},
    openapi::params::{FieldsParam, PageParams},
    paging,
};

const LIST: ListSpec = ListSpec {
    route: "GET /workflows",
    sorts: &[],
    default_sort: "-created_at",
    filters: &[("state", &[Op::Eq])],
    fields: FIELDS,
    includes: &[],
    search: false,
    others: &[],
};

/// Lists the workflows of the company, newest first.
#[utoipa::path(
    operation_id = "list_workflows",
    tag = "Workflows",
    params(
        PageParams,
        FieldsParam,
        ("filter[state]" = Option<String>, Query, pattern = "^(draft|live|paused|archived)$", description = "In this state only", example = "live"),
    ),
    responses((status = 200, description = "A page of workflows.", body = Page<View>,
        example = json!({"data": [example()], "page": {"next_cursor": null, "has_more": false}}))),
    extensions(("x-permission" = json!(ReadWorkflows::NAME))),
)]
#[get("/workflows")]
#[tracing::instrument(name = "api.workflows.list", skip_all)]
pub(crate) async fn handle(
    allowed: Allowed<ReadWorkflows>,
    workflows: Data<Workflows>,
    cursors: Data<Cursors>,
    request: HttpRequest,
) -> Result<web::Json<Page<Value>>, Problem> {
    let params = LIST.read(&request)?;
    let state = state(&params)?;
    let before = cursors.decode(&params)?;
    let found = workflows
        .list(allowed.tenant(), state, paging::to_read(&params), before)
        .await?;
    let page: Page<View> = paging::page(&params, &cursors, found, |one| one.id)?;
    Ok(web::Json(page.project(&params.fields)?))
}

fn state(params: &ListParams) -> Result<Option<&'static str>, Problem> {
    let Some(filter) = params.filters.first() else {
        return Ok(None);
    };
    let text = one_value(filter)?;
    let named = WorkflowState::NAMES.into_iter().find(|name| *name == text);
    named.map(Some).ok_or_else(|| {
        wrong(
            &filter.name,
            &format!("one of {}", WorkflowState::NAMES.join(", ")),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn workflows_are_filtered_by_one_state() {
        let read = |query: &str| {
            LIST.parse(query)
                .and_then(|params| state(&params))
                .map_err(|problem| problem.code())
        };
        assert_eq!(read(""), Ok(None));
        assert_eq!(read("filter[state]=live"), Ok(Some("live")));
        assert_eq!(read("filter[state]=alive"), Err("invalid-parameter"));
        assert_eq!(read("filter[state]=live,draft"), Err("invalid-parameter"));
        assert_eq!(read("filter[name]=x"), Err("unknown-parameter"));
    }
}
