//! `POST /companies/{id}/leave`

use actix_web::{HttpResponse, post, web::Data};
use kale_application::access::{SignIns, Who};
use kale_domain::id::CompanyId;
use kale_web::{
    InstallationAdmin, NoQuery, Path as At, Problem,
    permission::{ManageInstallation, Required as _},
};

/// Switches a Kale admin's sign-in out of a company.
///
/// Nothing happens where they are not in it, so that it can be repeated.
#[utoipa::path(
    tag = "Companies",
    operation_id = "leave_company",
    params(("id" = String, Path, description = "The company", example = "cmp_01h455vb4pex5vsknk084sn02q")),
    responses((status = 204, description = "They are not in that company")),
    extensions(("x-permission" = json!(ManageInstallation::NAME))),
)]
#[post("/companies/{id}/leave")]
#[tracing::instrument(name = "api.companies.leave", skip_all)]
pub(crate) async fn handle(
    admin: InstallationAdmin,
    sign_ins: Data<SignIns>,
    At(id): At<CompanyId>,
    _: NoQuery,
) -> Result<HttpResponse, Problem> {
    let Who::Person(presence) = &admin.caller.who else {
        return Err(Problem::people_only());
    };
    if presence.sign_in.acting_in == Some(id) {
        sign_ins.act_in(admin.installation, &admin.caller, None).await?;
    }

    Ok(HttpResponse::NoContent().finish())
}
