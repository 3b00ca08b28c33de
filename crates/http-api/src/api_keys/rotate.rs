//! `POST /api-keys/{id}/rotate`

use actix_web::{HttpResponse, post, web::Data};
use jiff::Timestamp;
use kale_application::api_keys::{ApiKeys, Rotation};
use kale_domain::{api_key::USUAL_OVERLAP_HOURS, id::ApiKeyId};
use kale_web::{
    Allowed, Idempotent, Json, NoQuery, Path as At, Problem,
    permission::{ManageApiKeys, Required as _},
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::create::View;
use crate::openapi::params::IdempotencyKeyHeader;

/// How it is to be replaced.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = ApiKeyRotation)]
#[serde(deny_unknown_fields)]
pub(crate) struct Body {
    /// For how many hours the old key works on; 0 where it has leaked.
    #[serde(default = "usual_overlap")]
    #[schema(minimum = 0, maximum = 168, default = 24)]
    overlap_hours: u16,
    /// From when on the new key works no more; where absent, it works as long as the old one was to.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Timestamp>,
}

const fn usual_overlap() -> u16 {
    USUAL_OVERLAP_HOURS
}

/// Makes a key that takes the place of another.
///
/// It has the same name and permissions, and its token is shown this once. The old key works on for as long as is asked,
/// so that no program stands still while the new one is brought to it.
#[utoipa::path(
    tag = "API keys",
    operation_id = "rotate_api_key",
    params(
        ("id" = String, Path, description = "The key", example = "key_01h455vb4pex5vsknk084sn02q"),
        IdempotencyKeyHeader,
    ),
    request_body(content = Body, example = json!({ "overlap_hours": 24 })),
    responses((status = 201, description = "The new key, with its token", body = View, example = json!({
        "api_key": {
            "id": "key_01h455vb4pex5vsknk084sn02r", "name": "CRM sync", "permissions": ["customers.read"],
            "hint": "x7Qk", "created_by": "usr_01h455vb4pex5vsknk084sn02q", "created_at": "2026-11-02T10:00:00Z",
            "last_used_at": null, "expires_at": "2027-01-31T10:00:00Z", "revoked_at": null, "replaced_by": null
        },
        "token": "kale_key_01h455vb4pex5vsknk084sn02r_0w5VZ...x7Qk"
    }))),
    extensions(("x-permission" = json!(ManageApiKeys::NAME)), ("x-problems" = json!(["wrong-state"]))),
)]
#[post("/api-keys/{id}/rotate")]
#[tracing::instrument(name = "api.api_keys.rotate", skip_all)]
pub(crate) async fn handle(
    caller: Allowed<ManageApiKeys>,
    keys: Data<ApiKeys>,
    At(id): At<ApiKeyId>,
    _: NoQuery,
    Json(body): Json<Body>,
    idempotent: Idempotent,
) -> Result<HttpResponse, Problem> {
    let wish = Rotation {
        overlap_hours: body.overlap_hours,
        expires_at: body.expires_at,
    };
    let work = async || {
        let (key, token) = keys.rotate(caller.tenant(), &caller.caller, id, wish).await?;
        Ok(View::answer(key, &token))
    };
    idempotent.without(&["token"]).run(&caller, work).await
}
