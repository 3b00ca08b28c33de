//! `POST /uploads/{id}/cancel`

use actix_web::{HttpResponse, post, web::Data};
use kale_application::uploads::Uploads;
use kale_domain::id::UploadId;
use kale_web::{Allowed, Idempotent, NoQuery, Path, Problem, Required, permission::ManageUploads};

use super::view::{UploadView, example};
use crate::openapi::params::IdempotencyKeyHeader;

/// Stops an upload that is not imported yet, and the job that works on it.
#[utoipa::path(
    operation_id = "cancel_upload",
    tag = "Uploads",
    params(IdempotencyKeyHeader, ("id" = String, Path, description = "Which.",
        example = "upl_01h455vb4pex5vsknk084sn02q")),
    responses((status = 200, description = "The upload as it is now.", body = UploadView, headers(
        ("ETag" = String, description = "Its version."),
    ), example = json!(example("cancelled")))),
    extensions(("x-permission" = json!(ManageUploads::NAME)), ("x-problems" = json!(["wrong-state"]))),
)]
#[post("/uploads/{id}/cancel")]
#[tracing::instrument(name = "api.uploads.cancel", skip_all)]
pub(crate) async fn handle(
    allowed: Allowed<ManageUploads>,
    uploads: Data<Uploads>,
    Path(id): Path<UploadId>,
    _: NoQuery,
    idempotent: Idempotent,
) -> Result<HttpResponse, Problem> {
    idempotent
        .run(&allowed, async || {
            let upload = uploads.cancel(allowed.tenant(), &allowed.caller, id).await?;
            Ok(UploadView::new(upload, false).answer(HttpResponse::Ok()))
        })
        .await
}
