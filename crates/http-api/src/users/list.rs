//! `GET /users`

use actix_web::{
    HttpRequest, get,
    web::{self, Data},
};
use kale_application::team::{Team, TeamFilter};
use kale_domain::{access::Role, user::UserStatus};
use kale_web::{
    Allowed, Cursors, ListParams, ListSpec, Op, Page, Problem,
    permission::{ReadUsers, Required as _},
};
use serde_json::Value;

use crate::{
    filters::{one_value, wrong},
    openapi::params::{FieldsParam, PageParams},
    paging,
    view::user::{self, UserView},
};

const LIST: ListSpec = ListSpec {
    route: "GET /users",
    sorts: &[],
    default_sort: "-created_at",
    filters: &[("status", &[Op::Eq]), ("role", &[Op::Eq])],
    fields: user::FIELDS,
    includes: &[],
    search: false,
    others: &[],
};

/// Lists the people of the company, newest first.
#[utoipa::path(
    tag = "Users",
    operation_id = "list_users",
    params(
        PageParams,
        FieldsParam,
        ("filter[status]" = Option<String>, Query, description = "Who stands there only", example = "invited"),
        ("filter[role]" = Option<String>, Query, description = "Who plays this part only",
            example = "retention_expert"),
    ),
    responses((status = 200, description = "A page of people", body = Page<UserView>, example = json!({
        "data": [{
            "id": "usr_01h455vb4pex5vsknk084sn02q", "company": "cmp_01h455vb4pex5vsknk084sn02q",
            "email": "ada@northwind.example", "name": "Ada Okafor", "role": "retention_admin", "status": "active",
            "theme": "auto", "invited_until": null, "created_at": "2026-11-01T09:30:00Z", "version": 1
        }],
        "page": { "next_cursor": null, "has_more": false }
    }))),
    extensions(("x-permission" = json!(ReadUsers::NAME))),
)]
#[get("/users")]
#[tracing::instrument(name = "api.users.list", skip_all)]
pub(crate) async fn handle(
    caller: Allowed<ReadUsers>,
    team: Data<Team>,
    cursors: Data<Cursors>,
    request: HttpRequest,
) -> Result<web::Json<Page<Value>>, Problem> {
    let params = LIST.read(&request)?;
    let all = team.list(caller.tenant(), filter(&params)?).await?;

    let page: Page<UserView> = paging::page_of_all(&params, &cursors, all, |one| one.id)?;
    Ok(web::Json(page.project(&params.fields)?))
}

fn filter(params: &ListParams) -> Result<TeamFilter, Problem> {
    let mut filter = TeamFilter::default();
    for one in &params.filters {
        let value = one_value(one)?;
        let expected = |known: &[&str]| wrong(&one.name, &format!("one of {}", known.join(", ")));
        if one.name == "status" {
            let found = UserStatus::ALL.into_iter().find(|known| known.name() == value);
            let found = found.ok_or_else(|| expected(&UserStatus::ALL.map(UserStatus::name)));
            filter.status = Some(found?);
        } else {
            let found = Role::OF_COMPANIES.into_iter().find(|known| known.name() == value);
            let found = found.ok_or_else(|| expected(&Role::OF_COMPANIES.map(Role::name)));
            filter.role = Some(found?);
        }
    }
    Ok(filter)
}
