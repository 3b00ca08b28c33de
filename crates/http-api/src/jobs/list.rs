//! `GET /jobs`

use actix_web::{
    HttpRequest, get,
    web::{self, Data},
};
use kale_application::{live::JobFilter, work::Work};
use kale_domain::job::JobState;
use kale_web::{
    Allowed, Cursors, ListParams, ListSpec, Op, Page, Problem,
    permission::{ReadJobs, Required as _},
};
use serde_json::Value;

use crate::{
    filters::{one_value, wrong},
    openapi::params::{FieldsParam, PageParams},
    paging,
    view::job::{self, JobView},
};

const LIST: ListSpec = ListSpec {
    route: "GET /jobs",
    sorts: &[],
    default_sort: "-created_at",
    filters: &[
        ("state", &[Op::Eq]),
        ("kind", &[Op::Eq]),
        ("subject", &[Op::Eq]),
        ("housekeeping", &[Op::Eq]),
    ],
    fields: job::FIELDS,
    includes: &[],
    search: false,
    others: &[],
};

/// Lists the background work of the company, newest first.
///
/// Housekeeping that nobody waits for, such as counting sessions, is left out once it has ended well, unless
/// `filter[housekeeping]` is `true` or a kind or a subject is named.
#[utoipa::path(
    tag = "Jobs",
    operation_id = "list_jobs",
    params(
        PageParams,
        FieldsParam,
        ("filter[state]" = Option<String>, Query,
            pattern = "^(scheduled|queued|leased|succeeded|dead|cancelled)$", description = "In this state only", example = "dead"),
        ("filter[kind]" = Option<String>, Query, pattern = "^[^,\\\\]+$", description = "Of this kind only", example = "import_upload"),
        ("filter[subject]" = Option<String>, Query, pattern = "^[^,\\\\]+$", description = "About the thing with this id only",
            example = "upl_01h455vb4pex5vsknk084sn02q"),
        ("filter[housekeeping]" = Option<bool>, Query, description = "Also housekeeping that has ended well",
            example = true),
    ),
    responses((status = 200, description = "A page of jobs", body = Page<JobView>, example = json!({
        "data": [{
            "id": "job_01h455vb4pex5vsknk084sn02q", "kind": "import_upload",
            "subject": "upl_01h455vb4pex5vsknk084sn02q", "started_by": "usr_01h455vb4pex5vsknk084sn02q",
            "state": "leased", "progress": { "done": 1200, "total": 7043, "note": "rows" }, "attempts": 1,
            "max_attempts": 5, "last_error": null, "created_at": "2026-11-14T12:00:00Z",
            "run_at": "2026-11-14T12:00:00Z", "finished_at": null
        }],
        "page": { "next_cursor": null, "has_more": false }
    }))),
    extensions(("x-permission" = json!(ReadJobs::NAME))),
)]
#[get("/jobs")]
#[tracing::instrument(name = "api.jobs.list", skip_all)]
pub(crate) async fn handle(
    caller: Allowed<ReadJobs>,
    work: Data<Work>,
    cursors: Data<Cursors>,
    request: HttpRequest,
) -> Result<web::Json<Page<Value>>, Problem> {
    let params = LIST.read(&request)?;
    let filter = filter(&params)?;
    let before = cursors.decode(&params)?;
    let found = work
        .list(caller.tenant(), &filter, paging::to_read(&params), before)
        .await?;

    let page: Page<JobView> = paging::page(&params, &cursors, found, |one| one.id)?;
    Ok(web::Json(page.project(&params.fields)?))
}

fn filter(params: &ListParams) -> Result<JobFilter, Problem> {
    let mut filter = JobFilter::default();
    for one in &params.filters {
        let value = one_value(one)?;
        match one.name.as_str() {
            "state" => filter.state = Some(state(value)?),
            "kind" => filter.kind = Some(value.to_owned()),
            "housekeeping" => {
                let rule = "true or false";
                filter.housekeeping = value.parse().map_err(|_neither| wrong(&one.name, rule))?;
            }
            _ => filter.subject = Some(value.to_owned()),
        }
    }
    Ok(filter)
}

fn state(text: &str) -> Result<JobState, Problem> {
    let found = JobState::ALL.into_iter().find(|state| state.name() == text);
    found.ok_or_else(|| {
        wrong(
            "state",
            &format!("one of {}", JobState::ALL.map(JobState::name).join(", ")),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jobs_are_filtered_by_one_value_each() {
        let read = |query: &str| {
            LIST.parse(query)
                .and_then(|params| filter(&params))
                .map_err(|problem| problem.code())
        };

        let all = read("filter[state]=dead&filter[kind]=import_upload&filter[subject]=upl_x").unwrap();
        assert_eq!(all.state, Some(JobState::Dead));
        assert_eq!(
            (all.kind.as_deref(), all.subject.as_deref()),
            (Some("import_upload"), Some("upl_x"))
        );
        assert!(!all.housekeeping && read("filter[housekeeping]=true").unwrap().housekeeping);
        assert_eq!(read("filter[housekeeping]=yes"), Err("invalid-parameter"));
        assert_eq!(read("filter[state]=running"), Err("invalid-parameter"));
        assert_eq!(read("filter[state]=dead,queued"), Err("invalid-parameter"));
        assert_eq!(read("filter[payload]=x"), Err("unknown-parameter"));
    }
}
