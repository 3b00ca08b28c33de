//! `PATCH /companies/{id}`

use actix_web::{HttpResponse, http::header, patch, web::Data};
use kale_application::companies::{Companies, CompanyChanges};
use kale_domain::{attribute::AttributeKey, company::Industry, id::CompanyId, money::Currency};
use kale_web::{
    Allowed, IfMatch, Json, NoQuery, Path as At, Problem, etag,
    permission::{ManageCompany, Required as _},
};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    openapi::params::IfMatchHeader,
    view::company::{CompanyView, LimitsView},
};

/// What to change; what is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = CompanyChanges)]
#[serde(deny_unknown_fields)]
pub(crate) struct Body {
    /// What people call it.
    #[schema(min_length = 1, max_length = 120)]
    name: Option<String>,
    /// `saas`, `media`, `telecom`, `commerce`, `fintech`, `education`, `fitness` or `b2b_services`.
    #[schema(value_type = Option<String>, example = "telecom")]
    industry: Option<Industry>,
    /// An IANA time zone.
    #[schema(example = "Europe/Berlin")]
    time_zone: Option<String>,
    /// The currency its money metrics are in, ISO 4217.
    #[schema(value_type = Option<String>, example = "EUR")]
    currency: Option<Currency>,
    /// The attributes the customer list can be sorted by, at most three.
    #[schema(value_type = Option<Vec<String>>, max_items = 3, example = json!(["tenure"]))]
    sortable_attributes: Option<Vec<AttributeKey>>,
    /// How long its people stay signed in; whoever is signed in for longer is signed out.
    sign_in_limits: Option<LimitsView>,
}

/// Changes a company's settings.
///
/// A Kale admin enters the company first. What follows from the currency or the sortable attributes is brought up to
/// date in the background.
#[utoipa::path(
    tag = "Companies",
    operation_id = "change_company",
    params(
        ("id" = String, Path, description = "The company", example = "cmp_01h455vb4pex5vsknk084sn02q"),
        IfMatchHeader
    ),
    request_body(content = Body, example = json!({ "time_zone": "Europe/Berlin", "currency": "EUR" })),
    responses((status = 200, description = "The company as it is now", body = CompanyView,
        headers(("ETag" = String, description = "Its new version")),
        example = json!({
            "id": "cmp_01h455vb4pex5vsknk084sn02q", "name": "Northwind Mobile", "slug": "northwind",
            "industry": "telecom", "status": "active", "purge_at": null, "time_zone": "Europe/Berlin", "currency": "EUR",
            "sortable_attributes": ["tenure"], "sign_in_limits": { "idle_hours": 336, "absolute_hours": 2160 }, "created_at": "2026-10-01T08:00:00Z",
            "updated_at": "2026-11-14T12:00:00Z", "version": 4
        })
    )),
    extensions(("x-permission" = json!(ManageCompany::NAME))),
)]
#[patch("/companies/{id}")]
#[tracing::instrument(name = "api.companies.change", skip_all)]
pub(crate) async fn handle(
    caller: Allowed<ManageCompany>,
    companies: Data<Companies>,
    At(id): At<CompanyId>,
    IfMatch(version): IfMatch,
    _: NoQuery,
    Json(body): Json<Body>,
) -> Result<HttpResponse, Problem> {
    if caller.tenant().company() != id {
        return Err(Problem::not_found());
    }
    let changes = CompanyChanges {
        name: body.name,
        industry: body.industry,
        time_zone: body.time_zone,
        currency: body.currency,
        sortable_attributes: body.sortable_attributes,
        sign_in_limits: body.sign_in_limits.map(LimitsView::read).transpose()?,
    };
    let company = companies
        .change(caller.reach(), &caller.caller, version, changes)
        .await?;

    let tag = etag::etag(company.version);
    Ok(HttpResponse::Ok()
        .insert_header((header::ETAG, tag))
        .json(CompanyView::from(company)))
}
