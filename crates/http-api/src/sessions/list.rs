//! `GET /sessions`

use actix_web::{
    HttpRequest, get,
    web::{self, Data},
};
use kale_application::sessions::{Mode, SessionFilter, SessionState, Sessions};
use kale_web::{
    Allowed, Cursors, ListParams, ListSpec, Op, Page, Problem, Required as _, permission::ReadSessions,
};

use super::view::{SessionView, example};
use crate::{
    filters::{one_value, wrong},
    openapi::params::PageParams,
    paging,
};

const LIST: ListSpec = ListSpec {
    route: "GET /sessions",
    sorts: &[],
    default_sort: "-started_at",
    filters: &[
        ("workflow", &[Op::Eq]),
        ("customer", &[Op::Eq]),
        ("state", &[Op::Eq]),
        ("mode", &[Op::Eq]),
    ],
    fields: &[],
    includes: &[],
    search: false,
    others: &[],
};

/// Lists sessions, newest first; for an expert, those of the customers assigned to them.
///
/// What half an hour of silence makes of a session is written down within a minute; the list shows what is written.
#[utoipa::path(
    tag = "Sessions",
    operation_id = "list_sessions",
    params(
        PageParams,
        ("filter[workflow]" = Option<String>, Query, pattern = "^wfl_[0-7][0-9a-hjkmnp-tv-z]{25}$", description = "Of this workflow only"),
        ("filter[customer]" = Option<String>, Query, pattern = "^cus_[0-7][0-9a-hjkmnp-tv-z]{25}$", description = "Of this customer only"),
        ("filter[state]" = Option<String>, Query, pattern = "^(in_progress|abandoned|expired|completed)$",
            description = "In this state only", example = "completed"),
        ("filter[mode]" = Option<String>, Query, pattern = "^(live|test)$", description = "`live` or `test` only", example = "live"),
    ),
    responses((status = 200, description = "A page of sessions", body = Page<SessionView>, example = json!({
        "data": [example()], "page": { "next_cursor": null, "has_more": false }
    }))),
    extensions(("x-permission" = json!(ReadSessions::NAME))),
)]
#[get("/sessions")]
#[tracing::instrument(name = "api.sessions.list", skip_all)]
pub(crate) async fn handle(
    caller: Allowed<ReadSessions>,
    sessions: Data<Sessions>,
    cursors: Data<Cursors>,
    request: HttpRequest,
) -> Result<web::Json<Page<SessionView>>, Problem> {
    let params = LIST.read(&request)?;
    let filter = filter(&params)?;
    let before = cursors.decode(&params)?;
    let found = sessions
        .list(caller.reach(), filter, paging::to_read(&params), before)
        .await?;

    Ok(web::Json(paging::page(&params, &cursors, found, |one| one.id)?))
}

fn filter(params: &ListParams) -> Result<SessionFilter, Problem> {
    let mut read = SessionFilter::default();
    for filter in &params.filters {
        let name = filter.name.as_str();
        let text = one_value(filter)?;
        match name {
            "workflow" => {
                let id = text.parse().map_err(|_no_id| wrong(name, "the id of a workflow"));
                read.workflow = Some(id?);
            }
            "customer" => {
                let id = text.parse().map_err(|_no_id| wrong(name, "the id of a customer"));
                read.customer = Some(id?);
            }
            "state" => {
                let state = SessionState::ALL.into_iter().find(|state| state.name() == text);
                let expected = "in_progress, abandoned, expired or completed";
                read.state = Some(state.ok_or_else(|| wrong(name, expected))?);
            }
            _ => {
                let mode = [Mode::Live, Mode::Test]
                    .into_iter()
                    .find(|mode| mode.name() == text);
                read.mode = Some(mode.ok_or_else(|| wrong(name, "live or test"))?);
            }
        }
    }
    Ok(read)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_is_one_value_of_its_kind() {
        let read = |query: &str| {
            LIST.parse(query)
                .and_then(|params| filter(&params))
                .map_err(|problem| problem.code())
        };
        assert_eq!(read(""), Ok(SessionFilter::default()));
        assert_eq!(
            read("filter[state]=expired").unwrap().state,
            Some(SessionState::Expired)
        );
        assert_eq!(read("filter[mode]=test").unwrap().mode, Some(Mode::Test));
        let id = "wfl_01h455vb4pex5vsknk084sn02q";
        assert_eq!(
            read(&format!("filter[workflow]={id}")).unwrap().workflow,
            Some(id.parse().unwrap())
        );
        for wrong in [
            "filter[state]=over",
            "filter[mode]=live,test",
            "filter[customer]=wfl_x",
            "filter[workflow]=",
        ] {
            assert_eq!(read(wrong), Err("invalid-parameter"), "{wrong}");
        }
        assert_eq!(read("filter[outcome]=saved"), Err("unknown-parameter"));
    }
}
