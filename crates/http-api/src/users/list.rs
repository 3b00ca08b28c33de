//! `GET /users`

use actix_web::{
    HttpRequest, get,
    web::{self, Data},
};
use kale_application::companies::Companies;
use kale_web::{
    Allowed, Cursors, ListSpec, Page, Problem,
    permission::{ReadUsers, Required as _},
};
use serde_json::Value;

use crate::{
    openapi::params::{FieldsParam, PageParams},
    paging,
    view::user::{self, UserView},
};

const LIST: ListSpec = ListSpec {
    route: "GET /users",
    sorts: &[],
    default_sort: "-created_at",
    filters: &[],
    fields: user::FIELDS,
    includes: &[],
    search: false,
    others: &[],
};

/// Lists the people of the company, newest first.
#[utoipa::path(
    tag = "Users",
    operation_id = "list_users",
    params(PageParams, FieldsParam),
    responses((status = 200, description = "A page of people", body = Page<UserView>, example = json!({
        "data": [{
            "id": "usr_01h455vb4pex5vsknk084sn02q", "company": "cmp_01h455vb4pex5vsknk084sn02q",
            "email": "ada@northwind.example", "name": "Ada Okafor", "role": "retention_admin", "status": "active",
            "theme": "auto", "created_at": "2026-11-01T09:30:00Z", "version": 1
        }],
        "page": { "next_cursor": null, "has_more": false }
    }))),
    extensions(("x-permission" = json!(ReadUsers::NAME))),
)]
#[get("/users")]
#[tracing::instrument(name = "api.users.list", skip_all)]
pub(crate) async fn handle(
    caller: Allowed<ReadUsers>,
    companies: Data<Companies>,
    cursors: Data<Cursors>,
    request: HttpRequest,
) -> Result<web::Json<Page<Value>>, Problem> {
    let params = LIST.read(&request)?;
    let all = companies.users(caller.tenant()).await?;

    let page: Page<UserView> = paging::page_of_all(&params, &cursors, all, |one| one.id)?;
    Ok(web::Json(page.project(&params.fields)?))
}
