//! `POST /companies/{id}/enter`

use actix_web::{
    post,
    web::{self, Data},
};
use kale_application::{access::SignIns, companies::Companies};
use kale_domain::id::CompanyId;
use kale_web::{
    InstallationAdmin, NoQuery, Path as At, Problem,
    permission::{ManageInstallation, Required as _},
};

use crate::view::company::CompanyView;

/// Switches a Kale admin's sign-in into a company.
///
/// What they do from now on counts for that company, until they leave it or enter another one.
#[utoipa::path(
    tag = "Companies",
    operation_id = "enter_company",
    params(("id" = String, Path, description = "The company", example = "cmp_01h455vb4pex5vsknk084sn02q")),
    responses((status = 200, description = "The company they are in now", body = CompanyView, example = json!({
        "id": "cmp_01h455vb4pex5vsknk084sn02q", "name": "Northwind Mobile", "slug": "northwind",
        "industry": "telecom", "status": "active", "purge_at": null, "time_zone": "America/New_York", "currency": "USD",
        "sortable_attributes": ["tenure"], "sign_in_limits": { "idle_hours": 336, "absolute_hours": 2160 }, "created_at": "2026-10-01T08:00:00Z",
        "updated_at": "2026-11-02T10:00:00Z", "version": 3
    }))),
    extensions(("x-permission" = json!(ManageInstallation::NAME))),
)]
#[post("/companies/{id}/enter")]
#[tracing::instrument(name = "api.companies.enter", skip_all)]
pub(crate) async fn handle(
    admin: InstallationAdmin,
    sign_ins: Data<SignIns>,
    companies: Data<Companies>,
    At(id): At<CompanyId>,
    _: NoQuery,
) -> Result<web::Json<CompanyView>, Problem> {
    if !sign_ins
        .act_in(admin.installation, &admin.caller, Some(id))
        .await?
    {
        return Err(Problem::not_found());
    }
    let company = companies.by_id(&admin.caller, id).await?;

    Ok(web::Json(company.into()))
}
