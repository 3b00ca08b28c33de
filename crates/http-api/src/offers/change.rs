//! `PATCH /offers/{id}`

use actix_web::{HttpResponse, http::header, patch, web::Data};
use kale_application::offers::{OfferChanges, Offers};
use kale_domain::id::OfferId;
use kale_web::{
    Allowed, IfMatch, Json, NoQuery, Path, Problem, Required, etag::etag, permission::ManageOffers,
};
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::view::{View, example};
use crate::openapi::params::IfMatchHeader;

/// What to change; what is absent stays. The kind always does.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = OfferChange)]
pub(super) struct Body {
    /// What staff call it: 1 to 80 characters.
    #[serde(default)]
    name: Option<String>,
    /// The parameters of its kind, all of them.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    params: Option<Value>,
    /// Whether it can't be offered any more.
    #[serde(default)]
    archived: Option<bool>,
}

/// Changes or archives an offer. Promises made with it stay as they were made. `version` of the list is what `If-Match`
/// wants, as `"v1"`.
#[utoipa::path(
    operation_id = "change_offer",
    tag = "Offers",
    params(IfMatchHeader, ("id" = String, Path, description = "Which.", example = "ofr_01h455vb4pex5vsknk084sn02q")),
    request_body(content = Body, example = json!({"params": {"percent": 15, "months": 3}})),
    responses((status = 200, description = "The offer as it is now.", body = View, headers(("ETag" = String,
        description = "Its version.")), example = json!(example()))),
    extensions(("x-permission" = json!(ManageOffers::NAME))),
)]
#[patch("/offers/{id}")]
#[tracing::instrument(name = "api.offers.change", skip_all)]
pub(crate) async fn handle(
    allowed: Allowed<ManageOffers>,
    offers: Data<Offers>,
    Path(id): Path<OfferId>,
    _: NoQuery,
    IfMatch(version): IfMatch,
    Json(body): Json<Body>,
) -> Result<HttpResponse, Problem> {
    let changes = OfferChanges {
        name: body.name,
        params: body.params,
        archived: body.archived,
    };
    let changed = offers
        .change(allowed.tenant(), &allowed.caller, id, version, changes)
        .await?;
    let view = View::new(changed)?;
    Ok(HttpResponse::Ok()
        .insert_header((header::ETAG, etag(view.version)))
        .json(view))
}
