//! `DELETE /viewer/secrets/{id}`

use actix_web::{
    delete,
    web::{self, Data},
};
use kale_application::viewer::Viewer;
use kale_domain::id::ViewerSecretId;
use kale_web::{Allowed, NoQuery, Path as At, Problem, Required, permission::ManageViewerSecrets};

use super::{SecretView, example};

/// Revokes a secret: at once, what it signed opens nothing any more, sessions under way included.
///
/// It stays in the list; doing it again is the same.
#[utoipa::path(
    tag = "Viewer",
    operation_id = "revoke_viewer_secret",
    params(("id" = String, Path, description = "The secret", example = "vsc_01h455vb4pex5vsknk084sn02q")),
    responses((status = 200, description = "The revoked secret", body = SecretView,
        example = json!(example(Some("2026-11-14T12:00:00Z"))))),
    extensions(("x-permission" = json!(ManageViewerSecrets::NAME))),
)]
#[delete("/viewer/secrets/{id}")]
#[tracing::instrument(name = "api.viewer.revoke_secret", skip_all)]
pub(crate) async fn handle(
    caller: Allowed<ManageViewerSecrets>,
    viewer: Data<Viewer>,
    At(id): At<ViewerSecretId>,
    _: NoQuery,
) -> Result<web::Json<SecretView>, Problem> {
    let secret = viewer.revoke_secret(caller.tenant(), &caller.caller, id).await?;

    Ok(web::Json(secret.into()))
}
