//! `POST /companies/{id}/resume`

use actix_web::{
    post,
    web::{self, Data},
};
use kale_application::companies::Companies;
use kale_domain::id::CompanyId;
use kale_web::{
    InstallationAdmin, NoQuery, Path as At, Problem,
    permission::{ManageInstallation, Required as _},
};

use crate::view::company::CompanyView;

/// Lets a company go on that is suspended, or deleted and not purged yet.
///
/// Doing it again is the same.
#[utoipa::path(
    tag = "Companies",
    operation_id = "resume_company",
    params(("id" = String, Path, description = "The company", example = "cmp_01h455vb4pex5vsknk084sn02q")),
    responses((status = 200, description = "The company", body = CompanyView, example = json!({
        "id": "cmp_01h455vb4pex5vsknk084sn02q", "name": "Northwind Mobile", "slug": "northwind",
        "industry": "telecom", "status": "active", "purge_at": null, "time_zone": "America/New_York",
        "currency": "USD", "sortable_attributes": ["tenure"], "sign_in_limits": { "idle_hours": 336, "absolute_hours": 2160 }, "created_at": "2026-10-01T08:00:00Z",
        "updated_at": "2026-11-02T10:00:00Z", "version": 5
    }))),
    extensions(("x-permission" = json!(ManageInstallation::NAME))),
)]
#[post("/companies/{id}/resume")]
#[tracing::instrument(name = "api.companies.resume", skip_all)]
pub(crate) async fn handle(
    admin: InstallationAdmin,
    companies: Data<Companies>,
    At(id): At<CompanyId>,
    _: NoQuery,
) -> Result<web::Json<CompanyView>, Problem> {
    let company = companies.resume(admin.installation, &admin.caller, id).await?;

    Ok(web::Json(company.into()))
}
