//! `POST /api-keys`

use std::collections::BTreeSet;

use actix_web::{
    HttpResponse,
    http::header::{self, HeaderValue},
    post,
    web::Data,
};
use jiff::Timestamp;
use kale_application::api_keys::{ApiKeys, NewApiKey};
use kale_domain::{access::Permission, api_key::ApiKey, secret::Token};
use kale_web::{
    Allowed, Idempotent, Json, NoQuery, Problem,
    permission::{ManageApiKeys, Required as _},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::ApiKeyView;
use crate::{openapi::params::IdempotencyKeyHeader, stated::Stated};

/// What the key is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = NewApiKey)]
#[serde(deny_unknown_fields)]
pub(crate) struct Body {
    /// What it is for.
    #[schema(min_length = 1, max_length = 80, example = "CRM sync")]
    name: String,
    /// What it may do: permissions that its maker has and that keys may hold.
    #[schema(value_type = Vec<String>, min_items = 1, example = json!(["customers.read"]))]
    permissions: BTreeSet<Permission>,
    /// From when on it works no more: after 90 days where absent, never where null.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Stated<Timestamp>,
}

/// A new key and its token.
#[derive(Serialize, ToSchema)]
#[schema(as = MadeApiKey)]
pub(super) struct View {
    /// The key.
    api_key: ApiKeyView,
    /// What the program sends as `Authorization: Bearer`. It is shown this once: a replay by `Idempotency-Key` lacks it.
    token: Option<String>,
}

impl View {
    /// Answers it, for nobody's cache.
    pub(super) fn answer(key: ApiKey, token: &Token) -> HttpResponse {
        let view = Self {
            api_key: key.into(),
            token: Some(token.reveal().to_owned()),
        };
        let mut response = HttpResponse::Created();
        response.insert_header((header::CACHE_CONTROL, HeaderValue::from_static("no-store")));
        response.json(view)
    }
}

/// Makes a key. Its token is shown this once.
#[utoipa::path(
    tag = "API keys",
    operation_id = "create_api_key",
    params(IdempotencyKeyHeader),
    request_body(content = Body, example = json!({ "name": "CRM sync", "permissions": ["customers.read"] })),
    responses((status = 201, description = "The key, with its token", body = View, example = json!({
        "api_key": {
            "id": "key_01h455vb4pex5vsknk084sn02q", "name": "CRM sync", "permissions": ["customers.read"],
            "hint": "x7Qk", "created_by": "usr_01h455vb4pex5vsknk084sn02q", "created_at": "2026-11-02T10:00:00Z",
            "last_used_at": null, "expires_at": "2027-01-31T10:00:00Z", "revoked_at": null, "replaced_by": null
        },
        "token": "kale_key_01h455vb4pex5vsknk084sn02q_0w5VZ...x7Qk"
    }))),
    extensions(("x-permission" = json!(ManageApiKeys::NAME))),
)]
#[post("/api-keys")]
#[tracing::instrument(name = "api.api_keys.create", skip_all)]
pub(crate) async fn handle(
    caller: Allowed<ManageApiKeys>,
    keys: Data<ApiKeys>,
    _: NoQuery,
    Json(body): Json<Body>,
    idempotent: Idempotent,
) -> Result<HttpResponse, Problem> {
    let new = NewApiKey {
        name: body.name,
        permissions: body.permissions,
        expires_at: match body.expires_at {
            Stated::LeftOut => keys.usual_end(),
            Stated::As(end) => end,
        },
    };
    let work = async || {
        let (key, token) = keys.create(caller.tenant(), &caller.caller, new).await?;
        Ok(View::answer(key, &token))
    };
    idempotent.without(&["token"]).run(&caller, work).await
}
