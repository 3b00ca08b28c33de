//! `GET /uploads`

use actix_web::{HttpRequest, get, web::Data, web::Json};
use kale_application::uploads::Uploads;
use kale_web::{Allowed, Cursors, ListSpec, Page, Problem, Required, permission::ReadUploads};

use super::view::UploadLine;
use crate::{openapi::params::PageParams, paging};

const LIST: ListSpec = ListSpec {
    route: "GET /api/v1/uploads",
    sorts: &[],
    default_sort: "-created_at",
    filters: &[],
    fields: &[],
    includes: &[],
    search: false,
    others: &[],
};

/// Lists uploads, newest first.
#[utoipa::path(
    operation_id = "list_uploads",
    tag = "Uploads",
    params(PageParams),
    responses((status = 200, description = "A page.", body = Page<UploadLine>, example = json!({
        "data": [{
            "id": "upl_01h455vb4pex5vsknk084sn02q", "kind": "customer-data", "status": "imported",
            "file": {"name": "customers.csv", "bytes": 977_501,
                "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"},
            "job": null, "rows": 7043, "rejected": 0,
            "summary": {"added": 7043, "changed": 0, "unchanged": 0, "skipped": 0, "removed": 0},
            "failure": null, "created_by": null, "created_at": "2026-03-15T09:30:00Z",
            "updated_at": "2026-03-15T09:31:00Z", "version": 7
        }],
        "page": {"next_cursor": null, "has_more": false}
    }))),
    extensions(("x-permission" = json!(ReadUploads::NAME))),
)]
#[get("/uploads")]
#[tracing::instrument(name = "api.uploads.list", skip_all)]
pub(crate) async fn handle(
    allowed: Allowed<ReadUploads>,
    uploads: Data<Uploads>,
    cursors: Data<Cursors>,
    request: HttpRequest,
) -> Result<Json<Page<UploadLine>>, Problem> {
    let params = LIST.read(&request)?;
    let before = cursors.decode(&params)?;
    let found = uploads
        .list(allowed.tenant(), paging::to_read(&params), before)
        .await?;
    paging::page(&params, &cursors, found, |upload| upload.id).map(Json)
}
