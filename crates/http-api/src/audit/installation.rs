//! `GET /installation/audit`

use actix_web::{
    HttpRequest, get,
    web::{self, Data},
};
use kale_application::audit::{AuditLog, ChainOf};
use kale_web::{
    Cursors, InstallationAdmin, ListSpec, Page, Problem,
    permission::{ManageInstallation, Required as _},
};
use serde_json::Value;

use super::{
    list::{FIELDS, View},
    query::{self, AuditFilterParams},
};
use crate::{
    openapi::params::{FieldsParam, PageParams},
    paging,
};

const LIST: ListSpec = ListSpec {
    route: "GET /installation/audit",
    sorts: &[],
    default_sort: "-at",
    filters: query::FILTERS,
    fields: FIELDS,
    includes: &[],
    search: false,
    others: &[],
};

/// Lists what was done to the installation, newest first.
///
/// Companies that were made, suspended, resumed, deleted and purged, Kale admins, and rotations of keys. What is done
/// inside a company stands in its own log.
#[utoipa::path(
    tag = "Audit",
    operation_id = "list_installation_audit_entries",
    params(PageParams, FieldsParam, AuditFilterParams),
    responses((status = 200, description = "A page of entries", body = Page<View>, example = json!({
        "data": [{
            "id": "aud_01h455vb4pex5vsknk084sn02q", "actor": { "kind": "system", "id": null },
            "action": "company_purged", "target": "cmp_01h455vb4pex5vsknk084sn02q",
            "before": { "customers": "1204", "sessions": "310" },
            "after": { "audit_head": "none", "documents": "1514", "files": "6", "slug": "northwind" },
            "request_id": null, "ip": null, "user_agent": null, "at": "2026-12-02T10:00:04Z"
        }],
        "page": { "next_cursor": null, "has_more": false }
    }))),
    extensions(("x-permission" = json!(ManageInstallation::NAME))),
)]
#[get("/installation/audit")]
#[tracing::instrument(name = "api.audit.installation", skip_all)]
pub(crate) async fn handle(
    admin: InstallationAdmin,
    log: Data<AuditLog>,
    cursors: Data<Cursors>,
    request: HttpRequest,
) -> Result<web::Json<Page<Value>>, Problem> {
    let params = LIST.read(&request)?;
    let filter = AuditFilterParams::of(&params)?.filter()?;
    let before = cursors.decode(&params)?;
    let of = ChainOf::Installation(admin.installation);
    let found = log.list(of, &filter, paging::to_read(&params), before).await?;

    let page: Page<View> = paging::page(&params, &cursors, found, |one| one.id)?;
    Ok(web::Json(page.project(&params.fields)?))
}
