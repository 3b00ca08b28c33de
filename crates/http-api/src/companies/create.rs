//! `POST /companies`

use actix_web::{HttpResponse, http::header, post, web::Data};
use kale_application::companies::{Companies, WantedCompany};
use kale_domain::{company::Industry, money::Currency};
use kale_web::{
    Idempotent, InstallationAdmin, Json, NoQuery, Problem, etag,
    permission::{ManageInstallation, Required as _},
};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{openapi::params::IdempotencyKeyHeader, view::company::CompanyView};

/// A company to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = NewCompany)]
#[serde(deny_unknown_fields)]
pub(crate) struct Body {
    /// What people call it.
    #[schema(min_length = 1, max_length = 120, example = "Northwind Mobile")]
    name: String,
    /// Its short name in addresses: 2 to 40 lower-case letters, digits or dashes, beginning with a letter. It never
    /// changes.
    #[schema(
        min_length = 2,
        max_length = 40,
        pattern = "^[a-z][a-z0-9-]+$",
        example = "northwind"
    )]
    slug: String,
    /// `saas`, `media`, `telecom`, `commerce`, `fintech`, `education`, `fitness` or `b2b_services`.
    #[schema(value_type = String, example = "telecom")]
    industry: Industry,
    /// An IANA time zone.
    #[schema(example = "America/New_York")]
    time_zone: String,
    /// The currency its money metrics are in, ISO 4217.
    #[schema(value_type = String, example = "USD")]
    currency: Currency,
    /// Who is to run it.
    admin: FirstAdmin,
}

/// Whoever is invited as the first retention admin.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = FirstAdmin)]
#[serde(deny_unknown_fields)]
pub(crate) struct FirstAdmin {
    /// Where their mail goes.
    #[schema(example = "maya@northwind.example")]
    email: String,
    /// What people call them, until they say so themselves.
    #[schema(min_length = 1, max_length = 80, example = "Maya Lind")]
    name: String,
}

impl From<Body> for WantedCompany {
    fn from(body: Body) -> Self {
        Self {
            name: body.name,
            slug: body.slug,
            industry: body.industry,
            time_zone: body.time_zone,
            currency: body.currency,
            admin_email: body.admin.email,
            admin_name: body.admin.name,
        }
    }
}

/// Makes a company, and invites its first retention admin.
#[utoipa::path(
    tag = "Companies",
    operation_id = "create_company",
    params(IdempotencyKeyHeader),
    request_body(content = Body, example = json!({
        "name": "Northwind Mobile", "slug": "northwind", "industry": "telecom", "time_zone": "America/New_York",
        "currency": "USD", "admin": { "email": "maya@northwind.example", "name": "Maya Lind" }
    })),
    responses((status = 201, description = "The company", body = CompanyView,
        headers(("ETag" = String, description = "Its version, for `If-Match`")),
        example = json!({
            "id": "cmp_01h455vb4pex5vsknk084sn02q", "name": "Northwind Mobile", "slug": "northwind",
            "industry": "telecom", "status": "active", "purge_at": null, "time_zone": "America/New_York",
            "currency": "USD", "sortable_attributes": [], "sign_in_limits": { "idle_hours": 336, "absolute_hours": 2160 }, "created_at": "2026-10-01T08:00:00Z",
            "updated_at": "2026-10-01T08:00:00Z", "version": 1
        })
    )),
    extensions(
        ("x-permission" = json!(ManageInstallation::NAME)),
        ("x-problems" = json!(["slug-taken"])),
    ),
)]
#[post("/companies")]
#[tracing::instrument(name = "api.companies.create", skip_all)]
pub(crate) async fn handle(
    admin: InstallationAdmin,
    companies: Data<Companies>,
    _: NoQuery,
    Json(body): Json<Body>,
    idempotent: Idempotent,
) -> Result<HttpResponse, Problem> {
    let work = async || {
        let company = companies
            .create(admin.installation, &admin.caller, body.into())
            .await?;
        let tag = etag::etag(company.version);
        Ok(HttpResponse::Created()
            .insert_header((header::ETAG, tag))
            .json(CompanyView::from(company)))
    };
    idempotent.run_for_installation(&admin, work).await
}
