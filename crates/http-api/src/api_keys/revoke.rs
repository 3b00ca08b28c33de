//! `DELETE /api-keys/{id}`

use actix_web::{
    delete,
    web::{self, Data},
};
use kale_application::api_keys::ApiKeys;
use kale_domain::id::ApiKeyId;
use kale_web::{
    Allowed, NoQuery, Path as At, Problem,
    permission::{ManageApiKeys, Required as _},
};

use super::ApiKeyView;

/// Revokes a key.
///
/// At once in this process, within seconds in others. The key stays in the list; doing it again is the same.
#[utoipa::path(
    tag = "API keys",
    operation_id = "revoke_api_key",
    params(("id" = String, Path, description = "The key", example = "key_01h455vb4pex5vsknk084sn02q")),
    responses((status = 200, description = "The revoked key", body = ApiKeyView, example = json!({
        "id": "key_01h455vb4pex5vsknk084sn02q", "name": "CRM sync", "permissions": ["customers.read"],
        "hint": "x7Qk", "created_by": "usr_01h455vb4pex5vsknk084sn02q", "created_at": "2026-11-02T10:00:00Z",
        "last_used_at": "2026-11-14T09:15:00Z", "expires_at": null, "revoked_at": "2026-11-14T12:00:00Z", "replaced_by": null
    }))),
    extensions(("x-permission" = json!(ManageApiKeys::NAME))),
)]
#[delete("/api-keys/{id}")]
#[tracing::instrument(name = "api.api_keys.revoke", skip_all)]
pub(crate) async fn handle(
    caller: Allowed<ManageApiKeys>,
    keys: Data<ApiKeys>,
    At(id): At<ApiKeyId>,
    _: NoQuery,
) -> Result<web::Json<ApiKeyView>, Problem> {
    let key = keys.revoke(caller.tenant(), &caller.caller, id).await?;

    Ok(web::Json(key.into()))
}
