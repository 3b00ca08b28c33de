//! `/viewer`: how subscribers see their flow, and what lets them in.

mod create_secret;
mod list_secrets;
mod mint_token;
mod read_settings;
mod replace_settings;
mod revoke_secret;
mod settings;

use jiff::Timestamp;
use kale_application::viewer::ViewerSecret;
use kale_domain::id::{UserId, ViewerSecretId};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

pub(crate) use self::mint_token::PublicUrl;

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(read_settings::handle)
        .service(replace_settings::handle)
        .service(list_secrets::handle)
        .service(create_secret::handle)
        .service(revoke_secret::handle)
        .service(mint_token::handle);
}

/// A secret that signs tokens of subscribers, without what makes it secret.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ViewerSecret)]
pub(crate) struct SecretView {
    /// Its identity.
    #[schema(value_type = String, example = "vsc_01h455vb4pex5vsknk084sn02q")]
    id: ViewerSecretId,
    /// What it is for.
    #[schema(example = "Account server")]
    name: String,
    /// The last characters of the secret, to tell them apart.
    #[schema(example = "x7Qk")]
    hint: String,
    /// Who made it.
    #[schema(value_type = Option<String>, example = "usr_01h455vb4pex5vsknk084sn02q")]
    created_by: Option<UserId>,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// When it was revoked.
    #[schema(value_type = Option<String>, format = DateTime)]
    revoked_at: Option<Timestamp>,
}

impl From<ViewerSecret> for SecretView {
    fn from(secret: ViewerSecret) -> Self {
        Self {
            id: secret.id,
            name: secret.name,
            hint: secret.hint,
            created_by: secret.created_by,
            created_at: secret.created_at,
            revoked_at: secret.revoked_at,
        }
    }
}

/// One secret as examples show it.
fn example(revoked_at: Option<&str>) -> serde_json::Value {
    serde_json::json!({
        "id": "vsc_01h455vb4pex5vsknk084sn02q", "name": "Account server", "hint": "x7Qk",
        "created_by": "usr_01h455vb4pex5vsknk084sn02q", "created_at": "2026-11-02T10:00:00Z",
        "revoked_at": revoked_at
    })
}
