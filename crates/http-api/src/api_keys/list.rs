//! `GET /api-keys`

use actix_web::{
    HttpRequest, get,
    web::{self, Data},
};
use kale_application::api_keys::ApiKeys;
use kale_web::{
    Allowed, Cursors, ListSpec, Page, Problem,
    permission::{ManageApiKeys, Required as _},
};

use super::ApiKeyView;
use crate::{openapi::params::PageParams, paging};

const LIST: ListSpec = ListSpec {
    route: "GET /api-keys",
    sorts: &[],
    default_sort: "-created_at",
    filters: &[],
    fields: &[],
    includes: &[],
    search: false,
    others: &[],
};

/// Lists the keys of the company, newest first, revoked ones too.
#[utoipa::path(
    tag = "API keys",
    operation_id = "list_api_keys",
    params(PageParams),
    responses((status = 200, description = "A page of keys", body = Page<ApiKeyView>, example = json!({
        "data": [{
            "id": "key_01h455vb4pex5vsknk084sn02q", "name": "CRM sync", "permissions": ["customers.read"],
            "hint": "x7Qk", "created_by": "usr_01h455vb4pex5vsknk084sn02q", "created_at": "2026-11-02T10:00:00Z",
            "last_used_at": "2026-11-14T09:15:00Z", "expires_at": null, "revoked_at": null, "replaced_by": null
        }],
        "page": { "next_cursor": null, "has_more": false }
    }))),
    extensions(("x-permission" = json!(ManageApiKeys::NAME))),
)]
#[get("/api-keys")]
#[tracing::instrument(name = "api.api_keys.list", skip_all)]
pub(crate) async fn handle(
    caller: Allowed<ManageApiKeys>,
    keys: Data<ApiKeys>,
    cursors: Data<Cursors>,
    request: HttpRequest,
) -> Result<web::Json<Page<ApiKeyView>>, Problem> {
    let params = LIST.read(&request)?;
    let all = keys.list(caller.tenant()).await?;

    Ok(web::Json(paging::page_of_all(&params, &cursors, all, |one| {
        one.id
    })?))
}
