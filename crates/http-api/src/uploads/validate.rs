//! `POST /uploads/{id}/validate`

use actix_web::{HttpResponse, post, web::Data};
use kale_application::uploads::Uploads;
use kale_domain::id::UploadId;
use kale_web::{Allowed, Idempotent, NoQuery, Path, Problem, Required, permission::ManageUploads};

use super::view::{UploadView, example};
use crate::openapi::params::IdempotencyKeyHeader;

/// Checks every row, in the background; what is found stands in the upload's `report`.
#[utoipa::path(
    operation_id = "validate_upload",
    tag = "Uploads",
    params(IdempotencyKeyHeader, ("id" = String, Path, description = "Which.",
        example = "upl_01h455vb4pex5vsknk084sn02q")),
    responses((status = 202, description = "The upload as it is now.", body = UploadView, headers(
        ("Location" = String, description = "Where to look at the job."),
        ("ETag" = String, description = "Its version."),
    ), example = json!(example("validating")))),
    extensions(("x-permission" = json!(ManageUploads::NAME)), ("x-problems" = json!(["wrong-state", "not-mapped"]))),
)]
#[post("/uploads/{id}/validate")]
#[tracing::instrument(name = "api.uploads.validate", skip_all)]
pub(crate) async fn handle(
    allowed: Allowed<ManageUploads>,
    uploads: Data<Uploads>,
    Path(id): Path<UploadId>,
    _: NoQuery,
    idempotent: Idempotent,
) -> Result<HttpResponse, Problem> {
    idempotent
        .run(&allowed, async || {
            let (upload, job) = uploads.validate(allowed.tenant(), &allowed.caller, id).await?;
            Ok(UploadView::new(upload, false).started(job))
        })
        .await
}
