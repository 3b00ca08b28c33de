//! `POST /companies/{id}/suspend`

use actix_web::{
    post,
    web::{self, Data},
};
use kale_application::companies::Companies;
use kale_domain::id::CompanyId;
use kale_web::{
    InstallationAdmin, Json, NoQuery, Path as At, Problem,
    permission::{ManageInstallation, Required as _},
};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::view::company::CompanyView;

/// Why a company is stopped.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = CompanySuspension)]
#[serde(deny_unknown_fields)]
pub(crate) struct Body {
    /// For the audit log.
    #[schema(min_length = 1, max_length = 200, example = "The contract ended")]
    reason: String,
}

/// Stops everything of a company.
///
/// Nobody of it signs in, its keys and its subscribers' tokens open nothing, and no job of it begins. Nothing is lost:
/// `resume` lets it go on. Doing it again is the same.
#[utoipa::path(
    tag = "Companies",
    operation_id = "suspend_company",
    params(("id" = String, Path, description = "The company", example = "cmp_01h455vb4pex5vsknk084sn02q")),
    request_body(content = Body, example = json!({ "reason": "The contract ended" })),
    responses((status = 200, description = "The company", body = CompanyView, example = json!({
        "id": "cmp_01h455vb4pex5vsknk084sn02q", "name": "Northwind Mobile", "slug": "northwind",
        "industry": "telecom", "status": "suspended", "purge_at": null, "time_zone": "America/New_York",
        "currency": "USD", "sortable_attributes": ["tenure"], "sign_in_limits": { "idle_hours": 336, "absolute_hours": 2160 }, "created_at": "2026-10-01T08:00:00Z",
        "updated_at": "2026-11-02T10:00:00Z", "version": 4
    }))),
    extensions(
        ("x-permission" = json!(ManageInstallation::NAME)),
        ("x-problems" = json!(["wrong-state"])),
    ),
)]
#[post("/companies/{id}/suspend")]
#[tracing::instrument(name = "api.companies.suspend", skip_all)]
pub(crate) async fn handle(
    admin: InstallationAdmin,
    companies: Data<Companies>,
    At(id): At<CompanyId>,
    _: NoQuery,
    Json(body): Json<Body>,
) -> Result<web::Json<CompanyView>, Problem> {
    let company = companies
        .suspend(admin.installation, &admin.caller, id, &body.reason)
        .await?;

    Ok(web::Json(company.into()))
}
