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
use kale_domain::access::Permission;
use kale_web::{
    Allowed, Idempotent, Json, NoQuery, Problem,
    permission::{ManageApiKeys, Required as _},
};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use super::ApiKeyView;
use crate::openapi::params::IdempotencyKeyHeader;

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
    expires_at: End,
}

/// When a key ends: left out is not the same as null.
#[derive(Debug, Default)]
enum End {
    #[default]
    NotSaid,
    Said(Option<Timestamp>),
}

impl<'de> Deserialize<'de> for End {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::deserialize(deserializer).map(Self::Said)
    }
}

/// A new key and its token.
#[derive(Serialize, ToSchema)]
#[schema(as = MadeApiKey)]
pub(super) struct View {
    /// The key.
    pub(super) api_key: ApiKeyView,
    /// What the program sends as `Authorization: Bearer`. It is shown this once: a replay by `Idempotency-Key` lacks it.
    pub(super) token: Option<String>,
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
            End::NotSaid => keys.usual_end(),
            End::Said(end) => end,
        },
    };
    let work = async || {
        let (key, token) = keys.create(caller.tenant(), &caller.caller, new).await?;
        let view = View {
            api_key: key.into(),
            token: Some(token.reveal().to_owned()),
        };
        let mut response = HttpResponse::Created();
        response.insert_header((header::CACHE_CONTROL, HeaderValue::from_static("no-store")));
        Ok(response.json(view))
    };
    idempotent.without(&["token"]).run(&caller, work).await
}
