//! `POST /offers`

use actix_web::{HttpResponse, http::header, post, web::Data};
use kale_application::offers::{NewOffer, OfferKind, Offers};
use kale_web::{Allowed, Idempotent, Json, NoQuery, Problem, Required, etag::etag, permission::ManageOffers};
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::view::{View, example};
use crate::openapi::params::IdempotencyKeyHeader;

/// An offer to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewOffer)]
pub(super) struct Body {
    /// What staff call it: 1 to 80 characters.
    name: String,
    /// `pause`, `change_plan`, `change_quantity`, `apply_discount`, `extend_trial`, `postpone_billing`, `reactivate`,
    /// `refund`, `credit`, `payment_link`, `contact` or `custom`; never changed.
    #[schema(value_type = String)]
    kind: OfferKind,
    /// `{months}` of a pause; `{plan, price?, difference?}` of a change of plan; `{quantity}`; `{percent, months}` of a
    /// discount; `{days}` of more trial or a later bill; `{amount?}` of a refund; `{amount}` of a credit; `{says}` of a
    /// custom one; `{}` of the others.
    #[schema(value_type = Object)]
    params: Value,
}

/// Makes an offer.
#[utoipa::path(
    operation_id = "create_offer",
    tag = "Offers",
    params(IdempotencyKeyHeader),
    request_body(content = Body, example = json!({
        "name": "20 % for three months", "kind": "apply_discount", "params": {"percent": 20, "months": 3}
    })),
    responses((status = 201, description = "It is there.", body = View, headers(("ETag" = String,
        description = "Its version.")), example = json!(example()))),
    extensions(("x-permission" = json!(ManageOffers::NAME))),
)]
#[post("/offers")]
#[tracing::instrument(name = "api.offers.create", skip_all)]
pub(crate) async fn handle(
    allowed: Allowed<ManageOffers>,
    offers: Data<Offers>,
    _: NoQuery,
    Json(body): Json<Body>,
    idempotent: Idempotent,
) -> Result<HttpResponse, Problem> {
    let new = NewOffer {
        name: body.name,
        kind: body.kind,
        params: body.params,
    };
    idempotent
        .run(&allowed, async || {
            let view = View::new(offers.create(allowed.tenant(), &allowed.caller, new).await?)?;
            Ok(HttpResponse::Created()
                .insert_header((header::ETAG, etag(view.version)))
                .json(view))
        })
        .await
}
