//! `GET /viewer/secrets`

use actix_web::{
    HttpRequest, get,
    web::{self, Data},
};
use kale_application::viewer::Viewer;
use kale_web::{Allowed, Cursors, ListSpec, Page, Problem, Required, permission::ManageViewerSecrets};

use super::{SecretView, example};
use crate::{openapi::params::PageParams, paging};

const LIST: ListSpec = ListSpec {
    route: "GET /viewer/secrets",
    sorts: &[],
    default_sort: "-created_at",
    filters: &[],
    fields: &[],
    includes: &[],
    search: false,
    others: &[],
};

/// Lists the secrets that sign tokens of subscribers, newest first, revoked ones too.
#[utoipa::path(
    tag = "Viewer",
    operation_id = "list_viewer_secrets",
    params(PageParams),
    responses((status = 200, description = "A page of secrets", body = Page<SecretView>, example = json!({
        "data": [example(None)], "page": { "next_cursor": null, "has_more": false }
    }))),
    extensions(("x-permission" = json!(ManageViewerSecrets::NAME))),
)]
#[get("/viewer/secrets")]
#[tracing::instrument(name = "api.viewer.list_secrets", skip_all)]
pub(crate) async fn handle(
    caller: Allowed<ManageViewerSecrets>,
    viewer: Data<Viewer>,
    cursors: Data<Cursors>,
    request: HttpRequest,
) -> Result<web::Json<Page<SecretView>>, Problem> {
    let params = LIST.read(&request)?;
    let all = viewer.secrets(caller.tenant()).await?;

    Ok(web::Json(paging::page_of_all(&params, &cursors, all, |one| {
        one.id
    })?))
}
