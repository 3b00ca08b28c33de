//! `POST /uploads/{id}/undo`

use actix_web::{HttpResponse, post, web::Data};
use kale_application::uploads::Uploads;
use kale_domain::id::UploadId;
use kale_web::{Allowed, Idempotent, NoQuery, Path, Problem, Required, permission::ManageUploads};

use super::view::{UploadView, example};
use crate::openapi::params::IdempotencyKeyHeader;

/// Takes the import back at once; the customers follow in the background.
///
/// Only the last import of its kind, and for 30 days.
#[utoipa::path(
    operation_id = "undo_upload",
    tag = "Uploads",
    params(IdempotencyKeyHeader, ("id" = String, Path, description = "Which.",
        example = "upl_01h455vb4pex5vsknk084sn02q")),
    responses((status = 202, description = "The upload as it is now.", body = UploadView, headers(
        ("Location" = String, description = "Where to look at the job."),
        ("ETag" = String, description = "Its version."),
    ), example = json!(example("undone")))),
    extensions(("x-permission" = json!(ManageUploads::NAME)), ("x-problems" = json!(["wrong-state",
        "superseded", "too-late"]))),
)]
#[post("/uploads/{id}/undo")]
#[tracing::instrument(name = "api.uploads.undo", skip_all)]
pub(crate) async fn handle(
    allowed: Allowed<ManageUploads>,
    uploads: Data<Uploads>,
    Path(id): Path<UploadId>,
    _: NoQuery,
    idempotent: Idempotent,
) -> Result<HttpResponse, Problem> {
    idempotent
        .run(&allowed, async || {
            let (upload, job) = uploads.undo(allowed.tenant(), &allowed.caller, id).await?;
            Ok(UploadView::new(upload, false).started(job))
        })
        .await
}
