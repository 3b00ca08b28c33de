//! `/api-keys`: keys of programs.

mod create;
mod list;
mod revoke;
mod rotate;

use jiff::Timestamp;
use kale_domain::{
    api_key::ApiKey,
    id::{ApiKeyId, UserId},
};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::view::permission;

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list::handle)
        .service(create::handle)
        .service(rotate::handle)
        .service(revoke::handle);
}

/// A key of a program, without its secret.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ApiKey)]
pub(crate) struct ApiKeyView {
    /// Its identity.
    #[schema(value_type = String, example = "key_01h455vb4pex5vsknk084sn02q")]
    id: ApiKeyId,
    /// What it is for.
    #[schema(example = "CRM sync")]
    name: String,
    /// What it may do.
    #[schema(value_type = Vec<String>, example = json!(["customers.read"]))]
    permissions: Vec<&'static str>,
    /// The last characters of the secret, to tell keys apart.
    #[schema(example = "x7Qk")]
    hint: String,
    /// Who made it.
    #[schema(value_type = Option<String>, example = "usr_01h455vb4pex5vsknk084sn02q")]
    created_by: Option<UserId>,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// When it was last used, to the minute.
    #[schema(value_type = Option<String>, format = DateTime)]
    last_used_at: Option<Timestamp>,
    /// From when on it works no more.
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Timestamp>,
    /// When it was revoked.
    #[schema(value_type = Option<String>, format = DateTime)]
    revoked_at: Option<Timestamp>,
    /// The key that takes its place; it works until `expires_at` beside it.
    #[schema(value_type = Option<String>, example = json!(null))]
    replaced_by: Option<ApiKeyId>,
}

impl From<ApiKey> for ApiKeyView {
    fn from(key: ApiKey) -> Self {
        Self {
            id: key.id,
            name: key.name,
            permissions: permission::names(key.permissions),
            hint: key.hint,
            created_by: key.created_by,
            created_at: key.created_at,
            last_used_at: key.last_used_at,
            expires_at: key.expires_at,
            revoked_at: key.revoked_at,
            replaced_by: key.replaced_by,
        }
    }
}
