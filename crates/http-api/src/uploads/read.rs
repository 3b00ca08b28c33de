//! `GET /uploads/{id}`

use actix_web::{HttpResponse, get, web::Data};
use kale_application::uploads::Uploads;
use kale_domain::id::UploadId;
use kale_web::{Allowed, NoQuery, Path, Problem, Required, permission::ReadUploads};

use super::view::{UploadView, example};

/// Reads an upload: where it stands, how it is read, what checking and importing it came to.
#[utoipa::path(
    operation_id = "read_upload",
    tag = "Uploads",
    params(("id" = String, Path, description = "Which.", example = "upl_01h455vb4pex5vsknk084sn02q")),
    responses((status = 200, description = "The upload.", body = UploadView, headers(("ETag" = String,
        description = "Its version.")), example = json!(example("awaiting_mapping")))),
    extensions(("x-permission" = json!(ReadUploads::NAME))),
)]
#[get("/uploads/{id}")]
#[tracing::instrument(name = "api.uploads.read", skip_all)]
pub(crate) async fn handle(
    allowed: Allowed<ReadUploads>,
    uploads: Data<Uploads>,
    Path(id): Path<UploadId>,
    _: NoQuery,
) -> Result<HttpResponse, Problem> {
    let upload = uploads.get(allowed.tenant(), id).await?;
    let undoable = uploads.can_be_undone(allowed.tenant(), &upload).await?;
    // Never 304: another import makes this one final without changing it.
    Ok(UploadView::new(upload, undoable).answer(HttpResponse::Ok()))
}
