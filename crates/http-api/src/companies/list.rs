//! `GET /companies`

use actix_web::{
    HttpRequest, get,
    web::{self, Data},
};
use kale_application::companies::Companies;
use kale_web::{
    Cursors, InstallationAdmin, ListSpec, Page, Problem,
    permission::{ManageInstallation, Required as _},
};
use serde_json::Value;

use crate::{
    openapi::params::{FieldsParam, PageParams},
    paging,
    view::company::{self, CompanyView},
};

const LIST: ListSpec = ListSpec {
    route: "GET /companies",
    sorts: &[],
    default_sort: "-created_at",
    filters: &[],
    fields: company::FIELDS,
    includes: &[],
    search: false,
    others: &[],
};

/// Lists all companies, newest first.
#[utoipa::path(
    tag = "Companies",
    operation_id = "list_companies",
    params(PageParams, FieldsParam),
    responses((status = 200, description = "A page of companies", body = Page<CompanyView>, example = json!({
        "data": [{
            "id": "cmp_01h455vb4pex5vsknk084sn02q", "name": "Northwind Mobile", "slug": "northwind",
            "industry": "telecom", "status": "active", "purge_at": null, "time_zone": "America/New_York", "currency": "USD",
            "sortable_attributes": ["tenure"], "sign_in_limits": { "idle_hours": 336, "absolute_hours": 2160 }, "created_at": "2026-10-01T08:00:00Z",
            "updated_at": "2026-11-02T10:00:00Z", "version": 3
        }],
        "page": { "next_cursor": null, "has_more": false }
    }))),
    extensions(("x-permission" = json!(ManageInstallation::NAME))),
)]
#[get("/companies")]
#[tracing::instrument(name = "api.companies.list", skip_all)]
pub(crate) async fn handle(
    admin: InstallationAdmin,
    companies: Data<Companies>,
    cursors: Data<Cursors>,
    request: HttpRequest,
) -> Result<web::Json<Page<Value>>, Problem> {
    let params = LIST.read(&request)?;
    let all = companies.list(admin.installation).await?;

    let page: Page<CompanyView> = paging::page_of_all(&params, &cursors, all, |one| one.id)?;
    Ok(web::Json(page.project(&params.fields)?))
}
