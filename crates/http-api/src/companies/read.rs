//! `GET /companies/{id}`

use actix_web::{HttpRequest, HttpResponse, get, web::Data};
use kale_application::companies::Companies;
use kale_domain::id::CompanyId;
use kale_web::{
    Authenticated, NoQuery, Path as At, Problem, etag,
    permission::{ReadCompany, Required as _},
};

use crate::view::company::CompanyView;

/// Shows a company.
///
/// People and keys of a company see their own; a Kale admin sees any, without entering it.
#[utoipa::path(
    tag = "Companies",
    operation_id = "read_company",
    params(
        ("id" = String, Path, description = "The company", example = "cmp_01h455vb4pex5vsknk084sn02q"),
        ("If-None-Match" = Option<String>, Header, description = "The ETag you have."),
    ),
    responses((status = 200, description = "The company", body = CompanyView,
        headers(("ETag" = String, description = "Its version, for `If-Match`")),
        example = json!({
            "id": "cmp_01h455vb4pex5vsknk084sn02q", "name": "Northwind Mobile", "slug": "northwind",
            "industry": "telecom", "status": "active", "purge_at": null, "time_zone": "America/New_York", "currency": "USD",
            "sortable_attributes": ["tenure"], "sign_in_limits": { "idle_hours": 336, "absolute_hours": 2160 }, "created_at": "2026-10-01T08:00:00Z",
            "updated_at": "2026-11-02T10:00:00Z", "version": 3
        })
    )),
    extensions(("x-permission" = json!(ReadCompany::NAME))),
)]
#[get("/companies/{id}")]
#[tracing::instrument(name = "api.companies.read", skip_all)]
pub(crate) async fn handle(
    Authenticated(caller): Authenticated,
    companies: Data<Companies>,
    At(id): At<CompanyId>,
    request: HttpRequest,
    _: NoQuery,
) -> Result<HttpResponse, Problem> {
    // Not `Allowed`: a Kale admin who is in no company may look, too.
    if !caller.may(ReadCompany::PERMISSION) {
        return Err(Problem::forbidden(ReadCompany::PERMISSION));
    }
    let company = companies.by_id(&caller, id).await?;

    Ok(etag::tagged(
        &request,
        company.version,
        &CompanyView::from(company),
    ))
}
