//! `PATCH /reasons/{key}`

use std::collections::BTreeMap;

use actix_web::{HttpResponse, http::header, patch, web::Data};
use kale_application::reasons::{BillingProvider, ReasonCategory, ReasonChanges, Reasons, Text};
use kale_domain::reason::ReasonKey;
use kale_web::{
    Allowed, IfMatch, Json, NoQuery, Path, Problem, Required, etag::etag, permission::ManageReasons,
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::view::{View, example};
use crate::openapi::params::IfMatchHeader;

/// What to change; what is absent stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReasonChange)]
pub(super) struct Body {
    /// `price`, `use`, `product`, `service`, `market`, `life`, `trust` or `other`.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    category: Option<ReasonCategory>,
    /// What staff read: 1 to 80 characters.
    #[serde(default)]
    title: Option<String>,
    /// What a subscriber reads, by language, all of them.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    text: Option<Text>,
    /// What may be asked next, by language, all of them; `{}`: nothing.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    follow_up: Option<Text>,
    /// What billing systems call it, all of them.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    provider_codes: Option<BTreeMap<BillingProvider, Vec<String>>>,
    /// Where it stands among the others.
    #[serde(default)]
    order: Option<u32>,
    /// Whether it can't be used any more. It is never deleted, so that past answers keep their meaning.
    #[serde(default)]
    archived: Option<bool>,
}

impl From<Body> for ReasonChanges {
    fn from(body: Body) -> Self {
        Self {
            category: body.category,
            title: body.title,
            text: body.text,
            follow_up: body.follow_up,
            provider_codes: body.provider_codes,
            order: body.order,
            archived: body.archived,
        }
    }
}

/// Changes or archives a reason; its key stays. `version` of the list is what `If-Match` wants, as `"v1"`.
#[utoipa::path(
    operation_id = "change_reason",
    tag = "Reasons",
    params(IfMatchHeader, ("key" = String, Path, description = "Which.", example = "price_too_high")),
    request_body(content = Body, example = json!({"text": {"en": "It got too expensive"}})),
    responses((status = 200, description = "The reason as it is now.", body = View, headers(("ETag" = String,
        description = "Its version.")), example = json!(example()))),
    extensions(("x-permission" = json!(ManageReasons::NAME))),
)]
#[patch("/reasons/{key}")]
#[tracing::instrument(name = "api.reasons.change", skip_all)]
pub(crate) async fn handle(
    allowed: Allowed<ManageReasons>,
    reasons: Data<Reasons>,
    Path(key): Path<ReasonKey>,
    _: NoQuery,
    IfMatch(version): IfMatch,
    Json(body): Json<Body>,
) -> Result<HttpResponse, Problem> {
    let changed = reasons
        .change(allowed.tenant(), &allowed.caller, &key, version, body.into())
        .await?;
    let view = View::from(changed);
    Ok(HttpResponse::Ok()
        .insert_header((header::ETAG, etag(view.version)))
        .json(view))
}
