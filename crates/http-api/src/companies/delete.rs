//! `DELETE /companies/{id}`

use actix_web::{
    delete,
    web::{self, Data},
};
use kale_application::companies::Companies;
use kale_domain::{company::KeptDays, id::CompanyId};
use kale_web::{
    InstallationAdmin, Path as At, Problem, Query,
    permission::{ManageInstallation, Required as _},
};
use serde::Deserialize;

use crate::view::company::CompanyView;

/// How long it can be brought back.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    #[serde(default)]
    keep_days: KeptDays,
}

/// Stops everything of a company, and has all that it owns purged later.
///
/// Until then `resume` brings it back as it was. The receipt of the purge is the entry `company_purged` of the
/// installation's audit log: how many documents of which kind and how many files went.
#[utoipa::path(
    tag = "Companies",
    operation_id = "delete_company",
    params(
        ("id" = String, Path, description = "The company", example = "cmp_01h455vb4pex5vsknk084sn02q"),
        ("keep_days" = Option<u32>, Query, minimum = 0, maximum = 90, example = 30,
            description = "After how many days all that it owns is purged; 30 unless said otherwise."),
    ),
    responses((status = 200, description = "The company, and when it is purged", body = CompanyView, example = json!({
        "id": "cmp_01h455vb4pex5vsknk084sn02q", "name": "Northwind Mobile", "slug": "northwind",
        "industry": "telecom", "status": "deleted", "purge_at": "2026-12-02T10:00:00Z",
        "time_zone": "America/New_York", "currency": "USD", "sortable_attributes": ["tenure"], "sign_in_limits": { "idle_hours": 336, "absolute_hours": 2160 },
        "created_at": "2026-10-01T08:00:00Z", "updated_at": "2026-11-02T10:00:00Z", "version": 4
    }))),
    extensions(
        ("x-permission" = json!(ManageInstallation::NAME)),
        ("x-problems" = json!(["wrong-state"])),
    ),
)]
#[delete("/companies/{id}")]
#[tracing::instrument(name = "api.companies.delete", skip_all)]
pub(crate) async fn handle(
    admin: InstallationAdmin,
    companies: Data<Companies>,
    At(id): At<CompanyId>,
    Query(params): Query<Params>,
) -> Result<web::Json<CompanyView>, Problem> {
    let company = companies
        .delete(admin.installation, &admin.caller, id, params.keep_days)
        .await?;

    Ok(web::Json(company.into()))
}
