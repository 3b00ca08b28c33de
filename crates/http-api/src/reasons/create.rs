//! `POST /reasons`

use std::collections::BTreeMap;

use actix_web::{HttpResponse, http::header, post, web::Data};
use kale_application::reasons::{BillingProvider, NewReason, ReasonCategory, Reasons, Text};
use kale_domain::reason::ReasonKey;
use kale_web::{
    Allowed, Idempotent, Json, NoQuery, Problem, Required, etag::etag, permission::ManageReasons,
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::view::{View, example};
use crate::openapi::params::IdempotencyKeyHeader;

/// A reason to add.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewReason)]
pub(super) struct Body {
    /// Its immutable name: 1 to 48 lower-case letters, digits or underscores; never used twice.
    #[schema(value_type = String)]
    key: ReasonKey,
    /// `price`, `use`, `product`, `service`, `market`, `life`, `trust` or `other`.
    #[schema(value_type = String)]
    category: ReasonCategory,
    /// What staff read: 1 to 80 characters.
    title: String,
    /// What a subscriber reads, by language: at most 200 characters.
    #[schema(value_type = Object)]
    text: Text,
    /// What may be asked next, by language.
    #[serde(default)]
    #[schema(value_type = Object)]
    follow_up: Text,
    /// What billing systems (`chargebee`, `recurly`, `stripe`) call it.
    #[serde(default)]
    #[schema(value_type = Object)]
    provider_codes: BTreeMap<BillingProvider, Vec<String>>,
    /// Where it stands among the others; absent: behind them.
    #[serde(default)]
    order: Option<u32>,
}

impl From<Body> for NewReason {
    fn from(body: Body) -> Self {
        Self {
            key: body.key,
            category: body.category,
            title: body.title,
            text: body.text,
            follow_up: body.follow_up,
            provider_codes: body.provider_codes,
            order: body.order,
        }
    }
}

/// Adds a reason to the catalogue.
#[utoipa::path(
    operation_id = "create_reason",
    tag = "Reasons",
    params(IdempotencyKeyHeader),
    request_body(content = Body, example = json!({
        "key": "too_far", "category": "life", "title": "Too far away", "text": {"en": "You are too far away from me"},
        "follow_up": {"en": "Where do you live?"}
    })),
    responses((status = 201, description = "It is there.", body = View, headers(("ETag" = String,
        description = "Its version.")), example = json!(example()))),
    extensions(("x-permission" = json!(ManageReasons::NAME)), ("x-problems" = json!(["already-exists"]))),
)]
#[post("/reasons")]
#[tracing::instrument(name = "api.reasons.create", skip_all)]
pub(crate) async fn handle(
    allowed: Allowed<ManageReasons>,
    reasons: Data<Reasons>,
    _: NoQuery,
    Json(body): Json<Body>,
    idempotent: Idempotent,
) -> Result<HttpResponse, Problem> {
    idempotent
        .run(&allowed, async || {
            let made = reasons
                .create(allowed.tenant(), &allowed.caller, body.into())
                .await?;
            let view = View::from(made);
            Ok(HttpResponse::Created()
                .insert_header((header::ETAG, etag(view.version)))
                .json(view))
        })
        .await
}
